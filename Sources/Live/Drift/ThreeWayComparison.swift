import Impact
import JSONSource
import Profiles

/// Compares what is desired, what was applied and what is live: a pure function.
public enum ThreeWayComparison {
    /// What the applied state knows about a profile.
    public struct Applied: Sendable {
        public let profile: EffectiveProfile
        public let graphID: String?

        public init(profile: EffectiveProfile, graphID: String?) {
            self.profile = profile
            self.graphID = graphID
        }
    }

    public struct Result: Sendable {
        /// Profiles that differ, in the order of profile ids. An unmanaged profile has the id that an import would give it.
        public var profiles: [ProfileDrift] = []
        /// Profiles for which all three are the same.
        public var inSync = 0
        public var diagnostics: [Diagnostic] = []
    }

    /// - Parameters:
    ///   - desired: by profile id.
    ///   - applied: by profile id.
    ///   - facts: of the desired tenant, or as last recorded; nil where there are neither.
    ///   - members: people of an audience id; nil where unknown.
    public static func compare(
        tenant: String, desired: [String: EffectiveProfile], applied: [String: Applied], live: [LiveProfile], facts: TenantFacts?,
        members: (String) -> Int?
    ) -> Result {
        var result = Result()
        let ids = Set(desired.keys).union(applied.keys).sorted(by: JSONWriter.precedes)
        var matching = LiveMatching(live)
        var matches: [String: LiveProfile] = [:]
        // In rounds, so that the order of ids decides nothing. Ids come first, since another profile may have taken over a name; then the
        // names that were applied, then those that are desired.
        for id in ids { matches[id] = applied[id]?.graphID.flatMap { matching.take(id: $0) } }
        func match(by name: (String) -> String?) {
            for id in ids where matches[id] == nil {
                guard let name = name(id) else { continue }
                switch matching.take(name: name, like: [applied[id]?.profile, desired[id]].compactMap(\.self)) {
                case .one(let profile): matches[id] = profile
                case .none: break
                case .several(let found):
                    var problem = Diagnostic(
                        .ambiguousLive, at: found[0].object,
                        "\(found.count) live profiles have the name '\(found[0].displayName)', so it is unknown which of them is \(tenant)/\(id)",
                        help: "Rename or delete the others in Intune, or remove older exports: \(found.map { $0.graphID ?? "\($0.object.document.file):\($0.object.position.line)" }.joined(separator: ", "))")
                    problem.tenant = tenant
                    problem.profile = id
                    result.diagnostics.append(problem)
                }
            }
        }
        match { applied[$0]?.profile.displayName }
        guard result.diagnostics.isEmpty else { return result }
        match { desired[$0]?.displayName }
        guard result.diagnostics.isEmpty else { return result }
        var now: [String: EffectiveProfile] = [:]
        for (id, live) in matches { now[id] = live.effective(id: id, unknownAs: applied[id]?.profile ?? desired[id]) }
        // Without facts nothing is desired or applied.
        if let facts {
            let (was, is_) = (TenantView(facts, Array(now.values)), TenantView(facts, Array(desired.values)))
            for id in ids {
                let sides = Sides(id: id, desired: desired[id], applied: applied[id]?.profile, found: now[id], source: matches[id])
                let drift = sides.drift { Impact.compare(tenant: tenant, before: $0, after: $1, was: was, is: is_, members: members) }
                if let warning = replacement(of: id, in: tenant, applied[id], matches[id]), let live = now[id] {
                    result.diagnostics.append(warning)
                    result.profiles.append(
                        ProfileDrift(impact: drift?.impact ?? Impact.replaced(live), kind: .replaced, kinds: drift?.kinds ?? [.replaced], live: live, source: matches[id]))
                } else if let drift {
                    result.profiles.append(drift)
                } else {
                    result.inSync += 1
                }
            }
        }
        var taken = Set(ids)
        for profile in matching.rest {
            let id = profileID(of: profile.displayName, taken: &taken)
            let was = profile.effective(id: id, unknownAs: nil)
            result.profiles.append(
                ProfileDrift(impact: Impact.unwanted(was), kind: .unmanaged, kinds: [.unmanaged], live: was, source: profile))
        }
        result.profiles.sort { JSONWriter.precedes($0.impact.profile, $1.impact.profile) }
        return result
    }

    /// What to say of a profile whose known id is gone while another one has its name: whatever its values, it is not what was applied.
    /// Nil where it is the known one, or an id is unknown.
    private static func replacement(of id: String, in tenant: String, _ applied: Applied?, _ live: LiveProfile?) -> Diagnostic? {
        guard let known = applied?.graphID?.lowercased(), let live, let now = live.graphID, now != known else { return nil }
        var warning = Diagnostic(
            .replacedLive, severity: .warning, at: live.object, "\(tenant)/\(id) was replaced: the profile \(known) is gone, and \(now) has its name",
            help: "Find out who did that. To go on with the new one, run easel adopt")
        (warning.tenant, warning.profile) = (tenant, id)
        return warning
    }
}

/// One profile, three ways.
private struct Sides {
    let id: String
    let desired: EffectiveProfile?
    let applied: EffectiveProfile?
    /// What is live, with everything in it.
    let found: EffectiveProfile?
    let source: LiveProfile?

    /// Nil where all three are the same.
    func drift(_ compare: (_ before: EffectiveProfile?, _ after: EffectiveProfile?) -> ProfileImpact) -> ProfileDrift? {
        // What a side leaves alone may be anything, and is no difference from it.
        let live = found.map { found in desired.map(found.withoutWhat(isLeftAloneBy:)) ?? found }
        if let live, let applied, let desired, live.digest == applied.digest, desired.digest == applied.digest { return nil }
        let changed = applied.flatMap { applied in
            found.map { Comparison(before: applied, after: $0.withoutWhat(isLeftAloneBy: applied)).changes.compactMap { $0.setting?.pointer } }
        }
        let impact = compare(live, desired)
        let kinds = impact.changes.map { change -> DriftKind in
            if change.path.isEmpty { return applied != nil && live == nil ? .missing : .pending }
            return changed?.contains(change.path) == true ? .modified : .pending
        }
        let kind: DriftKind
        if live == nil, applied != nil, desired != nil {
            kind = .missing
        } else if kinds.contains(.modified) {
            kind = .modified
        } else {
            kind = .pending
        }
        guard impact.action == .none else { return ProfileDrift(impact: impact, kind: kind, kinds: kinds, live: live, source: source) }
        // The tenant already has what is desired; only the applied state does not know it yet.
        guard let arrived = Impact.arrived(at: desired, from: applied) else { return nil }
        return ProfileDrift(impact: arrived, kind: .pending, kinds: arrived.changes.map { _ in .pending }, live: live, source: source)
    }
}
