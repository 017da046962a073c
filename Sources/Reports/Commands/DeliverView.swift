import Impact
import JSONSource

/// What `easel deliver` did: `{"formatVersion", "actions": {action: n}, "commit", "folder", "since", "tenants": n}`, commits on the state branch.
public struct DeliverView: CommandView {
    public let folder: String
    public let since: String
    public let commit: String
    /// Profiles that the hand-off changes, by what happened to them.
    public let actions: [Action: Int]
    /// Whose payloads are in the folder.
    public let tenants: Int

    public init(folder: String, since: String, commit: String, actions: [Action: Int], tenants: Int) {
        (self.folder, self.since, self.commit, self.actions, self.tenants) = (folder, since, commit, actions, tenants)
    }

    public func text(_ options: ReportOptions) -> String { outcome + "\n" }

    /// What was done, in two sentences.
    public var outcome: String {
        let done = Action.worstFirst.compactMap { action in actions[action].map { Words.count($0, action.countable) } }
        let what = done.isEmpty ? "no changes" : done.joined(separator: ", ")
        return "Delivered to \(Words.plain(folder)): \(what) recorded after \(since.prefix(7)), up to \(commit.prefix(7)), and the payloads of \(Words.count(tenants, "tenant")). Nothing was sent to Intune."
    }

    public var json: JSON {
        let counts = Dictionary(uniqueKeysWithValues: actions.map { ($0.key.rawValue, JSON.integer($0.value)) })
        return result(["actions": .object(counts), "commit": .string(commit), "folder": .string(folder), "since": .string(since), "tenants": .integer(tenants)])
    }
}
