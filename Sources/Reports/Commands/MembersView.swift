import Importing
import JSONSource
import Profiles
import ReportModel

/// What `easel members` counted: `{"formatVersion", "changes": [{"after", "before", "path", "tenant"}], "diagnostics": [..], "groups": n,
/// "tenants": n, "written": [path]}`; null before where a number was unknown, diagnostics as in the report.
public struct MembersView: CommandView {
    public let refreshed: MembersRefresh.Result

    public init(_ refreshed: MembersRefresh.Result) { self.refreshed = refreshed }

    private var written: [String] { refreshed.files.keys.sorted(by: JSONWriter.precedes) }

    public func text(_ options: ReportOptions) -> String {
        var text = ""
        var tenant: String?
        for change in refreshed.changes {
            if change.tenant != tenant { text += "\(tenant == nil ? "" : "\n")\(Words.plain(change.tenant))\n" }
            tenant = change.tenant
            text += "  \(Words.plain(change.path))  \(Self.shown(change.before)) → \(Self.shown(change.after))\n"
        }
        if !refreshed.diagnostics.isEmpty { text += "\(text.isEmpty ? "" : "\n")" + plainText(refreshed.diagnostics, color: options.color, width: options.width) }
        let errors = refreshed.diagnostics.count { $0.severity == .error }
        let counted = "\(Words.count(refreshed.groups, "group")) of \(Words.count(refreshed.tenants, "tenant")) counted"
        text += text.isEmpty ? "" : "\n"
        text += refreshed.changes.isEmpty ? "Nothing changed: \(counted)" : "Refreshed \(Words.count(refreshed.changes.count, "value")) in \(Words.count(written.count, "file")): \(counted)"
        text += errors > 0 ? "; \(Words.count(errors, "error")).\n" : ".\n"
        return refreshed.changes.isEmpty ? text : text + "\nNext: look at git diff, then commit.\n"
    }

    private static func shown(_ value: JSON) -> String {
        switch value {
        case .null: "unknown"
        case .integer(let number): Words.number(number)
        case .string(let text): Words.plain(text)
        default: Words.plain(value.compact)
        }
    }

    public var json: JSON {
        result([
            "changes": .array(refreshed.changes.map { ["after": $0.after, "before": $0.before, "path": .string($0.path), "tenant": .string($0.tenant)] }),
            "diagnostics": .array(refreshed.diagnostics.map(\.reported)), "groups": .integer(refreshed.groups), "tenants": .integer(refreshed.tenants),
            "written": .strings(written),
        ])
    }
}
