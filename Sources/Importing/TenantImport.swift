import JSONSource
import Live
import Payloads
import Profiles

/// One tenant's export, turned into manifests and a `tenant.json`. Pure: made from values.
struct TenantImport {
    struct Profile {
        let id: String
        let profile: EffectiveProfile
        let live: LiveProfile
    }

    let id: String
    private(set) var profiles: [Profile] = []
    private(set) var diagnostics: [Diagnostic]
    private(set) var tenantFile: [UInt8]?
    /// The tenant as its file will be.
    private(set) var tenant: Tenant?
    /// What people should look at, in sentences.
    private(set) var notes: [String] = []
    private let names: ImportNames

    /// One into which nothing can be imported.
    init(id: String, refused: [Diagnostic]) {
        self.id = id
        names = ImportNames(nil, LiveDirectory())
        diagnostics = refused.map { diagnostic in
            var diagnostic = diagnostic
            diagnostic.tenant = id
            return diagnostic
        }
    }

    /// - Parameters:
    ///   - live: read with `names`.
    ///   - existing: the tenant's `tenant.json`, if there is one.
    ///   - manifests: display name → file of the manifests that are there.
    ///   - taken: their ids; of several of one name, all.
    init(id: String, _ live: LiveTenant, names: ImportNames, existing: JSONDocument?, manifests: [String: String], taken: Set<String>) {
        self.id = id
        self.names = names
        diagnostics = live.diagnostics
        guard !live.isBroken else { return }
        var taken = taken
        var called = Set(manifests.keys)
        for profile in live.profiles {
            if let file = manifests[profile.displayName] {
                notes.append("\(profile.displayName): left as it is; \(file) describes it already")
                continue
            }
            let id = Live.profileID(of: profile.displayName, taken: &taken)
            guard var values = expressible(profile, id) else { continue }
            if !called.insert(profile.displayName).inserted { values[SettingKey.displayName.index] = .text(renamed(profile, &called)) }
            profiles.append(Profile(id: id, profile: EffectiveProfile(id: id, values: values), live: profile))
        }
        makeTenant(live, existing)
        dropBroken()
        guard tenant != nil else { return }
        for definition in names.madeUp {
            notes.append("\(definition.section.noun) \(definition.id): the export has no name for it; tenant.json calls it '\(definition.name)'")
        }
        for (section, name) in names.undefined {
            notes.append("\(section.noun) '\(name)': the export has no id for it; define it in tenant.json, validate asks for it until then")
        }
        for (type, count) in live.others.sorted(by: { $0.key < $1.key }) { notes.append("skipped: \(count) of another type (\(type))") }
    }

    /// Names are unique in a tenant.
    private mutating func renamed(_ profile: LiveProfile, _ called: inout Set<String>) -> String {
        var number = 2
        while !called.insert("\(profile.displayName.prefix(190)) (\(number))").inserted { number += 1 }
        let name = "\(profile.displayName.prefix(190)) (\(number))"
        tell(
            .ambiguousLive, profile, SettingKey.displayName.index, "two profiles are called '\(profile.displayName)'; the manifest of this one is called '\(name)'",
            "rename it so in Intune before you adopt, or delete one of the two")
        return name
    }

    // MARK: What a manifest can say

    /// The profile's values as far as a manifest can say them; what it cannot is told. Nil where a required one is none of those.
    private mutating func expressible(_ profile: LiveProfile, _ id: String) -> [SettingValue]? {
        var values: [SettingValue] = []
        for (index, setting) in Catalogue.settings.enumerated() {
            guard let value = profile.values[index] else {
                values.append(unsaid(setting, profile, index, id, values))
                continue
            }
            let said = setting.sayable(value)
            if let said, said != value {
                tell(
                    .inexpressible, profile, index, "a manifest cannot say \(setting.path) \(Self.short(value.json)): this one says \(Self.short(said.json)), which the next reconcile would set",
                    "see what easel plan says of it; without this manifest the profile stays as it is")
            }
            guard let said else {
                tell(.inexpressible, profile, index, "without \(setting.path) there is no manifest, and this one cannot be said", "set it in Intune to what its page offers, and export again", isError: true)
                return nil
            }
            values.append(said)
        }
        // What has no effect is refused in a manifest.
        for index in LiveProfile.withoutEffect(values) {
            let setting = Catalogue.settings[index]
            tell(.inexpressible, profile, index, "\(setting.path) is set while S/MIME is off: it has no effect, and is left out", nil)
            values[index] = setting.restingValue
        }
        return values
    }

    private static func short(_ value: JSON) -> String {
        let text = value.compact
        return text.count > 120 ? text.prefix(120) + "…" : text
    }

