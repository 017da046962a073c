import Basics

/// Colours and wrapping of text for a terminal or a log.
struct TextStyle {
    let color: Bool
    /// Columns.
    let width: Int

    func bold(_ text: String) -> String { code("1", text) }
    func dim(_ text: String) -> String { code("2", text) }
    func red(_ text: String) -> String { code("31", text) }
    func green(_ text: String) -> String { code("32", text) }
    func yellow(_ text: String) -> String { code("33", text) }
    func cyan(_ text: String) -> String { code("36", text) }

    private func code(_ number: String, _ text: String) -> String { color ? "\u{1B}[\(number)m\(text)\u{1B}[0m" : text }

    /// Prose in lines of at most `width` columns; a word that is longer than a line keeps its own.
    ///
    /// - Parameters:
    ///   - first: text before the first line; the other lines are indented by its length.
    ///   - paint: colours each line's own part.
    func wrap(_ text: String, first: String, paint: (String) -> String = { $0 }) -> [String] {
        let indent = String(repeating: " ", count: first.count)
        var lines: [String] = []
        var line = ""
        var used = indent.count
        for word in text.split(separator: " ", omittingEmptySubsequences: true) {
            let length = word.count
            if !line.isEmpty, used + 1 + length > width {
                lines.append(line)
                line = ""
                used = indent.count
            }
            if !line.isEmpty {
                line += " "
                used += 1
            }
            line += word
            used += length
        }
        lines.append(line)
        return lines.enumerated().map { ($0 == 0 ? first : indent) + paint($1) }
    }
}

extension String {
    /// Filled up with spaces.
    func padded(to width: Int) -> String { count < width ? self + String(repeating: " ", count: width - count) : self }
}
