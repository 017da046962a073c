import JSONSource

/// What one file says: of each setting nothing, "take the base's value away", or a value that has its form.
struct Layer: Sendable {
    enum Entry: Sendable {
        case silent
        /// An explicit null: whatever the base says is taken away.
        case cleared
        case value(DeclaredValue, at: JSONValue)
        /// A value without its form; the diagnostic has been given.
        case invalid
    }

    /// By position in `Catalogue.settings`.
    var entries: [Entry]
    let document: JSONDocument
    /// Whether this file says what kind it is.
    var saysKind: Bool
    /// The `extends` value.
    var extends: (path: String, at: JSONValue)?
    /// Whether all of it could be read, and all that it stands on: only then does silence mean the default.
    var isWhole = true

    /// This layer over `base`, by RFC 7396.
    func over(_ base: Layer) -> Layer {
        var result = self
        result.saysKind = saysKind || base.saysKind
        result.isWhole = isWhole && base.isWhole
        for index in entries.indices {
            switch entries[index] {
            case .silent: result.entries[index] = base.entries[index]
            case .value(.domain(let attribute, let custom), let place):
                // The only setting whose value is an object, into which a patch merges member by member.
                let below: (attribute: DeclaredValue.Member, custom: DeclaredValue.Member)
                switch base.entries[index] {
                case .value(.domain(let attribute, let custom), _): below = (attribute, custom)
                // What the base takes away stays away, whatever the base's own base says.
                case .cleared: below = (.cleared, .cleared)
                default: continue
                }
                result.entries[index] = .value(.domain(attribute: attribute.over(below.attribute), custom: custom.over(below.custom)), at: place)
            case .cleared, .value, .invalid: continue
            }
        }
        return result
    }
}

/// A value as a manifest gives it, names not yet resolved.
enum DeclaredValue: Sendable {
    case bool(Bool)
    case text(String)
    case texts([String])
    case domain(attribute: Member, custom: Member)
    case name(String)
    case targets([DeclaredTarget])
    /// null, for a setting of which null is a value.
    case none

    enum Member: Sendable {
        case silent, cleared
        case text(String)

        func over(_ base: Member) -> Member { if case .silent = self { base } else { self } }
        var text: String? { if case .text(let text) = self { text } else { nil } }
    }
}

struct DeclaredTarget: Sendable {
    /// `allUsers`, `allDevices`, or nil for a group.
    var word: String?
    var group: JSONValue?
    var filter: JSONValue?
    var filterMode: AssignmentTarget.FilterMode?
    var place: JSONValue
}

extension Layer {
    /// Reads a manifest or base; what is wrong with its form goes into `diagnostics`.
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
        /// Whether nothing is wrong with the form of the file.
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
                for index in matching { entries[index] = isCleared ? .cleared : .invalid }
            }
        }
    }

    private static func entry(_ setting: Setting, _ value: JSONValue, _ reading: Reading) -> Entry {
        if value.isNull {
            if case .vpnProfile = setting.type { return .value(.none, at: value) }
            return reading.isPatch ? .cleared : .invalid
        }
        if !reading.isSound {
            // Something in this file is wrong; is it this?
            var found: [Diagnostic] = []
            ManifestShape.check(setting, value, isPatch: reading.isPatch, into: &found)
            if !found.isEmpty { return .invalid }
        }
        switch setting.type {
        case .boolean: return value.bool.map { .value(.bool($0), at: value) } ?? .invalid
        case .choice(let choices):
            // The catalogue's own string: no allocation for a word that every manifest holds.
            return choices.first { value.string == $0.word }.map { .value(.text($0.word), at: value) } ?? .invalid
        case .text: return value.string.map { .value(.text($0), at: value) } ?? .invalid
        case .hostName: return value.string.map { .value(.text($0.lowercased()), at: value) } ?? .invalid
        case .certificateProfile, .vpnProfile: return value.string.map { .value(.name($0), at: value) } ?? .invalid
        case .textSet:
            let texts = value.elements.compactMap(\.string)
            return texts.count == value.count ? .value(.texts(texts.sorted(by: JSONWriter.precedes)), at: value) : .invalid
        case .userDomain:
            func member(_ key: StaticString) -> DeclaredValue.Member {
                guard let value = value[key] else { return .silent }
                return value.string.map(DeclaredValue.Member.text) ?? .cleared
            }
            return .value(.domain(attribute: member("attribute"), custom: member("custom")), at: value)
        case .includeTargets, .excludeTargets:
            return .value(
                .targets(
                    value.elements.map { element in
                        DeclaredTarget(
                            word: element.string, group: element["group"], filter: element["filter"],
                            filterMode: element["filterMode"]?.string.flatMap(AssignmentTarget.FilterMode.init(rawValue:)), place: element)
                    }), at: value)
        case .fromTenant: return .silent
        }
    }
}

extension ManifestShape {
    private static let shapes: [Shape] = Catalogue.settings.map(shape(of:))
    private static let wholeShape = withoutRequired(shape)

    /// Holds a file against the shape; whether nothing is wrong with it. Nothing is required of a file alone: what a
    /// manifest leaves out its base may say.
    static func check(_ root: JSONValue, isPatch: Bool, into diagnostics: inout [Diagnostic]) -> Bool {
        let before = diagnostics.count
        (isPatch ? shape : wholeShape).check(root, isPatch: isPatch, into: &diagnostics)
        return diagnostics.count == before
    }

    static func check(_ setting: Setting, _ value: JSONValue, isPatch: Bool, into diagnostics: inout [Diagnostic]) {
        guard let index = Catalogue.indexOfPath[setting.path] else { return }
        shapes[index].check(value, isPatch: isPatch, into: &diagnostics)
    }
}
