import Deferral
import JSONSource

/// What `easel confirm` did: `{"formatVersion", "branch", "commit", "confirmed": [tenant/profile], "left": [tenant/profile], "reasons": {tenant/profile:
/// {"status", "code", "message"}}}`; `branch` and `commit` are null when nothing was recorded.
public struct ConfirmView: CommandView {
    public let confirmation: Confirmation.Result

    /// Of a list; the rest is counted.
    private static let shown = 200

    public init(_ confirmation: Confirmation.Result) { self.confirmation = confirmation }

    public func text(_ options: ReportOptions) -> String {
        let confirmed = confirmation.confirmed, left = confirmation.left
        var text = left.map { "  not recorded  \(Words.plain($0))\(reason($0))\n" }.joined()
        text += confirmed.prefix(Self.shown).map { "  recorded      \(Words.plain($0))\n" }.joined()
        if confirmed.count > Self.shown { text += "  and \(Words.number(confirmed.count - Self.shown)) more\n" }
        return text.isEmpty ? outcome + "\n" : text + "\n" + outcome + "\n"
    }

    private func reason(_ name: String) -> String {
        guard let entry = confirmation.reasons[name] else { return "" }
        let said = [entry.code, entry.message].compactMap(\.self).filter { !$0.isEmpty }.joined(separator: ": ")
        let (what, more) =
            switch entry.status {
            case .failed, .applied, .published: ("failed", said)
            case .awaitingApproval: ("a second administrator must approve it", entry.code.map { "code \($0)" } ?? "")
            case .notSent: ("not sent", said)
            }
        return ": " + Words.plain(more.isEmpty ? what : "\(what) (\(more))")
    }

    /// What was done, in one sentence.
    public var outcome: String {
        let (confirmed, left) = (confirmation.confirmed.count, confirmation.left.count)
        guard let commit = confirmation.commit else {
            return left == 0 ? "Nothing to confirm: the deferred reconcile changed nothing." : "Nothing was applied, so nothing was recorded."
        }
        let what = "Recorded \(Words.count(confirmed, "profile")) on \(Words.plain(confirmation.branch)) as \(commit.short)"
        return what + (left == 0 ? "." : "; \(Words.number(left)) not applied.")
    }

    public var json: JSON {
        let isThere = confirmation.commit != nil
        return result([
            "branch": isThere ? .string(confirmation.branch) : .null, "commit": confirmation.commit.map { .string($0.description) } ?? .null,
            "confirmed": .strings(confirmation.confirmed), "left": .strings(confirmation.left),
            "reasons": .object(confirmation.reasons.mapValues { entry in
                ["status": .string(entry.status.rawValue), "code": entry.code.map(JSON.string) ?? .null, "message": entry.message.map(JSON.string) ?? .null]
            }),
        ])
    }
}
