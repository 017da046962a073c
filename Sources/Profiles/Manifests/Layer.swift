import JSONSource

/// What one file says about each setting: nothing, that the base's value is removed, or a value.
struct Layer: Sendable {
    enum Entry: Sendable {
        case silent
        /// An explicit null, which removes what the base says.
        case cleared
        case value(DeclaredValue, at: JSONValue)
        /// A value of the wrong form, which has been reported, with what can be read of it: names in it are checked in the same run.
        case invalid(DeclaredValue?, at: JSONValue)
    }

    /// By position in `Catalogue.settings`.
    var entries: [Entry]
    let document: JSONDocument
    /// Whether this file says what kind it is.
    var saysKind: Bool
    /// The `extends` value.
    var extends: (path: String, at: JSONValue)?
    /// Whether the file and all its bases could be read. Only then does an absent key mean the default.
    var isWhole = true

    /// This layer merged over `base` (RFC 7396).
    func over(_ base: Layer) -> Layer {
        var result = self
        result.saysKind = saysKind || base.saysKind
        result.isWhole = isWhole && base.isWhole
        for index in entries.indices {
            switch entries[index] {
            case .silent: result.entries[index] = base.entries[index]
            case .value(let value, let place):
                guard let merge = Catalogue.settings[index].type.merge else { continue }
                switch base.entries[index] {
                case .value(let below, _): result.entries[index] = .value(merge(value, below), at: place)
                case .cleared: result.entries[index] = .value(merge(value, nil), at: place)
                case .silent, .invalid: continue
                }
            case .cleared, .invalid: continue
            }
        }
        return result
    }
}

extension Layer {
    /// Reads a manifest or base; problems with its form go into `diagnostics`.
    init(_ document: JSONDocument, diagnostics: inout [Diagnostic]) {
        self.document = document
        entries = [Entry](repeating: .silent, count: Catalogue.settings.count)
        saysKind = false
        diagnostics += Diagnostic.problems(of: document)
        guard document.isComplete, let root = document.root else {
            isWhole = false
            return
        }
        let extends = root["extends"]
        let reading = Reading(isPatch: extends != nil, isSound: ManifestShape.check(root, isPatch: extends != nil, into: &diagnostics))
        guard root.kind == .object else {
            isWhole = false
            return
        }
        if let extends {
            if let path = extends.string, StringForm.basePath.accepts(path) { self.extends = (path, extends) } else { isWhole = false }
        }
        saysKind = root["kind"] != nil
        collect(root, 0, Catalogue.manifestIndices[...], reading)
    }

    private struct Reading {
        let isPatch: Bool
        /// Whether the whole file has the right form.
        let isSound: Bool
    }

    /// Walks the object that holds the settings of `indices`, all of whose paths agree up to `depth`.
    private mutating func collect(_ object: JSONValue, _ depth: Int, _ indices: ArraySlice<Int>, _ reading: Reading) {
        for member in object.members {
            let matching = indices.filter {
                let components = Catalogue.settings[$0].components
                return components.count > depth && member.key.isString(components[depth])
            }
            guard let first = matching.first else { continue }
            if Catalogue.settings[first].components.count == depth + 1 {
                entries[first] = Self.entry(Catalogue.settings[first], member.value, reading)
            } else if member.value.kind == .object {
                collect(member.value, depth + 1, matching[...], reading)
            } else {
                let isCleared = member.value.isNull && reading.isPatch
                for index in matching { entries[index] = isCleared ? .cleared : .invalid(nil, at: member.value) }
            }
        }
    }

    private static func entry(_ setting: Setting, _ value: JSONValue, _ reading: Reading) -> Entry {
        if value.isNull {
            if setting.type.takesNull { return .value(.plain(.none), at: value) }
            return reading.isPatch ? .cleared : .invalid(nil, at: value)
        }
        if !reading.isSound {
            // Something in this file is wrong: is it this value?
            var found: [Diagnostic] = []
            setting.type.shape.check(value, isPatch: reading.isPatch, into: &found)
            if !found.isEmpty { return .invalid(setting.type.declareParts(value), at: value) }
        }
        return setting.type.declare(value).map { .value($0, at: value) } ?? .invalid(nil, at: value)
    }
}

extension ManifestShape {
    /// Checks a file against the shape. Returns whether nothing is wrong. No key is required of one file alone, since a base can have
    /// what a manifest leaves out.
    static func check(_ root: JSONValue, isPatch: Bool, into diagnostics: inout [Diagnostic]) -> Bool {
        let before = diagnostics.count
        (isPatch ? shape : partialShape).check(root, isPatch: isPatch, into: &diagnostics)
        return diagnostics.count == before
    }
}
