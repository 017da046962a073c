/// A page for `man`: the same bytes for the same program and date.
public struct ManualPage: Sendable {
    /// `easel-plan.1`.
    public let file: String
    public let text: String

    private init(name: String, section: Int, date: String, version: String, title: String, lines: [String]) {
        file = "\(name).\(section)"
        let head = [
            ".TH \(Roff.text(name.uppercased())) \(section) \(date) \"easel \(version)\" \"easel\"",
            // Long names and URLs: no hyphens that are not there, and a ragged edge.
            ".nh", ".ad l", ".SH NAME", "\(Roff.text(name)) \\- \(Roff.text(title))",
        ]
        text = (head + lines).joined(separator: "\n") + "\n"
    }

    /// The pages of the program, of each of its commands and of each topic.
    ///
    /// - Parameter date: of the release, `2026-11-26`.
    public static func all(program: CommandHelp, commands: [CommandHelp], topics: [HelpTopic], version: String, date: String) -> [ManualPage] {
        let pages = commands.map { "\(program.name)-\($0.name)(1)" } + topics.map { "\(program.name)-\($0.name)(7)" }
        func page(_ name: String, _ section: Int, _ title: String, _ lines: [String], seeAlso: [String]) -> ManualPage {
            let also = seeAlso.filter { $0 != "\(name)(\(section))" }.map(reference).joined(separator: ",\n")
            return ManualPage(name: name, section: section, date: date, version: version, title: title, lines: lines + [".SH SEE ALSO", also])
        }
        let main = page(
            program.name, 1, heading(program.abstract),
            synopsis(program.name, nil, program) + description(program) + options(program)
                + [".SH COMMANDS"] + commands.flatMap { Roff.entry(Roff.bold($0.name), $0.abstract) }
                + [".SH TOPICS", Roff.text("easel help TOPIC prints these, too.")] + topics.flatMap { Roff.entry(Roff.bold($0.name), $0.title + ".") },
            seeAlso: pages)
        let topicPages = topics.map { "\(program.name)-\($0.name)(7)" }
        return [main]
            + commands.map { command in
                page(
                    "\(program.name)-\(command.name)", 1, heading(command.abstract),
                    synopsis(program.name, command.name, command) + description(command) + options(command), seeAlso: ["\(program.name)(1)"] + topicPages)
            }
            + topics.map { topic in
                page("\(program.name)-\(topic.name)", 7, heading(topic.title), topic.sections.flatMap(section), seeAlso: ["\(program.name)(1)"] + topicPages)
            }
    }

    /// `whatis` wants one line without a full stop.
    private static func heading(_ sentence: String) -> String {
        let first = sentence.prefix(while: { $0 != "\n" })
        return String(first.hasSuffix(".") ? first.dropLast() : first)
    }

    private static func reference(_ page: String) -> String {
        guard let bracket = page.firstIndex(of: "(") else { return Roff.bold(page) }
        return Roff.bold(String(page[..<bracket])) + page[bracket...]
    }

    private static func synopsis(_ program: String, _ command: String?, _ help: CommandHelp) -> [String] {
        var words = [Roff.bold(program)]
        guard let command else { return [".SH SYNOPSIS", words[0] + " " + Roff.italic("command") + " [" + Roff.italic("option") + " ...]"] }
        words.append(Roff.bold(command))
        if help.arguments.contains(where: { !$0.names.isEmpty && $0.isOptional }) { words.append("[" + Roff.italic("option") + " ...]") }
        for argument in help.arguments where !argument.names.isEmpty && !argument.isOptional { words.append(named(argument)) }
        for argument in help.arguments where argument.names.isEmpty {
            let word = Roff.italic(argument.value ?? "") + (argument.isRepeating ? " ..." : "")
            words.append(argument.isOptional ? "[\(word)]" : word)
        }
        return [".SH SYNOPSIS", words.joined(separator: " ")]
    }

    /// Paragraphs are filled; what is indented keeps its form.
    private static func description(_ help: CommandHelp) -> [String] {
        var lines = [".SH DESCRIPTION", Roff.text(help.abstract)]
        var example: [Substring] = []
        func end(_ lines: inout [String]) {
            while example.last?.isEmpty == true { example.removeLast() }
            if !example.isEmpty { lines += Roff.code(example.map { String($0.dropFirst(2)) }.joined(separator: "\n")) }
            example = []
        }
        for line in help.discussion.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("  ") || (line.isEmpty && !example.isEmpty) {
                example.append(line)
            } else {
                end(&lines)
                if !line.isEmpty { lines += [".PP", Roff.text(String(line))] }
            }
        }
        end(&lines)
        return lines
    }

    private static func options(_ help: CommandHelp) -> [String] {
        var groups: [(title: String, arguments: [CommandHelp.Argument])] = []
        let own = help.arguments.filter { $0.group == nil }
        for argument in own.filter(\.names.isEmpty) + own.filter({ !$0.names.isEmpty }) + help.arguments.filter({ $0.group != nil }) {
            let title = argument.group ?? (argument.names.isEmpty ? "Arguments" : "Options")
            if let known = groups.firstIndex(where: { $0.title == title }) { groups[known].arguments.append(argument) } else { groups.append((title, [argument])) }
        }
        return groups.flatMap { group in [".SH \(Roff.text(group.title.uppercased()))"] + group.arguments.flatMap(entry) }
    }

    private static func named(_ argument: CommandHelp.Argument) -> String {
        let names = argument.names.map(Roff.bold).joined(separator: ", ")
        return argument.value.map { "\(names) \(Roff.italic($0))" } ?? names
    }

    private static func entry(_ argument: CommandHelp.Argument) -> [String] {
        var about = argument.about
        if !argument.choices.isEmpty { about += " One of: \(argument.choices.joined(separator: ", "))." }
        if let fallback = argument.fallback { about += " (default: \(fallback))" }
        return Roff.entry(argument.names.isEmpty ? Roff.italic(argument.value ?? "") : named(argument), about)
    }

    private static func section(_ section: HelpTopic.Section) -> [String] {
        var lines = [".SH \(Roff.text(section.title.uppercased()))"]
        for (position, block) in section.blocks.enumerated() {
            switch block {
            case .text(let text): lines += (position == 0 ? [] : [".PP"]) + [Roff.text(text)]
            case .code(let code): lines += Roff.code(code)
            case .list(let entries): lines += entries.flatMap { Roff.entry(Roff.bold($0.name), $0.about) }
            }
        }
        return lines
    }
}
