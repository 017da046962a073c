import Basics
import JSONSource

/// A manifest with all its bases, ready to be resolved in its tenant.
public struct Manifest: Sendable {
    public let id: String
    /// Path in the config repository.
    public let file: String
    let layer: Layer
    /// What is wrong with the file's form.
    let diagnostics: [Diagnostic]
    let base: Bases.Base?
    /// Path → blob id of every base it stands on.
    public var sources: [String: String] { base?.sources ?? [:] }

    /// Parses a manifest and gathers its bases.
    public init(id: String, file: String, bytes: [UInt8], bases: Bases, reader: Bases.Reader) throws {
        self.id = id
        self.file = file
        var diagnostics: [Diagnostic] = []
        var layer = Layer(JSONDocument(file: file, bytes: bytes), diagnostics: &diagnostics)
        var base: Bases.Base?
        if let extends = layer.extends {
            switch try bases.base(extends.path, reader: reader) {
            case .base(let found): base = found
            case .missing: diagnostics.append(Bases.missing(extends.path, at: extends.at))
            case .broken(var problem):
                problem.usedBy = file
                diagnostics.append(problem)
            }
            if base == nil { layer.isWhole = false }
        }
        self.base = base
        self.layer = layer
        self.diagnostics = diagnostics
    }

    /// The manifest over its bases.
    private var merged: Layer { base.map { layer.over($0.layer) } ?? layer }

    /// The profile's name, wherever it stands; nil where it stands nowhere, or is none.
    public var displayName: String? {
        if case .value(.text(let name), _) = merged.entries[SettingKey.displayName.index] { name } else { nil }
    }

    /// The effective profile in a tenant; nil when something is wrong, and `diagnostics` says what.
    public func resolve(in tenant: Tenant, diagnostics: inout [Diagnostic]) -> EffectiveProfile? {
        var found = self.diagnostics
        found += (base?.diagnostics ?? []).map { diagnostic in
            var diagnostic = diagnostic
            diagnostic.usedBy = diagnostic.usedBy ?? file
            return diagnostic
        }
        var resolution = Resolution(id: id, file: file, layer: merged, own: layer.document, tenant: tenant)
        let profile = resolution.run()
        found += resolution.diagnostics
        for index in found.indices {
            found[index].tenant = tenant.id
            found[index].profile = id
        }
        diagnostics += found
        return found.contains { $0.severity == .error } ? nil : profile
    }
}

/// Fills in defaults, resolves names and holds the settings against each other.
struct Resolution {
    let id: String
    let file: String
    let layer: Layer
    let own: JSONDocument
    let tenant: Tenant
    private(set) var diagnostics: [Diagnostic] = []
    private var values: [SettingValue] = []

    init(id: String, file: String, layer: Layer, own: JSONDocument, tenant: Tenant) {
        self.id = id
        self.file = file
        self.layer = layer
        self.own = own
        self.tenant = tenant
    }

    /// Nil when part of what the profile stands on could not be read.
    mutating func run() -> EffectiveProfile? {
        guard layer.isWhole else {
            // What can be said without the rest: names, and targets that stand twice.
            for index in Catalogue.manifestIndices {
                if case .value(let value, let place) = layer.entries[index] { _ = resolved(Catalogue.settings[index], value, place) }
            }
            checkTargets()
            return nil
        }
        if !layer.saysKind, let root = own.root {
            tell(Diagnostic(.missing, at: root, "the required key 'kind' is missing", help: "it is \"\(ManifestShape.kind)\"", pointer: "/kind"))
        }
        values = Catalogue.settings.map(\.restingValue)
        for index in Catalogue.manifestIndices {
            let setting = Catalogue.settings[index]
            switch layer.entries[index] {
            case .value(let value, let place): values[index] = resolved(setting, value, place)
            case .silent, .cleared:
                if setting.fallback == nil { missing(setting) }
            case .invalid: break
            }
        }
        checkConditions()
        checkCombinations()
        checkTargets()
        fromTenant()
        return EffectiveProfile(id: id, values: values)
    }

    // MARK: Places

    private mutating func tell(_ diagnostic: Diagnostic) {
        var diagnostic = diagnostic
        if diagnostic.file != file { diagnostic.usedBy = file }
        diagnostics.append(diagnostic)
    }

    private subscript(_ key: SettingKey) -> SettingValue { values[key.index] }

