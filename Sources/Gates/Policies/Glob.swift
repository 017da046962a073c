import Basics

/// A pattern for the ids of tenants: `*` stands for any characters, `?` for one, everything else for itself.
public struct Glob: Sendable, Hashable {
    public let pattern: String

    /// Nil for a pattern with a character that no id has: a gate with it would hold nothing, ever.
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
        // Only the latest star need ever take more: what an earlier one takes, a later one could as well.
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

    /// Whether it matches whatever another pattern matches; sound, not complete. Read as text, a star is matched by stars alone.
    func covers(_ other: Glob) -> Bool { matches(other.pattern) }
}
