import JSONSource
import Profiles
import Testing
import Time

@testable import Gates
@testable import Impact

@Suite struct PolicyTests {
    static let whole = """
        {
          "$schema": "../policy.schema.json",
          "kind": "policy",
          "gates": [
            { "name": "sign-in-storm", "when": { "consequences": ["credentialReentry"], "peopleOver": 50 }, "require": "approval" },
            { "name": "no-weakening",  "when": { "consequences": ["securityWeakened"] }, "require": "never" },
            { "name": "weekend", "$comment": "quiet hours", "when": { "actions": ["reinstall", "remove"], "rules": ["EAS001"], "tenants": ["eu-*"] },
              "window": { "days": ["sat", "sun"], "from": "22:00", "to": "06:00", "timeZone": "Europe/Amsterdam" } }
          ],
          "limits": { "peoplePerRun": 500, "removalsPerRun": 20 },
          "rings": [ { "name": "pilot", "tenants": ["contoso", "fab*"], "soakHours": 48 } ],
          "requireSignedCommits": true,
          "defaults": "off"
        }
        """

    /// `line:column pointer code message`, in the order of the file.
    private func faults(_ text: String, _ source: PolicySource = atRoot, zones: ZoneStore = zones) -> [String] {
        let (policy, diagnostics) = Policy.read(JSONDocument(file: "policy.json", bytes: Array(text.utf8)), source: source, zones: zones)
        #expect((policy == nil) == !diagnostics.isEmpty)
        #expect(diagnostics.allSatisfy { $0.severity == .error && $0.file == "policy.json" })
        return diagnostics.sorted().map { "\($0.line):\($0.column) \($0.pointer) \($0.code) \($0.message)" }
    }