    /// Where a setting's value stands, or the whole manifest when it is a default.
    private func place(_ index: Int) -> JSONValue? {
        if case .value(_, let place) = layer.entries[index] { return place }
        return own.root
    }

    private func isInvalid(_ key: SettingKey) -> Bool {
        if case .invalid = layer.entries[key.index] { true } else { false }
    }

    private mutating func missing(_ setting: Setting) {
        // The innermost object of the manifest that the setting would stand in.
        guard var object = own.root else { return }
        for component in setting.components.dropLast() {
            guard let inner = object[component], inner.kind == .object else { break }
            object = inner
        }
        tell(
            Diagnostic(
                .missing, at: object, "the required setting '\(setting.path)' is missing", help: "expected \(ManifestShape.shape(of: setting).expectation)",
                pointer: setting.pointer))
    }

    // MARK: Names

    private mutating func resolved(_ setting: Setting, _ value: DeclaredValue, _ place: JSONValue) -> SettingValue {
        switch value {
        case .bool(let value): return .bool(value)
        case .text(let text): return .text(text)
        case .texts(let texts): return .texts(texts)
        case .none: return .none
        case .domain(let attribute, let custom):
            switch (attribute.text, custom.text) {
            case (let word?, nil): return .domain(.attribute(word))
            case (nil, let name?): return .domain(.custom(name))
            case (nil, nil): return .none
            default:
                tell(Diagnostic(.badCombination, at: place, "'attribute' and 'custom' exclude each other", help: "set the one from the base to null"))
                return .none
            }
        case .name(let name):
            if case .vpnProfile = setting.type { return vpnProfile(name, place) }
            return certificateProfile(name, place)
        case .targets(let targets): return .targets(AssignmentTarget.sorted(targets.compactMap { target($0) }))
        }
    }

    /// A file with that many problems has one cause; each takes a walk through the file and through the tenant's names.
    private var isEnough: Bool { diagnostics.count >= JSONLimits.problems }

    private mutating func unresolved(_ name: String, _ what: String, _ known: some Sequence<String>, _ place: JSONValue) {
        if isEnough { return }
        let near = nearNames(to: name, among: known)
        let all = known.sorted()
        let help =
            all.isEmpty ? "tenants/\(tenant.id)/tenant.json defines none" : near.isEmpty
                ? "tenants/\(tenant.id)/tenant.json defines: \(all.prefix(12).joined(separator: ", "))\(all.count > 12 ? ", …" : "")" : nil
        tell(
            Diagnostic(
                .unresolvedName, at: place,
                "'\(name.prefix(80))' is no \(what) of tenant \(tenant.id)\(near.isEmpty ? "" : "; near: \(near.joined(separator: ", "))")", help: help))
    }

    private mutating func certificateProfile(_ name: String, _ place: JSONValue) -> SettingValue {
        guard let found = tenant.certificateProfiles[name] else {
            unresolved(name, "certificate profile", tenant.certificateProfiles.keys, place)
            return .none
        }
        var attachment: Reference.Attachment?
        if tenant.targets.contains(.mobileconfig) {
            if let scep = found.scep {
                attachment = Self.attachment("scep", scep)
            } else {
                tell(
                    Diagnostic(
                        .mobileconfigImpossible, at: place, "certificate profile '\(name)' has no 'scep' block, so it cannot be in a .mobileconfig",
                        help: "add \"scep\" to it in tenants/\(tenant.id)/tenant.json, or leave \"mobileconfig\" out of its targets"))
            }
        }
        return .reference(Reference(name: name, id: found.id, attachment: attachment))
    }

    private mutating func vpnProfile(_ name: String, _ place: JSONValue) -> SettingValue {
        guard let found = tenant.vpnProfiles[name] else {
            unresolved(name, "VPN profile", tenant.vpnProfiles.keys, place)
            return .none
        }
        var attachment: Reference.Attachment?
        if tenant.targets.contains(.mobileconfig) {
            if let uuid = found.vpnUUID {
                attachment = Self.attachment("vpnUUID", .string(uuid))
            } else {
                tell(
                    Diagnostic(
                        .mobileconfigImpossible, at: place, "VPN profile '\(name)' has no 'vpnUUID', so it cannot be in a .mobileconfig",
                        help: "add \"vpnUUID\" to it in tenants/\(tenant.id)/tenant.json, or leave \"mobileconfig\" out of its targets"))
            }
        }
        return .reference(Reference(name: name, id: found.id, attachment: attachment))
    }

