import Basics
import JSONSource

/// Fills in defaults, resolves names and checks the settings against each other.
struct Resolution {
    private let id: String
    private let layer: Layer
    /// The manifest's own document.
    private let own: JSONDocument
    private var names: NameResolution
    private var values: [SettingValue] = []

    var diagnostics: [Diagnostic] { names.diagnostics }

    /// - Parameter known: how many problems the manifest's form has.
    init(id: String, file: String, layer: Layer, own: JSONDocument, tenant: Tenant, known: Int) {
        self.id = id
        self.layer = layer
        self.own = own
        names = NameResolution(file: file, tenant: tenant, known: known)
    }

    /// Nil when part of the manifest or of its bases could not be read; what can be said without that part is reported all the same.
    mutating func run() -> EffectiveProfile? {
        if layer.isWhole, !layer.saysKind, let root = own.root {
            names.tell(
                Diagnostic(.missing, at: root, "Required key 'kind' is missing", help: "Add \"kind\": \"\(ManifestShape.kind)\"", pointer: "/kind"))
        }
        values = Catalogue.settings.map(\.restingValue)
        for index in Catalogue.manifestIndices {
            let setting = Catalogue.settings[index]
            switch layer.entries[index] {
            case .value(let value, let place): values[index] = setting.type.resolve(value, place, &names)
            case .silent, .cleared:
                if layer.isWhole, setting.fallback == nil { missing(setting) }
            case .invalid(let parts?, let place): _ = setting.type.resolve(parts, place, &names)
            case .invalid: break
            }
        }
        checkConditions()
        checkSignIn()
        checkEffects()
        checkTargets()
        addFromTenant()
        return layer.isWhole ? EffectiveProfile(id: id, values: values) : nil
    }

    // MARK: Places

    private subscript(_ key: SettingKey) -> SettingValue { values[key.index] }

    /// The place of a setting's value; the whole manifest when it is a default.
    private func place(_ index: Int) -> JSONValue? {
        if case .value(_, let place) = layer.entries[index] { return place }
        return own.root
    }

    /// Whether nobody can say what the setting is: its value has the wrong form, or may be in a file that could not be read.
    private func isUnknown(_ index: Int) -> Bool {
        switch layer.entries[index] {
        case .invalid: true
        case .silent: !layer.isWhole
        case .cleared, .value: false
        }
    }

    private mutating func missing(_ setting: Setting) {
        // The innermost object of the manifest that the setting would be in.
        guard var object = own.root else { return }
        var depth = 0
        while depth < setting.components.count - 1, let inner = object[setting.components[depth]], inner.kind == .object {
            object = inner
            depth += 1
        }
        if isMisspelt(setting, depth, in: object) { return }
        names.tell(
            Diagnostic(
                .missing, at: object, "Required setting '\(setting.path)' is missing", help: "Set it to \(setting.type.shape.expectation)",
                pointer: setting.pointer))
    }

    /// Whether an unknown key of the object, which has been reported, is what the setting's path should go on with.
    private func isMisspelt(_ setting: Setting, _ depth: Int, in object: JSONValue) -> Bool {
        let known = Catalogue.manifestIndices.lazy.map { Catalogue.settings[$0].components }.filter { $0.count > depth }.map { $0[depth].description }
        let wanted = [setting.components[depth].description]
        return object.members.prefix(JSONLimits.problems).contains { member in
            guard let key = member.key.string, !known.contains(key) else { return false }
            return !nearNames(to: key, among: wanted).isEmpty
        }
    }

    // MARK: Settings against each other

    private mutating func checkConditions() {
        for index in Catalogue.manifestIndices {
            let setting = Catalogue.settings[index]
            guard let condition = setting.condition else { continue }
            let other = SettingKey(condition.path)
            if isUnknown(other.index) || (values[other.index].isNone && other.setting.fallback == nil) { continue }
            if condition.holds(in: values) {
                switch layer.entries[index] {
                case .value(let value, let place) where value.isEmpty && values[index].isNone:
                    names.tell(
                        Diagnostic(.missing, at: place, "'\(setting.path)' is empty", help: "Set it to \(setting.type.shape.expectation)"))
                case .value, .invalid: break
                case .silent, .cleared:
                    guard !isUnknown(index), let place = place(other.index) else { continue }
                    names.tell(
                        Diagnostic(
                            .missing, at: place, "'\(setting.path)' is required when '\(condition.path)' is '\(condition.word)'",
                            help: "Set it to \(setting.type.shape.expectation)", pointer: setting.pointer))
                }
            } else if case .value(_, let place) = layer.entries[index] {
                names.tell(
                    Diagnostic(
                        .badCombination, at: place, "'\(setting.path)' is only allowed when '\(condition.path)' is '\(condition.word)'",
                        help: "'\(condition.path)' is '\(values[other.index].text ?? "")' here. Remove '\(setting.path)'"
                            + (place.document.file == names.file ? "" : ", or set it to null in \(names.file)")))
                values[index] = .none
            }
        }
    }

