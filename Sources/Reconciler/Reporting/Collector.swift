import AppliedState
import Gates
import Impact
import Planning
import Profiles
import ReportModel

/// Takes finished tenants in the order of their ids: reports, counts, gates, and what goes into the state commit.
///
/// Used by one thread at a time: inside the turnstile of the ordered work, or before and after it.
final class Collector {
    private let output: Output
    /// Only in a drift run.
    let drift: DriftTally?
    private(set) var summary: ReportSummary
    private(set) var diagnostics: [Diagnostic] = []
    private(set) var tally: GateTally
    private(set) var factChanges: [FactChange] = []
    private(set) var baseFollowers: OverriddenBaseEdits.Followers = [:]
    private(set) var policyIsBroken = false
    /// What the strictest of the tenants' policies says about signed commits.
    private(set) var signatureDemand: SignatureDemand?
    /// For the root state: what became of the tenants that were looked at.
    private(set) var processed: Set<String> = []
    private(set) var held: Set<String> = []
    private(set) var failed: Set<String> = []
    /// Folder of the state that was written anew, or would be the same → the tenant that it is, and whether nothing is applied there now.
    private(set) var identities: [String: RootState.Identity] = [:]
    private(set) var profilesBefore = 0
    private(set) var profilesAfter = 0
    private(set) var tenantsBefore = 0
    /// Tenants whose applied state changes → how many more profiles they have then.
    private(set) var changes: [String: Int] = [:]
    /// Profiles that no gate holds, by what happens to them.
    private(set) var goesOut: [Action: Int] = [:]
    private var seen: Set<Diagnostic> = []

    init(output: Output, tally: GateTally, summary: ReportSummary, drift: DriftTally?) {
        self.output = output
        self.tally = tally
        self.summary = summary
        self.drift = drift
    }

    func take(_ outcome: Outcome) throws {
        processed.insert(outcome.id)
        processed.formUnion(outcome.former)
        profilesBefore += outcome.profilesBefore
        profilesAfter += outcome.profilesAfter
        if outcome.isInConfig { tenantsBefore += 1 }
        if outcome.policyIsBroken { policyIsBroken = true }
        signatureDemand = .strictest([signatureDemand, outcome.signatureDemand].compactMap(\.self))
        drift?.take(outcome.report, outcome.live)
        guard let report = outcome.report else {
            summary.addUnchanged(tenants: 1, profiles: outcome.profilesAfter)
            return
        }
        summary.add(report)
        factChanges += outcome.factChanges
        baseFollowers.merge(outcome.baseFollowers) { ($0.follow + $1.follow, $0.override + $1.override) }
        for profile in report.profiles where profile.goesOut { goesOut[profile.impact.action, default: 0] += 1 }
        switch report.status {
        case .failed:
            failed.insert(outcome.id)
            // What it would take up is nobody's until it is mended.
            held.formUnion(outcome.former)
        case .held: held.insert(outcome.id)
        // The next run tries again.
        case .ok: if !outcome.unpublished.isEmpty { held.insert(outcome.id) }
        }
        for (proposal, by) in outcome.holds { tally.note(proposal, heldBy: by, goesOut: !outcome.unpublished.contains(proposal.impact.profile)) }
        note(report.diagnostics)
        if report.isWorthReporting { for sink in output.sinks { try sink.tenant(report) } }
        for folder in outcome.rendered.folders {
            identities[folder.id] = RootState.Identity(tenantID: folder.tenantID, isGone: folder.isGone)
            guard let tree = folder.tree else { continue }
            changes[folder.id] = folder.after - folder.before
            try output.writer?.put(folder.id, tree)
        }
        output.steps?.add(outcome.id, outcome.rendered.steps, outcome.rendered.operations)
    }

    /// Takes diagnostics; what many tenants have in common, as a fault in a base, once.
    func note(_ found: [Diagnostic]) {
        for diagnostic in found {
            var key = diagnostic
            key.usedBy = nil
            key.tenant = nil
            key.profile = nil
            if seen.insert(key).inserted { diagnostics.append(diagnostic) }
        }
    }

    func addUnread(tenants: Int, profiles: Int) { summary.addUnchanged(tenants: tenants, profiles: profiles) }

    var errors: Int { diagnostics.count { $0.severity == .error } }
}
