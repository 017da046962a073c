import Impact
import JSONSource
import Profiles
import Reconciler

/// How numbers, people and values read in the reports for people.
enum Words {
    /// Milliseconds as seconds: `1.234`.
    static func seconds(_ milliseconds: Int) -> String {
        let rest = String(milliseconds % 1000)
        return "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest
    }

    /// `12,345`.
    static func number(_ number: Int) -> String {
        var text = ""
        for (position, digit) in String(number).reversed().enumerated() {
            if position > 0, position % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return String(text.reversed())
    }

    /// `1 profile`, `2,000 profiles`.
    static func count(_ count: Int, _ noun: String) -> String { "\(number(count)) \(noun)\(count == 1 ? "" : "s")" }

    /// `at most 120 people`, `nobody`, or that it is unknown; a sum over profiles some of which have no number says both.
    static func people(_ known: Int, unknownProfiles: Int, of profiles: Int) -> String {
        if unknownProfiles >= profiles, unknownProfiles > 0 { return "unknown number" }
        let told = known == 0 ? "nobody" : "at most \(number(known)) \(known == 1 ? "person" : "people")"
        return unknownProfiles == 0 ? told : "\(told), unknown in \(count(unknownProfiles, "profile"))"
    }

    /// Text from the repository, made harmless for a terminal: control characters, and those that reorder or hide text
    /// (bidirectional controls, zero widths, tags), are written out as escapes.
    static func plain(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            case _ where isUnsafe(scalar): result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F...0x9F, 0x61C, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFB, 0xE0000...0xE0FFF: true
        default: false
        }
    }

    /// At most `limit` characters; what is cut is told.
    static func shortened(_ text: String, to limit: Int) -> String {
        guard text.utf8.count > limit, let end = text.index(text.startIndex, offsetBy: limit, limitedBy: text.endIndex), end < text.endIndex else { return text }
        return text[..<end] + "… (\(text[end...].count) more characters)"
    }

    /// A value of a change for reading: references and targets by the names that people gave them.
    ///
    /// - Parameter ids: shows a reference's id beside its name, for where the name alone does not tell two apart.
    static func value(_ value: JSON, ids: Bool) -> String {
        switch value {
        case .null: return "none"
        case .array(let items): return items.isEmpty ? "none" : items.map { Self.value($0, ids: ids) }.joined(separator: ", ")
        case .object(let members):
            if let group = members["group"] {
                guard let filter = members["filter"] else { return Self.value(group, ids: ids) }
                let mode = if case .string("exclude") = members["filterMode"] { "without filter" } else { "with filter" }
                return "\(Self.value(group, ids: ids)) \(mode) \(Self.value(filter, ids: ids))"
            }
            guard case .string(let name) = members["name"], case .string(let id) = members["id"] else { return value.compact }
            guard ids else { return name }
            let digests = members.keys.filter { $0.hasSuffix("Digest") }.sorted().compactMap { key -> String? in
                if case .string(let digest) = members[key] { "\(key.dropLast(6)) \(digest)" } else { nil }
            }
            return "\(name) (\(([id] + digests).joined(separator: ", ")))"
        case .string, .bool, .integer: return value.compact
        }
    }

    /// `before → after`, and for an assignment list what joined and left.
    static func change(_ change: ProfileImpact.Change) -> String {
        if let joined = change.joined, let left = change.left {
            // Not clear from names alone where somebody gave a name another id.
            let ids = withoutIDs(.array(joined)) == withoutIDs(.array(left))
            var parts: [String] = []
            if !joined.isEmpty { parts.append("joins: \(value(.array(joined), ids: ids))") }
            if !left.isEmpty { parts.append("leaves: \(value(.array(left), ids: ids))") }
            return parts.joined(separator: "; ")
        }
        let ids = withoutIDs(change.before) == withoutIDs(change.after)
        return "\(value(change.before, ids: ids)) → \(value(change.after, ids: ids))"
    }

    /// References by name alone: what tenants have in common although each has ids of its own.
    static func withoutIDs(_ value: JSON) -> JSON {
        switch value {
        case .array(let items): return .array(items.map(withoutIDs))
        case .object(var members):
            if members["name"] != nil, members["id"] != nil { return .object(["name": members["name"] ?? .null]) }
            for (key, member) in members { members[key] = withoutIDs(member) }
            return .object(members)
        default: return value
        }
    }
}
