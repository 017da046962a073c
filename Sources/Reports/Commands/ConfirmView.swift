import Deferral
import JSONSource

/// What `easel confirm` did: `{"formatVersion", "branch", "commit", "confirmed": [tenant/profile], "left": [tenant/profile]}`; `branch` and
/// `commit` are null when nothing was recorded.
public struct ConfirmView: CommandView {
    public let confirmation: Confirmation.Result

    /// Of a list; the rest is counted.
    private static let shown = 200

    public init(_ confirmation: Confirmation.Result) { self.confirmation = confirmation }

    public func text(_ options: ReportOptions) -> String {
        let confirmed = confirmation.confirmed, left = confirmation.left
        var text = left.map { "  not recorded  \(Words.plain($0))\n" }.joined()
        text += confirmed.prefix(Self.shown).map { "  recorded      \(Words.plain($0))\n" }.joined()
        if confirmed.count > Self.shown { text += "  and \(Words.number(confirmed.count - Self.shown)) more\n" }
        guard let commit = confirmation.commit else {
            return left.isEmpty ? "Nothing to confirm: the deferred reconcile changed nothing.\n" : text + "\nNothing was applied, so nothing was recorded.\n"
        }
        text += "\nRecorded \(Words.count(confirmed.count, "profile")) on \(Words.plain(confirmation.branch)) as \(commit.short)"
        return text + (left.isEmpty ? ".\n" : "; \(Words.number(left.count)) not applied.\n")
    }

    public var json: JSON {
        let isThere = confirmation.commit != nil
        return result([
            "branch": isThere ? .string(confirmation.branch) : .null, "commit": confirmation.commit.map { .string($0.description) } ?? .null,
            "confirmed": .strings(confirmation.confirmed), "left": .strings(confirmation.left),
        ])
    }
}
