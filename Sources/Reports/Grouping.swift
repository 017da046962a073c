import Impact
import JSONSource
import Live
import Payloads
import Profiles
import ReportModel

/// Profiles to which the same happens: one paragraph of a report, whether it is one profile, or those of a thousand tenants that
/// use one base.
struct ChangeGroup {
    struct Example {
        let tenant: String
        let profile: String
        let displayName: String
        let fingerprint: String?
        /// What a renamed profile was before.
        let movedFrom: String?
        /// When it was changed in Intune, in words; only in a drift run.
        let changed: String?
    }

    let action: Action
    /// Those of the first profile; the same in all but for ids behind names.
    let changes: [ProfileImpact.Change]
    /// Worst first.
    let consequences: [Consequence]
    /// Brought about by the run.
    let newAdvice: [Advice.Key]
    /// What the run ends.
    let resolvedAdvice: [Advice.Key]
    let heldBy: [String]
    /// Whether they only wait their turn.
    let isWaiting: Bool
    /// Of a drift run.
    let drift: DriftNote?
    /// Of an adoption.
    let adoption: AdoptionNote?
    /// Of a run that published.
    let publishing: Publishing?
    /// Renamed profiles, of which nothing else may change.
    let isMove: Bool
    /// Nothing in detail: several kinds of change together, because there are too many of them.
    let isMixed: Bool
    private(set) var examples: [Example] = []
    private(set) var profiles = 0
    private(set) var tenants = 0
    private var tally = PeopleTally()
    var people: [Consequence: ReportSummary.Count] { tally.counts }
    private var lastTenant: String?

    static let exampleLimit = 5

    /// `/account/oauth` → the rules that it fired, over all changes; in order.
    var rules: [String] {
        var found = Set(changes.flatMap(\.rules))
        for advice in newAdvice { found.insert(advice.rule) }
        return found.sorted()
    }

    init(_ report: ProfileReport) {
        action = report.impact.action
        changes = report.impact.changes
        consequences = report.impact.sortedConsequences
        newAdvice = report.impact.advice.filter(\.isNew).map(\.key).sorted()
        resolvedAdvice = report.impact.advice.filter(\.isResolved).map(\.key).sorted()
        heldBy = report.heldBy
        isWaiting = report.isWaiting
        drift = report.drift
        adoption = report.adoption
        publishing = report.publishing.map(Publishing.init)
        isMove = report.movedFrom != nil
        isMixed = false
    }

    /// Many kinds together.
    init(mixed action: Action, held: Bool) {
        self.action = action
        changes = []
        consequences = []
        newAdvice = []
        resolvedAdvice = []
        heldBy = held ? ["several gates"] : []
        isWaiting = false
        drift = nil
        adoption = nil
        publishing = nil
        isMove = false
        isMixed = true
    }

    mutating func add(_ report: ProfileReport, tenant: String) {
        profiles += 1
        if lastTenant != tenant {
            tenants += 1
            lastTenant = tenant
        }
        if examples.count < Self.exampleLimit {
            let impact = report.impact
            examples.append(Example(tenant: tenant, profile: impact.profile, displayName: impact.displayName, fingerprint: impact.fingerprint, movedFrom: report.movedFrom, changed: Words.changed(report.drift)))
        }
        tally.add(report.impact, of: tenant)
    }

    /// A heading for what is not an action of this run, and what the action would be part of; nil if the action says everything.
    var heading: (text: String, isBad: Bool, next: String)? {
        if let drift { return (drift.isAccepted ? "\(drift.kind.rawValue), accepted" : drift.kind.rawValue, !drift.isAccepted, "restoring it") }
        if let publishing, heldBy.isEmpty { return publishing.heading }
        switch adoption {
        case .adopted: return ("adopted", false, "the next reconcile")
        case .left(let why): return ("not adopted: \(why)", false, "the next reconcile")
        case nil: return isMove && action == .none ? ("renamed; nothing changes for people", false, "") : nil
        }
    }

    /// In one line without colours: `reinstall`, or `modified; restoring it: reinstall`.
    var title: String {
        guard let heading else { return action.rawValue }
        return heading.text + (action == .none ? "" : "; \(heading.next): \(action.rawValue)")
    }

    /// A change in one line.
    func shown(_ position: Int, limit: Int = 300) -> String { Words.change(changes[position], drift?.differences[position], limit: limit) }

    /// `held by` or, where it is only a matter of time, `waits for`; the names of the gates come next.
    var heldWord: String { isWaiting ? "waits for" : "held by" }

    /// What a drift report adds to the values of each change, in the order of the changes.
    func remark(_ position: Int) -> String? { drift.flatMap { Words.difference($0.differences[position]) } }

    /// Consequences of a mixed group are those met.
    var worstFirst: [Consequence] { isMixed ? people.keys.sorted() : consequences }

    /// Worst first. Advice is listed by itself, so it needs no sentence.
    var sentences: [String] {
        let shown = worstFirst.filter { $0 != .advice }.compactMap { consequence in people[consequence].map { (consequence, $0) } }
        if !shown.isEmpty, shown.allSatisfy({ $0.1.isNobody }) { return ["assigned to nobody"] }
        return shown.filter { !$0.1.isNobody }.map { $0.1.sentence($0.0) }
    }
}

