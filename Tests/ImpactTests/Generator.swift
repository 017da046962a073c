import JSONSource
import Profiles
import TestSupport

extension Seeded {
    mutating func pick(_ words: String...) -> JSON { .string(words.randomElement(using: &self) ?? "") }
    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
    mutating func flag() -> JSON { .bool(chance(50)) }
}

/// Valid patches over the sample, anything from nothing to everything.
struct Generator {
    var random: Seeded

    init(seed: UInt64) { random = Seeded(seed) }

    /// Names two filters and a derived credential issuer, which the sample does not.
    mutating func tenant() -> JSON {
        [
            "exchange": random.pick("online", "hybridModernAuth", "onPremises", "other"),
            "iosAccountsApp": random.pick("granted", "unknown"),
            "minimumOS": random.pick("10.0", "12.0", "13.0", "15.0"),
            "filters": ["corporate": "77777777-7777-4777-8777-777777777777", "private": "88888888-8888-4888-8888-888888888888"],
            "derivedCredentials": ["id": random.pick("aaaaaaaa-0000-4000-8000-000000000000", "bbbbbbbb-0000-4000-8000-000000000000")],
        ]
    }

    mutating func profile() -> JSON {
        var patch: [String: JSON] = ["assignments": assignments()]
        if random.chance(20) { patch["displayName"] = random.pick("Staff mail", "Mail") }
        if random.chance(20) { patch["description"] = random.pick("", "for staff") }
        if random.chance(20) { patch["roleScopeTagIds"] = [random.pick("0", "7")] }
        if random.chance(60) { patch["account"] = account() }
        if random.chance(40) {
            patch["sync"] = ["exchangeData": random.pick("all", "emailOnly", "calendarOnly", "contactsOnly"), "userCanChange": random.flag()]
        }
        if random.chance(40) { patch["smime"] = smime() }
        if random.chance(40) {
            patch["mail"] = [
                "amountToSync": random.pick("userDefined", "oneWeek", "unlimited"), "allowMove": random.flag(),
                "vpnProfile": random.chance(50) ? "mail-vpn" : .null,
            ]
        }
        return .object(patch)
    }

    private mutating func account() -> JSON {
        var account: [String: JSON] = [:]
        if random.chance(30) { account["server"] = random.pick("outlook.office365.com", "OUTLOOK.office365.com", "mail.contoso.com") }
        if random.chance(30) { account["accountName"] = random.pick("Contoso mail", "Work") }
        if random.chance(30) { account["emailAddressAttribute"] = random.pick("userPrincipalName", "primarySmtpAddress") }
        if random.chance(20) {
            account["usernameAttribute"] = "samAccountName"
            account["usernameDomain"] = random.chance(50) ? ["custom": "contoso.com"] : ["attribute": "netBiosDomainName"]
        }
        if random.chance(30) { account["ssl"] = random.flag() }
        switch Int.random(in: 0..<4, using: &random) {
        case 0:
            account["authentication"] = ["method": "certificate", "certificateProfile": random.pick("user-scep", "smime-pkcs")]
            account["oauth"] = random.flag()
        case 1: account["authentication"] = ["method": "derivedCredential"]
        default: account["oauth"] = random.flag()
        }
        return .object(account)
    }

    private mutating func smime() -> JSON {
        [
            "enabled": true,
            "signing": ["enabled": random.flag(), "userCanChange": random.flag(), "certificate": certificate()],
            "encryption": ["byDefault": random.flag(), "perMessage": random.flag(), "certificate": certificate()],
        ]
    }

    private mutating func certificate() -> JSON {
        random.chance(40)
            ? ["type": "certificate", "profile": random.pick("user-scep", "smime-pkcs")]
            : ["type": random.pick("notConfigured", "none", "derivedCredential")]
    }

    private mutating func assignments() -> JSON {
        var include: [JSON] = []
        var exclude: [JSON] = []
        for group in ["staff", "board", "temps"] {
            switch Int.random(in: 0..<6, using: &random) {
            case 0: exclude.append(["group": .string(group)])
            case 1, 2: include.append(["group": .string(group)])
            case 3:
                include.append([
                    "group": .string(group), "filter": random.pick("corporate", "private"), "filterMode": random.pick("include", "exclude"),
                ])
            default: break
            }
        }
        if random.chance(10) { include.append(random.pick("allUsers", "allDevices")) }
        return ["include": .array(include.shuffled(using: &random)), "exclude": .array(exclude)]
    }
}
