import Foundation
import GraphEmulator
import JSONSource
import TestSupport
import Testing

/// `--repair`: what somebody else has changed in Intune is restored, with the same rules and gates as any change.
@Suite struct RepairTests {
    private static let contoso = PublishBench.ids["contoso"] ?? ""

    @Test func driftIsRestoredWithoutAnyEdit() async throws {
        try await PublishBench.with { bench in
            #expect(try await bench.publish().status == 0)
            bench.emulator.change(try bench.id("contoso", "Staff mail"), tenant: Self.contoso, ["hostName": "elsewhere.example"])
            bench.emulator.remove(try bench.id("contoso", "Board mail"), tenant: Self.contoso)
            let board = try bench.record("contoso", "board")["graphId"] as? String
            // Without --repair, drift is left.
            let left = try await bench.publish()
            #expect(left.status == 0 && left.out.contains("Nothing to do"), "\(left.out)\(left.err)")
            let plan = try await bench.finish(bench.start(["plan", "--repair", "--live", "graph", "--state", "state.git", "--detailed-exitcode"]))
            #expect(plan.status == 2 && plan.out.contains("elsewhere.example") && plan.out.contains("1 to create"), "\(plan.out)\(plan.err)")

            bench.emulator.clearLog()
            let repaired = try await bench.report("--repair")
            #expect(repaired.status == 0 && repaired.report.summary.publishing?["published"] == 2, "\(repaired)")
            #expect(repaired.report.profiles["contoso/staff"]?.changes.map(\.path) == ["/account/server"] && repaired.report.profiles["contoso/board"]?.action == "create")
            #expect(bench.writes.map(\.method).sorted() == ["PATCH", "POST", "POST"])
            bench.expectWholeFleet()
            #expect(try text(bench.profile("contoso", "Staff mail"), "hostName") == "outlook.office365.com")
            #expect(try bench.record("contoso", "board")["graphId"] as? String != board)
            let drift = try await bench.finish(bench.start(["drift", "--live", "graph", "--state", "state.git"]))
            #expect(drift.status == 0, "\(drift.out)\(drift.err)")
            let again = try await bench.publish("--repair")
            #expect(again.status == 0 && again.out.contains("Nothing to do"), "\(again.out)\(again.err)")
        }
    }

