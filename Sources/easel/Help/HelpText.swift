/// The order of a command's help.
enum HelpText {
    private static let first = ["OVERVIEW", "USAGE", "ARGUMENTS"]

    /// The parser's help with a command's own options right after its arguments, before the groups that it shares with other commands: the
    /// parser puts whatever has a title first.
    static func ordered(_ help: String) -> String {
        var sections: [(title: Substring, lines: [Substring])] = [("", [])]
        for line in help.split(separator: "\n", omittingEmptySubsequences: false) {
            if let title = title(of: line) { sections.append((title, [])) }
            sections[sections.count - 1].lines.append(line)
        }
        guard let own = sections.firstIndex(where: { $0.title == "OPTIONS" }),
            let shared = sections.firstIndex(where: { !$0.title.isEmpty && !first.contains(String($0.title)) }), shared < own
        else { return help }
        sections.insert(sections.remove(at: own), at: shared)
        return sections.flatMap(\.lines).joined(separator: "\n")
    }

    /// `REMOTE REPOSITORIES` of `REMOTE REPOSITORIES:`, or `USAGE` of `USAGE: easel plan`; nil for any other line.
    private static func title(of line: Substring) -> Substring? {
        guard let colon = line.firstIndex(of: ":"), line.first?.isUppercase == true, line[..<colon].allSatisfy({ $0.isUppercase || $0 == " " }) else { return nil }
        return line[..<colon]
    }
}
