import AppliedState
import Gates
import Impact
import JSONSource
import Profiles
import ReportModel

/// Takes finished tenants in the order of their ids: report, counts, gates, and what goes into the state commit.
///
/// @unchecked: every use is inside the run's turnstile, or before the first worker and after the last.
final class Collector: @unchecked Sendable {
    private let sinks: [any ReportSink]
    private let writer: StateWriter?
    private let steps: StepFiles?
    private(set) var summary = ReportSummary()
    private(set) var diagnostics: [Diagnostic] = []
    private(set) var tally: GateTally
    private(set) var policyIsBroken = false
    /// A tenant's policy that asks for signed commits.
    private(set) var signatureAsker: String?
    /// For the root state: what became of the tenants that were looked at.
    private(set) var processed: Set<String> = []
    private(set) var held: Set<String> = []
    private(set) var failed: Set<String> = []
    private(set) var profilesBefore = 0
    private(set) var profilesAfter = 0
    private(set) var tenantsBefore = 0
    /// Tenants whose applied state changes → how many more profiles they have then.
    private(set) var changes: [String: Int] = [:]
    /// Profiles that no gate holds, by what happens to them.
    private(set) var goesOut: [Action: Int] = [:]
    private var seen: Set<Diagnostic> = []

    init(sinks: [any ReportSink], writer: StateWriter?, steps: StepFiles?, tally: GateTally) {
        self.sinks = sinks
        self.writer = writer
        self.steps = steps
        self.tally = tally
    }

    func take(_ outcome: Outcome) throws {
        processed.insert(outcome.id)
        profilesBefore += outcome.profilesBefore
        profilesAfter += outcome.profilesAfter
        if outcome.inConfig { tenantsBefore += 1 }
        if outcome.policyIsBroken { policyIsBroken = true }
        signatureAsker = signatureAsker ?? outcome.signatureAsker
        guard let report = outcome.report else {
            summary.addUnchanged(tenants: 1, profiles: outcome.profilesAfter)
            return
        }
        summary.add(report)
        for profile in report.profiles where profile.heldBy.isEmpty { goesOut[profile.impact.action, default: 0] += 1 }
        switch report.status {
        case .failed: failed.insert(outcome.id)
        case .held: held.insert(outcome.id)
        case .ok: break
        }
        for (proposal, by) in outcome.holds { tally.note(proposal, heldBy: by) }
        note(report.diagnostics)
        if report.status != .ok || !report.profiles.isEmpty || !report.diagnostics.isEmpty {
            for sink in sinks { try sink.tenant(report) }
        }
        if let tree = outcome.rendered.tree {
            changes[outcome.id] = outcome.profilesAfter - outcome.profilesBefore
            try writer?.put(outcome.id, tree)
        }
        steps?.add(outcome.id, outcome.rendered)
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
