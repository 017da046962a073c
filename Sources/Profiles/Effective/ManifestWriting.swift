import JSONSource

extension EffectiveProfile {
    /// A manifest without a base that gives this profile, in a tenant that defines its names: required settings, and those that are
    /// not at their default. That nobody gets the profile is always said, so that nobody takes it for forgotten.
    public var manifest: JSON {
        var said: [Int: JSON] = [:]
        for index in Catalogue.manifestIndices {
            let setting = Catalogue.settings[index]
            guard !values[index].isNone, values[index] != setting.restingValue || setting.fallback == nil || index == SettingKey.include.index else { continue }
            said[index] = values[index].declared
        }
        return Self.manifest(saying: said)
    }

    /// A manifest or base with these values, by their position in the catalogue.
    ///
    /// - Parameter text: what it says beside them.
    public static func manifest(saying values: [Int: JSON], over text: JSON = ["kind": .string(ManifestShape.kind)]) -> JSON {
        var root: [String: JSON] = if case .object(let members) = text { members } else { [:] }
        for (index, value) in values { put(value, at: Catalogue.settings[index].components.map(\.description)[...], in: &root) }
        return .object(root)
    }

    private static func put(_ value: JSON, at path: ArraySlice<String>, in object: inout [String: JSON]) {
        guard let first = path.first else { return }
        guard path.count > 1 else {
            object[first] = value
            return
        }
        var inner: [String: JSON] = if case .object(let members) = object[first] { members } else { [:] }
        put(value, at: path.dropFirst(), in: &inner)
        object[first] = .object(inner)
    }

    /// What a manifest that extends a base must say for the profile to have its value of a setting, whatever the base says.
    public func overriding(_ index: Int) -> JSON {
        if values[index].isNone { return .null }
        let setting = Catalogue.settings[index]
        guard setting.type.merges, case .object(let shape) = setting.type.shape, case .object(let members) = values[index].declared else { return values[index].declared }
        // The base's members would stay beside these.
        return .object(Dictionary(uniqueKeysWithValues: shape.fields.map { ($0.name, .null) }).merging(members) { $1 })
    }

    /// Every reference of the profile, with the list of tenant.json that defines its name.
    public var references: [(section: TenantSection, reference: Reference)] {
        Catalogue.manifestIndices.flatMap { Catalogue.settings[$0].type.references(values[$0]) }
    }
}

extension SettingValue {
    /// The value as a manifest says it, with references by name.
    public var declared: JSON {
        switch self {
        case .reference(let reference): .string(reference.name)
        case .targets(let targets): .array(targets.map(\.declared))
        default: json
        }
    }
}

extension AssignmentTarget {
    fileprivate var declared: JSON {
        var members: [String: JSON]
        if case .group(let group) = audience {
            members = ["group": .string(group.name)]
        } else {
            guard filter != nil else { return .string(audienceID) }
            members = ["target": .string(audienceID)]
        }
        if let filter {
            members["filter"] = .string(filter.reference.name)
            members["filterMode"] = .string(filter.mode.rawValue)
        }
        return .object(members)
    }
}