    @Test func readsAll() throws {
        let (read, diagnostics) = Policy.read(JSONDocument(file: "policy.json", bytes: Array(Self.whole.utf8)), source: atRoot, zones: zones)
        #expect(diagnostics.isEmpty)
        let zone = try TimeZoneData.load("Europe/Amsterdam")
        #expect(
            read
                == Policy(
                    source: atRoot,
                    gates: [
                        Gate(name: "sign-in-storm", when: Condition(consequences: [.credentialReentry], peopleOver: 50), require: .approval),
                        Gate(name: "no-weakening", when: Condition(consequences: [.securityWeakened]), require: .never),
                        Gate(
                            name: "weekend",
                            when: Condition(actions: [.reinstall, .remove], rules: ["EAS001"], tenants: [Glob("eu-*")].compactMap { $0 }), require: nil,
                            window: Window(days: [.sat, .sun], from: 1320, to: 360, zone: zone)),
                    ], limits: ["peoplePerRun": 500, "removalsPerRun": 20],
                    rings: [Ring(name: "pilot", tenants: [Glob("contoso"), Glob("fab*")].compactMap { $0 }, soakHours: 48)], requireSignedCommits: .tip, defaultsOff: true))
        #expect(read?.source.label == "policy.json" && outside.label == "--policy")
    }

    @Test func leavesOutWhatItMay() throws {
        #expect(try policy(#"{"kind": "policy"}"#) == Policy(source: atRoot))
        let window = try #require(try policy(#"{"kind": "policy", "gates": [{"name": "a", "window": {}}]}"#).gates.first?.window)
        #expect(window == Window(days: Set(Weekday.allCases), from: 0, to: 0, zone: .utc))
        #expect(try policy(#"{"kind": "policy", "defaults": "on"}"#).defaultsOff == false)
    }

    @Test func tellsAllFaultsWithTheirPlaces() {
        let text = """
            {
              "kind": "policy",
              "gates": [
                { "name": "a", "when": { "consequences": ["credentialReentri"], "actions": ["none"], "rules": ["EAS1"] }, "require": "aproval" },
                { "name": "a", "require": "approval" },
                { "name": "b" },
                { "name": "limit:mine", "require": "never" },
                { "name": "mass-removal", "require": "never" },
                { "name": "c", "when": { "tenants": ["EU-*", "eu-*"], "peopleOver": -1, "consequences": [] }, "require": "never" },
                { "name": "d", "window": { "days": ["sat", "sat"], "from": "9:00", "to": "24:00", "timeZone": "Europe/Amsterdm" } },
                { "require": "never" }
              ],
              "limits": { "peoplePerRun": "500", "removalPerRun": 1 },
              "defaults": "of"
            }
            """
        let expected = [
            "4:47 /gates/0/when/consequences/0 CFG003 'credentialReentri' is not allowed here. Did you mean 'credentialReentry'?",
            "4:81 /gates/0/when/actions/0 CFG003 'none' is not allowed here",
            "4:100 /gates/0/when/rules/0 CFG003 'EAS1' is not allowed here. Did you mean 'EAS001', 'EAS010' or 'EAS011'?",
            "4:122 /gates/0/require CFG003 'aproval' is not allowed here. Did you mean 'approval'?",
            "5:15 /gates/1/name CFG050 Duplicate gate name 'a'",
            "6:5 /gates/2 CFG006 At least one of 'require', 'window' is required",
            "7:15 /gates/3/name CFG050 'limit:mine' is the name of a built-in gate",
            "8:15 /gates/4/name CFG050 'mass-removal' is the name of a built-in gate",
            "9:42 /gates/5/when/tenants/0 CFG004 'EU-*' cannot match any tenant id",
            "9:73 /gates/5/when/peopleOver CFG005 -1 is not a whole number from 0 to 100000000",
            "9:93 /gates/5/when/consequences CFG005 The list needs at least 1 element",
            "10:48 /gates/6/window/days/1 CFG013 The same as element 0 of this list",
            "10:64 /gates/6/window/from CFG005 The string has 4 characters; exactly 5 required",
            "10:78 /gates/6/window/to CFG004 '24:00' is not a time from 00:00 to 23:59",
            "10:99 /gates/6/window/timeZone CFG050 Unknown time zone 'Europe/Amsterdm'. Did you mean 'Europe/Amsterdam'?",
            "11:5 /gates/7/name CFG006 Required key 'name' is missing",
            "13:31 /limits/peoplePerRun CFG002 Expected a whole number from 0 to 100000000, not a string",
            "13:38 /limits/removalPerRun CFG001 Unknown key 'removalPerRun'. Did you mean 'removalsPerRun'?",
            "14:15 /defaults CFG003 'of' is not allowed here. Did you mean 'off' or 'on'?",
        ]
        #expect(faults(text) == expected)
    }

    @Test func nothingBrokenIsUsed() {
        #expect(!faults("").isEmpty)
        #expect(!faults("[]").isEmpty)
        #expect(!faults("null").isEmpty)
        #expect(!faults(#"{"kind": "policy""#).isEmpty)
        #expect(!faults(#"{"kind": "policy", "gates": [],}"#).isEmpty)
        #expect(!faults(#"{"kind": "policy", "gates": [{"name": "a", "require": "never", "window": null}]}"#).isEmpty)
        #expect(!faults(#"{"kind": "approval"}"#).isEmpty)
        #expect(!faults(#"{"gates": []}"#).isEmpty)
        #expect(!faults(#"{"kind": "policy", "gates": [{"name": "a", "require": "never"}], "gates": []}"#).isEmpty)
        #expect(
            faults(#"{"kind": "policy", "gates": [{"name": "a", "window": {"timeZone": "Asia/Kolkata"}}]}"#, zones: ZoneStore(directory: "/nowhere"))
                == ["1:67 /gates/0/window/timeZone CFG050 This machine has no time zone data in /nowhere"])
    }

    @Test func defaultsAreTheRepositorysOwn() throws {
        let text = #"{"kind": "policy", "defaults": "off"}"#
        #expect(faults(text) == [])
        let fault = "1:32 /defaults CFG050 'defaults' is allowed only in the repository's policy.json"
        #expect(faults(text, .tenant(id: "contoso", file: "policy.json")) == [fault])
        #expect(faults(text, outside) == [fault])
        let (_, diagnostics) = Policy.read(
            JSONDocument(file: "policy.json", bytes: Array(text.utf8)), source: .tenant(id: "contoso", file: "policy.json"), zones: zones)
        #expect(diagnostics.map(\.tenant) == ["contoso"])
    }

    @Test func reservedNamesAreThoseThatEaselGives() {
        #expect(DefaultGates.all.map(\.name) == ["tenant-removal", "mass-removal"])
        #expect(Limits.all.map(\.name) == ["limit:peoplePerRun", "limit:removalsPerRun", "limit:tenantsPerRun", "limit:peoplePerDay"])
    }
}

