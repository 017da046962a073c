import Foundation
import GraphEmulator
import JSONSource
import TestSupport
import Testing

/// `reconcile --publish graph`: what Intune gets, and what is recorded of it.
@Suite struct PublishTests {
    @Test func createsUpdatesReinstallsAndRemoves() async throws {
        try await PublishBench.with { bench in
            let first = try await bench.publish()
            #expect(first.status == 0 && first.out.contains("Published 9 creates") && !first.out.contains("Nothing was sent"), "\(first.out)\(first.err)")
            bench.expectWholeFleet()
            // Each profile is a POST and an /assign, and nothing else.
            #expect(bench.writes.count == 18 && bench.writes.allSatisfy { $0.method == "POST" })
            let staff = try bench.id("contoso", "Staff mail")
            #expect(try bench.record("contoso", "staff")["graphId"] as? String == staff && bench.record("contoso", "staff")["liveVersion"] as? Int == 1)
            #expect(try bench.emulator.references(of: bench.id("contoso", "Kiosk mail"), tenant: PublishBench.ids["contoso"] ?? "")["identityCertificate"] == "40000000-0000-4000-8000-000000000001")

            bench.emulator.clearLog()
            let nothing = try await bench.publish()
            #expect(nothing.status == 0 && nothing.out.contains("Nothing to do") && bench.emulator.log.isEmpty, "\(nothing.out)\(nothing.err)")

            // An update, a reinstallation, a removal and another certificate, in one run.
            try bench.shop.edit("tenants/contoso/profiles/staff.json", #""accountName": "Mail""#, #""accountName": "Contoso""#)
            try bench.shop.edit("tenants/fabrikam/profiles/staff.json", #""accountName": "Mail""#, #""accountName": "Mail", "oauth": true"#)
            try bench.shop.remove("tenants/northwind/profiles/board.json")
            try bench.shop.edit("tenants/contoso/profiles/kiosk.json", #""certificateProfile": "device""#, #""certificateProfile": "signing""#)
            try bench.shop.commit("edits")
            let second = try await bench.report()
            #expect(second.status == 0 && second.report.summary.publishing?["published"] == 4, "\(second)")
            #expect(second.report.profiles["fabrikam/staff"]?.action == "reinstall" && second.report.profiles["fabrikam/staff"]?.publishing?.status == "published")
            #expect(try text(bench.profile("contoso", "Staff mail"), "accountName") == "Contoso" && bench.id("contoso", "Staff mail") == staff)
            #expect(bench.profiles("northwind").keys.sorted() == ["Kiosk mail", "Staff mail"])
            #expect(try bench.emulator.references(of: bench.id("contoso", "Kiosk mail"), tenant: PublishBench.ids["contoso"] ?? "")["identityCertificate"] == "50000000-0000-4000-8000-000000000001")
            // No assignment has changed, so none is sent.
            #expect(bench.writes.map(\.method).sorted() == ["DELETE", "PATCH", "PATCH", "PUT"])
            #expect(try bench.record("contoso", "staff")["liveVersion"] as? Int == 2)

            // Without the certificate, the service must not keep its reference.
            try bench.shop.edit("tenants/contoso/profiles/kiosk.json", #""method": "certificate", "certificateProfile": "signing""#, #""method": "usernameAndPassword""#)
            try bench.shop.commit("password")
            #expect(try await bench.publish().status == 0)
            #expect(try bench.emulator.references(of: bench.id("contoso", "Kiosk mail"), tenant: PublishBench.ids["contoso"] ?? "").isEmpty)
            let drift = try await bench.finish(bench.start(["drift", "--live", "graph", "--state", "state.git"]))
            #expect(drift.status == 0, "\(drift.out)\(drift.err)")
            let history = try await bench.finish(bench.shop.start([Workshop.binary, "history", "contoso/staff", "--repo", "config", "--state", "state.git"]))
            #expect(history.out.contains("published to Intune as \(staff); version 2"), "\(history.out)\(history.err)")
            // The secret is in no state, no claim and no report.
            for branch in ["easel/applied", "easel/applied-claims"] {
                #expect(try bench.shop.run(["/usr/bin/git", "log", "-p", "-S", PublishBench.secret, "--format=%H", branch], in: "state.git").out.isEmpty, "\(branch)")
            }
            // Nothing is claimed any more.
            #expect(try bench.shop.git("show", "easel/applied-claims:claims.json", in: "state.git").contains(#""claims": {}"#))
        }
    }

    /// Nothing of such profiles changes, and Intune has none of them.
    @Test func aTargetThatIsNewIsTold() async throws {
        try await PublishBench.with { bench in
            let (mobile, file) = (#""kind": "tenant", "targets": ["mobileconfig"],"#, "tenants/northwind/tenant.json")
            try bench.shop.edit(file, #""kind": "tenant","#, mobile)
            try bench.shop.remove("tenants/northwind/profiles/kiosk.json")
            try bench.shop.commit("northwind has no Intune")
            #expect(try await bench.publish().status == 0)
            #expect(bench.profiles("northwind").isEmpty)
            try bench.shop.edit(file, mobile, #""kind": "tenant", "targets": ["graph"],"#)
            try bench.shop.commit("now it has")
            let told = try await bench.report()
            let warning = try #require(told.report.diagnostics.first { $0.code == "CFG097" })
            #expect(warning.message.hasSuffix("Intune does not have what is applied already: board, staff") && warning.file == "tenants/northwind/tenant.json", "\(warning)")
            #expect(bench.profiles("northwind").isEmpty)
            let repaired = try await bench.finish(bench.start(["reconcile", "--publish", "graph", "--repair", "--live", "graph", "--state", "state.git"]))
            #expect(repaired.status == 0 && bench.profiles("northwind").keys.sorted() == ["Board mail", "Staff mail"], "\(repaired.out)\(repaired.err)")
            #expect(try await bench.report().report.diagnostics.isEmpty)
        }
    }

    @Test func aTenantThatFailsHoldsUpNobody() async throws {
        try await PublishBench.with { bench in
            let fabrikam = PublishBench.ids["fabrikam"] ?? ""
            bench.emulator.add(Fault(.answer(status: 400, code: "BadRequest", message: "The profile is not wanted."), tenant: fabrikam, method: "POST", path: "deviceConfigurations", after: 2))
            let failed = try await bench.report("--report", "report.junit.xml", "--report", "report.sarif", "--report", "report.md", "--report", "report.html", "--metrics", "metrics.prom")
            #expect(failed.status == 1 && failed.report.summary.publishing == ["published": 8, "failed": 1, "awaitingApproval": 0, "notSent": 0], "\(failed)")
            let kiosk = try #require(failed.report.profiles["fabrikam/kiosk"])
            #expect(kiosk.publishing?.status == "failed" && kiosk.publishing?.code == "BadRequest" && kiosk.publishing?.message?.contains("not wanted") == true && kiosk.heldBy.isEmpty)
            #expect(failed.report.diagnostics.contains { $0.code == "CFG095" && $0.severity == "error" && $0.tenant == "fabrikam" && $0.profile == "kiosk" })
            for file in ["report.junit.xml", "report.sarif", "report.md", "report.html"] {
                let report = try bench.shop.read(file)
                #expect(report.contains("not wanted") && !report.contains(PublishBench.secret), "\(file)")
            }
            #expect(try bench.shop.read("metrics.prom").contains(/easel_published_profiles\{.*outcome="failed".*\} 1\n/))
            #expect(try bench.shop.git("ls-tree", "--name-only", "easel/applied:tenants/fabrikam/profiles", in: "state.git") == "board.json\nstaff.json")
            bench.expectWholeFleet(["Board mail", "Kiosk mail", "Staff mail"], ["contoso", "northwind"])

            bench.emulator.clearLog()
            let again = try await bench.report()
            #expect(again.status == 0 && again.report.summary.publishing?["published"] == 1, "\(again)")
            bench.expectWholeFleet()
            #expect(Set(bench.emulator.log.map(\.tenant)) == [fabrikam] && bench.writes.count == 2)
        }
    }

    @Test func withoutConsentTheErrorHasTheLink() async throws {
        try await PublishBench.with(adjust: { $0.tenants[1].apps[0].hasConsent = false }) { bench in
            let outcome = try await bench.publish()
            #expect(outcome.status == 1 && outcome.out.contains("adminconsent") && outcome.out.contains("fabrikam"), "\(outcome.out)\(outcome.err)")
            bench.expectWholeFleet(["Board mail", "Kiosk mail", "Staff mail"], ["contoso", "northwind"])
        }
    }

    @Test func multiAdminApprovalIsAwaitedAndNoFailure() async throws {
        try await PublishBench.with(adjust: { $0.tenants[0].requiresApproval = true }) { bench in
            let contoso = PublishBench.ids["contoso"] ?? ""
            var codes: Set<String> = []
            // Each run gets one request further: the creation, then the assignment.
            for round in 0..<2 {
                let waits = try await bench.report("--tenant", "contoso")
                #expect(waits.status == 3 && waits.report.summary.publishing?["awaitingApproval"] == 3, "\(round) \(waits)")
                #expect(!waits.report.diagnostics.contains { $0.severity == "error" })
                // A run that comes before the approval asks for nothing new.
                let still = try await bench.report("--tenant", "contoso")
                #expect(still.status == 3 && still.report.profiles.compactMapValues { $0.publishing?.code } == waits.report.profiles.compactMapValues { $0.publishing?.code }, "\(still)")
                for profile in waits.report.profiles.values { codes.insert(try #require(profile.publishing?.code)) }
                for code in codes { bench.emulator.approve(code, tenant: contoso) }
            }
            #expect(codes.count == 6)
            let done = try await bench.publish("--tenant", "contoso")
            #expect(done.status == 0 && done.out.contains("Published 3 creates"), "\(done.out)\(done.err)")
            bench.expectWholeFleet(["Board mail", "Kiosk mail", "Staff mail"], ["contoso"])
        }
    }

    @Test func whatSomebodyElseChangedIsHeld() async throws {
        try await PublishBench.with { bench in
            #expect(try await bench.publish().status == 0)
            let contoso = PublishBench.ids["contoso"] ?? ""
            bench.emulator.change(try bench.id("contoso", "Staff mail"), tenant: contoso, ["hostName": "elsewhere.example"])
            // Somebody else has made the very change that is to come: nothing is overwritten.
            bench.emulator.change(try bench.id("contoso", "Board mail"), tenant: contoso, ["accountName": "Contoso"])
            for profile in ["staff", "board"] { try bench.shop.edit("tenants/contoso/profiles/\(profile).json", #""accountName": "Mail""#, #""accountName": "Contoso""#) }
            try bench.shop.commit("name")
            bench.emulator.clearLog()
            let held = try await bench.report()
            #expect(held.status == 3 && held.report.profiles["contoso/staff"]?.heldBy == ["changed-live"] && held.report.profiles["contoso/board"]?.publishing?.status == "published", "\(held)")
            #expect(held.report.gates.first { $0.name == "changed-live" }?.howToPass.contains("--repair") == true)
            #expect(held.report.profiles["contoso/staff"]?.publishing?.message?.contains("/account/server") == true)
            #expect(try bench.writes.isEmpty && text(bench.profile("contoso", "Staff mail"), "hostName") == "elsewhere.example")

            let repaired = try await bench.publish("--repair")
            #expect(repaired.status == 0, "\(repaired.out)\(repaired.err)")
            let staff = try bench.profile("contoso", "Staff mail")
            #expect(text(staff, "hostName") == "outlook.office365.com" && text(staff, "accountName") == "Contoso")
        }
    }

    @Test func whatIntuneNoLongerHasIsHeldAndMadeAgainByRepair() async throws {
        try await PublishBench.with { bench in
            #expect(try await bench.publish("--tenant", "contoso").status == 0)
            let old = try bench.id("contoso", "Staff mail")
            bench.emulator.remove(old, tenant: PublishBench.ids["contoso"] ?? "")
            try bench.shop.edit("tenants/contoso/profiles/staff.json", #""accountName": "Mail""#, #""accountName": "Contoso""#)
            try bench.shop.commit("name")
            let held = try await bench.report("--tenant", "contoso")
            #expect(held.status == 3 && held.report.profiles["contoso/staff"]?.publishing?.message?.contains("no longer has it") == true, "\(held)")
            #expect(try await bench.publish("--tenant", "contoso", "--repair").status == 0)
            bench.expectWholeFleet(["Board mail", "Kiosk mail", "Staff mail"], ["contoso"])
            #expect(try bench.record("contoso", "staff")["graphId"] as? String != old)
        }
    }

    @Test func aStrangerOfTheSameNameIsNotTakenOver() async throws {
        try await PublishBench.with { bench in
            #expect(try await bench.publish("--tenant", "contoso").status == 0)
            bench.emulator.add(
                ["@odata.type": "#microsoft.graph.iosEasEmailProfileConfiguration", "displayName": "Guests mail", "hostName": "elsewhere.example", "accountName": "Guests"], tenant: PublishBench.ids["contoso"] ?? "")
            try bench.shop.write(Fleet.manifest("staff").replacing("Staff mail", with: "Guests mail"), to: "config/tenants/contoso/profiles/guests.json")
            try bench.shop.commit("guests")
            let held = try await bench.report("--tenant", "contoso")
            #expect(held.status == 3 && held.report.profiles["contoso/guests"]?.heldBy == ["changed-live"], "\(held)")
            #expect(try text(bench.profile("contoso", "Guests mail"), "hostName") == "elsewhere.example")
        }
    }

    /// A tenant that is no longer managed in Intune still has there what was applied: whoever removes a manifest means that.
    @Test(arguments: [true, false]) func whatATenantHasInIntuneIsRemovedThoughItIsNoTargetAnyMore(_ isAtOnce: Bool) async throws {
        try await PublishBench.with { bench in
            #expect(try await bench.publish("--tenant", "fabrikam").status == 0)
            try bench.shop.remove("tenants/fabrikam/profiles/kiosk.json")
            try bench.shop.edit("tenants/fabrikam/tenant.json", #""exchange": "online","#, #""exchange": "online", "targets": ["mobileconfig"],"#)
            if !isAtOnce {
                try bench.shop.commit("targets")
                #expect(try await bench.publish("--tenant", "fabrikam").status == 0)
            }
            try bench.shop.remove("tenants/fabrikam/profiles/staff.json")
            try bench.shop.commit("remove")
            let outcome = try await bench.publish("--tenant", "fabrikam")
            #expect(outcome.status == 0, "\(outcome.out)\(outcome.err)")
            #expect(bench.profiles("fabrikam").keys.sorted() == ["Board mail"])
        }
    }

    @Test func optionsThatContradictEachOtherAreRefused() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        #expect(try shop.easel("reconcile", "--publish", "graph", "--defer", "--out", "out", in: "config").status == 64)
        #expect(try shop.easel("reconcile", "--repair", in: "config").status == 64)
        #expect(try shop.easel("plan", "--repair", in: "config").status == 64)
        #expect(try shop.easel("reconcile", "--publish", "elsewhere", in: "config").status == 64)
    }
}
