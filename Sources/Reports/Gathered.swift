import Gates
import Impact
import Live
import Payloads
import Profiles
import ReportModel

/// What the reports for people collect until the run ends.
struct Gathered {
    /// Profiles counted by what happens to them, and to people.
    struct Share {
        var actions: [Action: Int] = [:]
        private var tally = PeopleTally()
        var people: [Consequence: ReportSummary.Count] { tally.counts }
        var profiles: Int { actions.values.reduce(0, +) }
        /// What somebody notices, worst first.
        var noticed: [(consequence: Consequence, count: ReportSummary.Count)] {
            people.filter(\.key.isNoticed).sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        }

        fileprivate mutating func add(_ impact: ProfileImpact, of tenant: String) {
            actions[impact.action, default: 0] += 1
            tally.add(impact, of: tenant)
        }
    }

    /// How the run ended, in one line.
    struct Verdict {
        enum Mood { case good, neutral, bad }

        let text: String
        let mood: Mood
    }

    var head = ReportHead(command: .plan, source: .init(repository: nil, ref: nil, commit: nil), base: nil)
    private(set) var grouping = Grouping()
    /// What no gate holds.
    private(set) var goesOut = Share()
    private(set) var heldBack = Share()
    /// Profiles in `heldBack` that only wait their turn.
    private(set) var waiting = 0
    private(set) var provenance = GatheredProvenance()
    private var failed: [String] = []
    private var failedCount = 0

    private static let namesShown = 10

    mutating func add(_ tenant: TenantReport) {
        grouping.add(tenant)
        for profile in tenant.profiles {
            // Where only a name differs, nothing goes out.
            if profile.drift?.isAccepted == true || (profile.movedFrom != nil && profile.impact.action == .none) { continue }
            if profile.isWaiting { waiting += 1 }
            provenance.add(profile, of: tenant.id)
            if profile.goesOut { goesOut.add(profile.impact, of: tenant.id) } else if !profile.heldBy.isEmpty { heldBack.add(profile.impact, of: tenant.id) }
        }
        guard tenant.status == .failed else { return }
        failedCount += 1
        if failed.count < Self.namesShown { failed.append(Words.plain(tenant.id)) }
    }

    /// Whether the report shows what people notice, now or once a hold is approved.
    var somebodyNotices: Bool { !goesOut.noticed.isEmpty || !heldBack.noticed.isEmpty }

    /// The title over the people who would notice what goes out.
    var noticedTitle: String {
        switch head.command {
        case .drift: "Impact of restoring the Git version"
        case .adopt: "Who notices the next reconcile"
        default: "Who notices"
        }
    }

    /// Of a drift run.
    private func verdict(_ drift: DriftSummary, _ problems: String, _ errors: Int) -> Verdict {
        let trouble = failedCount > 0 ? "; \(Words.count(failedCount, "tenant")) failed" : problems.isEmpty ? "" : "; \(problems)"
        let accepted = drift.accepted > 0 ? "; \(Words.number(drift.accepted)) accepted" : ""
        var news = ""
        if let changes = drift.changes { news = "; \(Words.number(changes.new)) new, \(Words.number(changes.resolved)) resolved" }
        if drift.profilesOutOfLine == 0 {
            if drift.tenantsInLine == 0, failedCount > 0 { return Verdict(text: "No tenant could be checked (\(Words.number(failedCount)) failed)\(news).", mood: .bad) }
            // Tenants that failed are not counted: their drift is unknown.
            let size = "\(Words.count(drift.profilesInLine, "profile")) in \(Words.count(drift.tenantsInLine, "tenant"))"
            return Verdict(text: "In line: \(size)\(accepted)\(news)\(trouble).", mood: errors > 0 ? .bad : .good)
        }
        let kinds = DriftKind.allCases.filter { $0 != .inSync }.compactMap { kind in
            drift.kinds[kind].flatMap { $0 > 0 ? "\(Words.number($0)) \(kind.rawValue)" : nil }
        }
        let lines = "\(Words.number(drift.profilesOutOfLine)) of \(Words.count(drift.profilesOutOfLine + drift.profilesInLine, "profile")) out of line, in \(Words.count(drift.tenantsOutOfLine, "tenant"))"
        return Verdict(text: "Drift: \(kinds.joined(separator: ", ")); \(lines)\(accepted)\(news)\(trouble).", mood: .bad)
    }

