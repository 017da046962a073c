import Impact
import JSONSource

/// The message of a commit on the state branch.
public struct CommitMessage {
    /// The source commit: 40 hex digits.
    public var source: String
    /// The number of profiles by what happened to them, without those that are held.
    public var actions: [Action: Int]
    /// The number of profiles that gates hold.
    public var held: Int
    /// The number of profiles that were renamed.
    public var moved: Int

    public init(source: String, actions: [Action: Int], held: Int, moved: Int = 0) {
        self.moved = moved
        self.source = source
        self.actions = actions
        self.held = held
    }

    /// Reads what `json` wrote; nil for anything else.
    public init?(_ json: JSONValue?) {
        guard let json, let source = json["source"]?.string, let held = json["held"]?.integer, let actions = json["actions"] else { return nil }
        let counts = actions.members.compactMap { member -> (Action, Int)? in
            guard let action = member.key.string.flatMap(Action.init(rawValue:)), let count = member.value.integer else { return nil }
            return (action, count)
        }
        self.init(source: source, actions: Dictionary(counts, uniquingKeysWith: { first, _ in first }), held: held, moved: json["moved"]?.integer ?? 0)
    }

    public var json: JSON {
        let counts = Dictionary(uniqueKeysWithValues: actions.map { ($0.key.rawValue, JSON.integer($0.value)) })
        return ["actions": .object(counts), "held": .integer(held), "moved": .integer(moved), "source": .string(source)]
    }

    /// `2 reinstall, 1 remove`; empty where no profile changes.
    public var counts: String {
        let counts = [Action.reinstall, .remove, .create, .update].compactMap { action -> String? in
            guard let count = actions[action], count > 0 else { return nil }
            return "\(count) \(action.rawValue)"
        }
        return counts.joined(separator: ", ")
    }

    /// The whole message, with a subject line.
    public var text: String {
        let renames = moved > 0 ? "\(moved) rename\(moved == 1 ? "" : "s")" : ""
        let subject = counts.isEmpty && renames.isEmpty ? "record sources" : [counts, renames].filter { !$0.isEmpty }.joined(separator: ", ")
        return "\(subject) (source \(source.prefix(7)))\n\nSource: \(source)\n\(held > 0 ? "Held by gates: \(held)\n" : "")"
    }
}