    private static func attachment(_ kind: String, _ content: JSON) -> Reference.Attachment {
        Reference.Attachment(kind: kind, digest: String(sha256(Array(content.compact.utf8)).prefix(16)), content: content)
    }

    private mutating func target(_ target: DeclaredTarget) -> AssignmentTarget? {
        switch target.word {
        case "allUsers": return AssignmentTarget(.allUsers)
        case "allDevices": return AssignmentTarget(.allDevices)
        default: break
        }
        guard let place = target.group, let name = place.string else { return nil }
        guard let group = tenant.groups[name] else {
            unresolved(name, "group", tenant.groups.keys, place)
            return nil
        }
        var filter: AssignmentTarget.Filter?
        if let place = target.filter, let name = place.string {
            guard let id = tenant.filters[name] else {
                unresolved(name, "filter", tenant.filters.keys, place)
                return nil
            }
            filter = target.filterMode.map { .init(reference: Reference(name: name, id: id), mode: $0) }
        }
        return AssignmentTarget(.group(Reference(name: name, id: group.id)), filter: filter)
    }

    // MARK: Settings against each other

    private mutating func checkConditions() {
        for index in Catalogue.manifestIndices {
            let setting = Catalogue.settings[index]
            guard let condition = setting.condition else { continue }
            let other = SettingKey(condition.path)
            if isInvalid(other) || (values[other.index].isNone && other.setting.fallback == nil) { continue }
            let holds = values[other.index] == .text(condition.word)
            if holds {
                if case .value = layer.entries[index] {
                    if case .userDomain = setting.type, values[index].isNone, let place = place(index), layerDomainIsEmpty(index) {
                        tell(Diagnostic(.missing, at: place, "exactly one of 'attribute', 'custom' is expected, none given"))
                    }
                } else if case .invalid = layer.entries[index] {
                } else if let place = place(other.index) {
                    tell(
                        Diagnostic(
                            .missing, at: place, "'\(condition.path)' '\(condition.word)' needs '\(setting.path)'",
                            help: "expected \(ManifestShape.shape(of: setting).expectation)", pointer: setting.pointer))
                }
            } else if case .value(_, let place) = layer.entries[index] {
                tell(
                    Diagnostic(
                        .badCombination, at: place, "'\(setting.path)' goes only with '\(condition.path)' '\(condition.word)'",
                        help: "'\(condition.path)' is '\(values[other.index].text ?? "")' here; take '\(setting.path)' away\(place.document.file == file ? "" : ", or set it to null in \(file)")"))
                values[index] = .none
            }
        }
    }

    private func layerDomainIsEmpty(_ index: Int) -> Bool {
        if case .value(.domain(let attribute, let custom), _) = layer.entries[index] { return attribute.text == nil && custom.text == nil }
        return false
    }

    private mutating func checkCombinations() {
        if self[.oauth].bool, self[.method].text == "derivedCredential", let place = place(SettingKey.oauth.index) {
            tell(
                Diagnostic(
                    .badCombination, at: place, "OAuth does not go with the authentication method 'derivedCredential'",
                    help: "use 'certificate' if the OAuth server takes certificates, else 'usernameAndPassword'"))
        }
        if !self[.smimeEnabled].bool, !isInvalid(.smimeEnabled) {
            for index in Catalogue.manifestIndices {
                let setting = Catalogue.settings[index]
                guard setting.section == "smime", values[index] != setting.restingValue, let place = place(index) else { continue }
                tell(
                    Diagnostic(
                        .noEffect, at: place, "'\(setting.path)' has no effect while 'smime.enabled' is false",
                        help: "set 'smime.enabled' to true, or take this away"))
            }
        }
    }

    private mutating func checkTargets() {
        var seen: [String: String] = [:]
        for key in [SettingKey.include, .exclude] {
            guard case .value(.targets(let declared), _) = layer.entries[key.index] else { continue }
            let list = key == .include ? "include" : "exclude"
            for target in declared {
                let name = target.word ?? target.group?.string
                guard let name, let id = target.word ?? tenant.groups[name]?.id else { continue }
                if let earlier = seen[id] {
                    if isEnough { return }
                    tell(
                        Diagnostic(
                            .duplicateTarget, at: target.place,
                            "'\(name)' stands \(earlier == list ? "twice in '\(list)'" : "in 'include' and in 'exclude'")",
                            help: target.word == nil ? "its group id is \(id)" : nil))
                } else {
                    seen[id] = list
                }
            }
        }
    }

