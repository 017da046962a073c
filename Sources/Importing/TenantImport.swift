import JSONSource
import Live
import Profiles

/// What one tenant has, as manifests and a `tenant.json`. Pure: made from values.
struct TenantImport {
    struct Profile {
        let id: String
        let profile: EffectiveProfile
        let live: LiveProfile
    }

    let id: String
    var profiles: [Profile] = []
    var diagnostics: [Diagnostic]
    /// `tenant.json` as it is to be written; nil where it stays as it is.
    var tenantFile: [UInt8]?
    /// The tenant as its file will describe it.
    var tenant: Tenant?
    /// Profiles that get no manifest, since nobody knows whom they are assigned to.
    var refused = 0
    /// What people should look at, each a sentence.
    var notes: [String] = []
    let names: ImportNames
    /// How sentences speak of the source.
    let wording: LiveWording

    /// A tenant into which nothing can be imported.
    init(id: String, refused: [Diagnostic]) {
        self.id = id
        names = ImportNames(nil, LiveDirectory())
        wording = LiveWording(noun: "the source", remedies: [:])
        diagnostics = refused
    }

    /// - Parameter live: read with `names`.
    init(_ entry: TenantList.Entry, _ live: LiveTenant, names: ImportNames, existing: ExistingTenant) {
        id = entry.id
        self.names = names
        wording = live.wording
        diagnostics = live.diagnostics
        guard !live.isBroken else { return }
        var taken = existing.profileIDs
        var called = Set(existing.manifests.keys)
        for profile in live.profiles {
            if let file = existing.manifests[profile.displayName] {
                notes.append("Skipped '\(profile.displayName)': \(file) already describes it")
                continue
            }
            let id = Live.profileID(of: profile.displayName, taken: &taken)
            guard var values = expressible(profile, id) else { continue }
            if !called.insert(profile.displayName).inserted { values[SettingKey.displayName.index] = .text(renamed(profile, &called)) }
            profiles.append(Profile(id: id, profile: EffectiveProfile(id: id, values: values), live: profile))
        }
        makeTenant(live, existing, entry)
        dropBroken()
        guard tenant != nil else { return }
        notes += live.notes
        let source = wording.subject
        for definition in names.madeUp {
            notes.append("\(source) has no name for \(definition.section.noun) \(definition.id); tenant.json calls it '\(definition.name)'")
        }
        for (section, name) in names.undefined {
            notes.append("\(source) has no id for \(section.noun) '\(name)'; define it in tenant.json, or easel validate reports an error")
        }
        for (type, count) in live.others.sorted(by: { $0.key < $1.key }) { notes.append("Skipped \(count) object\(count == 1 ? "" : "s") of another type: \(type)") }
        if live.archived > 0 { notes.append("Skipped \(live.archived) file\(live.archived == 1 ? "" : "s") in __archive__, where IntuneCD keeps what was deleted in Intune") }
    }

    /// Names are unique in a tenant.
    private mutating func renamed(_ profile: LiveProfile, _ called: inout Set<String>) -> String {
        let name = firstFree(called) { "\(profile.displayName.prefix(190)) (\($0 + 1))" }
        called.insert(name)
        tell(
            .ambiguousLive, profile, SettingKey.displayName.index, "Two profiles have the name '\(profile.displayName)'; the manifest of this one gets the name '\(name)'",
            "Rename this one in Intune to match before you run easel adopt, or delete one of the two")
        return name
    }

    // MARK: What a manifest can say

    /// The profile's values as far as a manifest can express them; diagnostics name the others. Nil where a required one is among those.
    private mutating func expressible(_ profile: LiveProfile, _ id: String) -> [SettingValue]? {
        guard profile.saysAssignments else {
            // With an empty list, the next reconcile would take the profile from everybody.
            refused += 1
            tell(
                .notInExport, profile, SettingKey.include.index, "'\(profile.displayName)' gets no manifest: \(wording.noun) does not say whom it is assigned to",
                remedy(.assignments, or: "if it is assigned to nobody, add \"assignments\": [] to it, and import again"))
            return nil
        }
        var values: [SettingValue] = []
        for (index, setting) in Catalogue.settings.enumerated() {
            guard let value = profile.values[index] else {
                values.append(unsaid(setting, profile, index, id, values))
                continue
            }
            let said = setting.sayable(value)
            if let said, said != value {
                tell(
                    .inexpressible, profile, index, "A manifest cannot set \(setting.path) to \(Self.short(value.json)); this one sets \(Self.short(said.json)), so the next reconcile would change it",
                    "Check the change in easel plan. Without this manifest, the profile stays as it is")
            }
            guard let said else {
                tell(.inexpressible, profile, index, "'\(profile.displayName)' gets no manifest: it needs \(setting.path), and a manifest cannot express this value", "Choose a value that Intune's own page offers, then import again", isError: true)
                return nil
            }
            values.append(said)
        }
        // A manifest with a setting that has no effect would be refused.
        for index in LiveProfile.withoutEffect(values) {
            let setting = Catalogue.settings[index]
            tell(.inexpressible, profile, index, "\(setting.path) has no effect while S/MIME is off, so the manifest omits it", nil)
            values[index] = setting.restingValue
        }
        return values
    }

    private static func short(_ value: JSON) -> String {
        let text = value.compact
        return text.count > 120 ? text.prefix(120) + "…" : text
    }

    /// What to do where the source leaves a part open: what the source needs, or something else.
    func remedy(_ part: LivePart, or other: String) -> String { wording.remedies[part].map { "\($0), or \(other)" } ?? other.prefix(1).uppercased() + other.dropFirst() }

    /// The value of a setting that the source does not know.
    private mutating func unsaid(_ setting: Setting, _ profile: LiveProfile, _ index: Int, _ id: String, _ values: [SettingValue]) -> SettingValue {
        // What has no effect means nothing.
        guard setting.isInEffect(in: values) else { return setting.restingValue }
        switch index {
        case _ where setting.type.section == .certificateProfiles:
            let use = setting.path == SettingKey.identityCertificate.setting.path ? "identity" : setting.components[1].description
            let name = "\(id)-\(use)-certificate"
            tell(
                .notInExport, profile, index, "\(wording.subject) does not say which certificate profile \(setting.path) is; the manifest calls it '\(name)'",
                remedy(.certificates, or: "define this name in tenant.json"))
            return .reference(names.undefined(.certificateProfiles, name))
        default: return setting.restingValue
        }
    }

    private mutating func tell(_ code: DiagnosticCode, _ profile: LiveProfile, _ index: Int, _ message: String, _ help: String?, isError: Bool = false) {
        var diagnostic = Diagnostic(code, severity: isError ? .error : .warning, at: profile.place(of: index), message, help: help)
        diagnostic.tenant = id
        diagnostics.append(diagnostic)
    }
}