/// Gathers groups as the report comes. Memory grows with the number of different changes, up to a limit.
struct Grouping {
    /// Different changes kept in detail.
    static let limit = 2000

    private struct Key: Hashable {
        let action: Action
        let changes: [ChangeKey]
        let consequences: [Consequence]
        let advice: [Advice.Key]
        let resolved: [Advice.Key]
        let heldBy: [String]
        let isWaiting: Bool
        let drift: DriftKind?
        let adoption: AdoptionNote?
        let publishing: ChangeGroup.Publishing?
        let isMove: Bool
        let differences: [DriftKey]
    }

    private struct DriftKey: Hashable {
        let kind: DriftKind
        let acceptance: DriftNote.Acceptance?
        let isNew: Bool?
        /// Nil for what is new, since the report then says so instead.
        let since: String?
    }

    private struct ChangeKey: Hashable {
        let path: String
        let rules: [String]
        /// What a group shows of its first profile must hold for all of them.
        let shown: String
    }

    private var positions: [Key: Int] = [:]
    private var mixed: [Action: [Bool: Int]] = [:]
    private(set) var groups: [ChangeGroup] = []

    mutating func add(_ tenant: TenantReport) {
        for profile in tenant.profiles {
            let position = self.position(of: profile)
            groups[position].add(profile, tenant: tenant.id)
        }
    }

    private mutating func position(of profile: ProfileReport) -> Int {
        let impact = profile.impact
        let key = Key(
            action: impact.action, changes: impact.changes.indices.map { Self.key(impact.changes[$0], profile.drift?.differences[$0]) }, consequences: impact.sortedConsequences,
            advice: impact.advice.filter(\.isNew).map(\.key).sorted(), resolved: impact.advice.filter(\.isResolved).map(\.key).sorted(),
            heldBy: profile.heldBy, isWaiting: profile.isWaiting, drift: profile.drift?.kind,
            adoption: profile.adoption, publishing: profile.publishing.map(ChangeGroup.Publishing.init), isMove: profile.movedFrom != nil,
            differences: profile.drift?.differences.map { DriftKey(kind: $0.kind, acceptance: $0.acceptance, isNew: $0.isNew, since: $0.isNew == false ? $0.firstSeen : nil) } ?? [])
        if let known = positions[key] { return known }
        if positions.count < Self.limit {
            positions[key] = groups.count
            groups.append(ChangeGroup(profile))
            return groups.count - 1
        }
        let held = !profile.heldBy.isEmpty
        if let known = mixed[impact.action]?[held] { return known }
        mixed[impact.action, default: [:]][held] = groups.count
        groups.append(ChangeGroup(mixed: impact.action, held: held))
        return groups.count - 1
    }

    private static func key(_ change: ProfileImpact.Change, _ difference: DriftNote.Difference?) -> ChangeKey {
        // Creations and removals belong together, whatever the profile is called.
        ChangeKey(path: change.path, rules: change.rules, shown: change.key == nil ? "" : Words.change(change, difference))
    }

    /// Worst consequence first, then most people, then most profiles; equals in the order in which they came.
    var worstFirst: [ChangeGroup] {
        groups.enumerated().sorted { one, other in
            let (a, b) = (one.element, other.element)
            let (worstA, worstB) = (a.worstFirst.first, b.worstFirst.first)
            if let worstA, let worstB, worstA != worstB { return worstA < worstB }
            if (worstA == nil) != (worstB == nil) { return worstB == nil }
            if let worstA {
                // An unknown number may be any number, so it comes first.
                let (countA, countB) = (a.people[worstA] ?? ReportSummary.Count(), b.people[worstA] ?? ReportSummary.Count())
                if (countA.peopleUnknown > 0) != (countB.peopleUnknown > 0) { return countA.peopleUnknown > 0 }
                if countA.people != countB.people { return countA.people > countB.people }
            }
            if a.profiles != b.profiles { return a.profiles > b.profiles }
            return one.offset < other.offset
        }.map(\.element)
    }
}

extension ChangeGroup {
    /// What became of the operations of a group: the same for all of its profiles.
    struct Publishing: Hashable {
        let status: PublishingResult.Status
        let code: String?
        let message: String?

        init(_ result: PublishingResult) {
            status = result.status
            // Each approval request has a code of its own, and each request an id.
            code = result.status == .awaitingApproval ? nil : result.code
            message = result.status == .published && result.drift.isEmpty ? nil : result.status == .awaitingApproval ? nil : result.message
        }

        /// Nil for what is published as it was meant: the action says everything.
        var heading: (text: String, isBad: Bool, next: String)? {
            switch status {
            case .published: message.map { _ in ("published, with a difference", false, "the change") }
            case .failed: ("not published", true, "the next run")
            case .awaitingApproval: ("awaiting approval in Intune (Multi Admin Approval)", false, "then")
            case .notSent: ("not sent", true, "the next run")
            }
        }

        /// Why, in the service's or easel's words: in one harmless line, for each format to make its own.
        var why: String? { message.map { Words.shortened(Words.plain($0), to: 400) } }
    }
}
