import Foundation
import Testing

/// `members --live graph`, against an emulator.
@Suite struct MembersTests {
    /// The fleet, with groups in the emulator: people, people and devices, devices.
    private func scenario(_ shop: Workshop, _ adjust: (String, inout Workshop.Object) throws -> Void = { _, _ in }) throws -> Workshop.Object {
        try shop.scenario { tenant, emulated in
            let number = try #require(Fleet.tenants.firstIndex(of: tenant)) + 1
            emulated["groups"] = [("1", 120, 0), ("2", 5, 2), ("3", 0, 40)].map { digit, users, devices -> Workshop.Object in
                ["id": "\(digit)0000000-0000-4000-8000-00000000000\(number)", "displayName": digit, "users": users, "devices": devices]
            }
            try adjust(tenant, &emulated)
        }
    }

    @Test func linesEndAsTheyDid() throws {
        let shop = try Workshop.withGraphFleet()
        let file = "config/tenants/contoso/tenant.json"
        let lines = try shop.read(file).replacingOccurrences(of: #""staff": { "#, with: "\"staff\": {\n      ").replacingOccurrences(of: "\n", with: "\r\n")
        try shop.write(lines, to: file)
        try shop.emulating(scenario(shop)) { easel in
            #expect(try easel(["members", "--repo", "config", "--tenant", "contoso"]).status == 0)
            let text = Array(try shop.read(file).utf8)
            #expect(String(decoding: text, as: UTF8.self).contains("\"kind\": \"users\""))
            #expect(text.indices.allSatisfy { text[$0] != 10 || text[$0 - 1] == 13 })
        }
    }

    @Test func anEditThatChangesNothingElse() throws {
        let shop = try Workshop.withGraphFleet()
        let file = "config/tenants/contoso/tenant.json"
        // An order, a layout, a comment and a second name of the owner's own.
        try shop.write(
            """
            {"$comment": "ours — \\u00e9",
              "groups": {
                "staff": { "members": 100, "id": "10000000-0000-4000-8000-000000000001", "$comment": "everybody" },
                "same people": { "id": "10000000-0000-4000-8000-000000000001" },
                "board": {"id":"20000000-0000-4000-8000-000000000001","kind":"users","members":7},
                "a/b":
                {
                    "id": "30000000-0000-4000-8000-000000000001",
                    "kind": "users"
                },
                "gone": { "id": "90000000-0000-4000-8000-000000000001", "members": 3 }
              },
              "tenantId": "00000000-0000-4000-8000-000000000001", "allUsers": { "$comment": "x" }, "allDevices": {},
              "kind": "tenant", "exchange": "online",   "displayName": "Contoso"
            }
            """, to: file)
        let others = ["fabrikam", "northwind"].map { "config/tenants/\($0)/tenant.json" }
        let before = try others.map(shop.read)
        try shop.emulating(scenario(shop) { if $0 == "contoso" { ($1["users"], $1["iPhones"]) = (3200, 1500) } }) { easel in
            let outcome = try easel(["members", "--repo", "config", "--tenant", "contoso"])
            #expect(outcome.status == 0 && outcome.out.contains(/tenants\/contoso\/tenant\.json:\d+:\d+: warning: Group 'gone' does not exist in the tenant/), "\(outcome.out)\(outcome.err)")
            #expect(outcome.out.contains("  /groups/a~1b/members  unknown → 40\n  /groups/a~1b/kind  users → devices\n  /allUsers/members  unknown → 3,200\n"), "\(outcome.out)")
            #expect(outcome.out.contains("Refreshed 8 values in 1 file: 3 groups of 1 tenant counted."), "\(outcome.out)")
            #expect(
                try shop.read(file) == """
                    {"$comment": "ours — \\u00e9",
                      "groups": {
                        "staff": { "members": 120, "kind": "users", "id": "10000000-0000-4000-8000-000000000001", "$comment": "everybody" },
                        "same people": { "id": "10000000-0000-4000-8000-000000000001", "members": 120, "kind": "users" },
                        "board": {"id":"20000000-0000-4000-8000-000000000001","kind":"users","members":7},
                        "a/b":
                        {
                            "id": "30000000-0000-4000-8000-000000000001",
                            "members": 40,
                            "kind": "devices"
                        },
                        "gone": { "id": "90000000-0000-4000-8000-000000000001", "members": 3 }
                      },
                      "tenantId": "00000000-0000-4000-8000-000000000001", "allUsers": { "$comment": "x", "members": 3200 }, "allDevices": {"members": 1500},
                      "kind": "tenant", "exchange": "online",   "displayName": "Contoso"
                    }
                    """)
            #expect(try others.map(shop.read) == before)
            // The second time there is nothing to do.
            let again = try easel(["members", "--repo", "config", "--tenant", "contoso", "--format", "json"])
            let result = try #require(JSONSerialization.jsonObject(with: Data(again.out.utf8)) as? Workshop.Object)
            #expect(again.status == 0 && (result["changes"] as? [Any])?.isEmpty == true && (result["written"] as? [Any])?.isEmpty == true && result["groups"] as? Int == 3, "\(again.out)")
        }
    }

