import JSONSource

/// A manifest with all its bases, ready to be resolved in its tenant.
public struct Manifest: Sendable {
    public let id: String
    /// Path in the config repository.
    public let file: String
    let layer: Layer
    /// What is wrong with the file's form.
    let diagnostics: [Diagnostic]
    let base: Bases.Base?
    /// Path → blob id of every base that it extends, directly or through others.
    public var sources: [String: String] { base?.sources ?? [:] }

    /// Parses a manifest and gathers its bases.
    public init(id: String, file: String, bytes: [UInt8], bases: Bases, reader: Bases.Reader) throws {
        self.id = id
        self.file = file
        var diagnostics: [Diagnostic] = []
        var layer = Layer(JSONDocument(file: file, bytes: bytes), diagnostics: &diagnostics)
        var base: Bases.Base?
        if let extends = layer.extends {
            switch try bases.base(extends.path, reader: reader) {
            case .base(let found): base = found
            case .missing: diagnostics.append(Bases.missing(extends.path, at: extends.at))
            case .broken(var problem):
                problem.usedBy = file
                diagnostics.append(problem)
            }
            if base == nil { layer.isWhole = false }
        }
        self.base = base
        self.layer = layer
        self.diagnostics = diagnostics
    }

    /// The manifest over its bases.
    private var merged: Layer { base.map { layer.over($0.layer) } ?? layer }

    /// The profile's name, from the manifest or a base; nil where neither gives a valid one.
    public var displayName: String? {
        if case .value(.plain(.text(let name)), _) = merged.entries[SettingKey.displayName.index] { name } else { nil }
    }

    /// The effective profile in a tenant; nil when something is wrong, and `diagnostics` says what.
    public func resolve(in tenant: Tenant, diagnostics: inout [Diagnostic]) -> EffectiveProfile? {
        var found = formDiagnostics
        var resolution = Resolution(id: id, file: file, layer: merged, own: layer.document, tenant: tenant, known: self.diagnostics.count)
        let profile = resolution.run()
        found += resolution.diagnostics
        for index in found.indices {
            found[index].tenant = tenant.id
            found[index].profile = id
        }
        diagnostics += found
        return found.contains { $0.severity == .error } ? nil : profile
    }
}

extension Manifest {
    /// What is wrong with the form of the manifest and its bases.
    var formDiagnostics: [Diagnostic] {
        let inBases = (base?.diagnostics ?? []).map { diagnostic in
            var diagnostic = diagnostic
            diagnostic.usedBy = diagnostic.usedBy ?? file
            return diagnostic
        }
        return (diagnostics + inBases).map { diagnostic in
            var diagnostic = diagnostic
            diagnostic.profile = id
            return diagnostic
        }
    }

    /// The places of the values of settings, in the manifest or in a base; of a default, the innermost object of the manifest that
    /// the value would be in. Takes pointers (RFC 6901) of settings; any other pointer means the manifest as a whole.
    public func places(of pointers: [String]) -> [SourcePlace] {
        let merged = merged
        return pointers.map { pointer in
            guard let index = Catalogue.settings.firstIndex(where: { $0.pointer == pointer }), var object = layer.document.root else {
                return SourcePlace(file: file)
            }
            if case .value(_, let place) = merged.entries[index] { return SourcePlace(place) }
            for component in Catalogue.settings[index].components {
                guard let inner = object[component] else { break }
                object = inner
            }
            return SourcePlace(object)
        }
    }

    /// Paths of the bases in which the values of settings have their cause: the base that gives the value or, for a default, every base that
    /// could have given another. Takes pointers (RFC 6901) of settings.
    public func bases(behind pointers: [String]) -> Set<String> {
        let merged = merged
        var found: Set<String> = []
        for pointer in pointers {
            guard let index = Catalogue.settings.firstIndex(where: { $0.pointer == pointer }) else { continue }
            if case .value(_, let place) = merged.entries[index] {
                if place.document.file != file { found.insert(place.document.file) }
            } else {
                found.formUnion(sources.keys)
            }
        }
        return found
    }

    /// A warning where the profile reaches nobody and no file says that this is meant; nil where it says who gets it, or could not be read.
    public var assignedToNobody: Diagnostic? {
        let merged = merged
        let index = SettingKey.include.index
        switch merged.entries[index] {
        case .silent, .cleared: break
        case .invalid, .value: return nil
        }
        guard merged.isWhole, let root = layer.document.root else { return nil }
        var warning = Diagnostic(
            .assignedToNobody, severity: .warning, at: root["assignments"] ?? root, "The profile is assigned to nobody",
            help: "Name who gets it under \"assignments\", or say that nobody does: \"assignments\": {\"include\": []}", pointer: Catalogue.settings[index].pointer)
        warning.profile = id
        return warning
    }

    /// A warning about what a setting says, at its place: in the manifest or in a base.
    public func warning(_ code: String, at key: SettingKey, _ message: String, help: String) -> Diagnostic {
        let place = places(of: [key.setting.pointer]).first ?? SourcePlace(file: file)
        return Diagnostic(
            severity: .warning, code: code, message: message, help: help, file: place.file, line: place.line, column: place.column, pointer: key.setting.pointer,
            profile: id, usedBy: place.file == file ? nil : file)
    }

    /// The place of the display name, as a diagnostic that has no message yet; nil where there is no name.
    public var displayNamePlace: Diagnostic? {
        guard case .value(_, let place) = merged.entries[SettingKey.displayName.index] else { return nil }
        var diagnostic = Diagnostic(.duplicateName, at: place, "")
        if diagnostic.file != file { diagnostic.usedBy = file }
        return diagnostic
    }
}
