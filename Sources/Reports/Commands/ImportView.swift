import Importing
import JSONSource
import Profiles
import ReportModel

/// What `easel import` wrote, and what somebody should look at: `{"formatVersion", "diagnostics": [..], "manifests": n, "notes": [{"tenants",
/// "text"}], "refused": n, "tenants": n, "written": [path]}`; paths in the config repository, diagnostics as in the report.
public struct ImportView: CommandView {
    public let imported: Import.Result

    /// Tenants that a note names; the rest is counted.
    private static let tenantsShown = 5

    public init(_ imported: Import.Result) { self.imported = imported }

    private var written: [String] { imported.files.keys.sorted(by: JSONWriter.precedes) }

    public func text(_ options: ReportOptions) -> String {
        let text = written.map { "  written  \(Words.plain($0))\n" }.joined() + findings(options) + "\n" + outcome
        guard imported.manifests > 0 else { return text }
        return text + "\nNext: run easel validate, commit, then run easel adopt with the same source as --live, so that what the tenants have is recorded as applied. Until then, adopt-first holds their profiles.\n"
    }

    /// What somebody should look at, each part after an empty line.
    func findings(_ options: ReportOptions) -> String {
        var text = imported.notes.isEmpty ? "" : "\nPlease check\n"
        for (note, tenants) in imported.notes {
            let more = tenants.count > Self.tenantsShown ? " and \(Words.number(tenants.count - Self.tenantsShown)) more" : ""
            text += "  \(tenants.prefix(Self.tenantsShown).joined(separator: ", "))\(more): \(Words.plain(note))\n"
        }
        if !imported.diagnostics.isEmpty { text += "\n" + plainText(imported.diagnostics, color: options.color, width: options.width) }
        return text
    }

    /// How much was imported, in one line.
    var outcome: String {
        let errors = imported.diagnostics.count { $0.severity == .error }
        let refused = imported.refused > 0 ? "; \(Words.count(imported.refused, "profile")) left out, since the assignments are unknown" : ""
        return "Imported: \(Words.count(imported.manifests, "manifest")) of \(Words.count(imported.tenants, "tenant"))\(refused)\(errors > 0 ? "; \(Words.count(errors, "error"))" : "").\n"
    }

    public var json: JSON {
        result([
            "diagnostics": .array(imported.diagnostics.map(\.reported)), "manifests": .integer(imported.manifests),
            "notes": .array(imported.notes.map { ["tenants": .strings($0.tenants), "text": .string($0.text)] }),
            "refused": .integer(imported.refused), "tenants": .integer(imported.tenants), "written": .strings(written),
        ])
    }
}