@Suite struct ConditionTests {
    @Test(arguments: [
        ("eu-*", "eu-1", true), ("eu-*", "eu-", true), ("eu-*", "us-eu-1", false), ("*", "a", true), ("?", "a", true), ("?", "ab", false),
        ("*-test", "a-test", true), ("*-test", "a-test-b", false), ("a*b*c", "axxbxbc", true), ("a*b*c", "axxbxb", false), ("contoso", "contoso", true),
        ("contoso", "contoso2", false), ("**a", "bba", true), ("a?c*", "abc", true),
    ]) func globs(_ pattern: String, _ id: String, _ expected: Bool) throws { #expect(try #require(Glob(pattern)).matches(id) == expected) }

    @Test func globsThatMatchNothing() { for pattern in ["", "EU", "a_b", "a.b", "[ab]", "é"] { #expect(Glob(pattern) == nil) } }

    @Test func everythingGivenMustMatch() {
        let one = proposal("eu-1", "a", .reinstall, .atMost(60), [.credentialReentry, .newProfile])
        #expect(Condition().matches(one))
        #expect(Condition(consequences: [.newProfile], actions: [.reinstall], rules: ["EAS001", "EAS002"], peopleOver: 59).matches(one))
        #expect(!Condition(consequences: [.newProfile], actions: [.update]).matches(one))
        #expect(!Condition(consequences: [.accountRemoved], actions: [.reinstall]).matches(one))
        #expect(!Condition(rules: ["EAS002"]).matches(one))
        #expect(!Condition(peopleOver: 60).matches(one))
    }

    @Test func peopleAreThoseOfTheConsequencesLookedFor() {
        let impact = ProfileImpact(
            profile: "a", displayName: "a", action: .update, changes: [], advice: [],
            audiences: Audiences(each: [.credentialReentry: .atMost(5), .settingsReset: .atMost(100), .advice: .unknown, .consoleOnly: .atMost(0)], of: "a"),
            fingerprint: "0")
        let one = Proposal(tenant: "a", impact: impact)
        #expect(!Condition(consequences: [.credentialReentry], peopleOver: 5).matches(one))
        #expect(Condition(consequences: [.credentialReentry, .settingsReset], peopleOver: 99).matches(one))
        #expect(!Condition(consequences: [.credentialReentry, .accountRemoved], peopleOver: 5).matches(one))
        #expect(Condition(peopleOver: 99).matches(one) && !Condition(peopleOver: 100).matches(one))
        // An unknown number is over any limit, but only that of a listed consequence.
        #expect(Condition(consequences: [.advice], peopleOver: 100_000_000).matches(one))
        #expect(Condition(consequences: [.credentialReentry, .advice], peopleOver: 100_000_000).matches(one))
    }

    @Test func rulesAreThoseOfChangesAndOfNewAdvice() {
        let impact = ProfileImpact(
            profile: "a", displayName: "a", action: .update, changes: [],
            advice: [
                Advice(key: Advice.Key(rule: "EAS012", path: ""), standing: .new), Advice(key: Advice.Key(rule: "EAS016", path: ""), standing: .continuing),
            ], audiences: .none, fingerprint: "0")
        #expect(Condition(rules: ["EAS012"]).matches(Proposal(tenant: "a", impact: impact)))
        #expect(!Condition(rules: ["EAS016"]).matches(Proposal(tenant: "a", impact: impact)))
    }
}
