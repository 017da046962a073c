/// Text from somebody else, made harmless for wherever people read it: a terminal, a pipeline's log, a page. It stays one line.
///
/// Control characters, and those that reorder or hide text (bidirectional controls, zero widths, tags, fillers), are written out as
/// escapes. So is what the logs of pipelines take for a command: `::error::` where a line may begin (GitHub), `##vso[` and its like
/// anywhere (Azure DevOps, GitHub, TeamCity).
public func harmless(_ text: String) -> String {
    let scalars = text.unicodeScalars
    guard scalars.contains(where: \.isHarmful) || text.contains("::") || text.contains("##") else { return text }
    var result = ""
    var last: Unicode.Scalar = " "
    for index in scalars.indices {
        let scalar = scalars[index]
        switch scalar {
        case "\n": result += "\\n"
        case "\t": result += "\\t"
        case "\r": result += "\\r"
        case ":" where last == " " && scalars[index...].starts(with: "::".unicodeScalars): result += escape(scalar)
        case "#" where beginsCommand(scalars[index...]): result += escape(scalar)
        case _ where scalar.isHarmful: result += escape(scalar)
        default: result.unicodeScalars.append(scalar)
        }
        last = scalar.properties.isWhitespace ? " " : scalar
    }
    return result
}

/// A text whose line breaks are easel's own, with each line made harmless.
///
/// - Parameter keepsColor: leaves what switches colours, `ESC[31m`, for a text that easel has coloured.
public func harmlessLines(_ text: String, keepsColor: Bool = false) -> String {
    text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { line in
        guard keepsColor else { return harmless(String(line)) }
        let pieces = line.split(separator: "\u{1B}", omittingEmptySubsequences: false)
        return pieces.enumerated().map { position, piece in
            guard position > 0 else { return harmless(String(piece)) }
            let end = piece.dropFirst().firstIndex { !("0"..."9").contains($0) }
            guard piece.first == "[", let end, piece[end] == "m" else { return escape("\u{1B}") + harmless(String(piece)) }
            return "\u{1B}" + String(piece[...end]) + harmless(String(piece[piece.index(after: end)...]))
        }.joined()
    }.joined(separator: "\n")
}

extension Unicode.Scalar {
    /// Whether it controls a terminal, or reorders or hides text.
    public var isHarmful: Bool {
        guard value >= 0x7F else { return value < 0x20 }
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: return true
        // Variation selectors are ignorable as well, but stand behind every other emoji.
        default: return properties.isDefaultIgnorableCodePoint && !(0xFE00...0xFE0F).contains(value)
        }
    }
}

private func escape(_ scalar: Unicode.Scalar) -> String { "\\u{\(String(scalar.value, radix: 16, uppercase: true))}" }

/// `##[`, `##vso[`, `##teamcity[`.
private func beginsCommand(_ scalars: Substring.UnicodeScalarView) -> Bool {
    guard scalars.starts(with: "##".unicodeScalars) else { return false }
    return scalars.dropFirst(2).first { !($0.isASCII && $0.properties.isAlphabetic) } == "["
}
