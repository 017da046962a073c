import Basics
import Profiles
import Time

/// What lets a held profile through. The judge that holds the profile decides which remedies apply and supplies their words.
///
/// Remedies are values, so that the report can join the profiles that wait for the same thing in one sentence.
public enum Remedy: Sendable, Hashable {
    /// A later run has room for the profile. `limit` says what fits into one run, such as "20 people per run".
    case nextRun(limit: String)
    /// Somebody approves the change. For a policy from outside the repository, in a commit that does nothing else.
    case approve(isOutside: Bool)
    /// Somebody approves a change that no run has room for. `why` completes "1 profile is …".
    case approveTooLarge(why: String, isOutside: Bool)
    /// Somebody changes a policy. `how` is a whole sentence.
    case changePolicy(how: String)
    /// A run takes place while a window is open. `next` says when, such as "next on Saturday at 22:00".
    case waitForWindow(words: String, next: String?)
    /// An edit of a base has rested long enough in an earlier ring.
    case waitUntil(moment: Instant)
    /// Tenants of an earlier ring get the edit of a base first: `ahead`, and those that are broken.
    case waitForRing(ring: String, hours: Int, ahead: [String], broken: [String])
    /// Somebody approves what would go out by itself later; the approval must name the gate.
    case approveUrgently(isOutside: Bool)
    /// Somebody records what the tenant already has.
    case adopt(AdoptFirstGate.Reason)
    /// Somebody decides that what Intune has may be overwritten.
    case overwrite

    /// Whether time alone lets the profile through; otherwise somebody must do something.
    public var isWaiting: Bool {
        switch self {
        case .nextRun, .waitForWindow, .waitUntil, .waitForRing, .approveUrgently: true
        case .approve, .approveTooLarge, .changePolicy, .adopt, .overwrite: false
        }
    }

    /// The place of its sentence among those of one gate.
    var order: Int {
        switch self {
        case .nextRun: 0
        case .approve: 1
        case .approveTooLarge: 2
        case .changePolicy: 3
        case .waitForWindow: 4
        case .waitForRing: 5
        case .waitUntil: 6
        case .approveUrgently: 7
        case .adopt: 8
        case .overwrite: 9
        }
    }

    /// What an admin must do or wait for.
    ///
    /// - Parameters:
    ///   - fingerprints: whole ones, those of the profiles that wait for this remedy, one each.
    ///   - gate: its name, as `heldBy` has it.
    func sentence(for fingerprints: [String], of gate: String) -> String {
        let count = fingerprints.count
        switch self {
        case .nextRun(let limit):
            return "\(count) \(count == 1 ? "profile waits" : "profiles wait") for a later run; the limit is \(limit)."
        case .approve(let isOutside):
            return "To approve, \(Self.order(to: fingerprints, gate, isOutside))."
        case .approveTooLarge(let why, let isOutside):
            let subject = count == 1 ? "1 profile is" : "\(count) profiles are"
            return "\(subject) \(why). To approve \(count == 1 ? "it" : "them"), \(Self.order(to: fingerprints, nil, isOutside))."
        case .changePolicy(let how):
            return how
        case .waitForWindow(let words, let next):
            return "Goes out in a run during the window: \(words)\(next.map { ", \($0)" } ?? "")."
        case .waitUntil(let moment):
            return "Goes out after \(Self.minute(moment)), if nothing else changes."
        case .waitForRing(let ring, let hours, let ahead, let broken):
            return Self.first(ring, hours, ahead, broken)
        case .approveUrgently(let isOutside):
            return "If it is urgent, \(Self.order(to: fingerprints, gate, isOutside, namesGate: true))."
        case .adopt(let reason):
            return reason.sentence
        case .overwrite:
            return "Somebody else changed \(count == 1 ? "this profile" : "these profiles") in Intune. See the difference with `easel drift --live graph`. Write into the manifest what should stay, or overwrite it: run `easel reconcile --publish graph --repair`."
        }
    }

    /// What somebody runs who approves.
    static let command = "easel approve"

    /// As many as a line has room for. More are named by the gate and a report of the run.
    private static let shown = 8

    /// The command stands between backticks, as a whole, so that it can be copied and run.
    ///
    /// - Parameter gate: nil for a limit, which no approval passes: the changes must be named.
    ///   Otherwise its name is part of a command that names changes only where `namesGate` says so.
    private static func order(to fingerprints: [String], _ gate: String?, _ isOutside: Bool, namesGate: Bool = false) -> String {
        let end = isOutside ? ", in a commit that changes nothing else" : ""
        guard fingerprints.count > shown, let gate else {
            let name = namesGate ? gate.map { " --gate \(shellWord($0))" } ?? "" : ""
            return "run `\(command) \(fingerprints.map(Fingerprint.short).joined(separator: " "))\(name)` and commit the file it writes\(end)"
        }
        return "run `\(command) --report report.json --gate \(shellWord(gate))` with this run's JSON report (--report report.json), and commit what it writes\(end)"
    }

    // MARK: Rings

    /// What must happen in an earlier ring.
    private static func first(_ ring: String, _ hours: Int, _ ahead: [String], _ broken: [String]) -> String {
        let repair = broken.isEmpty ? "" : "First repair \(some(broken)) of ring \(ring): nobody knows what the change does there. "
        let rest = hours == 0 ? "" : " and rest there for \(hours == 1 ? "an hour" : "\(hours) hours")"
        return "\(repair)The change must first go out in ring \(ring)\(ahead.isEmpty ? "" : " (\(some(ahead)))")\(rest)."
    }

    private static func some(_ tenants: [String]) -> String {
        let named = 3
        return tenants.prefix(named).joined(separator: ", ") + (tenants.count > named ? " and \(tenants.count - named) more" : "")
    }

    /// `2026-11-28 14:00 UTC`; not earlier than the moment.
    private static func minute(_ moment: Instant) -> String {
        let text = moment.adding(seconds: 59).description
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(5)) UTC"
    }
}
