/// What lets a held profile through. The judge that holds the profile decides which remedies apply and supplies their words.
///
/// Remedies are values, so that the report can join the profiles that wait for the same thing in one sentence.
public enum Remedy: Sendable, Hashable {
    /// A later run has room for the profile. `limit` says what fits into one run, such as "20 people per run".
    case nextRun(limit: String)
    /// Somebody approves the change.
    case approve
    /// Somebody approves a change that no run has room for. `why` completes "1 profile is …".
    case approveTooLarge(why: String)
    /// Somebody changes a policy. `how` is a whole sentence.
    case changePolicy(how: String)
    /// A run takes place while a window is open. `next` says when, such as "next on Saturday at 22:00".
    case waitForWindow(words: String, next: String?)

    /// Whether time alone lets the profile through; otherwise somebody must do something.
    public var isWaiting: Bool {
        switch self {
        case .nextRun, .waitForWindow: true
        case .approve, .approveTooLarge, .changePolicy: false
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
        }
    }

    /// What an admin must do or wait for.
    ///
    /// - Parameter fingerprints: those of the profiles that wait for this remedy, one each.
    func sentence(for fingerprints: [String]) -> String {
        let count = fingerprints.count
        switch self {
        case .nextRun(let limit):
            return "\(count) \(count == 1 ? "profile waits" : "profiles wait") for a later run; the limit is \(limit)."
        case .approve:
            return "To approve, \(Self.order(to: fingerprints))."
        case .approveTooLarge(let why):
            let subject = count == 1 ? "1 profile is" : "\(count) profiles are"
            return "\(subject) \(why). To approve \(count == 1 ? "it" : "them"), \(Self.order(to: fingerprints))."
        case .changePolicy(let how):
            return how
        case .waitForWindow(let words, let next):
            return "Goes out in a run during the window: \(words)\(next.map { ", \($0)" } ?? "")."
        }
    }

    /// As many as a line has room for; the report shows all of them beside their profiles.
    private static let shown = 8

    private static func order(to fingerprints: [String]) -> String {
        let more = fingerprints.count - shown
        let list = fingerprints.prefix(shown).joined(separator: " ") + (more > 0 ? " … (\(more) more)" : "")
        return "run `easel approve \(list)` and commit the file it writes"
    }
}
