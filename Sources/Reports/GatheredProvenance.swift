import Impact
import ReportModel

/// Who made the changes of a plan, and who let them out: counted by commit and by approval, since one edit may reach ten thousand
/// profiles.
struct GatheredProvenance {
    private struct Share {
        var goesOut = 0
        var held = 0

        mutating func add(isHeld: Bool) { if isHeld { held += 1 } else { goesOut += 1 } }

        var words: String {
            if held == 0 { return Words.count(goesOut, "profile") }
            return goesOut == 0 ? "\(Words.count(held, "profile")), held" : "\(Words.count(goesOut + held, "profile")), \(Words.number(held)) of them held"
        }
    }

    private var edits: [SourceEdit: Share] = [:]
    private var approvals: [String: (first: GivenApproval, share: Share)] = [:]
    private var longest: (since: String, gate: String, profile: String)?

    mutating func add(_ profile: ProfileReport, of tenant: String) {
        let isHeld = !profile.heldBy.isEmpty
        for edit in profile.edits { edits[edit, default: Share()].add(isHeld: isHeld) }
        for approval in profile.approvals { approvals[approval.file, default: (approval, Share())].share.add(isHeld: isHeld) }
        guard isHeld, let (gate, since) = profile.heldSince.min(by: { ($0.value, $0.key) < ($1.value, $1.key) }), since < longest?.since ?? "~" else { return }
        longest = (since, gate, "\(tenant)/\(profile.impact.profile)")
    }

    /// One line for each commit, newest first, and for each approval, and one for what has been held longest. Text of the repository is in
    /// them as it is.
    var lines: [String] {
        let edits = edits.sorted { ($1.key.time, $0.key.commit) < ($0.key.time, $1.key.commit) }.map { edit, share in
            "\(edit.commit.prefix(7)) \(edit.author): \(Self.quoted(edit.subject)) (\(share.words))"
        }
        let approvals = approvals.values.sorted { $0.first.file < $1.first.file }.map { approval, share in
            "\(approval.file), approved by \(Words.approver(approval)): \(Self.quoted(approval.reason)) (\(share.words))"
        }
        return edits + approvals + (longest.map { ["Held longest: \($0.profile), by \($0.gate) since \($0.since)"] } ?? [])
    }

    private static func quoted(_ text: String) -> String { "\"\(Words.shortened(text.split(whereSeparator: \.isNewline).joined(separator: " "), to: 200))\"" }
}

extension Words {
    /// Who approved: as the file says, and who committed it where that is somebody else.
    static func approver(_ approval: GivenApproval) -> String {
        guard let author = approval.author, author != approval.approvedBy else { return approval.approvedBy }
        return "\(approval.approvedBy), committed by \(author)"
    }
}
