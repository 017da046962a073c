import Foundation
import GraphEmulator
import JSONSource
import TestSupport
import Testing

/// `deploy/publish/publish.sh`: that anything which can send requests can execute `operations.json`.
@Suite struct PublisherScriptTests {
    private static let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../deploy/publish/publish.sh").standardized.path

    /// Defers, publishes by the script, and confirms what it wrote down.
    private func round(_ bench: PublishBench) async throws -> (publish: Workshop.Outcome, confirm: Workshop.Outcome) {
        let deferred = try bench.shop.easel("reconcile", "--repo", "config", "--state", "state.git", "--defer", "--out", "out")
        try #require(deferred.status == 0, "\(deferred.out)\(deferred.err)")
        try? FileManager.default.removeItem(atPath: bench.shop("results.json"))
        return try await (again(bench), confirm(bench))
    }

    private func again(_ bench: PublishBench) async throws -> Workshop.Outcome {
        try await bench.finish(
            bench.shop.start(
                ["/bin/sh", Self.script, "out", "results.json"],
                environment: [
                    "AZURE_CLIENT_ID": PublishBench.app, "AZURE_CLIENT_SECRET": PublishBench.secret, "AZURE_AUTHORITY_HOST": bench.emulator.url,
                    "GRAPH_ENDPOINT": bench.emulator.url, "CURL_CA_BUNDLE": bench.shop("ca.pem"), "APPROVAL_JUSTIFICATION": "Change 4711",
                ]))
    }

    private func confirm(_ bench: PublishBench) throws -> Workshop.Outcome {
        try bench.shop.easel("confirm", "out", "--repo", "config", "--state", "state.git", "--results", "results.json")
    }

    @Test func itCreatesChangesAndRemoves() async throws {
        try await PublishBench.with { bench in
            let first = try await round(bench)
            #expect(first.publish.status == 0 && first.confirm.status == 0, "\(first)")
            bench.expectWholeFleet()
            let staff = try bench.id("contoso", "Staff mail")
            #expect(try bench.record("contoso", "staff")["graphId"] as? String == staff)
            #expect(try bench.emulator.references(of: bench.id("contoso", "Kiosk mail"), tenant: PublishBench.ids["contoso"] ?? "")["identityCertificate"] == "40000000-0000-4000-8000-000000000001")

            try bench.shop.edit("tenants/contoso/profiles/staff.json", #""accountName": "Mail""#, #""accountName": "Contoso""#)
            try bench.shop.edit("tenants/contoso/profiles/kiosk.json", #""certificateProfile": "device""#, #""certificateProfile": "signing""#)
            try bench.shop.remove("tenants/northwind/profiles/board.json")
            try bench.shop.commit("edits")
            let second = try await round(bench)
            #expect(second.publish.status == 0 && second.confirm.lastLine.hasPrefix("Recorded 3 profiles"), "\(second)")
            #expect(try text(bench.profile("contoso", "Staff mail"), "accountName") == "Contoso" && bench.id("contoso", "Staff mail") == staff)
            #expect(bench.profiles("northwind").keys.sorted() == ["Kiosk mail", "Staff mail"])
            #expect(try bench.emulator.references(of: bench.id("contoso", "Kiosk mail"), tenant: PublishBench.ids["contoso"] ?? "")["identityCertificate"] == "50000000-0000-4000-8000-000000000001")
            let drift = try await bench.finish(bench.start(["drift", "--live", "graph", "--state", "state.git"]))
            #expect(drift.status == 0, "\(drift.out)\(drift.err)")
            // The form that easel describes is the form that it writes.
            for kind in ["operations", "results"] {
                try bench.shop.write(bench.shop.easel("schema", kind).out, to: "\(kind).schema.json")
                let file = kind == "operations" ? "out/operations.json" : "results.json"
                let valid = try bench.shop.run(["/usr/bin/python3", "-m", "jsonschema", "--instance", file, "\(kind).schema.json"])
                #expect(valid.status == 0, "\(valid.out)\(valid.err)")
            }
        }
    }

    @Test func itWaitsWhereTheServiceIsBusyAndSaysWhatFailed() async throws {
        try await PublishBench.with { bench in
            let (contoso, fabrikam) = (PublishBench.ids["contoso"] ?? "", PublishBench.ids["fabrikam"] ?? "")
            bench.emulator.add(Fault(.answer(status: 429, code: "TooManyRequests", headers: ["Retry-After": "1"]), tenant: contoso, method: "POST", path: "deviceConfigurations"))
            bench.emulator.add(Fault(.answer(status: 400, code: "BadRequest", message: "The profile is not wanted."), tenant: fabrikam, method: "POST", path: "deviceConfigurations", after: 2))
            let first = try await round(bench)
            #expect(first.publish.status == 1 && first.publish.err.contains("failed fabrikam/kiosk: BadRequest: The profile is not wanted."), "\(first)")
            #expect(first.confirm.status == 0 && first.confirm.out.contains("  not recorded  fabrikam/kiosk: failed (BadRequest: The profile is not wanted.)"), "\(first.confirm)")
            #expect(first.confirm.lastLine.hasSuffix("; 1 not applied."))
            let second = try await round(bench)
            #expect(second.publish.status == 0 && second.confirm.lastLine.hasPrefix("Recorded 1 profile"), "\(second)")
            bench.expectWholeFleet()
        }
    }

    @Test func whatASecondAdministratorMustApproveIsSentAgainWithItsCode() async throws {
        try await PublishBench.with(adjust: { $0.tenants[0].requiresApproval = true }) { bench in
            let first = try await round(bench)
            #expect(first.publish.status == 3 && first.publish.err.contains("awaitingApproval contoso/board: "), "\(first)")
            #expect(first.confirm.out.contains("  not recorded  contoso/board: a second administrator must approve it (code ") && first.confirm.lastLine.hasSuffix("; 3 not applied."), "\(first.confirm)")
            bench.expectWholeFleet(["Board mail", "Kiosk mail", "Staff mail"], ["fabrikam", "northwind"])
            let deferred = try bench.shop.easel("reconcile", "--repo", "config", "--state", "state.git", "--defer", "--out", "out")
            try #require(deferred.status == 0)
            // Two writes for each profile, and each of them asks.
            for _ in 0..<2 {
                let results = try #require(JSONSerialization.jsonObject(with: bench.shop.data("results.json")) as? Workshop.Object)
                for result in results["results"] as? [Workshop.Object] ?? [] where result["status"] as? String == "awaitingApproval" {
                    bench.emulator.approve(result["code"] as? String ?? "", tenant: PublishBench.ids["contoso"] ?? "")
                }
                _ = try await again(bench)
            }
            bench.expectWholeFleet()
        }
    }

    @Test func aProfileThatIsThereIsNotMadeTwice() async throws {
        try await PublishBench.with { bench in
            #expect(try await round(bench).publish.status == 0)
            // Without a state, easel knows of none.
            try FileManager.default.removeItem(atPath: bench.shop("state.git"))
            let again = try await round(bench)
            #expect(again.publish.status == 1 && again.publish.err.contains("the tenant already has a profile with the name \"Staff mail\"; record it with easel adopt"), "\(again)")
            #expect(again.confirm.lastLine == "Nothing was applied, so nothing was recorded.")
            bench.expectWholeFleet()
        }
    }
}
