import Health
import JSONSource
import ReportModel

/// What `easel doctor` found: `{"formatVersion", "checks": [{"fix"?, "name", "outcome", "tenant"?, "what"}], "summary": {"failed": n, "ok": n,
/// "skipped": n, "warning": n}}`.
public struct DoctorView: CommandView {
    public let checks: [Check]

    public init(_ checks: [Check]) { self.checks = checks }

    private func count(_ outcome: Check.Outcome) -> Int { checks.count { $0.outcome == outcome } }

    public func text(_ options: ReportOptions) -> String {
        var text = ""
        for check in checks where check.tenant == nil { text += line(check, options) }
        var tenants: [(id: String, checks: [Check])] = []
        for check in checks {
            guard let tenant = check.tenant else { continue }
            if tenants.last?.id == tenant { tenants[tenants.count - 1].checks.append(check) } else { tenants.append((tenant, [check])) }
        }
        let sound = tenants.filter { $0.checks.allSatisfy { $0.outcome == .ok } }
        if !tenants.isEmpty { text += "\nTenants\n" }
        for (id, checks) in tenants where !sound.contains(where: { $0.id == id }) {
            text += "\n  \(Words.plain(id))\n"
            for check in checks { text += line(check, options) }
        }
        // Of a thousand tenants, those in good health fit on a line.
        if !sound.isEmpty { text += "\n  \(Words.count(sound.count, "tenant")) with nothing to do: \(sound.prefix(20).map(\.id).joined(separator: ", "))\(sound.count > 20 ? " and \(Words.number(sound.count - 20)) more" : "")\n" }
        let parts = [(Check.Outcome.failed, "failed"), (.warning, "with a warning"), (.ok, "ok"), (.skipped, "skipped")].filter { count($0.0) > 0 }
        return text + "\n" + "Doctor: \(Words.count(checks.count, "check")): \(parts.map { "\(Words.number(count($0.0))) \($0.1)" }.joined(separator: ", ")).\n"
    }

    private func line(_ check: Check, _ options: ReportOptions) -> String {
        let (word, code) =
            switch check.outcome {
            case .ok: ("ok", 32)
            case .warning: ("warning", 33)
            case .failed: ("FAILED", 31)
            case .skipped: ("skipped", 2)
            }
        let column = word + String(repeating: " ", count: 7 - word.count)
        let shown = options.color ? "\u{1B}[\(code)m\(column)\u{1B}[0m" : column
        return "  \(shown)  \(Words.plain(check.name)): \(Words.plain(check.what))\n" + (check.fix.map { "           → \(Words.plain($0))\n" } ?? "")
    }

    public var json: JSON {
        let checks = checks.map { check -> JSON in
            var members: [String: JSON] = ["name": .string(check.name), "outcome": .string(check.outcome.rawValue), "what": .string(check.what)]
            if let fix = check.fix { members["fix"] = .string(fix) }
            if let tenant = check.tenant { members["tenant"] = .string(tenant) }
            return .object(members)
        }
        return result(["checks": .array(checks), "summary": .object(Dictionary(uniqueKeysWithValues: Check.Outcome.allCases.map { ($0.rawValue, .integer(count($0))) }))])
    }
}
