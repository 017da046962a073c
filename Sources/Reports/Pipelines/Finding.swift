import Gates
import Impact
import JSONSource
import Live
import Profiles
import ReportModel

/// One thing that a pipeline's format shows at a place in the config repository: what a line does to how many, whether in one
/// manifest or in a base that a thousand tenants use.
struct Finding {
    enum Level: Int, Comparable {
        case error, warning, notice

        static func < (one: Level, other: Level) -> Bool { one.rawValue < other.rawValue }
    }

    let level: Level
    /// An impact rule, a diagnostic code, `gate`, `policy`, or `change` where no rule says more.
    let code: String
    /// One line.
    let title: String
    /// Sentences.
    let message: String
    /// Nil: the repository as a whole.
    let place: SourcePlace?
    /// Identifies it in the report, and stays the same in later reports while the matter is the same: no lines, no numbers.
    var key: String
    /// The worst that it does to people; nil where it is about files or policies, which come first.
    var worst: Consequence?
    /// How much of a plan it covers.
    var profiles = 0
    var tenants = 0
    /// Whether it speaks only of what waits its turn.
    var isWaiting = false
}

/// Folds a report into findings. Memory grows with the number of different ones, up to a limit.
struct Findings {
    /// Findings about changes that are kept.
    static let limit = 2000

    private struct Key: Hashable {
        let place: SourcePlace
        let path: String
        let rule: String
        let action: Action
        let isHeld: Bool
        let isWaiting: Bool
        /// Of a drift run.
        let drift: DriftKind?
    }

    private struct Shown {
        let change: ProfileImpact.Change
        /// Only in a drift run.
        let difference: DriftNote.Difference?

        func words(limit: Int) -> String { Words.change(change, difference, limit: limit) }
    }

    private struct Group {
        let change: Shown?
        /// Whether other profiles' values differ from those shown.
        var isMixed = false
        var profiles = 0
        var tenants = 0
        var lastTenant = ""
        var firstProfile: String
        var tally = PeopleTally()
        var people: [Consequence: ReportSummary.Count] { tally.counts }
    }

    private var groups: [Key: Group] = [:]
    private var more = 0

    mutating func add(_ tenant: TenantReport) {
        // Accepted drift, and what is not adopted, is no finding.
        for profile in tenant.profiles where profile.drift?.isAccepted != true {
            if case .left = profile.adoption { continue }
            for (position, (change, place)) in zip(profile.impact.changes, profile.places).enumerated() {
                let rules = change.rules.isEmpty ? ["change"] : change.rules
                for rule in rules { add(rule, Shown(change: change, difference: profile.drift?.differences[position]), place, profile, tenant.id) }
            }
            guard let place = profile.places.first else { continue }
            for advice in profile.impact.advice where advice.isNew { add(advice.key.rule, nil, place, profile, tenant.id, path: advice.key.path) }
        }
    }

    private mutating func add(_ rule: String, _ change: Shown?, _ place: SourcePlace, _ profile: ProfileReport, _ tenant: String, path: String? = nil) {
        let key = Key(place: place, path: path ?? change?.change.path ?? "", rule: rule, action: profile.impact.action, isHeld: !profile.heldBy.isEmpty, isWaiting: profile.isWaiting, drift: profile.drift?.kind)
        guard groups[key] != nil || groups.count < Self.limit else {
            more += 1
            return
        }
        var group = groups[key] ?? Group(change: change, firstProfile: "\(tenant)/\(profile.impact.profile)")
        if let change, let first = group.change, first.words(limit: .max) != change.words(limit: .max) { group.isMixed = true }
        group.profiles += 1
        if group.lastTenant != tenant {
            group.tenants += 1
            group.lastTenant = tenant
        }
        // A profile has consequences of all its rules; these are the ones that this rule can cause.
        let can = Rules.byID[rule]?.consequences ?? []
        group.tally.add(profile.impact, of: tenant) { can.contains($0) }
        groups[key] = group
    }

    /// All findings, worst first; the same for the same report.
    func all(_ tail: ReportTail) -> [Finding] {
        var findings = tail.diagnostics.map(Self.finding)
        findings += tail.gates.map(Self.finding)
        findings += tail.policyChanges.map(Self.finding)
        // One for each kind of fact would say too little, and one for each tenant too much.
        findings += tail.factChanges.lazy.filter(\.loosens).prefix(100).map { Self.finding(PolicyChange($0)) }
        findings += groups.map(Self.finding)
        findings.sort { one, other in
            if one.level != other.level { return one.level < other.level }
            if one.worst != other.worst {
                guard let a = one.worst else { return true }
                return other.worst.map { a < $0 } ?? false
            }
            if one.profiles != other.profiles { return one.profiles > other.profiles }
            if one.key != other.key { return JSONWriter.precedes(one.key, other.key) }
            return (one.place?.line ?? 0, one.place?.column ?? 0) < (other.place?.line ?? 0, other.place?.column ?? 0)
        }
        // The same matter at two places of one file.
        var seen: [String: Int] = [:]
        for index in findings.indices {
            let count = seen[findings[index].key, default: 0] + 1
            seen[findings[index].key] = count
            if count > 1 { findings[index].key += " #\(count)" }
        }
        if more > 0 {
            findings.append(
                Finding(
                    level: .notice, code: "change", title: "More changes", message: "\(Words.count(more, "more change")); the JSON report has them all.",
                    place: nil, key: "more"))
        }
        return findings
    }

    // MARK: Words

