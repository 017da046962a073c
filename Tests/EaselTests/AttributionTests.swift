import Foundation
import Testing

/// Who changed a profile: drift against an emulator that has audit events.
@Suite struct AttributionTests {
    private func event(_ tenant: String, _ profile: String, _ time: String, actor: Workshop.Object, type: String = "Patch DeviceConfiguration", result: String = "Success") -> Workshop.Object {
        [
            "id": UUID().uuidString, "displayName": type, "category": "DeviceConfiguration", "activityType": type, "activityOperationType": String(type.prefix { $0 != " " }), "activityDateTime": time,
            "activityResult": result, "actor": actor, "resources": [["displayName": "x", "resourceId": Workshop.graphID(tenant, profile).uppercased()] as Workshop.Object],
        ]
    }

    private let ann: Workshop.Object = ["userPrincipalName": "ann@contoso.com", "applicationDisplayName": "Intune portal"]
    private let bob: Workshop.Object = ["userPrincipalName": "bob@contoso.com"]
    private let app: Workshop.Object = ["userPrincipalName": NSNull(), "applicationDisplayName": "Device\u{1B} cleaner"]

    /// A fleet that was adopted, and then changed in Intune in three tenants.
    private func changed(_ body: (_ shop: Workshop, _ scenario: Workshop.Object, _ yesterday: String) throws -> Void) throws {
        let shop = try Workshop.withGraphFleet()
        try shop.emulating(shop.scenario()) { easel in
            let adopted = try easel(["adopt", "--repo", "config"])
            #expect(adopted.status == 0, "\(adopted.out)\(adopted.err)")
        }
        for tenant in ["contoso", "northwind"] {
            try shop.change("\(tenant)/staff") { exported in
                exported["durationOfEmailToSync"] = "oneWeek"
                exported["lastModifiedDateTime"] = "2026-10-05T14:12:07Z"
            }
        }
        try shop.remove("../live/contoso/board.json")
        try shop.remove("../live/fabrikam/board.json")
        let formatter = ISO8601DateFormatter()
        let (yesterday, before) = (formatter.string(from: Date(timeIntervalSinceNow: -86_400)), formatter.string(from: Date(timeIntervalSinceNow: -90_000)))
        let scenario = try shop.scenario { tenant, emulated in
            switch tenant {
            case "contoso":
                emulated["auditEvents"] = [
                    // Two changes within minutes, one that failed, one of long ago, and one of another profile.
                    event(tenant, "staff", "2026-10-05T14:10:00.5Z", actor: bob), event(tenant, "staff", "2026-10-05T14:12:09.1234567Z", actor: ann),
                    event(tenant, "staff", "2026-10-05T14:13:00Z", actor: bob, result: "Failure"), event(tenant, "staff", "2026-09-01T14:12:09Z", actor: bob),
                    event(tenant, "kiosk", "2026-10-05T14:12:10Z", actor: bob),
                    // A deletion, and changes before it.
                    event(tenant, "board", before, actor: ann), event(tenant, "board", yesterday, actor: app, type: "Delete DeviceConfiguration"),
                ]
            // Nothing in its record.
            case "fabrikam": break
            default: emulated.changeApp("permissions", ["DeviceManagementConfiguration.Read.All"])
            }
        }
        try body(shop, scenario, yesterday)
    }

    @Test func everyViewSaysWho() throws {
        try changed { shop, scenario, yesterday in
            var paged = scenario
            paged["pageSize"] = 1
            // A service that does not put events in order has the same ones.
            paged["faults"] = [["effect": "answer", "status": 400, "code": "BadRequest", "path": "orderby", "times": NSNull()] as Workshop.Object]
            for scenario in [scenario, paged] {
                try shop.emulating(scenario) { easel in
                    let text = try easel(["drift", "--repo", "config"])
                    #expect(text.status == 2, "\(text.out)\(text.err)")
                    #expect(text.out.contains("contoso/staff  Staff mail  last changed in Intune 2026-10-05T14:12:07Z by ann@contoso.com"), "\(text.out)")
                    #expect(text.out.contains("contoso/board  Board mail  deleted in Intune \(yesterday) by the app Device"), "\(text.out)")
                    #expect(!text.out.contains("\u{1B}"))
                    #expect(text.out.contains("fabrikam/board  Board mail  when and by whom it was deleted is unknown"), "\(text.out)")
                    // A permission that is missing is told once, and changes nothing else.
                    #expect(text.out.contains("northwind/staff  Staff mail  last changed in Intune 2026-10-05T14:12:07Z, by whom is unknown"), "\(text.out)")
                    #expect(text.out.replacing("\n", with: " ").components(separatedBy: "Who changed profiles is unknown in 1 tenant: the app lacks the application permission DeviceManagementApps.Read.All.").count == 2, "\(text.out)")
                }
            }
            try shop.emulating(scenario) { easel in
                for format in ["markdown", "html", "junit"] {
                    let view = try easel(["drift", "--repo", "config", "--format", format]).out
                    #expect(view.contains("by ann@contoso.com"), "\(format)")
                }
            }
        }
    }

    @Test func theReportHasItAndReadsItAgain() throws {
        try changed { shop, scenario, yesterday in
            try shop.emulating(scenario) { easel in
                #expect(try easel(["drift", "--repo", "config", "--report", "n1.json"]).status == 2)
                let profiles = try #require(try (shop.object("n1.json")["tenants"] as? [Workshop.Object])?.flatMap { $0["profiles"] as? [Workshop.Object] ?? [] })
                let known = profiles.compactMap { $0["changedBy"] as? [String: String] }
                #expect(known.contains(["at": "2026-10-05T14:12:09Z", "kind": "person", "who": "ann@contoso.com"]) && known.contains { $0["at"] == yesterday && $0["kind"] == "app" }, "\(known)")
                #expect(known.count == 2 && profiles.filter { $0["changedBy"] is NSNull }.count == 2, "unknown is null: \(profiles)")
                try shop.write(try shop.easel("schema", "report").out, to: "schema.json")
                let valid = try shop.run(["/usr/bin/python3", "-c", "import json, jsonschema; jsonschema.validate(json.load(open('n1.json')), json.load(open('schema.json')))"])
                #expect(valid.status == 0, "\(valid.err)")
                #expect(try easel(["drift", "--repo", "config", "--previous", "n1.json"]).lastLine.contains("0 new, 0 resolved"))
                // Nobody asks about what is accepted.
                #expect(try shop.easel("accept", "board", "--tenant", "contoso", "--reason", "wanted", "--repo", "config").status == 0)
                try shop.commit("accepted")
                let accepted = try easel(["drift", "--repo", "config"]).out
                #expect(!accepted.contains("deleted in Intune \(yesterday)") && accepted.contains("by ann@contoso.com"), "\(accepted)")
            }
            // An export has no such record, and says nothing about it.
            let exported = try shop.easel("drift", "--repo", "config", "--live", "live", "--report", "export.json")
            #expect(exported.status == 2 && !exported.out.contains("by whom"), "\(exported.out)")
            #expect(try !shop.read("export.json").contains("changedBy"))
        }
    }
}
