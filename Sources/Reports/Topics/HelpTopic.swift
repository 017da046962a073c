import JSONSource

/// What is longer than a command's help: `easel help TOPIC`, and a manual page of section 7. Both are made from this value.
public struct HelpTopic: CommandView, Sendable {
    /// What one writes after `easel help`.
    public let name: String
    /// One line, as the list of topics has it.
    public let title: String
    let sections: [Section]

    struct Section: Sendable {
        let title: String
        let blocks: [Block]

        init(_ title: String, _ blocks: Block...) {
            self.title = title
            self.blocks = blocks
        }
    }

    enum Block: Sendable {
        /// A paragraph.
        case text(String)
        /// Lines that keep their form.
        case code(String)
        /// Names, each with what it is.
        case list([(name: String, about: String)])
    }

    /// Every topic, in the order in which people need them.
    ///
    /// - Parameter permissions: the permissions in Microsoft Graph, each with what needs it.
    public static func all(permissions: [(name: String, about: String)]) -> [HelpTopic] {
        [configRepository, gates, state, graph(permissions: permissions)]
    }

    public func text(_ options: ReportOptions) -> String {
        let style = TextStyle(color: options.color, width: options.width)
        var lines = [style.bold(title), ""]
        for section in sections {
            lines += [style.bold(section.title), ""]
            for block in section.blocks { lines += Self.lines(block, style) + [""] }
        }
        return lines.dropLast().joined(separator: "\n") + "\n"
    }

    private static func lines(_ block: Block, _ style: TextStyle) -> [String] {
        switch block {
        case .text(let text): return style.wrap(text, first: "  ")
        case .code(let code): return code.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)" }
        case .list(let entries):
            let width = min(entries.map(\.name.count).max() ?? 0, 30)
            return entries.flatMap { entry -> [String] in
                let isLong = entry.name.count > width
                return (isLong ? ["    \(entry.name)"] : []) + style.wrap(entry.about, first: "    \((isLong ? "" : entry.name).padded(to: width))  ")
            }
        }
    }

    /// `{"formatVersion", "name", "sections": [{"title", "text"}], "title"}`.
    public var json: JSON {
        let style = TextStyle(color: false, width: .max)
        let sections = sections.map { section -> JSON in
            ["text": .string(section.blocks.map { Self.lines($0, style).joined(separator: "\n") }.joined(separator: "\n\n")), "title": .string(section.title)]
        }
        return result(["name": .string(name), "sections": .array(sections), "title": .string(title)])
    }
}

extension HelpTopic.Block {
    /// The keys of a kind of file, each with its meaning, from the shape that also validates the file.
    static func keys(_ words: ShapeWords) -> Self {
        .list(words.entries.filter { $0.meaning.kind.hasPrefix("key of ") }.map { ($0.meaning.path ?? $0.word, $0.meaning.about) })
    }
}
