import Basics
import Gates
import Impact
import JSONSource
import Live
import Profiles
import ReportModel

/// How numbers, people and values read in the reports for people.
enum Words {
    /// When people notice a change (Microsoft, "Troubleshoot policies and profiles in Intune", refresh intervals).
    static let whenNoticed = "Devices check in about every 8 hours, so people notice within hours; a removal can take 7 hours or more."

    /// What an advice is about, in parentheses: another profile, or a setting. Empty for the whole profile.
    ///
    /// - Parameter code: how a name is shown.
    static func place(of advice: Advice.Key, code: (String) -> String = plain) -> String {
        if let with = advice.with { return " (with profile \(code(with)))" }
        return advice.path.isEmpty ? "" : " (\(code(advice.path)))"
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
    static func people(_ known: Int, unknown: Int, _ noun: String = "profile") -> String {
        if known == 0 { return unknown > 0 ? "an unknown number" : "nobody" }
        let people = "at most \(number(known)) \(known == 1 ? "person" : "people")"
        return unknown == 0 ? people : "\(people), unknown in \(count(unknown, noun))"
    }

    /// How to pass a gate: the sentences, and the commands in them that stand between backticks.
    static func howToPass(_ gate: GateReport) -> [(text: String, isCommand: Bool)] {
        // With a backtick in a name, nobody knows where a command ends.
        if gate.name.utf8.contains(UInt8(ascii: "`")) { return [(gate.howToPass, true)] }
        let parts = gate.howToPass.split(separator: "`", omittingEmptySubsequences: false).map(String.init)
        return parts.enumerated().map { ($1, $0 % 2 == 1) }.filter { !$0.0.isEmpty }
    }

    /// Text from the repository in one harmless line.
    static func plain(_ text: String) -> String { harmless(text) }

    /// A text that is too long is cut in the middle: both ends are shown, and how much is missing. At most `limit` characters and
    /// eight times as many bytes are shown, since a character can have any number of accents.
    static func shortened(_ text: String, to limit: Int) -> String {
        guard text.utf8.count > limit else { return text }
        let (first, last) = (limit - limit / 2, limit / 2)
        var end = text.index(text.startIndex, offsetBy: first, limitedBy: text.endIndex) ?? text.endIndex
        if var byte = text.utf8.index(text.startIndex, offsetBy: first * 8, limitedBy: text.endIndex), byte < end {
            while byte.samePosition(in: text.unicodeScalars) == nil { byte = text.utf8.index(before: byte) }
            end = byte
        }
        var start = text.index(text.endIndex, offsetBy: -last, limitedBy: text.startIndex) ?? text.startIndex
        if var byte = text.utf8.index(text.endIndex, offsetBy: -last * 8, limitedBy: text.startIndex), byte > start {
            while byte.samePosition(in: text.unicodeScalars) == nil { byte = text.utf8.index(after: byte) }
            start = byte
        }
        guard end < start else { return text }
        // No space before the second part: a pipeline's log takes what follows one at a line's beginning for a command.
        return "\(text[..<end])…(\(count(text[end..<start].count, "more character")))…\(text[start...])"
    }

    /// A value of a change for reading: references and targets by the names that people gave them.
    ///
    /// - Parameter ids: shows a reference's id after its name, for two references with the same name.
    static func value(_ value: SettingValue, ids: Bool) -> String {
        switch value {
        case .none: "none"
        case .bool, .text, .domain: value.json.compact
        case .texts(let texts): texts.map { JSON.string($0).compact }.joined(separator: ", ")
        case .reference(let reference): name(reference, ids: ids)
        case .targets(let targets): list(targets, ids: ids)
        }
    }

    private static func name(_ reference: Reference, ids: Bool) -> String {
        guard ids else { return reference.name }
        return "\(reference.name) (\(([reference.id] + (reference.attachment.map { ["\($0.kind) \($0.digest)"] } ?? [])).joined(separator: ", ")))"
    }

    private static func list(_ targets: [AssignmentTarget], ids: Bool) -> String {
        targets.isEmpty ? "none" : targets.map { target($0, ids: ids) }.joined(separator: ", ")
    }

    private static func target(_ target: AssignmentTarget, ids: Bool) -> String {
        let audience = if case .group(let group) = target.audience { name(group, ids: ids) } else { JSON.string(target.audienceID).compact }
        guard let filter = target.filter else { return audience }
        return "\(audience) \(filter.mode == .exclude ? "without" : "with") filter \(name(filter.reference, ids: ids))"
    }

    /// `before → after`, harmless; for an assignment list who joins, who leaves, and whose filter changes; a drift report also has values
    /// that are already live.
    ///
    /// - Parameter limit: characters of each value. The name of a host is never cut: its end is what counts.
    static func change(_ change: ProfileImpact.Change, limit: Int = 300) -> String {
        let limit = change.key?.setting.type.isHost == true ? max(limit, hostLimit) : limit
        func shown(_ text: String) -> String { shortened(plain(text), to: limit) }
        if change.before == change.after { return "\(shown(value(change.after, ids: false))) (already live)" }
        let ids = needsIDs(change)
        guard let targets = change.targets else { return "\(shown(value(change.before, ids: ids))) → \(shown(value(change.after, ids: ids)))" }
        let (before, after) = (byAudience(change.before), byAudience(change.after))
        let joins = targets.joined.filter { before[$0.audienceID] == nil }
        let leaves = targets.left.filter { after[$0.audienceID] == nil }
        var parts: [String] = []
        if !joins.isEmpty { parts.append("joins: \(shown(list(joins, ids: ids)))") }
        if !leaves.isEmpty { parts.append("leaves: \(shown(list(leaves, ids: ids)))") }
        // Some of a group join or leave it by its filter: the group itself does neither.
        let filtered = change.after.targets.compactMap { now in
            before[now.audienceID].flatMap { $0 == now ? nil : "\(target($0, ids: ids)) → \(target(now, ids: ids))" }
        }
        if !filtered.isEmpty { parts.append("filter changes: \(shown(filtered.joined(separator: ", ")))") }
        return parts.joined(separator: "; ")
    }

    /// The sides of a difference, each with its label: the live value, the one in Git as applied, and as desired where that is another.
    static func sides(of change: ProfileImpact.Change, _ difference: DriftNote.Difference, limit: Int = 300) -> [(label: String, value: String)] {
        let limit = change.key?.setting.type.isHost == true ? max(limit, hostLimit) : limit
        // Two values that differ must not look the same.
        func lookAlike(_ one: SettingValue, _ other: SettingValue) -> Bool { one != other && value(one, ids: false) == value(other, ids: false) }
        let ids = change.before != change.after && needsIDs(change) || lookAlike(change.before, difference.applied) || lookAlike(change.after, difference.applied)
        func shown(_ value: SettingValue) -> String { shortened(plain(self.value(value, ids: ids)), to: limit) }
        var sides = [(inIntune, shown(change.before))]
        // Where nothing was applied, there is no applied value.
        let isApplied = !difference.applied.isNone || difference.kind == .modified
        if isApplied { sides.append((inGitApplied, shown(difference.applied))) }
        if !isApplied || difference.applied != change.after { sides.append((inGitDesired, shown(change.after))) }
        return sides
    }

    static let inIntune = "in Intune"
    static let inGitApplied = "in Git (applied)"
    static let inGitDesired = "in Git (desired)"

    /// A change as its report shows it: what happens, or in a drift report what is where.
    static func change(_ change: ProfileImpact.Change, _ difference: DriftNote.Difference?, limit: Int = 300) -> String {
        guard let difference else { return self.change(change, limit: limit) }
        return sides(of: change, difference, limit: limit).map { "\($0.label): \($0.value)" }.joined(separator: " · ")
    }

    /// When a profile that differs was changed in Intune, and by whom; nil where there is nothing to say.
    static func changed(_ drift: DriftNote?) -> String? {
        guard let drift else { return nil }
        switch drift.kind {
        case .missing:
            guard case .known(let attribution) = drift.changedBy else { return drift.changedBy == nil ? "when it was deleted is unknown" : "when and by whom it was deleted is unknown" }
            return "deleted in Intune \(attribution.time) by \(who(attribution))"
        case .modified, .replaced, .unmanaged:
            switch drift.changedBy {
            case .known(let attribution): return "last changed in Intune \(plain(drift.lastModified ?? attribution.time.description)) by \(who(attribution))"
            case .unknown: return drift.lastModified.map { "last changed in Intune \(plain($0)), by whom is unknown" } ?? "by whom it was changed in Intune is unknown"
            case nil: return drift.lastModified.map { "last changed in Intune \(plain($0))" }
            }
        case .pending, .inSync: return nil
        }
    }

    private static func who(_ attribution: Attribution) -> String { attribution.kind == .app ? "the app \(plain(attribution.who))" : plain(attribution.who) }

    /// The longest name of a host has 253 characters; what is longer names none.
    private static let hostLimit = 300

    private static func byAudience(_ value: SettingValue) -> [String: AssignmentTarget] {
        Dictionary(value.targets.map { ($0.audienceID, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Whether names alone do not tell before from after: somebody gave a name another id.
    static func needsIDs(_ change: ProfileImpact.Change) -> Bool {
        guard let targets = change.targets else { return value(change.before, ids: false) == value(change.after, ids: false) }
        return !Set(targets.joined.map { target($0, ids: false) }).isDisjoint(with: targets.left.map { target($0, ids: false) })
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
        case nil: return profile.impact.action == .none && profile.movedFrom != nil ? "renamed" : profile.impact.action.rawValue
        }
    }

    /// A difference of an earlier report that no longer exists.
    static func resolved(_ difference: EarlierDrift.Difference) -> String {
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
}

extension ProfileReport {
    /// In one line, for an approval file: `contoso/staff-mail: reinstall, at most 120 people`.
    public func words(in tenant: String) -> String {
        "\(tenant)/\(impact.profile): \(impact.action.rawValue), \(impact.people.number.map { Words.people($0, unknown: 0) } ?? "an unknown number of people")"
    }
}
