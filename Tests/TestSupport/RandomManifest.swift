import JSONSource

/// Random valid manifests, with the names of `tenant`.
public struct RandomManifest {
    var generator: Seeded
    /// Whether derived credentials may occur; a .mobileconfig cannot express them.
    let isForGraphOnly: Bool

    public init(seed: UInt64, isForGraphOnly: Bool) {
        generator = Seeded(seed)
        self.isForGraphOnly = isForGraphOnly
    }

    /// The bytes of the next manifest.
    public mutating func bytes(displayName: String? = nil) -> [UInt8] {
        var members: [String: JSON] = [
            "kind": "iosEmailProfile", "displayName": displayName.map(JSON.string) ?? oneOf(["Staff mail", "Personeel <mail> & \"post\"", "メール 📮", "]]>"]),
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
        return Array(pretty(.object(members)).utf8)
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

    /// A `tenant.json` with every name that the manifests use.
    public static let tenant: JSON = [
        "kind": "tenant", "tenantId": "0000000a-0000-4000-8000-000000000001", "displayName": "Contoso", "exchange": "online", "iosAccountsApp": "granted",
        "groups": ["staff": group(1), "board": group(2), "leavers": group(3)], "filters": ["corporate": "0000000c-0000-4000-8000-000000000001"],
        "certificateProfiles": ["identity": certificate(1), "signing": certificate(2), "encryption": certificate(3)],
        "vpnProfiles": ["mail-vpn": ["id": "0000000e-0000-4000-8000-000000000001"], "other-vpn": ["id": "0000000e-0000-4000-8000-000000000002"]],
        "derivedCredentials": ["id": "0000000f-0000-4000-8000-000000000001"],
    ]

    private static func group(_ number: Int) -> JSON { ["id": .string("0000000b-0000-4000-8000-00000000000\(number)"), "members": .integer(number * 10)] }
    private static func certificate(_ number: Int) -> JSON { ["id": .string("0000000d-0000-4000-8000-00000000000\(number)"), "type": "scep"] }
}
