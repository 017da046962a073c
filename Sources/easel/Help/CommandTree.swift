import ArgumentParser
import JSONSource
import Reports

/// What the argument parser says of the commands, read from its own description of them.
enum CommandTree {
    /// The program, and its commands in the order of the help; hidden ones are left out.
    static func read() -> (program: CommandHelp, commands: [CommandHelp])? {
        let document = JSONDocument(file: "help", bytes: Array(Easel._dumpHelp().utf8))
        guard document.problems.isEmpty, let root = document.root?["command"] else { return nil }
        let shown = elements(root, "subcommands").filter { $0["shouldDisplay"]?.bool != false }
        // The parser's own command says nothing that --help does not say.
        return (help(root), shown.map(help).filter { $0.name != "help" })
    }

    private static func elements(_ value: JSONValue, _ key: String) -> [JSONValue] { value[name: key].map { Array($0.elements) } ?? [] }

    private static func help(_ command: JSONValue) -> CommandHelp {
        CommandHelp(
            name: command["commandName"]?.string ?? "", abstract: command["abstract"]?.string ?? "", discussion: command["discussion"]?.string ?? "",
            arguments: elements(command, "arguments").filter { $0["shouldDisplay"]?.bool != false }.map(argument))
    }

    private static func argument(_ argument: JSONValue) -> CommandHelp.Argument {
        let kind = argument["kind"]?.string
        let names = kind == "positional" ? [] : elements(argument, "names").map { ($0["kind"]?.string == "long" ? "--" : "-") + ($0["name"]?.string ?? "") }
        let value = kind == "flag" ? nil : argument["valueName"]?.string
        return CommandHelp.Argument(
            names: names, value: value, about: argument["abstract"]?.string ?? "", group: argument["sectionTitle"]?.string,
            choices: elements(argument, "allValues").compactMap(\.string), fallback: kind == "flag" ? nil : argument["defaultValue"]?.string,
            isOptional: argument["isOptional"]?.bool ?? true, isRepeating: argument["isRepeating"]?.bool ?? false)
    }
}