    // MARK: What follows from the tenant

    private mutating func fromTenant() {
        let users = EffectiveProfile.derivedCredentialKeys.filter { self[$0].text == "derivedCredential" }
        if let first = users.first, let place = place(first.index) {
            if let issuer = tenant.derivedCredentials {
                values[SettingKey.derivedCredentials.index] = .reference(Reference(name: "derivedCredentials", id: issuer))
            } else {
                tell(
                    Diagnostic(
                        .derivedCredentialIssuerMissing, severity: .warning, at: place,
                        "derived credentials need an issuer in Intune, and tenant \(tenant.id) names none",
                        help: "add \"derivedCredentials\": {\"id\": \"…\"} to tenants/\(tenant.id)/tenant.json"))
            }
        }
        guard tenant.targets.contains(.mobileconfig) else { return }
        for key in users {
            guard let place = place(key.index) else { continue }
            tell(
                Diagnostic(
                    .mobileconfigImpossible, at: place, "derived credentials have no .mobileconfig form",
                    help: "leave \"mobileconfig\" out of the targets in tenants/\(tenant.id)/tenant.json, or choose another method"))
        }
        if let attribute = self[.emailAddressAttribute].text, let token = tenant.mdmTokens[attribute] {
            values[SettingKey.tenantEmailAddress.index] = .text(token)
        }
        if let userName = userNameToken() { values[SettingKey.tenantUserName.index] = .text(userName) }
    }

    private mutating func userNameToken() -> String? {
        guard let attribute = self[.usernameAttribute].text, let name = token(attribute, .usernameAttribute) else { return nil }
        switch self[.usernameDomain] {
        case .domain(.custom(let domain)): return domain + "\\" + name
        case .domain(.attribute(let attribute)): return token(attribute, .usernameDomain).map { $0 + "\\" + name }
        default: return name
        }
    }

    private mutating func token(_ attribute: String, _ key: SettingKey) -> String? {
        if let token = tenant.mdmTokens[attribute] { return token }
        if let place = place(key.index) {
            tell(
                Diagnostic(
                    .mobileconfigImpossible, at: place, "'\(attribute)' has no token that an MDM server would replace in a .mobileconfig",
                    help: "add \"\(attribute)\" to \"mdmTokens\" in tenants/\(tenant.id)/tenant.json, or leave \"mobileconfig\" out of its targets"))
        }
        return nil
    }
}

extension Manifest {
    /// What is wrong with the form of the manifest and its bases, for a tenant that cannot be read itself.
    public var formDiagnostics: [Diagnostic] {
        (diagnostics + (base?.diagnostics ?? []).map { diagnostic in
            var diagnostic = diagnostic
            diagnostic.usedBy = diagnostic.usedBy ?? file
            return diagnostic
        }).map { diagnostic in
            var diagnostic = diagnostic
            diagnostic.profile = id
            return diagnostic
        }
    }

    /// Where the values of settings stand, in the manifest or in a base; where it is a default, the innermost object of the
    /// manifest that it would stand in. By RFC 6901 pointers of settings; anything else is the manifest as a whole.
    public func places(of pointers: [String]) -> [SourcePlace] {
        let merged = merged
        return pointers.map { pointer in
            guard let index = Catalogue.settings.firstIndex(where: { $0.pointer == pointer }), var object = layer.document.root else {
                return SourcePlace(file: file)
            }
            if case .value(_, let place) = merged.entries[index] { return SourcePlace(place) }
            for component in Catalogue.settings[index].components {
                guard let inner = object[component] else { break }
                object = inner
            }
            return SourcePlace(object)
        }
    }

    /// Where the display name stands: a diagnostic about it, yet without words.
    public var displayNamePlace: Diagnostic? {
        guard case .value(_, let place) = merged.entries[SettingKey.displayName.index] else { return nil }
        var diagnostic = Diagnostic(.duplicateName, at: place, "")
        if diagnostic.file != file { diagnostic.usedBy = file }
        return diagnostic
    }
}