    /// Which tenants failed, and what that means for them; nil when none did.
    var failedSentence: String? {
        guard failedCount > 0 else { return nil }
        let more = failedCount - failed.count
        let names = failed.joined(separator: ", ") + (more > 0 ? " and \(Words.number(more)) more" : "")
        guard head.command != .validate else { return "\(names)." }
        switch head.command {
        case .drift: return "\(names). Their drift is unknown; the other tenants were checked."
        case .adopt: return "\(names). Nothing was adopted there; the other tenants are not held up."
        default: return "\(names). Kept exactly as applied; the other tenants are not held up."
        }
    }

    /// The outcome in one line.
    func verdict(_ tail: ReportTail) -> Verdict {
        let summary = tail.summary
        let errors = tail.diagnostics.count { $0.severity == .error }
        let warnings = tail.diagnostics.count - errors
        let problems = [errors > 0 ? Words.count(errors, "error") : nil, warnings > 0 ? Words.count(warnings, "warning") : nil]
            .compactMap(\.self).joined(separator: ", ")
        let size = "\(Words.count(summary.profiles, "profile")) in \(Words.count(summary.tenants, "tenant"))"
        if let commit = tail.delivered { return Verdict(text: "Delivered \(commit.prefix(7)), which an earlier run had recorded.", mood: .good) }
        if tail.isStopped {
            return Verdict(text: "Stopped\(problems.isEmpty ? "" : ": \(problems)"); nothing was recorded.", mood: .bad)
        }
        if head.command == .validate {
            if errors > 0 { return Verdict(text: "Not valid: \(problems); \(size) checked.", mood: .bad) }
            return Verdict(text: "Valid: \(size)" + (problems.isEmpty ? "." : "; \(problems)."), mood: .good)
        }
        if let adoption = summary.adoption {
            let left = adoption.left > 0 ? "; \(Words.number(adoption.left)) not adopted" : ""
            let known = adoption.known > 0 ? "; \(Words.number(adoption.known)) already recorded" : ""
            let trouble = failedCount > 0 ? "; \(Words.count(failedCount, "tenant")) failed" : problems.isEmpty ? "" : "; \(problems)"
            let what = adoption.adopted > 0 ? "Adopted: \(Words.count(adoption.adopted, "profile"))" : "Nothing to adopt"
            return Verdict(text: "\(what)\(left)\(known)\(trouble).", mood: errors > 0 ? .bad : .good)
        }
        if let drift = summary.drift { return verdict(drift, problems, errors) }
        let isReview = head.command == .review
        let mood: Verdict.Mood = errors > 0 ? .bad : .neutral
        let tenantsFailed = failedCount > 0 ? "\(Words.count(failedCount, "tenant")) failed" : nil
        if goesOut.profiles == 0, heldBack.profiles == 0, (summary.publishing?.unpublished ?? 0) == 0 {
            guard errors == 0, failedCount == 0 else {
                let failed = [tenantsFailed, problems.isEmpty ? nil : problems].compactMap(\.self).joined(separator: ", ")
                return Verdict(text: "\(failed); nothing else \(isReview ? "changes" : "to do"): \(size)\(isReview ? "" : " as applied").", mood: .bad)
            }
            let nothing = (isReview ? "No change to profiles: \(size)" : "Nothing to do: \(size) as applied") + (summary.moved > 0 ? "; \(Words.number(summary.moved)) renamed" : "")
            return Verdict(text: nothing + (problems.isEmpty ? "." : "; \(problems)."), mood: .good)
        }
        let isApplied = head.command == .reconcile && !tail.isDeferred
        let done = Action.worstFirst.compactMap { action -> String? in
            guard let count = goesOut.actions[action], count > 0 else { return nil }
            return isApplied ? Words.count(count, action.countable) : "\(Words.number(count)) to \(action.rawValue)"
        }
        let held = heldBack.profiles - waiting
        var counts = (summary.publishing?.words ?? []) + (held > 0 ? ["\(Words.number(held)) held"] : [])
        if waiting > 0 { counts.append("\(Words.number(waiting)) waiting") }
        counts.append("\(Words.number(summary.actions[.none] ?? 0)) unchanged")
        if summary.moved > 0 { counts.append("\(Words.number(summary.moved)) renamed") }
        if let trouble = tenantsFailed ?? (errors > 0 ? problems : nil) { counts.append(trouble) }
        var text: String
        if isApplied {
            let published = summary.publishing?[.published] ?? 0
            text = "\(published > 0 || (done.isEmpty && summary.publishing != nil) ? "Published" : "Recorded") \(done.isEmpty ? "nothing" : done.joined(separator: ", ")); \(counts.joined(separator: ", "))."
            if !done.isEmpty, published == 0 { text += " Nothing was sent to Intune." }
            if published > 0, published < goesOut.profiles {
                text += " \(Words.number(goesOut.profiles - published)) of these were only recorded: their tenants' targets do not include graph."
            }
        } else {
            text = isReview ? "Review: " : tail.isDeferred ? "Deferred: " : "Plan: "
            text += ((done.isEmpty ? ["nothing goes out"] : done) + counts).joined(separator: ", ") + "."
        }
        for consequence in headlines { text += " \(headline(consequence))" }
        return Verdict(text: text, mood: mood)
    }

