import Graph
import Reports

/// The topics of `easel help`, beside the commands.
enum Topics {
    static let all = HelpTopic.all(permissions: Permission.all.map { ($0.name, "For \($0.commands).") })

    /// The topic that `easel help TOPIC` names; nil for any other command line.
    static func asked(_ arguments: [String]) -> HelpTopic? {
        guard arguments.count == 2, arguments[0] == "help" else { return nil }
        return all.first { $0.name == arguments[1] }
    }
}
