import Foundation
import GraphEmulator
import JSONSource
import TestSupport
import Testing

/// What ends a run that publishes, at any moment: nothing is lost, and nothing is made twice.
@Suite struct PublishRecoveryTests {
    /// Kills a run as soon as the service has got its `count`th request, which it answers late.
    private func kill(_ bench: PublishBench, atRequest count: Int) async throws -> Bool {
        bench.emulator.clearLog()
        let run = try bench.start(["reconcile", "--publish", "graph", "--state", "state.git", "--tenant", "contoso"])
        let watch = Task.detached {
            // The log has a request once it was executed; its answer is still on its way.
            for _ in 0..<4000 {
                if bench.emulator.log.count >= count { break }
                try? await Task.sleep(for: .milliseconds(2))
            }
            Foundation.kill(run.child, SIGKILL)
        }
        let outcome = try await bench.finish(run)
        watch.cancel()
        return outcome.status == -SIGKILL
    }

    /// Token, namesakes, list; then POST, /assign and a look for each of three profiles.
    @Test(arguments: 1...13) func killedAtAnyRequest(_ count: Int) async throws {
        try await PublishBench.with(adjust: { $0.latency = 0.02 }) { bench in
            let isKilled = try await kill(bench, atRequest: count)
            #expect(isKilled || count > 8)
            let end = try await bench.publish("--tenant", "contoso")
            #expect(end.status == 0, "\(end.out)\(end.err)")
            bench.expectWholeFleet(["Board mail", "Kiosk mail", "Staff mail"], ["contoso"])
            for name in ["board", "kiosk", "staff"] {
                #expect(try bench.record("contoso", name)["graphId"] as? String == bench.id("contoso", "\(name.capitalized) mail"))
            }
            let again = try await bench.publish("--tenant", "contoso")
            #expect(again.status == 0 && again.out.contains("Nothing to do"), "\(again.out)")
        }
    }