    /// What the headline says of people: what locks them out, and whatever hits the most of them.
    private var headlines: [Consequence] {
        let met = Set(goesOut.people.keys).union(heldBack.people.keys).filter { $0.isNoticed && !(isNobody(goesOut, $0) && isNobody(heldBack, $0)) }.sorted()
        var shown = met.filter { [.accountRemoved, .accessLost, .credentialReentry].contains($0) }
        func size(_ consequence: Consequence) -> (Int, Int) {
            let counts = [goesOut, heldBack].compactMap { $0.people[consequence] }
            return (counts.reduce(0) { $0 + $1.people }, counts.reduce(0) { $0 + $1.peopleUnknown })
        }
        // The first of equals, which is the worst.
        let largest = met.reduce(nil as Consequence?) { best, next in best.map { size(next).0 > size($0).0 ? next : $0 } ?? next }
        if let largest, !shown.contains(where: { size($0).0 >= size(largest).0 }) { shown.append(largest) }
        return shown.sorted()
    }

    private var heldWord: String { waiting == heldBack.profiles ? "waiting" : "held" }

    private func isNobody(_ share: Share, _ consequence: Consequence) -> Bool { share.people[consequence]?.isNobody ?? true }

    /// `At most 66 people must enter their credentials; at most 760 more people are held.`
    private func headline(_ consequence: Consequence) -> String {
        let held = isNobody(heldBack, consequence) ? nil : heldBack.people[consequence]
        guard !isNobody(goesOut, consequence), let now = goesOut.people[consequence] else {
            return held.map { "\(heldWord.capitalizedFirst): \($0.sentence(consequence))." } ?? ""
        }
        return now.sentence(consequence).capitalizedFirst + (held.map { "; \($0.more) \(heldWord)." } ?? ".")
    }
}

extension ReportSummary.Count {
    /// `at most 120 people`.
    var words: String { Words.people(people, unknown: peopleUnknown) }

    /// Whether the profiles are assigned to nobody.
    var isNobody: Bool { people == 0 && peopleUnknown == 0 }

    /// `at most 760 more are`.
    fileprivate var more: String {
        switch (people, peopleUnknown) {
        case (0, _): "an unknown number more are"
        case (_, 0): "at most \(Words.number(people)) more \(people == 1 ? "is" : "are")"
        default: "at most \(Words.number(people)) more and an unknown number in \(Words.count(peopleUnknown, "profile")) are"
        }
    }

    /// `at most 120 people must enter their credentials`. The words fit a plural, so a single person gets a colon.
    func sentence(_ consequence: Consequence) -> String {
        switch (people, peopleUnknown) {
        case (0, 0): "nobody"
        case (0, _): "an unknown number of people \(consequence.words)"
        case (1, 0): "\(words): \(consequence.words)"
        case (_, 0): "\(words) \(consequence.words)"
        default:
            "\(Words.people(people, unknown: 0)) and an unknown number in \(Words.count(peopleUnknown, "profile")) \(consequence.words)"
        }
    }
}

extension Action {
    /// One of them, for counting: `1 removal`.
    var countable: String { self == .remove ? "removal" : rawValue }

    /// In the order of reports: what hurts most, first.
    static let worstFirst: [Action] = [.remove, .reinstall, .create, .update]
}

extension PublishingSummary {
    /// `1 failed`, `2 awaiting approval`: what Intune does not have.
    fileprivate var words: [String] {
        [(PublishingResult.Status.failed, "failed"), (.awaitingApproval, "awaiting approval"), (.notSent, "not sent")].compactMap { status, words in
            self[status] > 0 ? "\(Words.number(self[status])) \(words)" : nil
        }
    }
}

extension GateReport {
    /// `holds 3 profiles` or, where it is only a matter of time, `lets 3 profiles wait`.
    var holds: String {
        let profiles = Words.count(held.count, "profile")
        return isWaiting ? "lets \(profiles) wait" : "holds \(profiles)"
    }
}