    private static func finding(_ key: Key, _ group: Group) -> Finding {
        let rule = Rules.byID[key.rule]
        let worst = group.people.keys.min()
        var sentences: [String] = []
        if let shown = group.change, case let change = shown.change, !change.path.isEmpty {
            sentences.append("\(change.path): \(shown.words(limit: 200))\(group.isMixed ? " (one example; others differ)" : "").")
        } else if !key.path.isEmpty {
            sentences.append("\(key.path).")
        }
        let who = group.profiles == 1 ? Words.plain(group.firstProfile) : "\(Words.count(group.profiles, "profile")) in \(Words.count(group.tenants, "tenant"))"
        if let drift = key.drift { sentences.append("\(drift.rawValue.capitalizedFirst): \(who).") }
        if key.drift == nil || key.action != .none { sentences.append("\(key.drift == nil ? "" : "Restoring it: ")\(key.action.noun) of \(who)\(key.isWaiting ? ", waiting its turn" : key.isHeld ? ", held by a gate" : "").") }
        let noticed = group.people.filter { $0.key.isNoticed && !$0.value.isNobody }.sorted { $0.key < $1.key }.map { $0.value.sentence($0.key) }
        if !noticed.isEmpty { sentences.append("\(noticed.joined(separator: "; ").capitalizedFirst).") }
        if let rule { sentences.append("What to do: \(rule.remedy)") }
        let isSevere = worst.map { $0 <= .newProfile || $0 == .securityWeakened || $0 == .serverPrerequisite } ?? false
        return Finding(
            level: (isSevere && !key.isWaiting) || key.drift.map { [.missing, .replaced, .modified].contains($0) } == true ? .warning : .notice, code: key.rule, title: rule.map { "\($0.id) \($0.title)" } ?? key.drift.map { "Drift: \($0.rawValue)" } ?? "A change",
            message: sentences.joined(separator: " "), place: key.place,
            key: "\(key.place.file) \(key.rule) \(key.path) \(key.action.rawValue)\(key.isWaiting ? " waiting" : key.isHeld ? " held" : "")\(key.drift.map { " \($0.rawValue)" } ?? "")", worst: worst ?? .consoleOnly,
            profiles: group.profiles, tenants: group.tenants, isWaiting: key.isWaiting)
    }

    private static func finding(_ diagnostic: Diagnostic) -> Finding {
        var sentences = [Words.plain(diagnostic.message)]
        if let usedBy = diagnostic.usedBy { sentences.append("Used by \(Words.plain(usedBy))") }
        if let help = diagnostic.help { sentences.append(Words.plain(help)) }
        return Finding(
            level: diagnostic.severity == .error ? .error : .warning, code: diagnostic.code, title: diagnostic.code, message: sentences.map(\.asSentence).joined(separator: " "),
            place: SourcePlace(file: diagnostic.file, line: diagnostic.line, column: diagnostic.column),
            key: "\(diagnostic.file) \(diagnostic.code) \(diagnostic.pointer) \(diagnostic.message) \(diagnostic.usedBy ?? "")")
    }

    private static func finding(_ gate: GateReport) -> Finding {
        let isFile = gate.source.hasSuffix(".json")
        return Finding(
            level: gate.isWaiting ? .notice : .error, code: gate.isWaiting ? "waiting" : "gate", title: "Gate \(Words.plain(gate.name))",
            message: "The gate \(Words.plain(gate.name)) (\(Words.plain(gate.source))) \(gate.holds). \(Words.plain(gate.howToPass))",
            place: isFile ? SourcePlace(file: gate.source) : nil, key: "\(gate.isWaiting ? "waiting" : "gate") \(gate.source) \(gate.name)", isWaiting: gate.isWaiting)
    }

    private static func finding(_ change: PolicyChange) -> Finding {
        let sides = [change.before, change.after].map { Words.shortened(Words.plain($0 == .null ? "none" : $0.compact), to: 300) }
        return Finding(
            // An approval is the intended way past a gate, and facts change with the tenant; a policy is not loosened by the way.
            level: !change.loosens ? .notice : change.what == "approval" || change.isFact ? .warning : .error, code: "policy", title: change.loosens ? "More may go out" : "A policy or approval changes",
            message: "\(Words.policyChange(change)): \(sides[0]) → \(sides[1]).", place: SourcePlace(file: change.file),
            key: "policy \(change.file) \(change.what)")
    }
}

extension Action {
    fileprivate var noun: String {
        switch self {
        case .create: "Creation"
        case .update, .none: "Update"
        case .reinstall: "Reinstall"
        case .remove: "Removal"
        }
    }
}

extension String {
    /// With a capital first letter.
    var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
    /// With a capital first letter and a full stop, unless it ends like a sentence already.
    var asSentence: String { capitalizedFirst + (last.map { ".?!".contains($0) } == true ? "" : ".") }
}

/// What the pipelines' formats collect until the run ends: findings, and the outcome.
class FindingSink: ReportSink {
    private(set) var gathered = Gathered()
    private var findings = Findings()
    let out: ([UInt8]) throws -> Void

    init(to out: @escaping ([UInt8]) throws -> Void) { self.out = out }

    func begin(_ head: ReportHead) throws { gathered.head = head }

    func tenant(_ tenant: TenantReport) throws {
        gathered.add(tenant)
        findings.add(tenant)
    }

    final func end(_ tail: ReportTail) throws { try write(findings.all(tail), tail) }

    /// Writes the report. Each format overrides this.
    func write(_ findings: [Finding], _ tail: ReportTail) throws {}

    func put(_ text: String) throws { try out(Array(text.utf8)) }
}
