import Impact
import JSONSource
import Profiles
import Testing

@testable import AppliedState

/// The files of the state branch as text: people browse them, and the next version of easel reads them.
@Suite struct FormatTests {
    @Test func rootAsText() {
        var root = RootState()
        root.shards["1/1"] = .init(commit: "c", tenants: "t", bases: nil, renderer: 1, tenantCount: 2, profileCount: 6)
        root.held = ["fabrikam", "contoso"]
        root.failed = ["adatum"]
        root.approved = ["0123456789abcdef"]
        #expect(
            String(decoding: root.json(), as: UTF8.self) == """
                {
                  "approved": [
                    "0123456789abcdef"
                  ],
                  "failed": [
                    "adatum"
                  ],
                  "formatVersion": 1,
                  "held": [
                    "contoso",
                    "fabrikam"
                  ],
                  "shards": {
                    "1/1": {
                      "commit": "c",
                      "profiles": 6,
                      "renderer": 1,
                      "tenantCount": 2,
                      "tenants": "t"
                    }
                  }
                }

                """)
    }

    @Test func tenantAsText() {
        var state = TenantState(
            displayName: "Contoso \"BV\"", serial: 7, commit: "c", folder: "f", bases: ["bases/b.json": "2", "bases/a.json": "1"], renderer: 1,
            facts: TenantFacts(exchange: .online, iosAccountsApp: .granted, minimumOS: OSVersion(17)), members: ["allUsers": 12], held: ["board"], removalsHeld: ["tenant-removal": ["board"]],
            profiles: [
                "staff": .init(
                    digest: "d", action: .reinstall, generation: 3)
            ])
        state.sharedChanges = ["bases/a.json": "2026-11-26T14:00:00Z"]
        #expect(
            String(decoding: state.json(), as: UTF8.self) == """
                {
                  "bases": {
                    "bases/a.json": "1",
                    "bases/b.json": "2"
                  },
                  "commit": "c",
                  "displayName": "Contoso \\"BV\\"",
                  "facts": {
                    "certificateTypes": {},
                    "exchange": "online",
                    "iosAccountsApp": "granted",
                    "kinds": {},
                    "managedEmailRequired": [],
                    "minimumOS": "17.0",
                    "writesMobileconfig": false
                  },
                  "folder": "f",
                  "formatVersion": 1,
                  "held": [
                    "board"
                  ],
                  "members": {
                    "allUsers": 12
                  },
                  "profiles": {
                    "staff": {
                      "action": "reinstall",
                      "digest": "d",
                      "generation": 3
                    }
                  },
                  "removalsHeld": {
                    "tenant-removal": [
                      "board"
                    ]
                  },
                  "renderer": 1,
                  "serial": 7,
                  "sharedChanges": {
                    "bases/a.json": "2026-11-26T14:00:00Z"
                  }
                }

                """)
    }

    private static let words = ["contoso", "a", "Zoë \u{1F48C}", "with \"quotes\" and \\", "line\nbreak", "", "\u{7F}", "10/12"]

    @Test(arguments: 1...60) func comesBackAsItWas(_ seed: Int) throws {
        var numbers = SystemRandomNumberGenerator()
        func word() -> String { Self.words.randomElement(using: &numbers) ?? "" }
        func some<Value>(_ make: () -> Value) -> [Value] { (0..<Int.random(in: 0...4, using: &numbers)).map { _ in make() } }
        var root = RootState()
        for name in some(word) {
            root.shards[name] = .init(
                commit: word(), tenants: some(word).first, bases: some(word).first, renderer: seed, tenantCount: 3, profileCount: 100_000_000)
        }
        root.held = Set(some(word))
        root.failed = Set(some(word))
        root.approved = Set(some(word))
        #expect(try RootState(JSONDocument(file: "state.json", bytes: root.json())) == root)

        let actions = Action.allCases
        let profiles = some { () -> (String, TenantState.Profile) in
            let action = actions.randomElement(using: &numbers) ?? .none
            return (word(), .init(digest: word(), action: action, generation: seed))
        }
        var state = TenantState(
            displayName: word(), serial: seed, commit: word(), folder: some(word).first, bases: Dictionary(some { (word(), word()) }, uniquingKeysWith: { $1 }),
            renderer: 2, facts: TenantFacts(exchange: .online, iosAccountsApp: .granted, minimumOS: OSVersion(17)), members: Dictionary(some { (word(), seed) }, uniquingKeysWith: { $1 }), held: Set(some(word)),
            removalsHeld: seed % 3 == 0 ? [:] : ["mass-removal": Set(some(word)), "tenant-removal": [word()]], profiles: Dictionary(profiles, uniquingKeysWith: { $1 }))
        state.sharedChanges = Dictionary(some { (word(), word()) }, uniquingKeysWith: { $1 })
        #expect(try TenantState(JSONDocument(file: "state.json", bytes: state.json())) == state)
    }

    @Test func aNewerFormatIsRefused() {
        let newer = RootState.formatVersion + 1
        #expect(throws: StateError.newerFormat(newer)) { try RootState(document("{\"formatVersion\": \(newer)}")) }
        #expect(throws: StateError.newerFormat(newer)) { try TenantState(document("{\"formatVersion\": \(newer), \"unheard\": []}")) }
        #expect("\(StateError.newerFormat(newer))".contains("Use the newer easel"))
    }

    @Test(arguments: [
        "", "{", "[]", "{}", "1", "{\"formatVersion\": \"1\"}", "{\"formatVersion\": 1.5}", "{\"formatVersion\": 1, \"formatVersion\": 1}",
        "<<<<<<< HEAD", "{\"formatVersion\": 0}", "{\"formatVersion\": -1}",
    ]) func whatNoEaselWroteIsRefused(_ text: String) {
        func isUnreadable(_ error: any Error) -> Bool { if case .unreadable(file: "f.json", _)? = error as? StateError { true } else { false } }
        #expect { try RootState(document(text, "f.json")) } throws: { isUnreadable($0) }
        #expect { try TenantState(document(text, "f.json")) } throws: { isUnreadable($0) }
    }

    /// Absurdly large numbers would overflow when they are added.
    @Test func oddRootsAreRefused() {
        let shard = #"{"bases": "b", "commit": "c", "profiles": 1, "renderer": 1, "tenantCount": 1, "tenants": "t"}"#
        #expect(throws: Never.self) { try RootState(document(#"{"formatVersion": 1, "shards": {"1/1": \#(shard)}}"#)) }
        for (was, odd) in [("\"profiles\": 1", "\"profiles\": -9223372036854775808"), ("\"tenantCount\": 1", "\"tenantCount\": 9223372036854775807")] {
            #expect(throws: StateError.self) { try RootState(document(#"{"formatVersion": 1, "shards": {"1/1": \#(shard.replacing(was, with: odd))}}"#)) }
        }
        for text in [#""shards": [1, 2]"#, #""held": {}"#, #""approved": [1]"#, #""failed": "x""#] {
            #expect(throws: StateError.self, "\(text)") { try RootState(document("{\"formatVersion\": 1, \(text)}")) }
        }
    }

    /// A folder that does not exist has no id, and no key.
    @Test func absentFoldersAreAbsentKeys() throws {
        let shard = #"{"commit": "c", "profiles": 1, "renderer": 1, "tenantCount": 1}"#
        let root = try RootState(document(#"{"formatVersion": 1, "shards": {"1/1": \#(shard)}}"#))
        #expect(root.shards["1/1"]?.tenants == .some(nil) && root.shards["1/1"]?.bases == .some(nil))
        #expect(!String(decoding: root.json(), as: UTF8.self).contains("bases"))
        let facts = TenantFacts(exchange: .online, iosAccountsApp: .granted, minimumOS: OSVersion(17)).json.compact
        let tenant = #"{"commit": "c", "displayName": "C", "facts": \#(facts), "formatVersion": 1, "serial": 1}"#
        #expect(try TenantState(document(tenant)).folder == nil)
        #expect(!String(decoding: try TenantState(document(tenant)).json(), as: UTF8.self).contains("folder"))
        for value in ["null", "1", "[]", "{}"] {
            for key in ["tenants", "bases"] {
                let odd = shard.replacing("\"commit\"", with: "\"\(key)\": \(value), \"commit\"")
                #expect(throws: StateError.self, "\(odd)") { try RootState(document(#"{"formatVersion": 1, "shards": {"1/1": \#(odd)}}"#)) }
            }
            let odd = tenant.replacing("\"commit\"", with: "\"folder\": \(value), \"commit\"")
            #expect(throws: StateError.self, "\(odd)") { try TenantState(document(odd)) }
        }
    }

    @Test(arguments: ["commit", "profiles", "renderer", "tenantCount"]) func aShardWithoutItsPartsIsRefused(_ key: String) throws {
        var root = RootState()
        root.shards["1/1"] = .init(commit: "c", tenants: "t", bases: "b", renderer: 1, tenantCount: 1, profileCount: 1)
        let text = String(decoding: root.json(), as: UTF8.self).replacing("\"\(key)\":", with: "\"\(key)X\":")
        #expect(throws: StateError.self) { try RootState(document(text)) }
    }

    @Test(arguments: ["displayName", "serial", "commit", "digest", "action", "generation"])
    func aTenantWithoutItsPartsIsRefused(_ key: String) throws {
        let state = TenantState(
            displayName: "C", serial: 1, commit: "c", folder: "f", bases: [:], renderer: 1, facts: TenantFacts(exchange: .online, iosAccountsApp: .granted, minimumOS: OSVersion(17)), members: [:], held: [],
            profiles: ["p": .init(digest: "d", action: .create, generation: 1)])
        let text = String(decoding: state.json(), as: UTF8.self)
        #expect(text.contains("\"\(key)\":"))
        #expect(throws: StateError.self) { try TenantState(document(text.replacing("\"\(key)\":", with: "\"\(key)X\":"))) }
        #expect(throws: StateError.self) { try TenantState(document(text.replacing("\"create\"", with: "\"explode\""))) }
        for number in ["serial", "generation"] {
            #expect(throws: StateError.self) { try TenantState(document(text.replacing("\"\(number)\": 1", with: "\"\(number)\": 9223372036854775807"))) }
        }
    }
}