    @Test(arguments: 1...9) func killedAmongChanges(_ count: Int) async throws {
        try await PublishBench.with(adjust: { $0.latency = 0.02 }) { bench in
            #expect(try await bench.publish("--tenant", "contoso").status == 0)
            try bench.shop.edit("tenants/contoso/profiles/staff.json", #""accountName": "Mail""#, #""accountName": "Contoso""#)
            try bench.shop.edit("tenants/contoso/profiles/kiosk.json", #""method": "certificate", "certificateProfile": "device""#, #""method": "usernameAndPassword""#)
            try bench.shop.edit("tenants/contoso/profiles/kiosk.json", #""floor""#, #""board""#)
            try bench.shop.remove("tenants/contoso/profiles/board.json")
            try bench.shop.commit("edits")
            let isKilled = try await kill(bench, atRequest: count)
            #expect(isKilled || count > 7)
            let end = try await bench.publish("--tenant", "contoso")
            #expect(end.status == 0, "\(end.out)\(end.err)")
            bench.expectWholeFleet(["Kiosk mail", "Staff mail"], ["contoso"])
            let kiosk = try bench.profile("contoso", "Kiosk mail")
            #expect(text(kiosk, "authenticationMethod") == "usernameAndPassword" && bench.groups(kiosk) == ["20000000-0000-4000-8000-000000000001"])
            // A certificate that is left over would be used again one day.
            #expect(bench.emulator.references(of: text(kiosk, "id"), tenant: PublishBench.ids["contoso"] ?? "").isEmpty)
            #expect(try text(bench.profile("contoso", "Staff mail"), "accountName") == "Contoso")
        }
    }

    /// The service does what it is asked, and its answer is cut off.
    @Test(arguments: [0, 1, 40, 400]) func answersThatAreCutOff(_ bytes: Int) async throws {
        try await PublishBench.with { bench in
            let contoso = PublishBench.ids["contoso"] ?? ""
            for (method, path) in [("POST", "deviceConfigurations"), ("POST", "/assign"), ("GET", "$expand=assignments")] {
                bench.emulator.add(Fault(bytes == 0 ? .resetAfter : .cut(after: bytes), tenant: contoso, method: method, path: path))
            }
            var last = try await bench.publish("--tenant", "contoso")
            if last.status != 0 { last = try await bench.publish("--tenant", "contoso") }
            #expect(last.status == 0, "\(last.out)\(last.err)")
            bench.expectWholeFleet(["Board mail", "Kiosk mail", "Staff mail"], ["contoso"])
        }
    }

    /// A new profile is in no list for a while: a run that does not see it must not make it again.
    @Test func whatIsNotVisibleYetIsNotMadeTwice() async throws {
        try await PublishBench.with(adjust: { $0.visibilityDelay = 3; $0.addressDelay = 1 }) { bench in
            bench.emulator.add(Fault(.resetAfter, tenant: PublishBench.ids["contoso"], method: "POST", path: "deviceConfigurations"))
            let outcome = try await bench.publish("--tenant", "contoso")
            #expect(outcome.status == 0, "\(outcome.out)\(outcome.err)")
            bench.expectWholeFleet(["Board mail", "Kiosk mail", "Staff mail"], ["contoso"])
        }
    }

    @Test func aStoppedRunRecordsWhatWasAccepted() async throws {
        try await PublishBench.with(adjust: { $0.latency = 0.1 }) { bench in
            let run = try bench.start(["reconcile", "--publish", "graph", "--state", "state.git"])
            Task.detached {
                for _ in 0..<2000 where bench.writes.count < 5 { try? await Task.sleep(for: .milliseconds(5)) }
                Foundation.kill(run.child, SIGTERM)
            }
            let outcome = try await bench.finish(run)
            #expect(outcome.status == 143 && outcome.out.contains("Recorded on easel/applied") && outcome.out.contains("not sent"), "\(outcome.out)\(outcome.err)")
            let recorded = try bench.shop.git("ls-tree", "-r", "--name-only", "easel/applied", in: "state.git").split(separator: "\n").filter { $0.contains("/profiles/") }.count
            #expect(recorded > 0 && recorded < 9)
            let rest = try await bench.publish()
            #expect(rest.status == 0, "\(rest.out)\(rest.err)")
            bench.expectWholeFleet()
        }
    }

    /// The state cannot be written: what was published is found by the next run.
    @Test func whatCouldNotBeRecordedIsFound() async throws {
        try await PublishBench.with { bench in
            #expect(try await bench.publish("--tenant", "northwind").status == 0)
            // Who works on the branch must not find it moved; the claims beside it can be written.
            try bench.shop.git("--git-dir", "state.git", "worktree", "add", "--quiet", "work", "easel/applied")
            let failed = try await bench.publish("--tenant", "contoso")
            #expect(failed.status == 1 && failed.err.contains("checked out") && bench.profiles("contoso").count == 3, "\(failed.out)\(failed.err)")
            try bench.shop.git("--git-dir", "state.git", "worktree", "remove", "--force", "work")
            let outcome = try await bench.publish()
            #expect(outcome.status == 0, "\(outcome.out)\(outcome.err)")
            bench.expectWholeFleet()
        }
    }

    // MARK: What was sent in part

    /// Intune has the settings and refuses the assignment; then somebody reverts the edit.
    @Test(arguments: [true, false]) func aPartThatNobodyWantsAnyMoreIsToldUntilItIsRestored(_ isRenamed: Bool) async throws {
        try await PublishBench.with { bench in
            let contoso = PublishBench.ids["contoso"] ?? ""
            #expect(try await bench.publish("--tenant", "contoso").status == 0)
            try bench.shop.edit("tenants/contoso/profiles/staff.json", #""accountName": "Mail""#, #""accountName": "Wrong""#)
            try bench.shop.edit("tenants/contoso/profiles/staff.json", #""group": "staff""#, #""group": "board""#)
            if isRenamed { try bench.shop.git("mv", "tenants/contoso/profiles/staff.json", "tenants/contoso/profiles/crew.json", in: "config") }
            try bench.shop.commit("edit")
            bench.emulator.add(Fault(.answer(status: 400, code: "BadRequest", message: "No."), tenant: contoso, method: "POST", path: "/assign"))
            #expect(try await bench.publish("--tenant", "contoso").status == 1)
            #expect(try text(bench.profile("contoso", "Staff mail"), "accountName") == "Wrong")

            try bench.shop.git("revert", "--no-edit", "HEAD", in: "config")
            // Nothing differs from what is applied, and Intune has something else.
            for _ in 0..<2 {
                let told = try await bench.report("--tenant", "contoso")
                #expect(told.status == 1 && told.report.diagnostics.contains { $0.code == "CFG096" && $0.severity == "error" && $0.tenant == "contoso" && $0.profile == "staff" }, "\(told)")
            }
            let plan = try await bench.finish(bench.start(["plan", "--state", "state.git", "--tenant", "contoso"]))
            #expect(plan.status == 1 && plan.out.contains("CFG096"), "\(plan.out)\(plan.err)")
            let repaired = try await bench.publish("--tenant", "contoso", "--repair")
            #expect(repaired.status == 0, "\(repaired.out)\(repaired.err)")
            #expect(try text(bench.profile("contoso", "Staff mail"), "accountName") == "Mail")
            bench.expectWholeFleet(["Board mail", "Kiosk mail", "Staff mail"], ["contoso"])
            let again = try await bench.publish("--tenant", "contoso")
            #expect(again.status == 0 && !again.out.contains("CFG096"), "\(again.out)\(again.err)")
        }
    }

    /// A gate holds the rest of a change, and then it is reverted: what was sent is still told.
    @Test func aPartIsNotForgottenWhileAGateHoldsTheRest() async throws {
        try await PublishBench.with { bench in
            let contoso = PublishBench.ids["contoso"] ?? ""
            #expect(try await bench.publish("--tenant", "contoso").status == 0)
            try bench.shop.edit("tenants/contoso/profiles/staff.json", #""accountName": "Mail""#, #""accountName": "Wrong""#)
            try bench.shop.commit("edit")
            // The service executes it, and nobody hears of it.
            bench.emulator.add(Fault(.resetAfter, tenant: contoso, method: "PATCH", times: nil))
            #expect(try await bench.publish("--tenant", "contoso").status == 1)
            try bench.shop.write(#"{ "kind": "policy", "gates": [ { "name": "updates", "when": { "actions": ["update"] }, "require": "approval" } ] }"#, to: "config/policy.json")
            try bench.shop.commit("policy")
            #expect(try await bench.publish("--tenant", "contoso").status == 3)
            try bench.shop.edit("tenants/contoso/profiles/staff.json", #""accountName": "Wrong""#, #""accountName": "Mail""#)
            try bench.shop.commit("revert")
            let told = try await bench.report("--tenant", "contoso")
            #expect(told.status == 1 && told.report.diagnostics.contains { $0.code == "CFG096" && $0.profile == "staff" }, "\(told)")
        }
    }

    /// The profile was made, its assignment refused; lists do not show it yet when the next run begins.
    @Test func whatIsMadeInPartAndNotVisibleYetIsNotMadeTwice() async throws {
        try await PublishBench.with(adjust: { $0.visibilityDelay = 6 }) { bench in
            bench.emulator.add(Fault(.answer(status: 400, code: "BadRequest", message: "No."), tenant: PublishBench.ids["contoso"], method: "POST", path: "/assign", times: 3))
            #expect(try await bench.publish("--tenant", "contoso").status == 1)
            let next = try await bench.publish("--tenant", "contoso")
            #expect(next.status == 0, "\(next.out)\(next.err)")
            bench.expectWholeFleet(["Board mail", "Kiosk mail", "Staff mail"], ["contoso"])
        }
    }

    /// A run is killed in the middle, and somebody reverts the edit: what Intune may have is told until it was compared.
    @Test(arguments: [true, false]) func aKilledRunIsNotForgottenWhenItsEditIsReverted(_ hasOtherEdit: Bool) async throws {
        try await PublishBench.with(adjust: { $0.latency = 0.02 }) { bench in
            #expect(try await bench.publish("--tenant", "contoso").status == 0)
            for profile in ["board", "staff"] { try bench.shop.edit("tenants/contoso/profiles/\(profile).json", #""accountName": "Mail""#, #""accountName": "Wrong""#) }
            try bench.shop.commit("edit")
            // Token, look, PATCH.
            #expect(try await kill(bench, atRequest: 3))
            #expect(try text(bench.profile("contoso", "Board mail"), "accountName") == "Wrong")
            try bench.shop.git("revert", "--no-edit", "HEAD", in: "config")
            if hasOtherEdit {
                try bench.shop.edit("tenants/contoso/profiles/kiosk.json", #""accountName": "Kiosk""#, #""accountName": "Other""#)
                try bench.shop.commit("another edit")
            }
            for _ in 0..<2 {
                let told = try await bench.report("--tenant", "contoso")
                #expect(told.status == 1 && told.report.diagnostics.contains { $0.code == "CFG096" && $0.severity == "error" && $0.tenant == "contoso" }, "\(told)")
            }
            let repaired = try await bench.publish("--tenant", "contoso", "--repair")
            #expect(repaired.status == 0, "\(repaired.out)\(repaired.err)")
            #expect(try text(bench.profile("contoso", "Board mail"), "accountName") == "Mail")
            let again = try await bench.publish("--tenant", "contoso")
            #expect(again.status == 0 && !again.out.contains("CFG096"), "\(again.out)\(again.err)")
        }
    }

    // MARK: Claims

    private func claim(_ bench: PublishBench, host: String, time: Int, isAbandoned: Bool = false, process: Int = 1) throws {
        let holder: Workshop.Object = ["began": "1", "host": host, "machine": "elsewhere", "process": process]
        let claim: Workshop.Object = ["abandoned": isAbandoned, "creates": ["staff"], "fingerprints": ["staff": "f", "gone": "g"], "holder": holder, "time": time]
        try bench.shop.write(["claims": ["contoso": claim], "formatVersion": 1] as Workshop.Object, to: "claims.json")
        let blob = try bench.shop.git("--git-dir", "state.git", "hash-object", "-w", "claims.json")
        try bench.shop.write("100644 blob \(blob)\tclaims.json\n", to: "tree")
        let tree = try bench.shop.run(["/bin/sh", "-c", "git --git-dir state.git mktree < tree"]).out.trimmingCharacters(in: .whitespacesAndNewlines)
        let commit = try bench.shop.git("--git-dir", "state.git", "commit-tree", tree, "-m", "claim")
        try bench.shop.git("--git-dir", "state.git", "update-ref", "refs/heads/easel/applied-claims", commit)
    }

    @Test func whatAnotherRunPublishesToIsLeftAlone() async throws {
        try await PublishBench.with { bench in
            try bench.shop.git("init", "--quiet", "--bare", "state.git")
            try claim(bench, host: "build-7", time: Int(Date().timeIntervalSince1970) - 60)
            let refused = try await bench.publish()
            #expect(refused.status == 1 && refused.out.contains("another run publishes to this tenant now (process 1 on build-7)"), "\(refused.out)\(refused.err)")
            bench.expectWholeFleet(["Board mail", "Kiosk mail", "Staff mail"], ["fabrikam", "northwind"])
            #expect(bench.profiles("contoso").isEmpty)
            // Its claim stays.
            #expect(try bench.shop.git("show", "easel/applied-claims:claims.json", in: "state.git").contains("build-7"))

            try claim(bench, host: "build-7", time: Int(Date().timeIntervalSince1970) - 3700)
            let taken = try await bench.publish()
            #expect(taken.status == 0 && taken.out.contains("An earlier run ended while it published to tenant contoso") && taken.out.contains("gone"), "\(taken.out)\(taken.err)")
            bench.expectWholeFleet()
        }
    }

    @Test func runsAtTheSameTimePublishEverythingOnce() async throws {
        try await PublishBench.with(adjust: { $0.latency = 0.02 }) { bench in
            try bench.shop.git("init", "--quiet", "--bare", "state.git")
            let runs = try (0..<4).map { _ in try bench.start(["reconcile", "--publish", "graph", "--state", "state.git"]) }
            for run in runs { _ = try await bench.finish(run) }
            let last = try await bench.publish()
            #expect(last.status == 0, "\(last.out)\(last.err)")
            bench.expectWholeFleet()
        }
    }

    /// A state branch on a server: claims are pushed, and given back.
    @Test func claimsOnARemote() async throws {
        try await PublishBench.with { bench in
            try bench.shop.git("init", "--quiet", "--bare", "state.git")
            let daemon = try GitDaemon(bench.shop.path, environment: Workshop.environment)
            let url = daemon.url("state.git")
            let outcome = try await bench.publish("--cache", "cache", "--tenant", "contoso", state: url)
            #expect(outcome.status == 0, "\(outcome.out)\(outcome.err)")
            bench.expectWholeFleet(["Board mail", "Kiosk mail", "Staff mail"], ["contoso"])
            #expect(try bench.shop.git("rev-list", "--count", "easel/applied-claims", in: "state.git") == "2")
            #expect(try bench.shop.git("show", "easel/applied-claims:claims.json", in: "state.git").contains(#""claims": {}"#))
        }
    }
}
