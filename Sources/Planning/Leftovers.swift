import AppliedState
import Payloads
import Profiles

/// What a tenant's state keeps of changes that were not published, from this run and from earlier ones.
///
/// A change that was sent in part is in Intune though it is not applied. Whoever reverts it in Git finds nothing to do: that must be told.
public struct Leftovers {
    private let plan: TenantPlan
    /// Profile → what became of its change in this run.
    private let publishing: [String: PublishingResult]
    /// Those that no gate holds and that were not published.
    private let unpublished: Set<String>
    /// By the ids that the profiles have now.
    private let before: [String: TenantState.Unpublished]
    /// Of earlier runs, as far as Intune may have a part of them and nobody has looked since.
    private let kept: [String: TenantState.Unpublished]
    /// Those among them that the manifests want no more, of profiles that are applied.
    public let unwanted: Set<String>
    /// Creations among them of which neither state nor manifests know anything: nobody will look at them again.
    private let orphans: Set<String>

    /// - Parameters:
    ///   - publishing: profile → what became of its change in this run.
    ///   - unpublished: those that no gate holds and that were not published.
    ///   - hasLooked: whether the plan begins from what Intune has: where nothing changes then, nothing is left there.
    public init(_ plan: TenantPlan, publishing: [String: PublishingResult], unpublished: Set<String>, hasLooked: Bool) {
        let earlier = plan.applied.folders.reduce(into: [:]) { $0.merge($1.state.unpublished) { first, _ in first } }
        let now = Dictionary(plan.origins.merging(plan.missing) { own, _ in own }.map { ($1, $0) }, uniquingKeysWith: min)
        let before = Dictionary(earlier.sorted { $0.key < $1.key }.map { (now[$0] ?? $0, $1) }, uniquingKeysWith: { first, _ in first })
        let changing = Set(plan.changes.filter { $0.action != .none }.map(\.profile))
        var (kept, unwanted, orphans): ([String: TenantState.Unpublished], Set<String>, Set<String>) = ([:], [], [])
        for (profile, record) in before where record.mayExist && publishing[profile]?.status != .published {
            if changing.contains(profile) {
                kept[profile] = record
            } else if plan.origins[profile] == nil {
                orphans.insert(profile)
            } else if !hasLooked {
                kept[profile] = record
                unwanted.insert(profile)
            }
        }
        (self.plan, self.publishing, self.unpublished, self.before, self.kept) = (plan, publishing, unpublished, before, kept)
        (self.unwanted, self.orphans) = plan.isBroken ? ([], []) : (unwanted, orphans)
    }

    /// Entry, or profile that has none yet → why its change was not published, and since when: a change that fails every night has one time. By
    /// entries, so that an edit that is reverted together with a new id of its profile is still known.
    ///
    /// - Parameter now: RFC 3339.
    public func records(now: String) -> [String: TenantState.Unpublished] {
        let fingerprints = Dictionary(plan.changes.map { ($0.profile, $0.fingerprint ?? "") }, uniquingKeysWith: { first, _ in first })
        var all = Dictionary(kept.map { (entry(of: $0), $1) }, uniquingKeysWith: { first, _ in first })
        // What would take the id of an entry waits for it, and has sent nothing.
        let taken = Set(plan.origins.merging(plan.missing) { own, _ in own }.filter { $0.key != $0.value }.values)
        for profile in unpublished.sorted() where entry(of: profile) != profile || !taken.contains(profile) {
            guard let result = publishing[profile], let fingerprint = fingerprints[profile] else { continue }
            // Of a change that already awaits approval, the service does not repeat the code.
            let known = before[profile].flatMap { $0.fingerprint == fingerprint && $0.status == result.status.rawValue ? $0 : nil }
            let (code, request) = result.status == .awaitingApproval && result.code == nil ? (known?.code, known?.request) : (result.code, result.request)
            all[entry(of: profile)] = .init(
                status: result.status.rawValue, code: code, request: request, mayExist: result.mayHaveArrived || kept[profile] != nil, fingerprint: fingerprint,
                since: known?.since ?? now)
        }
        return all
    }

    private func entry(of profile: String) -> String { plan.origins[profile] ?? plan.missing[profile] ?? profile }

    public var diagnostics: [Diagnostic] {
        let reverted = unwanted.sorted().map { profile in
            diagnostic(
                profile, .error, "Intune has a part of an earlier change to \(plan.id)/\(profile), or may have, and its manifest no longer asks for it",
                help: "Restore what the manifest says: run easel reconcile --publish graph --repair --tenant \(plan.id)")
        }
        return reverted + orphans.sorted().map { profile in
            diagnostic(
                profile, .warning, "An earlier run began to create \(plan.id)/\(profile), Intune may have it, and no manifest describes it any more",
                help: "Run easel drift --live graph --tenant \(plan.id), and remove the profile in Intune if it is there")
        }
    }

    private func diagnostic(_ profile: String, _ severity: Diagnostic.Severity, _ message: String, help: String) -> Diagnostic {
        var found = Diagnostic(.unfinishedPublication, severity: severity, file: "tenants/\(plan.id)/profiles/\(profile).json", message, help: help)
        (found.tenant, found.profile) = (plan.id, profile)
        return found
    }
}
