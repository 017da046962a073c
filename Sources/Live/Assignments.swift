import JSONSource
import Payloads
import Profiles

/// The assignments of a device configuration: as Graph expands them, or as IntuneCD writes them, with names instead of ids.
struct Assignments {
    /// Nil where the source does not say.
    private(set) var include: [AssignmentTarget]?
    private(set) var exclude: [AssignmentTarget]?
    private(set) var diagnostics: [Diagnostic] = []
    /// Groups and filters whose ids are unknown.
    private var unknown: [(name: String, place: JSONValue)] = []

    init(_ list: JSONValue?, names: any ReferenceNames) {
        guard let list, !list.isNull else { return }
        guard let elements = elements(of: list) else {
            diagnostics.append(Diagnostic(.unreadableLiveValue, at: list, "'assignments' must be a list"))
            return
        }
        let isFromPolicySet = { (element: JSONValue) in element[name: GraphNames.assignmentSource]?.string == GraphNames.policySets }
        if let first = elements.first(where: isFromPolicySet) {
            diagnostics.append(
                Diagnostic(
                    .policySetAssignment, severity: .warning, at: first, "A policy set assigns this profile, too; easel leaves that assignment alone and does not count its people",
                    help: "Change it in the policy set"))
        }
        var included: [AssignmentTarget] = []
        var excluded: [AssignmentTarget] = []
        for element in elements where !isFromPolicySet(element) {
            guard let (target, isExclusion) = target(element, names) else { continue }
            if isExclusion { excluded.append(target) } else { included.append(target) }
        }
        guard unknown.isEmpty else {
            for (name, place) in unknown {
                diagnostics.append(
                    Diagnostic(
                        .notInExport, severity: .warning, at: place, "The id of \(GraphObject.shown(name)) is unknown, so it is unknown whom the profile is assigned to",
                        help: "Define this name in tenant.json, or export with ids"))
            }
            return
        }
        include = AssignmentTarget.unique(included)
        exclude = AssignmentTarget.unique(excluded)
    }

    /// Nil for what is not a list. PowerShell writes a list with one element as that element.
    private func elements(of list: JSONValue) -> [JSONValue]? {
        if list.kind == .array { return Array(list.elements) }
        return list["target"] == nil ? nil : [list]
    }

    private mutating func target(_ element: JSONValue, _ names: any ReferenceNames) -> (AssignmentTarget, isExclusion: Bool)? {
        guard let target = element["target"], let type = target["@odata.type"]?.string else {
            diagnostics.append(Diagnostic(.unreadableLiveValue, at: element, "An assignment needs a target with @odata.type"))
            return nil
        }
        // The other intent, `remove`, takes the profile away from its targets.
        if let intent = element["intent"], !intent.isNull, intent.string?.lowercased() != "apply" {
            diagnostics.append(Diagnostic(.unreadableLiveValue, at: intent, "Unknown intent \(String(intent.plain.compact.prefix(80))) of an assignment"))
            return nil
        }
        var audience: AssignmentTarget.Audience?
        var isExclusion = false
        switch LiveObjects.typeName(type) {
        case GraphNames.AssignmentTargetType.allUsers: audience = .allUsers
        case GraphNames.AssignmentTargetType.allDevices: audience = .allDevices
        case GraphNames.AssignmentTargetType.group: audience = group(target, names).map(AssignmentTarget.Audience.group)
        case GraphNames.AssignmentTargetType.excludedGroup:
            audience = group(target, names).map(AssignmentTarget.Audience.group)
            isExclusion = true
        default: diagnostics.append(Diagnostic(.unreadableLiveValue, at: target, "Unknown type \(GraphObject.shown(type)) of an assignment target"))
        }
        guard let audience else { return nil }
        return (AssignmentTarget(audience, filter: filter(target, names)), isExclusion)
    }

    private mutating func group(_ target: JSONValue, _ names: any ReferenceNames) -> Reference? {
        let name = (target["groupName"] ?? target["groupDisplayName"])?.string
        if let id = target["groupId"]?.string, StringForm.guid.accepts(id) { return names.reference(.groups, id: id, name: name) }
        if let name, !name.isEmpty { return named(name, .groups, target, names) }
        diagnostics.append(Diagnostic(.unreadableLiveValue, at: target, "A group target needs the id or the name of its group"))
        return nil
    }

    private mutating func filter(_ target: JSONValue, _ names: any ReferenceNames) -> AssignmentTarget.Filter? {
        guard let id = target["deviceAndAppManagementAssignmentFilterId"]?.string, !id.allSatisfy({ $0 == "0" || $0 == "-" }) else { return nil }
        // PowerShell writes it with a capital.
        guard let type = target["deviceAndAppManagementAssignmentFilterType"]?.string?.lowercased(), let mode = AssignmentTarget.FilterMode(rawValue: type) else {
            if target["deviceAndAppManagementAssignmentFilterType"]?.string?.lowercased() != "none" {
                diagnostics.append(Diagnostic(.unreadableLiveValue, at: target, "The type of an assignment filter must be include or exclude"))
            }
            return nil
        }
        // IntuneCD writes the filter's name instead of its id.
        let reference = StringForm.guid.accepts(id) ? names.reference(.filters, id: id, name: nil) : named(id, .filters, target, names)
        return reference.map { AssignmentTarget.Filter(reference: $0, mode: mode) }
    }

    private mutating func named(_ name: String, _ section: TenantSection, _ place: JSONValue, _ names: any ReferenceNames) -> Reference? {
        if let reference = names.reference(section, named: name) { return reference }
        unknown.append((name, place))
        return nil
    }
}
