import JSONSource
import Payloads
import Profiles
import TestSupport

/// A manifest that says anything a manifest may say, with the names of `Golden/tenant.json`.
struct RandomManifest {
    var generator: Seeded
    /// Whether derived credentials may occur, which have no .mobileconfig form.
    let isForGraphOnly: Bool

    init(seed: UInt64, isForGraphOnly: Bool) {
        generator = Seeded(seed)
        self.isForGraphOnly = isForGraphOnly
    }

    mutating func bytes() -> [UInt8] {
        var members: [String: JSON] = [
            "kind": "iosEmailProfile", "displayName": oneOf(["Staff mail", "Personeel <mail> & \"post\"", "メール 📮", "]]>"]),
            "account": account(), "mail": mail(), "assignments": assignments(),
        ]
        if chance() { members["description"] = oneOf(["", "line\nline\r\n\ttab", "bell \u{7} and \u{FFFE}", "naïve"]) }
        if chance() { members["roleScopeTagIds"] = oneOf([["0"], ["7", "0"], ["12"]]) }
        if chance() {
            members["sync"] = [
                "exchangeData": oneOf(["all", "emailOnly", "calendarOnly", "calendarAndContactsOnly", "contactsOnly"]), "userCanChange": flag(),
            ]
        }
        if chance() {
            members["smime"] = [
                "enabled": true,
                "signing": ["enabled": flag(), "userCanChange": flag(), "certificate": certificate()],
                "encryption": ["byDefault": flag(), "byDefaultUserCanChange": flag(), "perMessage": flag(), "certificate": certificate()],
            ]
        }
        var writer = JSONWriter()
        writer.value(.object(members))
        return writer.finish()
    }

    private mutating func account() -> JSON {
        var members: [String: JSON] = [
            "server": oneOf(["outlook.office365.com", "Mail.Contoso.com"]), "accountName": oneOf(["Contoso mail", "A&B"]),
            "emailAddressAttribute": oneOf(["userPrincipalName", "primarySmtpAddress"]), "ssl": flag(),
        ]
        let attribute = oneOf(["userPrincipalName", "primarySmtpAddress", "samAccountName"])
        members["usernameAttribute"] = attribute
        if attribute == "samAccountName" {
            members["usernameDomain"] = oneOf([["attribute": "fullDomainName"], ["attribute": "netBiosDomainName"], ["custom": "contoso.com"]])
        }
        let method = oneOf(["usernameAndPassword", "certificate"] + (isForGraphOnly ? ["derivedCredential"] : []))
        var authentication: [String: JSON] = ["method": method]
        if method == "certificate" { authentication["certificateProfile"] = certificateName() }
        members["authentication"] = .object(authentication)
        members["oauth"] = method == "derivedCredential" ? false : flag()
        return .object(members)
    }

    private mutating func mail() -> JSON {
        [
            "amountToSync": oneOf(["userDefined", "oneDay", "threeDays", "oneWeek", "twoWeeks", "oneMonth", "unlimited"]), "allowMove": flag(),
            "allowThirdPartyApps": flag(), "syncRecentAddresses": flag(), "vpnProfile": oneOf([.null, "mail-vpn", "other-vpn"]),
        ]
    }

    private mutating func assignments() -> JSON {
        var include: [JSON] = []
        if chance() { include.append("allUsers") }
        if chance() { include.append("allDevices") }
        if chance() { include.append(["group": "staff"]) }
        if chance() { include.append(["group": "board", "filter": "corporate", "filterMode": oneOf(["include", "exclude"])]) }
        return ["include": .array(include), "exclude": chance() ? [["group": "leavers"]] : []]
    }

    private mutating func certificate() -> JSON {
        let type = oneOf(["notConfigured", "none", "certificate"] + (isForGraphOnly ? ["derivedCredential"] : []))
        var members: [String: JSON] = ["type": type, "userCanChange": flag()]
        if type == "certificate" { members["profile"] = certificateName() }
        return .object(members)
    }

    private mutating func certificateName() -> JSON { oneOf(["identity", "signing", "encryption"]) }
    private mutating func flag() -> JSON { .bool(chance()) }
    private mutating func chance() -> Bool { Bool.random(using: &generator) }
    private mutating func oneOf(_ values: [JSON]) -> JSON { values.randomElement(using: &generator) ?? .null }
}

/// Profiles for which everything can be rendered, the .mobileconfig too, and with `isForGraphOnly` those that cannot.
func randomProfiles(_ count: Int, seed: UInt64, isForGraphOnly: Bool = false) throws -> [Resolved] {
    let tenant = try GoldenCase(name: isForGraphOnly ? "derived-credential" : "everything").tenant()
    var manifest = RandomManifest(seed: seed, isForGraphOnly: isForGraphOnly)
    return try (0..<count).map { _ in try Resolved(manifest: manifest.bytes(), tenant: tenant) }
}
