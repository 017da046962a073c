import JSONSource
import Live
import Payloads
import Profiles

/// The tenant's own file, and the check that its manifests resolve in it.
extension TenantImport {
    /// - Parameter entry: what somebody said about the tenant.
    mutating func makeTenant(_ live: LiveTenant, _ known: ExistingTenant, _ entry: TenantList.Entry) {
        let existing = known.tenantFile
        let tenantID = entry.tenantID
        let path = "tenants/\(id)/tenant.json"
        func definition(_ new: ImportNames.Definition) -> JSON {
            switch new.section {
            case .groups, .vpnProfiles: ["id": .string(new.id)]
            case .filters, .scopeTags: .string(new.id)
            case .certificateProfiles: ["id": .string(new.id), "type": .string((live.directory.certificateTypes[new.id] ?? .scep).rawValue)]
            }
        }
        let derived = profiles.lazy.compactMap { $0.profile[.derivedCredentials].reference?.id }.first
        if derived == nil, existing?.root?["derivedCredentials"] == nil, let user = profiles.first(where: \.profile.usesDerivedCredentials) {
            var asked = Diagnostic(
                .notInExport, severity: .warning, at: user.live.object, "\(wording.subject) does not say which derived credential issuer '\(user.live.displayName)' uses",
                help: remedy(.issuer, or: "add \"derivedCredentials\": {\"id\": \"…\"} to \(path)"))
            asked.tenant = id
            diagnostics.append(asked)
        }
        if let existing {
            guard var edit = TenantEdit(id: id, existing, targets: PayloadTargets.descriptions) else {
                diagnostics.append(Diagnostic(.unreadable, file: path, "This file has errors, so no names can be added to it", help: "Run easel validate and correct it first"))
                return
            }
            for new in names.new { edit.add(new.name, definition(new), to: new.section) }
            if let derived { edit.add("derivedCredentials", ["id": .string(derived)]) }
            if let tenantID, !edit.identify(tenantID) {
                diagnostics.append(
                    Diagnostic(.otherTenantID, file: path, "The tenantId to import, \(tenantID), is not the tenantId in this file", help: "Import another tenant into a folder of its own"))
                return
            }
            if let cloud = entry.cloud, let now = known.tenant?.cloud, cloud != now {
                diagnostics.append(
                    Diagnostic(.otherTenantID, file: path, "The cloud to import from, \(cloud.rawValue), is not the cloud in this file, \(now.rawValue)", help: "Correct the one that is wrong"))
                return
            }
            // With manifests it has been on its way before, and may be applied.
            if known.manifests.isEmpty, !profiles.isEmpty { edit.add("adopt", "first") }
            if edit.isChanged { tenantFile = edit.bytes() }
            tenant = Tenant(id: id, tenantFile.map { JSONDocument(file: path, bytes: $0) } ?? existing, targets: PayloadTargets.descriptions)
            return
        }
        var members: [String: JSON] = [
            "kind": "tenant", "adopt": "first", "displayName": .string(live.directory.organization.map(\.displayName).flatMap { $0.isEmpty ? nil : $0 } ?? id),
            "tenantId": .string(tenantID ?? live.directory.organization?.id ?? Tenant.unknownID),
        ]
        if tenantID == nil, live.directory.organization == nil { notes.append("\(wording.subject) does not say the tenantId; replace the zeros in tenant.json with it, or import with --tenant-id") }
        if let cloud = entry.cloud, cloud != .global { members["cloud"] = .string(cloud.rawValue) }
        let isOnline = live.profiles.allSatisfy { $0[.server]?.text?.hasSuffix("office365.com") ?? false }
        members["exchange"] = isOnline ? "online" : "other"
        notes.append("Guessed exchange \"\(isOnline ? "online" : "other")\" from the server names; please check")
        for section in TenantSection.allCases {
            let new = names.new.filter { $0.section == section }
            if !new.isEmpty { members[section.rawValue] = .object(Dictionary(new.map { ($0.name, definition($0)) }, uniquingKeysWith: { first, _ in first })) }
        }
        for new in names.new where new.section == .certificateProfiles && live.directory.certificateTypes[new.id] == nil {
            notes.append("Guessed type \"scep\" for certificate profile '\(new.name)'; please check")
        }
        if let derived { members["derivedCredentials"] = ["id": .string(derived)] }
        let bytes = Array(pretty(.object(members)).utf8)
        let document = JSONDocument(file: path, bytes: bytes)
        // What an import writes, validate must take.
        var problems: [Diagnostic] = []
        if let root = document.root { Tenant.check(root, targets: PayloadTargets.descriptions, into: &problems) }
        guard let problem = problems.first(where: { $0.severity == .error }) else {
            tenantFile = bytes
            tenant = Tenant(id: id, document, targets: PayloadTargets.descriptions)
            return
        }
        var diagnostic = Diagnostic(.inexpressible, file: path, "Nothing is imported into the tenant, because this file would have an error: \(problem.message)", help: problem.help)
        diagnostic.tenant = id
        diagnostics.append(diagnostic)
    }

    /// Drops manifests that validation would refuse: one broken manifest would stop the whole tenant.
    mutating func dropBroken() {
        guard let tenant else { return profiles.removeAll() }
        profiles = profiles.filter { entry in
            let problems = Self.resolve(entry.profile.manifest, id: entry.id, in: tenant).diagnostics.filter { $0.severity == .error && $0.code != DiagnosticCode.unresolvedName.rawValue }
            guard let problem = problems.first else { return true }
            var diagnostic = Diagnostic(.inexpressible, at: entry.live.object, "'\(entry.live.displayName)' gets no manifest, because it would have an error: \(problem.message)", help: problem.help)
            diagnostic.tenant = id
            diagnostics.append(diagnostic)
            return false
        }
    }

    /// The effective profile of a manifest in a tenant.
    static func resolve(_ manifest: JSON, id: String, in tenant: Tenant, bases: [String: JSON] = [:]) -> (profile: EffectiveProfile?, diagnostics: [Diagnostic]) {
        var diagnostics: [Diagnostic] = []
        let reader: Bases.Reader = { path in bases[path].map { Bases.Source(bytes: Array(pretty($0).utf8), id: "") } }
        guard let made = try? Manifest(id: id, file: "\(id).json", bytes: Array(pretty(manifest).utf8), bases: Bases(), reader: reader) else { return (nil, []) }
        return (made.resolve(in: tenant, diagnostics: &diagnostics), diagnostics)
    }
}
