import ReportModel
import Time

/// Who and why, in sentences about one change that went out. Names and texts of the repository are kept apart, since each format makes
/// them harmless in its own way.
struct HistorySentence {
    private enum Part {
        case words(String)
        case quoted(String)
    }

    private let parts: [Part]

    /// - Parameter time: of the run, in seconds since 1970.
    static func all(of profile: ProfileReport, at time: Int64) -> [HistorySentence] {
        let edits = profile.edits.map { edit in
            HistorySentence(parts: [.words("edited by"), .quoted(edit.author), .words("in"), .quoted(String(edit.commit.prefix(7))), .words("on \(edit.time):"), .quoted(edit.subject)])
        }
        let approvals = profile.approvals.map { approval in
            let gates = approval.gates.isEmpty ? [] : [Part.words("; passed"), .quoted(approval.gates.joined(separator: ", "))]
            return HistorySentence(parts: [.words("approved by"), .quoted(Words.approver(approval)), .words("in"), .quoted(approval.file), .words(":"), .quoted(approval.reason)] + gates)
        }
        let holds = profile.heldSince.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map { gate, since in
            let length = Instant(since).map { Words.duration(seconds: Int(time - $0.secondsSince1970)) }
            return HistorySentence(parts: [.words("held by"), .quoted(gate), .words(length.map { "for \($0)" } ?? "since \(since)")])
        }
        let live = profile.publishing?.status == .published ? profile.publishing?.live : nil
        let publication = live.map { HistorySentence(parts: [.words("published to Intune as"), .quoted($0.graphID)] + ($0.version.map { [.words("; version \($0)")] } ?? [])) }
        return edits + approvals + holds + [publication].compactMap(\.self)
    }

    var text: String { joined { Words.shortened(Words.plain($0.split(whereSeparator: \.isNewline).joined(separator: " ")), to: 200) } }
    var markdown: String { joined { MarkdownReport.code($0.split(whereSeparator: \.isNewline).joined(separator: " ")) } }

    private func joined(_ quote: (String) -> String) -> String {
        parts.reduce(into: "") { text, part in
            switch part {
            case .words(let words): text += (text.isEmpty || words.hasPrefix(":") || words.hasPrefix(";") ? "" : " ") + words
            case .quoted(let value): text += " " + quote(value)
            }
        }
    }
}

extension Words {
    /// A length of time in its two largest units: `2 days 3 hours`.
    static func duration(seconds: Int) -> String {
        let units = [("day", 86_400), ("hour", 3600), ("minute", 60)]
        var rest = max(0, seconds)
        var parts: [String] = []
        for (name, length) in units {
            let number = rest / length
            rest %= length
            if number > 0 { parts.append(count(number, name)) } else if !parts.isEmpty { break }
            if parts.count == 2 { break }
        }
        return parts.isEmpty ? "less than a minute" : parts.joined(separator: " ")
    }
}
