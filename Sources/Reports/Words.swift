import Gates
import Impact
import JSONSource
import Live
import Profiles
import ReportModel

/// How numbers, people and values read in the reports for people.
enum Words {
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
    static func people(_ known: Int, unknownProfiles: Int) -> String {
        if known == 0 { return unknownProfiles > 0 ? "an unknown number" : "nobody" }
        let people = "at most \(number(known)) \(known == 1 ? "person" : "people")"
        return unknownProfiles == 0 ? people : "\(people), unknown in \(count(unknownProfiles, "profile"))"
    }

    /// Text from the repository, made harmless for a terminal: control characters, and those that reorder or hide text
    /// (bidirectional controls, zero widths, tags, fillers), are written out as escapes.
    ///
    /// So is what the logs of pipelines take for a command: `::error::` where a line may begin (GitHub), `##vso[` and its
    /// like anywhere (Azure DevOps, GitHub, TeamCity).
    static func plain(_ text: String) -> String {
        let scalars = text.unicodeScalars
        guard scalars.contains(where: isUnsafe) || text.contains("::") || text.contains("##") else { return text }
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
            case _ where isUnsafe(scalar): result += escape(scalar)
            default: result.unicodeScalars.append(scalar)
            }
            last = scalar.properties.isWhitespace ? " " : scalar
        }
        return result
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String { "\\u{\(String(scalar.value, radix: 16, uppercase: true))}" }

    /// `##[`, `##vso[`, `##teamcity[`.
    private static func beginsCommand(_ scalars: Substring.UnicodeScalarView) -> Bool {
        guard scalars.starts(with: "##".unicodeScalars) else { return false }
        return scalars.dropFirst(2).first { !($0.isASCII && $0.properties.isAlphabetic) } == "["
    }

    private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.value >= 0x7F else { return scalar.value < 0x20 }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: return true
        // Variation selectors are ignorable as well, but stand behind every other emoji.
        default: return scalar.properties.isDefaultIgnorableCodePoint && !(0xFE00...0xFE0F).contains(scalar.value)
        }
    }

    /// At most `limit` characters and eight times as many bytes, since a character can have any number of accents. Says how much
    /// was cut.
    static func shortened(_ text: String, to limit: Int) -> String {
        guard text.utf8.count > limit else { return text }
        var end = text.index(text.startIndex, offsetBy: limit, limitedBy: text.endIndex) ?? text.endIndex
        if var byte = text.utf8.index(text.startIndex, offsetBy: limit * 8, limitedBy: text.endIndex), byte < end {
            while byte.samePosition(in: text.unicodeScalars) == nil { byte = text.utf8.index(before: byte) }
            end = byte
        }
        guard end < text.endIndex else { return text }
        return text[..<end] + "… (\(count(text[end...].count, "more character")))"
    }

    /// A value of a change for reading: references and targets by the names that people gave them.
    ///
    /// - Parameter ids: shows a reference's id after its name, for two references with the same name.
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
            if let audience = members["audience"], let filter = members["filter"] {
                let mode = if case .string("exclude") = members["filterMode"] { "without filter" } else { "with filter" }
                return "\(Self.value(audience, ids: ids)) \(mode) \(Self.value(filter, ids: ids))"
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

    /// `before → after`; for an assignment list who joins, who leaves, and whose filter changes. A drift report also has values that
    /// are already live.
    static func change(_ change: ProfileImpact.Change) -> String {
        if change.before == change.after { return "\(value(change.after, ids: false)) (already live)" }
        let ids = needsIDs(change)
        guard let joined = change.joined, let left = change.left else {
            return "\(value(change.before, ids: ids)) → \(value(change.after, ids: ids))"
        }
        let (before, after) = (byAudience(change.before), byAudience(change.after))
        let joins = joined.filter { before[audience($0)] == nil }
        let leaves = left.filter { after[audience($0)] == nil }
        var parts: [String] = []
        if !joins.isEmpty { parts.append("joins: \(value(.array(joins), ids: ids))") }
        if !leaves.isEmpty { parts.append("leaves: \(value(.array(leaves), ids: ids))") }
        // Some of a group join or leave it by its filter: the group itself does neither.
        if case .array(let targets) = change.after {
            let filtered = targets.compactMap { target in
                before[audience(target)].flatMap { $0 == target ? nil : "\(value($0, ids: ids)) → \(value(target, ids: ids))" }
            }
            if !filtered.isEmpty { parts.append("filter changes: \(filtered.joined(separator: ", "))") }
        }
        return parts.joined(separator: "; ")
    }

    /// What an assignment target is about, whatever its filter: the group's id.
    private static func audience(_ target: JSON) -> JSON {
        guard case .object(let members) = target, let group = members["group"] else { return target }
        if case .object(let reference) = group { return reference["id"] ?? group }
        return group
    }

    private static func byAudience(_ targets: JSON) -> [JSON: JSON] {
        guard case .array(let targets) = targets else { return [:] }
        return Dictionary(targets.map { (audience($0), $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// What of a policy or approval changed, and how: `gate no-weakening removed`.
    static func policyChange(_ change: PolicyChange) -> String {
        let direction = change.loosens && change.kind != .loosened ? " (loosens)" : ""
        return "\(plain(change.what)) \(change.kind.rawValue)\(direction)"
    }

    /// A profile in one or two words, for a list.
    static func label(_ profile: ProfileReport) -> String {
        if let drift = profile.drift { return drift.isAccepted ? "\(drift.kind.rawValue), accepted" : drift.kind.rawValue }
        switch profile.adoption {
        case .adopted: return "adopted"
        case .left: return "not adopted"
        case nil: return profile.impact.action.rawValue
        }
    }

    /// A difference of an earlier report that no longer exists.
    static func resolved(_ difference: PreviousDrift.Difference) -> String {
        "\(difference.tenant)/\(difference.profile)\(difference.path.isEmpty ? "" : " \(difference.path)"): \(difference.kind.rawValue)\(difference.firstSeen.map { " since \($0)" } ?? "")"
    }

    /// What a drift report adds to the values of a difference; nil if there is nothing to add.
    static func difference(_ difference: DriftNote.Difference) -> String? {
        var parts: [String] = []
        if let accepted = difference.acceptance {
            parts.append("accepted by \(accepted.acceptedBy)\(accepted.expires.map { " until \($0)" } ?? ""): \(accepted.reason)")
        } else if let isNew = difference.isNew {
            parts.append(isNew ? "new" : difference.firstSeen.map { "since \($0)" } ?? "continuing")
        }
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }

    /// Whether names alone do not show the difference between before and after: somebody gave a name another id.
    static func needsIDs(_ change: ProfileImpact.Change) -> Bool {
        guard let joined = change.joined, let left = change.left else { return withoutIDs(change.before) == withoutIDs(change.after) }
        return !Set(joined.map(withoutIDs)).isDisjoint(with: left.map(withoutIDs))
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

extension RecordedReport.Change {
    /// In one line: `contoso/staff-mail: reinstall, at most 120 people`.
    public var words: String { "\(name): \(action), \(people.map { Words.people($0, unknownProfiles: 0) } ?? "an unknown number of people")" }
}
