import JSONSource
import TestSupport
import Testing

@testable import Profiles

/// JSON Merge Patch (RFC 7396): the reference that tests use is the specification's, and layers agree with it.
@Suite struct LayerTests {
    /// Appendix A: original, patch, result.
    @Test(arguments: [
        (#"{"a":"b"}"#, #"{"a":"c"}"#, #"{"a":"c"}"#), (#"{"a":"b"}"#, #"{"b":"c"}"#, #"{"a":"b","b":"c"}"#), (#"{"a":"b"}"#, #"{"a":null}"#, "{}"),
        (#"{"a":"b","b":"c"}"#, #"{"a":null}"#, #"{"b":"c"}"#), (#"{"a":["b"]}"#, #"{"a":"c"}"#, #"{"a":"c"}"#),
        (#"{"a":"c"}"#, #"{"a":["b"]}"#, #"{"a":["b"]}"#),
        (#"{"a":{"b":"c"}}"#, #"{"a":{"b":"d","c":null}}"#, #"{"a":{"b":"d"}}"#), (#"{"a":[{"b":"c"}]}"#, #"{"a":[1]}"#, #"{"a":[1]}"#),
        (#"["a","b"]"#, #"["c","d"]"#, #"["c","d"]"#), (#"{"a":"b"}"#, #"["c"]"#, #"["c"]"#), (#"{"a":"foo"}"#, "null", "null"),
        (#"{"a":"foo"}"#, #""bar""#, #""bar""#),
        (#"{"e":null}"#, #"{"a":1}"#, #"{"e":null,"a":1}"#), ("[1,2]", #"{"a":"b","c":null}"#, #"{"a":"b"}"#),
        ("{}", #"{"a":{"bb":{"ccc":null}}}"#, #"{"a":{"bb":{}}}"#),
    ])
    func theReferenceIsTheSpecifications(_ original: String, _ patch: String, _ result: String) {
        #expect(JSON(parsing: original).patched(with: JSON(parsing: patch)) == JSON(parsing: result))
    }

    /// The same table, each row told with settings: base, manifest, a path, and its value then.
    @Test(arguments: [
        // A value replaced, one that stays, one taken away, one of two.
        (#"{"mail":{"allowMove":false}}"#, #"{"mail":{"allowMove":true}}"#, "mail.allowMove", "true"),
        (#"{"mail":{"allowMove":false}}"#, #"{"account":{"oauth":true}}"#, "mail.allowMove", "false"),
        (#"{"mail":{"allowMove":false}}"#, #"{"mail":{"allowMove":null}}"#, "mail.allowMove", "true"),
        (#"{"mail":{"allowMove":false,"amountToSync":"oneDay"}}"#, #"{"mail":{"allowMove":null}}"#, "mail.amountToSync", #""oneDay""#),
        // Arrays are replaced whole.
        (#"{"roleScopeTagIds":["1","2"]}"#, #"{"roleScopeTagIds":["3"]}"#, "roleScopeTagIds", #"["3"]"#),
        (#"{"assignments":{"include":["allUsers"]}}"#, #"{"assignments":{"include":["allDevices"]}}"#, "assignments.include", #"["allDevices"]"#),
        // Objects are merged member by member, however deep.
        (#"{"smime":{"enabled":true,"signing":{"enabled":true}}}"#, #"{"smime":{"signing":{"enabled":null,"userCanChange":true}}}"#, "smime.enabled",
            "true"),
        (#"{"smime":{"enabled":true,"signing":{"enabled":true}}}"#, #"{"smime":{"signing":{"enabled":null,"userCanChange":true}}}"#,
            "smime.signing.enabled", "false"),
        (#"{"smime":{"enabled":true,"signing":{"certificate":{"type":"none"}}}}"#, #"{"smime":{"signing":{"certificate":null}}}"#,
            "smime.signing.certificate.type", #""notConfigured""#),
        (#"{"smime":{"enabled":true,"signing":{"enabled":true}}}"#, #"{"smime":null}"#, "smime.enabled", "false"),
        // Null within an empty object, and for what nobody has set.
        (#"{}"#, #"{"smime":{"signing":{"certificate":{"type":null}}}}"#, "smime.signing.certificate.type", #""notConfigured""#),
        (#"{}"#, #"{"sync":null}"#, "sync.exchangeData", #""all""#),
        // A setting whose value is an object.
        (
            #"{"account":{"usernameAttribute":"samAccountName","usernameDomain":{"attribute":"fullDomainName"}}}"#,
            #"{"account":{"usernameDomain":{"attribute":null,"custom":"contoso.com"}}}"#, "account.usernameDomain", #"{"custom":"contoso.com"}"#
        ),
        (
            #"{"account":{"usernameAttribute":"samAccountName","usernameDomain":{"attribute":"fullDomainName"}}}"#,
            #"{"account":{"usernameAttribute":"userPrincipalName","usernameDomain":null}}"#, "account.usernameDomain", "null"
        ),
        (#"{"mail":{"vpnProfile":"mail-vpn"}}"#, #"{"mail":{"vpnProfile":null}}"#, "mail.vpnProfile", "null"),
    ])
    func aManifestPatchesItsBase(_ base: String, _ patch: String, _ path: String, _ value: String) throws {
        let outcome = try resolve(
            JSON(parsing: patch).setting("extends", "bases/mail.json"),
                bases: ["bases/mail.json": Sample.manifest.patched(with: JSON(parsing: base))])
        #expect(outcome.told == [] && outcome.value(path) == JSON(parsing: value))
    }

    /// Patches that may say anything about anything, null too.
    private func randomPatch(_ random: inout Seeded) -> JSON {
        var result: JSON = [:]
        for _ in 0..<1 + random.below(6) {
            let example = random.one(of: SettingTests.cases)
            var path = example.path
            var value = random.chance(in: 3) ? JSON.null : random.one(of: example.accepted).0
            if random.chance(in: 8), let dot = path.lastIndex(of: ".") { (path, value) = (String(path[..<dot]), .null) }
            if path == "account.usernameDomain", random.chance() { value = random.one(of: [["attribute": .null],
                ["custom": .null, "attribute": "fullDomainName"], ["custom": "a"]]) }
            // Not within what another says is null.
            let parts = path.split(separator: ".")
            if parts.dropLast().indices.contains(where: { result.at(parts[...$0].joined(separator: ".")) == .null }) { continue }
            result = result.setting(path, value)
        }
        return result
    }

    /// A stack of patches is what RFC 7396 makes of them, one at a time from the bottom: same values, or the same refusal.
    @Test(arguments: 0..<6) func aStackOfBasesIsTheMergedManifest(_ seed: Int) throws {
        var random = Seeded(seed)
        var sound = 0
        for _ in 0..<150 {
            var bottom = Sample.manifest.patched(with: randomPatch(&random).withoutNulls)
            // What is empty in a file that extends nothing is a fault of its form, told as that and not as the merged value's.
            if bottom.at("account.usernameDomain") == [:] { bottom = bottom.patched(with: ["account": ["usernameDomain": .null]]) }
            let layers = [bottom] + (0..<1 + random.below(4)).map { _ in randomPatch(&random) }
            var bases: [String: JSON] = [:]
            for (level, layer) in layers.enumerated() {
                bases["bases/\(level).json"] = level == 0 ? layer : layer.setting("extends", .string("bases/\(level - 1).json"))
            }
            let top = layers.count - 1
            let stacked = try resolve(try #require(bases["bases/\(top).json"]), bases: bases)
            // Over an empty base, so that `{}` in the merged manifest is read as in a patch.
            let merged = layers.dropFirst().reduce(layers[0]) { $0.patched(with: $1) }
            let whole = try resolve(merged.setting("extends", "bases/empty.json"), bases: ["bases/empty.json": [:]])
            #expect(stacked.profile?.values == whole.profile?.values && stacked.profile?.digest == whole.profile?.digest, "\(layers.map(\.compact))")
            #expect(Set(stacked.codes) == Set(whole.codes), "\(layers.map(\.compact)) \(stacked.told) \(whole.told)")
            if stacked.profile != nil { sound += 1 }
        }
        #expect(sound > 10 && sound < 140, "\(sound)")
    }

    private func layer(_ json: JSON) -> Layer {
        var diagnostics: [Diagnostic] = []
        return Layer(JSONDocument(file: "f", bytes: Array(json.setting("extends", "bases/x.json").compact.utf8)), diagnostics: &diagnostics)
    }

    private func told(_ layer: Layer) -> [String] {
        layer.entries.map { entry in
            switch entry {
            case .silent: "silent"
            case .cleared: "cleared"
            case .invalid: "invalid"
            case .value(.targets(let targets), _): "\(targets.map { $0.place.plain.compact })"
            case .value(let value, _): "\(value)"
            }
        }
    }

    @Test(arguments: 0..<4) func layersObeyTheLaws(_ seed: Int) {
        var random = Seeded(100 + seed)
        for _ in 0..<200 {
            let (a, b, c) = (layer(randomPatch(&random)), layer(randomPatch(&random)), layer(randomPatch(&random)))
            #expect(told(a.over(b).over(c)) == told(a.over(b.over(c))), "in whatever order they are merged")
            #expect(told(a.over(a)) == told(a), "twice is once")
            #expect(told(a.over(layer([:]))) == told(a) && told(layer([:]).over(a)) == told(a), "silence changes nothing")
        }
    }

    @Test func nullNeedsABase() throws {
        let alone = try resolve(Sample.manifest.setting("account.oauth", .null))
        #expect(alone.codes == ["CFG007"] && alone.diagnostics[0].pointer == "/account/oauth")
        let section = try resolve(Sample.manifest.setting("smime", .null))
        #expect(section.codes == ["CFG007"] && section.diagnostics[0].pointer == "/smime")
        let base = try resolve(["extends": "bases/a.json"], bases: ["bases/a.json": Sample.manifest.setting("smime", .null)])
        #expect(base.told == ["bases/a.json CFG007 13:12 /smime"] && base.diagnostics[0].usedBy == Sample.file)
    }

    @Test func whatAFileIsCannotBeTakenAway() throws {
        let bases = ["bases/a.json": Sample.manifest]
        #expect(try resolve(["extends": "bases/a.json", "kind": .null], bases: bases).told == ["CFG007 3:11 /kind"])
        #expect(try resolve(Sample.manifest.setting("extends", .null)).told == ["CFG007 12:14 /extends"])
        #expect(try resolve(["extends": "bases/a.json"], bases: bases).told == [], "a manifest may be its base as it is")
    }
}

extension JSON {
    var withoutNulls: JSON {
        guard case .object(let members) = self else { return self }
        return .object(members.filter { $0.value != .null }.mapValues(\.withoutNulls))
    }
}