    @Test func acceptedDriftAndGatesAreRespected() async throws {
        try await PublishBench.with { bench in
            #expect(try await bench.publish("--tenant", "contoso").status == 0)
            for profile in ["Staff mail", "Board mail"] { bench.emulator.change(try bench.id("contoso", profile), tenant: Self.contoso, ["accountName": "Own"]) }
            try bench.shop.write(
                ["kind": "acceptedDrift", "entries": [["profile": "board", "path": "/account/accountName", "live": "Own", "reason": "They like it", "acceptedBy": "Ann"]]] as Workshop.Object,
                to: "config/tenants/contoso/accepted-drift.json")
            try bench.shop.write(#"{ "kind": "policy", "gates": [ { "name": "updates", "when": { "actions": ["update"] }, "require": "approval" } ] }"#, to: "config/policy.json")
            try bench.shop.commit("accept")
            let held = try await bench.report("--repair", "--tenant", "contoso")
            #expect(held.status == 3 && held.report.profiles["contoso/staff"]?.heldBy == ["updates"] && held.report.profiles["contoso/board"] == nil, "\(held)")
            let fingerprint = try #require(held.report.profiles["contoso/staff"]?.fingerprint)
            try bench.shop.write(
                ["kind": "approval", "fingerprints": [fingerprint], "reason": "Restore", "approvedBy": "Ann"] as Workshop.Object, to: "config/approvals/restore.json")
            try bench.shop.commit("approve")
            // An approval is for this very difference: somebody who changes more since is not overwritten.
            let done = try await bench.publish("--repair", "--tenant", "contoso")
            #expect(done.status == 0 && done.out.contains("Published 1 update"), "\(done.out)\(done.err)")
            #expect(try text(bench.profile("contoso", "Staff mail"), "accountName") == "Mail" && text(bench.profile("contoso", "Board mail"), "accountName") == "Own")
        }
    }

    @Test func whatChangedSinceItWasPlannedIsHeld() async throws {
        try await PublishBench.with { bench in
            #expect(try await bench.publish("--tenant", "contoso").status == 0)
            let id = try bench.id("contoso", "Staff mail")
            bench.emulator.change(id, tenant: Self.contoso, ["hostName": "elsewhere.example"])
            bench.emulator.clearLog()
            // The run has planned; before it looks again, somebody changes the profile once more.
            bench.emulator.add(Fault(.delay(seconds: 1.5), tenant: Self.contoso, method: "GET", path: "\(id)?$expand"))
            let run = try bench.start(["reconcile", "--publish", "graph", "--repair", "--state", "state.git", "--tenant", "contoso"])
            Task.detached {
                for _ in 0..<2000 where bench.emulator.log.count < 3 { try? await Task.sleep(for: .milliseconds(5)) }
                bench.emulator.change(id, tenant: Self.contoso, ["hostName": "third.example"])
            }
            let outcome = try await bench.finish(run)
            #expect(outcome.status == 3 && outcome.out.contains("changed-live"), "\(outcome.out)\(outcome.err)")
            #expect(try text(bench.profile("contoso", "Staff mail"), "hostName") == "third.example")
        }
    }

    /// Somebody deleted it in Intune, and its creation waits: what was applied is not forgotten.
    @Test func whatWaitsToBeMadeAgainStaysAsApplied() async throws {
        try await PublishBench.with { bench in
            #expect(try await bench.publish("--tenant", "contoso").status == 0)
            let id = try bench.id("contoso", "Staff mail")
            bench.emulator.remove(id, tenant: Self.contoso)
            try bench.shop.write(#"{ "kind": "policy", "gates": [ { "name": "creates", "when": { "actions": ["create"] }, "require": "approval" } ] }"#, to: "config/policy.json")
            try bench.shop.git("mv", "tenants/contoso/profiles/staff.json", "tenants/contoso/profiles/crew.json", in: "config")
            try bench.shop.commit("policy")
            let held = try await bench.report("--repair", "--tenant", "contoso")
            #expect(held.status == 3 && held.report.profiles["contoso/crew"]?.heldBy == ["creates"], "\(held)")
            #expect(try bench.record("contoso", "staff")["graphId"] as? String == id)
            try bench.shop.remove("policy.json")
            try bench.shop.commit("no policy")
            bench.emulator.add(Fault(.answer(status: 400, code: "BadRequest", message: "No."), tenant: Self.contoso, method: "POST", path: "deviceConfigurations"))
            let failed = try await bench.report("--repair", "--tenant", "contoso")
            #expect(failed.status == 1 && failed.report.profiles["contoso/crew"]?.publishing?.status == "failed", "\(failed)")
            #expect(try bench.record("contoso", "staff")["graphId"] as? String == id)
            #expect(try await bench.publish("--repair", "--tenant", "contoso").status == 0)
            bench.expectWholeFleet(["Board mail", "Kiosk mail", "Staff mail"], ["contoso"])
            #expect(try bench.record("contoso", "crew")["graphId"] as? String != id)
            #expect(try !bench.shop.applied("tenants/contoso/state.json", "state.git").contains(#""staff": {"#))
        }
    }

    /// Intune's list leaves a profile out for a moment: it is not made a second time.
    @Test func whatAListLeftOutIsNotMadeTwice() async throws {
        try await PublishBench.with { bench in
            #expect(try await bench.publish("--tenant", "contoso").status == 0)
            // Only the run's first list of the tenant is wrong.
            bench.emulator.add(Fault(.body(#"{"value": []}"#), tenant: Self.contoso, method: "GET", path: "isof"))
            let outcome = try await bench.publish("--repair", "--tenant", "contoso")
            #expect(outcome.status == 0, "\(outcome.out)\(outcome.err)")
            bench.expectWholeFleet(["Board mail", "Kiosk mail", "Staff mail"], ["contoso"])
        }
    }

    /// A repair is no adoption: where nothing is applied yet, nothing that the tenant has is overwritten, and nothing is added to it.
    @Test func aTenantThatWasNeverAdoptedIsNotRepaired() async throws {
        try await PublishBench.with { bench in
            bench.emulator.add(
                ["@odata.type": "#microsoft.graph.iosEasEmailProfileConfiguration", "displayName": "Staff mail", "hostName": "elsewhere.example", "accountName": "Own"], tenant: Self.contoso)
            let held = try await bench.report("--repair", "--tenant", "contoso")
            #expect(held.status == 3 && held.report.profiles.count == 3 && held.report.profiles.values.allSatisfy { $0.heldBy == ["adopt-first"] }, "\(held)")
            #expect(try bench.writes.isEmpty && text(bench.profile("contoso", "Staff mail"), "hostName") == "elsewhere.example")
        }
    }

    /// With exports, and somebody else's publisher: the hand-off begins from what is there.
    @Test func theHandOffBeginsFromWhatIsLive() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        #expect(try shop.easel("reconcile", "--repo", "config", "--state", "elsewhere.git", "--out", "out").status == 0)
        try shop.export()
        #expect(try shop.easel("adopt", "--repo", "config", "--state", "state.git", "--live", "live").status == 0)
        try shop.change("contoso/staff") { $0["hostName"] = "elsewhere.example" }
        let repair = try shop.easel("reconcile", "--repo", "config", "--state", "state.git", "--live", "live", "--repair", "--out", "hand-off")
        #expect(repair.status == 0 && repair.out.contains("Recorded 1 "), "\(repair.out)\(repair.err)")
        let operations = try #require(try shop.object("hand-off/operations.json")["operations"] as? [Workshop.Object])
        #expect(operations.count == 1 && operations[0]["graphId"] as? String == Workshop.graphID("contoso", "staff"))
        #expect(try shop.object("hand-off/tenants/contoso/payloads/staff.patch.json")["hostName"] as? String == "outlook.office365.com")
    }
}
