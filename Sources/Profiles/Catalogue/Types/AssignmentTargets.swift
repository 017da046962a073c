import JSONSource

extension SettingType {
    /// Who gets the profile: everybody, or groups, which a filter may narrow.
    static let includeTargets = targets(of: .word(everybody, or: includedTarget)) { $0 }

    /// Groups that do not get the profile.
    static let excludeTargets = targets(of: excludedGroup) { AssignmentTarget($0.audience) }

    /// A set of targets, kept in the order of their identity.
    private static func targets(of element: Shape, sayable: @escaping @Sendable (AssignmentTarget) -> AssignmentTarget) -> SettingType {
        let groups = ["a", "b"].map { AssignmentTarget(.group(Reference(name: $0, id: $0))) }
        return SettingType(
            shape: .array(of: element, isSet: false), samples: [.targets([]), .targets([groups[0]]), .targets(groups)],
            declare: { .targets($0.elements.map(DeclaredTarget.init)) }, declareParts: { .targets($0.elements.map { DeclaredTarget(partsOf: $0, element) }) },
            resolve: { value, _, names in
                guard case .targets(let targets) = value else { return .none }
                return .targets(AssignmentTarget.sorted(targets.compactMap { names.target($0) }))
            },
            read: { value in
                let targets = value.elements.compactMap(AssignmentTarget.init)
                return value.kind == .array && targets.count == value.count ? .targets(targets) : nil
            },
            sayable: { value in .targets(value.targets.map(sayable)) },
            references: { value in
                value.targets.flatMap { target in
                    var found: [(section: TenantSection, reference: Reference)] = []
                    if case .group(let group) = target.audience { found.append((.groups, group)) }
                    if let filter = target.filter { found.append((.filters, filter.reference)) }
                    return found
                }
            })
    }

    private static let everybody = Shape.choice([Choice("allUsers", "every licensed user"), Choice("allDevices", "every device")])

    private static let includedTarget = Shape.object(
        ObjectShape(
            "included target",
            [
                Field("group", .string(.name), "The name of a group of the tenant.", example: "staff"),
                Field("target", everybody, "Everybody, narrowed by a filter. Without a filter, write the word alone."),
                Field("filter", .string(.name), "The name of an assignment filter of the tenant.", example: "corporate"),
                Field(
                    "filterMode", .choice([Choice("include", "only devices that the filter matches"), Choice("exclude", "only devices that it does not match")]),
                    "What the filter does. Required with a filter."),
            ], exactlyOne: [["group", "target"]], together: ["filter": ["filterMode"], "filterMode": ["filter"], "target": ["filter"]]))

    private static let excludedGroup = Shape.object(
        ObjectShape("excluded group", [Field("group", .string(.name), required: true, "The name of a group of the tenant.", example: "leavers")]))
}

extension DeclaredTarget {
    fileprivate init(_ element: JSONValue) {
        self.init(
            word: (element["target"] ?? element).string, group: element["group"], filter: element["filter"],
            filterMode: element["filterMode"]?.string.flatMap(AssignmentTarget.FilterMode.init(rawValue:)), place: element)
    }

    /// Of an element of the wrong form, only the names that have the right one.
    fileprivate init(partsOf element: JSONValue, _ shape: Shape) {
        self.init(element)
        var problems: [Diagnostic] = []
        shape.check(element, into: &problems)
        guard !problems.isEmpty else { return }
        word = nil
        func name(_ value: JSONValue?) -> JSONValue? { value?.string.map(StringForm.name.accepts) == true ? value : nil }
        (group, filter) = (name(group), name(filter))
    }
}

extension NameResolution {
    /// Nil where a name is not defined.
    fileprivate mutating func target(_ target: DeclaredTarget) -> AssignmentTarget? {
        // Both names are looked up, so that one run reports all that is wrong with the target.
        let audience = audience(target)
        guard let place = target.filter, let name = place.string else { return audience.map { AssignmentTarget($0) } }
        guard let id = tenant.filters[name] else {
            unresolved(name, .filters, place)
            return nil
        }
        let filter = target.filterMode.map { AssignmentTarget.Filter(reference: Reference(name: name, id: id), mode: $0) }
        return audience.map { AssignmentTarget($0, filter: filter) }
    }

    private mutating func audience(_ target: DeclaredTarget) -> AssignmentTarget.Audience? {
        switch target.word {
        case "allUsers": return .allUsers
        case "allDevices": return .allDevices
        default: break
        }
        guard let place = target.group, let name = place.string else { return nil }
        if let group = tenant.groups[name] { return .group(Reference(name: name, id: group.id)) }
        unresolved(name, .groups, place)
        return nil
    }
}

extension AssignmentTarget {
    /// Reads what `json` wrote.
    fileprivate init?(_ value: JSONValue) {
        let audience: Audience
        switch value.string ?? value["target"]?.string {
        case "allUsers": audience = .allUsers
        case "allDevices": audience = .allDevices
        default:
            guard let group = value["group"].flatMap(Reference.init) else { return nil }
            audience = .group(group)
        }
        guard value["filter"] != nil || value["filterMode"] != nil else {
            self.init(audience)
            return
        }
        // Nobody wrote half a filter. Read without it, the profile would seem to reach more people.
        guard let filter = value["filter"].flatMap(Reference.init), let mode = value["filterMode"]?.string.flatMap(FilterMode.init(rawValue:))
        else { return nil }
        self.init(audience, filter: Filter(reference: filter, mode: mode))
    }
}
