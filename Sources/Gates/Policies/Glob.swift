import Basics

/// A pattern for tenant ids: `*` matches any characters, `?` matches one, everything else matches itself.
public struct Glob: Sendable, Hashable {
    public let pattern: String

    /// Nil for a pattern with a character that no id can have: a gate with such a pattern would never hold anything.
    public init?(_ pattern: String) {
        let fits = pattern.utf8.allSatisfy { byte in
            isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "*")
                || byte == UInt8(ascii: "?")
        }
        guard fits, !pattern.isEmpty else { return nil }
        self.pattern = pattern
    }

    /// ECMA-262, for the JSON Schema.
    static let form = "^[a-z0-9*?-]+$"

    public func matches(_ id: String) -> Bool {
        let (pattern, text) = (Array(pattern.utf8), Array(id.utf8))
        var (p, t) = (0, 0)
        // Only the latest star ever needs to match more: what an earlier star could match, the latest can match too.
        var star: (pattern: Int, text: Int)?
        while t < text.count {
            if p < pattern.count, pattern[p] == UInt8(ascii: "*") {
                star = (p, t)
                p += 1
            } else if p < pattern.count, pattern[p] == text[t] || (pattern[p] == UInt8(ascii: "?") && text[t] != UInt8(ascii: "*")) {
                p += 1
                t += 1
            } else if let last = star {
                star = (last.pattern, last.text + 1)
                p = last.pattern + 1
                t = last.text + 1
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == UInt8(ascii: "*") }
    }

    /// Whether it matches everything that another pattern matches; sound, not complete. The other pattern is read as text, in which
    /// only a star matches a star.
    func covers(_ other: Glob) -> Bool { matches(other.pattern) }
}