    /// The value of a setting of which the export says nothing.
    private mutating func unsaid(_ setting: Setting, _ profile: LiveProfile, _ index: Int, _ id: String, _ values: [SettingValue]) -> SettingValue {
        // What has no effect means nothing.
        guard setting.isInEffect(in: values) else { return setting.restingValue }
        switch index {
        case SettingKey.include.index:
            tell(.notInExport, profile, index, "the export does not say who has the profile: the manifest assigns it to nobody", "export with $expand=assignments, or write the assignments by hand")
            return .targets([])
        case _ where setting.type.section == .certificateProfiles:
            let use = setting.path == SettingKey.identityCertificate.setting.path ? "identity" : setting.components[1].description
            let name = "\(id)-\(use)-certificate"
            tell(
                .notInExport, profile, index, "the export does not say which certificate profile \(setting.path) is: the manifest calls it '\(name)'",
                "export with $expand=identityCertificate,smimeSigningCertificate,smimeEncryptionCertificate, or define the name in tenant.json")
            return .reference(names.undefined(.certificateProfiles, name))
        default: return setting.restingValue
        }
    }

    private mutating func tell(_ code: DiagnosticCode, _ profile: LiveProfile, _ index: Int, _ message: String, _ help: String?, isError: Bool = false) {
        var diagnostic = Diagnostic(code, severity: isError ? .error : .warning, at: profile.place(of: index), message, help: help)
        diagnostic.tenant = id
        diagnostics.append(diagnostic)
    }

    // MARK: tenant.json

    private mutating func makeTenant(_ live: LiveTenant, _ existing: JSONDocument?) {
        let path = "tenants/\(id)/tenant.json"
        func definition(_ new: ImportNames.Definition) -> JSON {
            switch new.section {
            case .groups, .vpnProfiles: ["id": .string(new.id)]
            case .filters: .string(new.id)
            case .certificateProfiles: ["id": .string(new.id), "type": .string(live.directory.certificateTypes[new.id] ?? "scep")]
            }
        }
        let derived = profiles.lazy.compactMap { $0.profile[.derivedCredentials].reference?.id }.first
        if let existing {
            guard var edit = TenantEdit(id: id, existing, targets: PayloadTargets.descriptions) else {
                diagnostics.append(Diagnostic(.unreadable, file: path, "it has errors, so no names can be added to it", help: "run easel validate and mend it first"))
                return
            }
            for new in names.new { edit.add(new.name, definition(new), to: new.section) }
            if let derived { edit.add("derivedCredentials", ["id": .string(derived)]) }
            if edit.isChanged { tenantFile = edit.bytes() }
            tenant = Tenant(id: id, tenantFile.map { JSONDocument(file: path, bytes: $0) } ?? existing, targets: PayloadTargets.descriptions)
            return
        }
        var members: [String: JSON] = [
            "kind": "tenant", "displayName": .string(live.directory.organization.map(\.displayName).flatMap { $0.isEmpty ? nil : $0 } ?? id),
            "tenantId": .string(live.directory.organization?.id ?? "00000000-0000-0000-0000-000000000000"),
        ]
        if live.directory.organization == nil { notes.append("tenant.json: the export does not say the tenant's id; put it in place of the zeros") }
        let isOnline = profiles.allSatisfy { $0.profile[.server].text?.hasSuffix("office365.com") ?? false }
        members["exchange"] = isOnline ? "online" : "other"
        notes.append("tenant.json: exchange is taken for '\(isOnline ? "online" : "other")' by the profiles' servers; see whether that is so")
        for section in TenantSection.allCases {
            let new = names.new.filter { $0.section == section }
            if !new.isEmpty { members[section.rawValue] = .object(Dictionary(uniqueKeysWithValues: new.map { ($0.name, definition($0)) })) }
        }
        for new in names.new where new.section == .certificateProfiles && live.directory.certificateTypes[new.id] == nil {
            notes.append("certificate profile '\(new.name)': taken for SCEP; if it is PKCS, say so in tenant.json")
        }
        if let derived { members["derivedCredentials"] = ["id": .string(derived)] }
        let bytes = Array(pretty(.object(members)).utf8)
        tenantFile = bytes
        tenant = Tenant(id: id, JSONDocument(file: path, bytes: bytes), targets: PayloadTargets.descriptions)
    }

    /// What validation would refuse is not written: one broken manifest would hold up the whole tenant.
    private mutating func dropBroken() {
        guard let tenant else { return profiles.removeAll() }
        profiles = profiles.filter { entry in
            let problems = Self.resolve(entry.profile.manifest, id: entry.id, in: tenant).diagnostics.filter { $0.severity == .error && $0.code != DiagnosticCode.unresolvedName.rawValue }
            guard let problem = problems.first else { return true }
            var diagnostic = Diagnostic(.inexpressible, at: entry.live.object, "'\(entry.live.displayName)' cannot be a manifest: \(problem.message)", help: problem.help)
            diagnostic.tenant = id
            diagnostics.append(diagnostic)
            return false
        }
    }

    /// What a manifest comes to in a tenant.
    static func resolve(_ manifest: JSON, id: String, in tenant: Tenant, bases: [String: JSON] = [:]) -> (profile: EffectiveProfile?, diagnostics: [Diagnostic]) {
        var diagnostics: [Diagnostic] = []
        let reader: Bases.Reader = { path in bases[path].map { Bases.Source(bytes: Array(pretty($0).utf8), id: "") } }
        guard let made = try? Manifest(id: id, file: "\(id).json", bytes: Array(pretty(manifest).utf8), bases: Bases(), reader: reader) else { return (nil, []) }
        return (made.resolve(in: tenant, diagnostics: &diagnostics), diagnostics)
    }
}