    private mutating func checkSignIn() {
        guard self[.oauth].bool, self[.method].text == "derivedCredential", let place = place(SettingKey.oauth.index) else { return }
        names.tell(
            Diagnostic(
                .badCombination, at: place, "OAuth cannot be used with the authentication method 'derivedCredential'",
                help: "Use 'certificate' if the OAuth server accepts certificates, otherwise 'usernameAndPassword'"))
    }

    private mutating func checkEffects() {
        for index in Catalogue.withoutEffect(values) {
            let setting = Catalogue.settings[index]
            guard values[index] != setting.restingValue, let condition = setting.inEffect, !isUnknown(SettingKey(condition.path).index), let place = place(index)
            else { continue }
            let now = values[SettingKey(condition.path).index].json.compact
            names.tell(
                Diagnostic(
                    .noEffect, at: place, "'\(setting.path)' has no effect while '\(condition.path)' is \(now)",
                    help: "Set '\(condition.path)' to \(condition.word), or remove '\(setting.path)'"))
        }
    }

    private mutating func checkTargets() {
        var seen: [String: String] = [:]
        for key in [SettingKey.include, .exclude] {
            guard let declared = targets(key) else { continue }
            let list = key == .include ? "include" : "exclude"
            for target in declared {
                let name = target.word ?? target.group?.string
                guard let name, let id = target.word ?? names.tenant.groups[name]?.id else { continue }
                if let earlier = seen[id] {
                    if names.isEnough { return }
                    names.tell(
                        Diagnostic(
                            .duplicateTarget, at: target.place,
                            "'\(name)' is \(earlier == list ? "listed twice in '\(list)'" : "in both 'include' and 'exclude'")",
                            help: target.word == nil ? "Remove one of the two; the group's id is \(id)" : "Remove one of the two"))
                } else {
                    seen[id] = list
                }
            }
        }
    }

    /// The list, or what can be read of it.
    private func targets(_ key: SettingKey) -> [DeclaredTarget]? {
        switch layer.entries[key.index] {
        case .value(.targets(let declared), _), .invalid(.targets(let declared)?, _): declared
        default: nil
        }
    }

    // MARK: What follows from the tenant

    private mutating func addFromTenant() {
        let users = EffectiveProfile.derivedCredentialKeys.filter { self[$0].text == "derivedCredential" }
        if let first = users.first, let place = place(first.index) {
            if let issuer = names.tenant.derivedCredentials {
                values[SettingKey.derivedCredentials.index] = .reference(Reference(name: "derivedCredentials", id: issuer))
            } else if !names.tenant.gaps.mayHold("derivedCredentials", anywhere: true) {
                names.tell(
                    Diagnostic(
                        .derivedCredentialIssuerMissing, severity: .warning, at: place,
                        "Intune needs an issuer for derived credentials, and tenant \(names.tenant.id) does not name one",
                        help: "Add \"derivedCredentials\": {\"id\": \"…\"} to \(names.tenantFile)"))
            }
        }
        if let target = names.tenant.target(needing: .noDerivedCredentials) { refuse(users, target) }
        guard let target = names.tenant.target(needing: .userTokens) else { return }
        if let attribute = self[.emailAddressAttribute].text, let token = names.tenant.mdmTokens[attribute] {
            values[SettingKey.tenantEmailAddress.index] = .text(token)
        }
        if let userName = userNameToken(target) { values[SettingKey.tenantUserName.index] = .text(userName) }
    }

    private mutating func refuse(_ usersOfDerivedCredentials: [SettingKey], _ target: TargetDescription) {
        for key in usersOfDerivedCredentials {
            guard let place = place(key.index) else { continue }
            names.tell(
                Diagnostic(
                    .mobileconfigImpossible, at: place, "Target \(target.name) does not support derived credentials",
                    help: "Remove \"\(target.name)\" from \"targets\" in \(names.tenantFile), or use a certificate"))
        }
    }

    private mutating func userNameToken(_ target: TargetDescription) -> String? {
        guard let attribute = self[.usernameAttribute].text, let name = token(attribute, .usernameAttribute, target) else { return nil }
        switch self[.usernameDomain] {
        case .domain(.custom(let domain)): return domain + "\\" + name
        case .domain(.attribute(let attribute)): return token(attribute, .usernameDomain, target).map { $0 + "\\" + name }
        default: return name
        }
    }

    private mutating func token(_ attribute: String, _ key: SettingKey, _ target: TargetDescription) -> String? {
        if let token = names.tenant.mdmTokens[attribute] { return token }
        if !names.tenant.gaps.mayHold("mdmTokens", anywhere: true), let place = place(key.index) {
            names.tell(
                Diagnostic(
                    .mobileconfigImpossible, at: place, "Tenant \(names.tenant.id) has no MDM token for '\(attribute)', which target \(target.name) needs",
                    help: "Add \"\(attribute)\" to \"mdmTokens\" in \(names.tenantFile), or remove \"\(target.name)\" from \"targets\" there"))
        }
        return nil
    }
}