    /// The edit is reviewed like any other: its numbers are facts that changed.
    @Test func everyTenantAndTheReviewThatShowsIt() throws {
        let shop = try Workshop.withGraphFleet()
        try shop.emulating(scenario(shop)) { easel in
            let outcome = try easel(["members", "--repo", "config"])
            #expect(outcome.status == 0 && outcome.out.contains("Refreshed 12 values in 3 files: 9 groups of 3 tenants counted."), "\(outcome.out)\(outcome.err)")
            try shop.commit("members")
            let review = try shop.easel("review", "HEAD~1", "HEAD", "--repo", "config", "--format", "json")
            #expect(review.out.contains("\"factChanges\"") && review.out.contains("/groups/staff/members"), "\(review.out.prefix(2000))")
            #expect(try easel(["members", "--repo", "config"]).out == "Nothing changed: 9 groups of 3 tenants counted.\n")
        }
    }

    @Test func whatMayNotBeReadStaysAndIsTold() throws {
        let shop = try Workshop.withGraphFleet()
        try shop.edit("tenants/northwind/tenant.json", "\"groups\"", "\"allUsers\": { \"members\": 9 }, \"groups\"")
        let scenario = try scenario(shop) { tenant, emulated in
            switch tenant {
            case "contoso": emulated.changeApp("permissions", ["DeviceManagementConfiguration.Read.All"])
            case "fabrikam": emulated.changeApp("consent", false)
            default: emulated.changeApp("permissions", ["GroupMember.Read.All"])
            }
        }
        try shop.write("{", to: "config/tenants/broken/tenant.json")
        let before = try Fleet.tenants.map { try shop.read("config/tenants/\($0)/tenant.json") }
        try shop.emulating(scenario) { easel in
            let outcome = try easel(["members", "--repo", "config"])
            #expect(outcome.status == 1, "\(outcome.out)\(outcome.err)")
            #expect(outcome.out.components(separatedBy: "Groups cannot be counted").count == 2 && outcome.out.contains("GroupMember.Read.All"), "told once: \(outcome.out)")
            #expect(outcome.out.contains("adminconsent") && outcome.out.contains("allUsers cannot be counted") && outcome.out.contains("User.Read.All"), "\(outcome.out)")
            #expect(outcome.out.contains("tenants/broken/tenant.json") && outcome.out.contains("has errors") && outcome.out.contains("; 2 errors."), "\(outcome.out)")
            let after = try Fleet.tenants.map { try shop.read("config/tenants/\($0)/tenant.json") }
            #expect(after[0] == before[0] && after[1] == before[1] && after[2].contains("\"members\": 120") && after[2].contains("\"allUsers\": { \"members\": 9 }"), "\(after[2])")
        }
    }

    @Test func argumentsThatMakeNoSense() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        let exports = try shop.easel("members", "--repo", "config", "--live", "exports")
        #expect(exports.status == 64 && exports.err.contains("use --live graph"), "\(exports.err)")
        let unknown = try shop.easel("members", "--repo", "config", "--live", "graph", "--tenant", "contso")
        #expect(unknown.status == 64 && unknown.err.contains("There is no tenant 'contso'") && unknown.err.contains("Did you mean 'contoso'"), "\(unknown.err)")
    }
}
