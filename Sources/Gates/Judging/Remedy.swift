import Profiles

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
    /// - Parameter fingerprints: whole ones, those of the profiles that wait for this remedy, one each.
    func sentence(for fingerprints: [String]) -> String {
        let count = fingerprints.count
        switch self {
        case .nextRun(let limit):
            return "\(count) \(count == 1 ? "profile waits" : "profiles wait") for a later run; the limit is \(limit)."
        case .approve(let isOutside):
            return "To approve, \(Self.order(to: fingerprints, isOutside))."
        case .approveTooLarge(let why, let isOutside):
            let subject = count == 1 ? "1 profile is" : "\(count) profiles are"
            return "\(subject) \(why). To approve \(count == 1 ? "it" : "them"), \(Self.order(to: fingerprints, isOutside))."
        case .changePolicy(let how):
            return how
        case .waitForWindow(let words, let next):
            return "Goes out in a run during the window: \(words)\(next.map { ", \($0)" } ?? "")."
        }
    }

    /// What somebody runs who approves.
    static let command = "easel approve"

    /// As many as a line has room for; the report shows all of them beside their profiles.
    private static let shown = 8

    private static func order(to fingerprints: [String], _ isOutside: Bool) -> String {
        let more = fingerprints.count - shown
        let list = fingerprints.prefix(shown).map(Fingerprint.short).joined(separator: " ") + (more > 0 ? " … (\(more) more)" : "")
        return "run `\(command) \(list)` and commit the file it writes\(isOutside ? ", in a commit that changes nothing else" : "")"
    }
}
