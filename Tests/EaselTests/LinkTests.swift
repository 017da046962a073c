import Foundation
import Testing

/// Files that the operator names may be links; through those of a repository nothing is written.
@Suite struct LinkTests {
    private func link(_ shop: Workshop, _ name: String, to target: String) throws {
        try FileManager.default.createDirectory(atPath: (shop(name) as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: shop(name), withDestinationPath: target)
    }

    /// As Kubernetes mounts a Secret: `..data` is a link to a folder, and every file a link through it.
    private func mount(_ shop: Workshop, _ files: [String: String]) throws {
        for (name, text) in files {
            try shop.write(text, to: "mount/..2026_11/\(name)")
            let first = name.split(separator: "/")[0]
            if !shop.exists("mount/\(first)") { try link(shop, "mount/\(first)", to: "..data/\(first)") }
            if !shop.exists("mount/..data") { try link(shop, "mount/..data", to: "..2026_11") }
        }
    }

    @Test func mountedFilesAreRead() throws {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        try mount(shop, [
            "policy.json": #"{"kind": "policy", "gates": [{"name": "from-the-mount", "when": {"actions": ["reinstall"]}, "require": "approval"}]}"#, "token": "t\n", "keys": "ann@example.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBmFvNgkXDlq0pbFyjmMnpJcvNqvLOGVLHxQb3JYW6kN\n",
            "contoso/configurations.json": #"{"value": []}"#,
        ])
        try shop.edit("bases/online.json", #""oauth": false"#, #""oauth": true"#)
        try shop.commit("edit")
        let plan = try shop.easel("plan", "--policy", "../mount/policy.json", "--token-file", "../mount/token", "--report", "../held.json", in: "config")
        #expect(plan.status == 3 && plan.out.contains("from-the-mount"), "\(plan.out)\(plan.err)")
        let signed = try shop.easel("plan", "--trusted-keys", "../mount/keys", "--require-signed-commits", in: "config")
        #expect(signed.status == 1 && !signed.out.contains("link") && !signed.err.contains("link"), "\(signed.out)\(signed.err)")
        #expect(try shop.easel("plan", "--notify", "http://localhost:1/", "--notify-secret-file", "../mount/token", in: "config").status == 0)
        let drift = try shop.easel("drift", "--live", "../mount", "--report", "../mount/..2026_11/drift.json", "--tenant", "contoso", in: "config")
        #expect(drift.status == 2 && drift.err == "", "\(drift.out)\(drift.err)")
        // Reports that a later step reads.
        try link(shop, "mount/drift.json", to: "..data/drift.json")
        try link(shop, "mount/held.json", to: "../held.json")
        let again = try shop.easel("drift", "--live", "../mount", "--previous", "../mount/drift.json", "--tenant", "contoso", in: "config")
        #expect(again.status == 2 && again.out.contains("since") || again.out.contains("continuing"), "\(again.out)\(again.err)")
        let approved = try shop.easel("approve", "--repo", "config", "--report", "mount/held.json", "--gate", "from-the-mount", "--reason", "r")
        #expect(approved.status == 0, "\(approved.err)")
    }

    @Test func approveWritesThroughNoLink() throws {
        for target in ["../outside", "/no-such-folder/x", "bases"] {
            let shop = try Workshop()
            try shop.makeFleet()
            try shop.write("theirs", to: "outside/note")
            try link(shop, "config/approvals", to: target)
            let outcome = try shop.easel("approve", String(repeating: "0123456789abcdef", count: 2), "--reason", "r", "--repo", "config")
            #expect([1, 64].contains(outcome.status) && (outcome.err.contains("links are not followed") || outcome.status == 64), "\(outcome.err)")
            let short = try shop.easel("approve", "0123456789abcdef", "--reason", "r", "--repo", "config")
            #expect(try short.status != 0 && shop.tree("outside").keys.sorted() == ["note"] && !FileManager.default.fileExists(atPath: "/no-such-folder"), "\(short.err)")
            #expect(try shop.git("status", "--porcelain", in: "config") == "?? approvals")
        }
    }

    @Test func acceptWritesThroughNoLink() throws {
        for linked in ["tenants", "tenants/contoso", "tenants/contoso/accepted-drift.json"] {
            let shop = try Workshop()
            try shop.makeFleet()
            try FileManager.default.createDirectory(atPath: shop("outside/contoso"), withIntermediateDirectories: true)
            let isFile = linked.hasSuffix(".json")
            if !isFile { try FileManager.default.removeItem(atPath: shop("config/" + linked)) }
            try link(shop, "config/" + linked, to: isFile ? shop("outside/none.json") : linked == "tenants" ? shop("outside") : shop("outside/contoso"))
            let outcome = try shop.easel("accept", "staff", "--tenant", "contoso", "--repo", "config", "--reason", "r")
            #expect(try outcome.status != 0 && shop.tree("outside").isEmpty, "\(linked): \(outcome.out)\(outcome.err)")
        }
    }

    @Test func initAndImportWriteThroughNoLink() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        try shop.write("theirs", to: "outside/note")
        try link(shop, "config/schemas", to: "../outside")
        let made = try shop.easel("init", "config")
        #expect(try made.status == 1 && made.err.contains("links are not followed") && shop.tree("outside").count == 1, "\(made.out)\(made.err)")
        try shop.write(#"{"value": [\#(Exported.profile)]}"#, to: "exports/new/all.json")
        try FileManager.default.removeItem(atPath: shop("config/tenants"))
        try link(shop, "config/tenants", to: "../outside")
        let imported = try shop.easel("import", "exports", "--into", "config")
        #expect(try imported.status == 1 && shop.tree("outside").count == 1, "\(imported.out)\(imported.err)")
    }

    private enum Exported {
        static let profile = ##"{"@odata.type": "#microsoft.graph.iosEasEmailProfileConfiguration", "id": "00000000-0000-4000-8000-000000000001", "displayName": "Mail", "hostName": "mail.example.com", "accountName": "Mail", "authenticationMethod": "usernameAndPassword", "usernameSource": "userPrincipalName", "emailAddressSource": "primarySmtpAddress", "assignments": []}"##
    }
}
