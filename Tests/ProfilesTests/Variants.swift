import JSONSource
import TestSupport

@testable import Profiles

/// Files to hold the JSON Schemas and the validator against each other: sound ones, and ones with a single thing changed.
enum Variants {
    static func manifests(_ count: Int) -> [JSON] {
        var random = Seeded(41)
        var sound = [Sample.manifest, [:], ["kind": "iosEmailProfile"], ["$schema": "x", "$comment": "y"], ["extends": "bases/a.json"]]
        for example in SettingTests.cases {
            for (written, _) in example.accepted {
                sound.append(Sample.manifest.patched(with: example.with).setting(example.path, written))
                sound.append(JSON.saying(example.path, written).setting("extends", "bases/a.json"))
            }
            sound.append(JSON.saying(example.path, .null).setting("extends", "bases/a.json"))
        }
        sound.append(everything)
        sound.append(everything.setting("extends", "bases/eu/online.json").setting("smime", .null).setting("account.usernameDomain.attribute", .null))
        var single = SettingTests.cases.flatMap { example in example.refused.map { Sample.manifest.patched(with: example.with).setting(example.path,
            $0.0) } }
        single += ["bases/a.yaml", "../a.json", "bases/../a.json", "bases//a.json", 1, .null].map { Sample.manifest.setting("extends", $0) }
        return sound + single + mutations(of: [everything, everything.setting("extends", "bases/a.json")] + sound, count, &random)
    }

    static func tenants(_ count: Int) -> [JSON] {
        var random = Seeded(42)
        let whole = Sample.tenant.patched(
            with: [
                "cloud": "usGov", "iosAccountsApp": "granted", "minimumOS": "16.0", "targets": ["graph", "mobileconfig"],
                "allDevices": ["members": 9],
                "mdmTokens": ["samAccountName": "%sam%", "fullDomainName": "%d%"],
                "certificateProfiles": ["identity": ["scep": ["Name": "x", "Challenge": "y", "Retries": 3, "RetryDelay": 10,
                    "KeyIsExtractable": false, "AllowAllAppsAccess": true]]],
            ])
        let least: JSON = ["kind": "tenant", "tenantId": .string(Sample.staff), "displayName": "x", "exchange": "other"]
        return [whole, Sample.tenant, least] + mutations(of: [whole, whole, whole, Sample.tenant, least], count, &random)
    }

    /// A manifest that says something of everything.
    private static let everything = Sample.manifest.patched(
        with: JSON(
            parsing: #"""
                {"$schema": "x", "$comment": "c", "description": "d", "roleScopeTagIds": ["0", "7"],
                 "account": {"usernameAttribute": "samAccountName", "usernameDomain": {"attribute": "fullDomainName"}, "ssl": true, "oauth": true,
                   "authentication": {"method": "certificate", "certificateProfile": "identity", "$comment": "c"}},
                 "sync": {"exchangeData": "emailOnly", "userCanChange": false},
                 "smime": {"enabled": true, "signing": {"enabled": true, "userCanChange": true, "certificate": {"type": "certificate", "profile": "signing", "userCanChange": true}},
                   "encryption": {"byDefault": true, "byDefaultUserCanChange": true, "perMessage": true, "certificate": {"type": "none", "userCanChange": true}}},
                 "mail": {"amountToSync": "oneWeek", "allowMove": false, "allowThirdPartyApps": false, "syncRecentAddresses": false, "vpnProfile": "mail-vpn"},
                 "assignments": {"include": ["allUsers", {"group": "staff"}, {"group": "board", "filter": "corporate", "filterMode": "include"}], "exclude": [{"group": "leavers"}]}}
                """#))

    private static func mutations(of documents: [JSON], _ count: Int, _ random: inout Seeded) -> [JSON] {
        (0..<count).map { _ in mutated(random.one(of: documents), &random) }
    }

    private static let others: [JSON] = [
        .null, true, false, 0, 1, -1, 5, 1024, 4096, 100_000_001, "", "a", "é😀", "a\tb", "RSA", "graph", "scep", "certificate", "none", "all",
        "allUsers", "13.0", "bases/b.json",
        "mail.contoso.com", "https://a.b", "AAAA", .string(Sample.staff), .string(String(repeating: "x", count: 300)), [], ["a"], ["a", "a"], [:],
        ["$comment": "c"], ["$comment": 1],
        ["id": .string(Sample.staff)], ["group": "staff"], ["custom": "a"], ["members": 1], [["group": "staff"]], [["C", "US"]], [[["C", "US"]]],
    ]

    /// The document with one thing in it changed: a value, a key, an element more or less.
    private static func mutated(_ value: JSON, _ random: inout Seeded) -> JSON {
        switch value {
        case .array(var elements) where !elements.isEmpty && !random.chance(in: 6):
            let index = random.below(elements.count)
            switch random.below(6) {
            case 0: elements.append(elements[index])
            case 1: elements.remove(at: index)
            default: elements[index] = mutated(elements[index], &random)
            }
            return .array(elements)
        case .object(var members) where !members.isEmpty && !random.chance(in: 12):
            let key = random.one(of: members.keys.sorted())
            switch random.below(10) {
            case 0: members[key] = nil
            case 1:
                members[key + random.one(of: ["x", " ", "\u{1}"])] = members[key]
                members[key] = nil
            case 2: members[random.one(of: ["x", "$comment", "id", "custom", "filter", "extends"])] = random.one(of: others)
            default: members[key] = mutated(members[key] ?? .null, &random)
            }
            return .object(members)
        case .integer(let number) where random.chance(): return .integer(number + random.one(of: [-1, 1, 1024]))
        case .string(let text) where random.chance(): return .string(random.one(of: [text + "x", String(text.dropLast()), text.uppercased(),
            text + ".", " " + text]))
        default: return random.one(of: others)
        }
    }
}
