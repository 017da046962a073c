import Basics
import JSONSource

/// Looks up the names of one manifest in its tenant, and collects what is wrong with them.
struct NameResolution {
    /// The manifest, not a base of it.
    let file: String
    let tenant: Tenant
    private(set) var diagnostics: [Diagnostic] = []
    private let known: Int

    /// - Parameter known: how many problems the file's form has.
    init(file: String, tenant: Tenant, known: Int) {
        self.file = file
        self.tenant = tenant
        self.known = known
    }

    /// A file with that many problems has one cause, and each costs a walk through the file and through the tenant's names.
    var isEnough: Bool { known + diagnostics.count >= JSONLimits.problems }

    /// The tenant's file, for help texts.
    var tenantFile: String { "tenants/\(tenant.id)/tenant.json" }

    mutating func tell(_ diagnostic: Diagnostic) {
        var diagnostic = diagnostic
        if diagnostic.file != file { diagnostic.usedBy = file }
        diagnostics.append(diagnostic)
    }

    /// Notes a name that the tenant does not define, with those that may be meant.
    mutating func unresolved(_ name: String, _ section: TenantSection, _ place: JSONValue) {
        if isEnough || tenant.gaps.mayHold(section.rawValue, name) { return }
        let known = tenant.definitions(in: section).map(\.name)
        let isSearched = known.count <= nearNameLimit && tenant.searches.take()
        let near = isSearched ? nearNames(to: name, among: known) : []
        let all = isSearched && near.isEmpty ? known.sorted() : []
        let help =
            known.isEmpty
            ? "Add it to \(tenantFile), which defines no \(section.noun)s"
            : !near.isEmpty
                ? nil : all.isEmpty ? "Add it to \(tenantFile)" : "Add it to \(tenantFile), or use one that is there: \(all.prefix(12).joined(separator: ", "))\(all.count > 12 ? ", …" : "")"
        tell(Diagnostic(.unresolvedName, at: place, "Tenant \(tenant.id) has no \(section.noun) '\(name.prefix(80))'\(didYouMean(near))", help: help))
    }

    /// What a payload carries beside the id of a reference, where a target of the tenant needs it; nil where none does.
    ///
    /// - Parameters:
    ///   - key: the key of tenant.json that has the content.
    ///   - content: nil where tenant.json does not give it, which is noted.
    ///   - name: of the entry of `section` that should give it.
    mutating func attachment(_ key: String, _ content: JSON?, of name: String, in section: TenantSection, neededAs need: TargetNeed, _ place: JSONValue) -> Reference.Attachment? {
        guard let target = tenant.target(needing: need) else { return nil }
        guard let content else {
            if tenant.gaps.mayHold(section.rawValue, name) { return nil }
            let noun = section.noun.prefix(1).uppercased() + section.noun.dropFirst()
            tell(
                Diagnostic(
                    .mobileconfigImpossible, at: place, "\(noun) '\(name)' has no '\(key)', which target \(target.name) needs",
                    help: "Add \"\(key)\" to it in \(tenantFile), or remove \"\(target.name)\" from \"targets\" there"))
            return nil
        }
        return Reference.Attachment(kind: key, digest: String(sha256(Array(content.compact.utf8)).prefix(16)), content: content)
    }
}
