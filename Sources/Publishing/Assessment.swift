import Impact
import JSONSource
import Live
import Payloads
import Profiles

/// What a live profile means for the operation that is about to change it: a pure function.
enum Assessment {
    /// It is as it was applied, or as it is desired, or between the two: only easel has changed it. These requests make of it what is desired.
    case ours([ServiceRequest])
    /// Somebody else has changed it. `why` is a sentence without its end.
    case changed(why: String)
    /// What it is cannot be understood. A sentence without its end.
    case unreadable(String)

    init(_ object: JSONValue, _ task: PublishingTask, names: TenantNames, cloud: Tenant.Cloud) {
        let live = LiveProfile(object, names: names)
        guard let version = LiveVersion(object), !live.diagnostics.contains(where: { $0.severity == .error }) else {
            let problem = live.diagnostics.first { $0.severity == .error }?.message ?? "it has no id"
            self = .unreadable("the profile cannot be understood as it is in Intune: \(problem)")
            return
        }
        let now = live.effective(id: task.operation.profile, unknownAs: task.before ?? task.after)
        if let why = Self.foreign(now, version, task) {
            self = .changed(why: why)
        } else if let after = task.after {
            self = .ours(Self.requests(from: now, to: after, object, version.graphID, task, cloud))
        } else {
            self = .ours([ServiceRequest(.delete, Self.address(version.graphID, cloud))])
        }
    }

    /// Settings in which a live profile is not as desired, as pointers.
    static func drift(_ object: JSONValue, _ after: EffectiveProfile, names: TenantNames) -> [String] {
        let now = LiveProfile(object, names: names).effective(id: after.id, unknownAs: after)
        return difference(now, after).compactMap(\.setting?.pointer).sorted()
    }

    /// Why a live profile is not easel's own work; nil where it is.
    private static func foreign(_ now: EffectiveProfile, _ version: LiveVersion, _ task: PublishingTask) -> String? {
        let toAfter = Set(task.after.map { difference(now, $0).map(\.index) } ?? now.values.indices.map(\.self))
        guard let before = task.before else {
            // Of a creation that was sent and not heard, only the assignments can be missing.
            let isFresh = now[.include].targets.isEmpty && now[.exclude].targets.isEmpty
            let rest = toAfter.subtracting(isFresh ? [SettingKey.include.index, SettingKey.exclude.index] : [])
            return rest.isEmpty ? nil : "Intune already has a profile named '\(now.displayName)', and it is not what would be created\(list(rest))"
        }
        let fromBefore = Set(difference(before, now).map(\.index))
        var foreign = fromBefore.intersection(toAfter)
        // Nobody has changed it since easel last looked at it: where the service keeps another value than it was sent, that is known. Assignments have no version.
        if let known = task.known, known.isSame(as: version) { foreign.formIntersection([SettingKey.include.index, SettingKey.exclude.index]) }
        return foreign.isEmpty ? nil : "'\(now.displayName)' was changed in Intune since it was last applied\(list(foreign))"
    }

    /// ` (/account/server, /account/ssl)`.
    private static func list(_ indices: Set<Int>) -> String {
        let shown = 5
        let pointers = indices.map { Catalogue.settings[$0].pointer }.sorted()
        return " (\(pointers.prefix(shown).joined(separator: ", "))\(pointers.count > shown ? " and \(pointers.count - shown) more" : ""))"
    }

    private static func difference(_ one: EffectiveProfile, _ other: EffectiveProfile) -> [Comparison.SettingChange] {
        // What either side leaves alone may be anything, and is no difference.
        Comparison(before: one.withoutWhat(isLeftAloneBy: other), after: other.withoutWhat(isLeftAloneBy: one)).changes
    }

    // MARK: What is left to do

    static func address(_ id: String, _ cloud: Tenant.Cloud) -> String { "\(GraphNames.address(.deviceConfigurations, in: cloud))/\(id)" }

    private static func requests(
        from now: EffectiveProfile, to after: EffectiveProfile, _ object: JSONValue, _ id: String, _ task: PublishingTask, _ cloud: Tenant.Cloud
    ) -> [ServiceRequest] {
        var requests: [ServiceRequest] = []
        if let patch = GraphPayload.patch(before: now, after: after) { requests.append(ServiceRequest(.patch, address(id, cloud), body: patch)) }
        var references = Dictionary(GraphPayload.changedReferences(before: now, after: after, cloud: cloud).map { ($0.navigation, $0.address) }, uniquingKeysWith: { first, _ in first })
        // A certificate that the profile no longer uses is not among its values, and the service keeps it.
        for (navigation, wanted) in task.references where references[navigation] == nil {
            let bound = object[name: navigation]?["id"]?.string?.lowercased()
            let isThere = bound.flatMap { id in wanted.map { $0.lowercased().contains(id) } } ?? (bound == nil && wanted == nil)
            if !isThere { references.updateValue(wanted, forKey: navigation) }
        }
        for (navigation, wanted) in references.sorted(by: { $0.key < $1.key }) {
            let url = GraphNames.reference(navigation, of: address(id, cloud))
            requests.append(wanted.map { ServiceRequest(.put, url, body: Array(JSON.object(["@odata.id": .string($0)]).compact.utf8)) } ?? ServiceRequest(.delete, url))
        }
        if now[.include] != after[.include] || now[.exclude] != after[.exclude] { requests.append(assign(after, id, cloud)) }
        return requests
    }

    static func create(_ after: EffectiveProfile, _ cloud: Tenant.Cloud) -> ServiceRequest {
        ServiceRequest(.post, GraphNames.address(.deviceConfigurations, in: cloud), body: GraphPayload.body(after, cloud: cloud))
    }

    static func assign(_ after: EffectiveProfile, _ id: String, _ cloud: Tenant.Cloud) -> ServiceRequest {
        ServiceRequest(.post, address(id, cloud) + "/assign", body: GraphPayload.assign(after))
    }
}

extension PublishingTask {
    /// Navigation properties that the operation changes, with the address that each is to lead to; nil for none.
    var references: [String: String?] {
        guard let before, let after else { return [:] }
        return Dictionary(
            GraphPayload.changedReferences(before: before, after: after, cloud: operation.cloud).map { ($0.navigation, $0.address) }, uniquingKeysWith: { first, _ in first })
    }
}
