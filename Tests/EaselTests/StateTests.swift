import Foundation
import Testing

/// What reconcile records on the state branch, and what it leaves alone.
@Suite struct StateTests {
    @Test func oneReconcileIsOneCommitThatPeopleCanBrowse() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        #expect(try shop.easel("plan", in: "config").status == 0)
        #expect(try shop.tip() == nil, "plan records nothing")
        #expect(try shop.easel("reconcile", in: "config").status == 0)
        #expect(try shop.git("rev-list", "--count", "easel/applied", in: "config") == "1")
        let files = try shop.git("ls-tree", "-r", "--name-only", "easel/applied", in: "config").split(separator: "\n").map(String.init)
        var expected = ["report.json", "report.md", "state.json"]
        for tenant in Fleet.tenants {
            expected += ["report.json", "state.json"].map { "tenants/\(tenant)/\($0)" }
            for profile in Fleet.profiles {
                expected.append("tenants/\(tenant)/profiles/\(profile).json")
                expected += ["graph", "assign"].map { "tenants/\(tenant)/payloads/\(profile).\($0).json" }
            }
        }
        #expect(files.sorted() == expected.sorted())
        #expect(try shop.git("fsck", "--strict", in: "config") == "")
        #expect(!(try shop.applied("report.json").contains("\"profiles\": [")))
        #expect(try shop.applied("tenants/contoso/report.json").contains("\"id\": \"staff\""))
    }

    @Test func onlyTheTenantThatChangedIsWrittenAgain() throws {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        let before = try ["contoso", "fabrikam"].map { try shop.git("rev-parse", "easel/applied:tenants/\($0)", in: "config") }
        try shop.edit("tenants/contoso/profiles/staff.json", "Staff mail", "Mail for staff")
        try shop.commit("edit")
        #expect(try shop.easel("reconcile", in: "config").lastLine == "Recorded 1 update; 8 unchanged. Nothing was sent to Intune.")
        let after = try ["contoso", "fabrikam"].map { try shop.git("rev-parse", "easel/applied:tenants/\($0)", in: "config") }
        #expect(after[0] != before[0] && after[1] == before[1])
        #expect(try shop.applied("tenants/contoso/state.json").contains(#""serial": 2"#))
    }

    @Test func aBrokenTenantIsLeftAsAppliedAndTheOthersProceed() throws {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        let before = try shop.git("rev-parse", "easel/applied:tenants/contoso", in: "config")
        try shop.edit("tenants/contoso/profiles/staff.json", #""accountName": "Mail""#, #""acountName": "Mail""#)
        try shop.edit("tenants/contoso/profiles/board.json", "Board mail", "Mail of the board")
        try shop.edit("tenants/fabrikam/profiles/board.json", "Board mail", "Mail of the board")
        try shop.commit("edit")
        let (report, status) = try shop.report("reconcile", in: "config")
        #expect(status == 1 && report.summary.failedTenants == 1 && report.profiles.keys.sorted() == ["fabrikam/board"])
        #expect(report.diagnostics.contains { $0.code == "CFG001" && $0.file == "tenants/contoso/profiles/staff.json" && $0.tenant == "contoso" })
        #expect(try shop.git("rev-parse", "easel/applied:tenants/contoso", in: "config") == before)
        // Looked at again in every run, and caught up with when it is mended.
        #expect(try shop.easel("reconcile", in: "config").status == 1)
        try shop.edit("tenants/contoso/profiles/staff.json", #""acountName": "Mail""#, #""accountName": "Mail""#)
        try shop.commit("mend")
        let (mended, code) = try shop.report("reconcile", in: "config")
        #expect(code == 0 && mended.profiles.keys.sorted() == ["contoso/board"])
    }

    @Test func aTenantWhoseFolderIsGoneWaitsForAnApproval() throws {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        try shop.remove("tenants/northwind")
        try shop.commit("remove")
        let (held, status) = try shop.report("reconcile", in: "config")
        #expect(status == 3 && held.summary.held == 3 && held.summary.remove == 3)
        #expect(held.profiles.values.allSatisfy { $0.heldBy == ["tenant-removal"] })
        #expect(try shop.applied("tenants/northwind/profiles/staff.json").contains("Staff mail"))
        let gate = try #require(held.gates.first)
        let fingerprints = try held.profiles.values.map { try #require($0.fingerprint) }
        #expect(gate.source == "default" && gate.howToPass.contains("easel approve"))
        let list = fingerprints.map { "\"\($0)\"" }.joined(separator: ", ")
        try shop.write(
            #"{"kind": "approval", "fingerprints": [\#(list)], "reason": "They left", "approvedBy": "Ann"}"#, to: "config/approvals/northwind.json")
        try shop.commit("approve")
        let (gone, code) = try shop.report("reconcile", in: "config")
        #expect(code == 0 && gone.summary.remove == 3 && gone.summary.held == 0)
        #expect(try shop.git("ls-tree", "-r", "--name-only", "easel/applied", "tenants/northwind", in: "config") == "tenants/northwind/report.json\ntenants/northwind/state.json")
        let done = try shop.easel("plan", "--detailed-exitcode", in: "config")
        #expect(done.status == 0 && done.out.contains("approvals/northwind.json was already used; you can delete it"))
    }

    /// A run with something held leaves nothing for its own repetition to record.
    @Test func aRunThatIsRepeatedMakesNoCommit() throws {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        try shop.write(#"{"kind": "policy", "gates": [{"name": "names", "when": {"actions": ["update"]}, "require": "approval"}]}"#, to: "config/policy.json")
        try shop.remove("tenants/contoso/profiles/board.json")
        try shop.edit("tenants/contoso/profiles/staff.json", "Staff mail", "Mail for staff")
        try shop.commit("two things")
        let (first, status) = try shop.report("reconcile", in: "config")
        let tip = try shop.tip()
        #expect(status == 3 && first.summary.remove == 1 && first.summary.held == 1)
        #expect(try shop.report("reconcile", in: "config").status == 3)
        #expect(try shop.tip() == tip)
    }

    @Test func aBrokenTenantThatIsTakenAwayIsForgotten() throws {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        try shop.write("{", to: "config/tenants/tailspin/tenant.json")
        try shop.commit("broken")
        #expect(try shop.report("reconcile", in: "config").status == 1)
        #expect(try shop.applied("state.json").contains("tailspin"))
        try shop.remove("tenants/tailspin")
        try shop.commit("away")
        #expect(try shop.report("reconcile", in: "config").status == 0)
        #expect(try !shop.applied("state.json").contains("tailspin"))
    }

    @Test func aHeldProfileStaysAsAppliedWhileTheOthersGoOut() throws {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        try shop.write(
            #"{"kind": "policy", "gates": [{"name": "storm", "when": {"consequences": ["credentialReentry"], "peopleOver": 50}, "require": "approval"}]}"#,
            to: "config/policy.json")
        try shop.edit("bases/online.json", #""oauth": false"#, #""oauth": true"#)
        try shop.commit("OAuth")
        let profile = "tenants/contoso/profiles/staff.json"
        let before = try shop.applied(profile)
        let (plan, planned) = try shop.report("plan", in: "config")
        let (report, status) = try shop.report("reconcile", in: "config")
        #expect(planned == 3 && status == 3 && plan.gates.map(\.held) == report.gates.map(\.held))
        #expect(report.gates.first?.held == Fleet.tenants.map { "\($0)/staff" })
        #expect(report.summary.reinstall == 6 && report.summary.held == 3)
        #expect(try shop.applied(profile) == before)
        #expect(try shop.applied("tenants/contoso/profiles/board.json").contains(#""oauth": true"#))
        // The next run looks at it again although nothing was committed since.
        let tip = try shop.tip()
        #expect(try shop.report("reconcile", in: "config").report.summary.held == 3)
        #expect(try shop.tip() == tip)
        try shop.remove("policy.json")
        try shop.commit("no policy")
        #expect(try shop.report("reconcile", in: "config").report.profiles.keys.sorted() == Fleet.tenants.map { "\($0)/staff" })
    }

    @Test func aBrokenPolicyStopsTheRun() throws {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        let before = try shop.tip()
        try shop.write(#"{"kind": "policy", "gates": [{"name": "x"}]}"#, to: "config/policy.json")
        try shop.edit("tenants/contoso/profiles/staff.json", "Staff mail", "Mail for staff")
        try shop.commit("edit")
        let outcome = try shop.easel("reconcile", in: "config")
        #expect(outcome.status == 1 && outcome.lastLine == "Stopped: 1 error; nothing was recorded.")
        #expect(try shop.tip() == before)
    }

    @Test func theStateMayLiveInARepositoryOfItsOwn() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        for command in [["plan"], ["history"], ["rollback", "--to", "main"], ["deliver", "--since", "main", "--out", "out"], ["drift", "--live", "."]] {
            let outcome = try shop.run([Workshop.binary] + command + ["--repo", "config", "--state", "state.git"])
            #expect(outcome.status == 1 && outcome.err.contains("state.git: nothing is there. Correct --state"), "\(outcome.err)")
        }
        #expect(!shop.exists("state.git"), "only what writes makes a repository")
        let made = try shop.easel("reconcile", "--repo", "config", "--state", "state.git#applied/mail")
        #expect(made.status == 0 && made.err == "notice: Created the bare repository state.git for the applied state.\n", "\(made.err)")
        #expect(try shop.report("plan", "--repo", "config", "--state", "state.git").report.summary.create == 9, "without the branch, the state is empty")
        #expect(try shop.tip("state.git", branch: "applied/mail") != nil)
        #expect(try shop.tip() == nil)
        #expect(try shop.git("rev-parse", "--is-bare-repository", in: "state.git") == "true")
    }

    @Test func aStateThatSomebodyEditedIsNotBuiltUpon() throws {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        try shop.git("worktree", "add", "--quiet", "../state", "easel/applied", in: "config")
        let file = "state/tenants/contoso/profiles/staff.json"
        try shop.write(try shop.read(file).replacingOccurrences(of: #""oauth": false"#, with: #""oauth": true"#), to: file)
        try shop.commit("by hand", in: "state")
        try shop.edit("tenants/contoso/profiles/staff.json", "Staff mail", "Mail for staff")
        try shop.commit("edit")
        let tip = try shop.tip()
        let outcome = try shop.easel("reconcile", in: "config")
        #expect(outcome.status == 1 && outcome.err.contains("tenants/contoso/profiles/staff.json"))
        #expect(outcome.err.contains("edited by hand"))
        #expect(try shop.tip() == tip)
    }

    /// At any place, and at once: also where there is nothing to do, and in what `--out` is filled from.
    @Test(arguments: [
        ("tenants/contoso/payloads/staff.graph.json", "edit"), ("tenants/contoso/payloads/more.graph.json", "edit"), ("tenants/contoso/profiles/staff.json", "delete"),
        ("tenants/contoso", "delete"), ("tenants/zed/state.json", "edit"), ("tenants", "delete"),
    ]) func whateverSomebodyEditsIsNamed(_ edit: (path: String, how: String)) throws {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        try shop.git("worktree", "add", "--quiet", "../state", "easel/applied", in: "config")
        if edit.how == "delete" { try FileManager.default.removeItem(atPath: shop("state/" + edit.path)) } else { try shop.write("{}", to: "state/" + edit.path) }
        try shop.commit("by hand", in: "state")
        let tip = try shop.tip()
        for command in ["plan", "reconcile", "drift", "adopt"] {
            let more = command == "reconcile" ? ["--out", "../out"] : command == "plan" ? [] : ["--live", "."]
            let outcome = try shop.run([Workshop.binary, command] + more, in: "config")
            let named = edit.path == "tenants" ? "tenants/contoso" : edit.path.hasPrefix("tenants/zed") ? "tenants/zed" : edit.path
            #expect(outcome.status == 1 && outcome.err.contains(": \(named) was edited by hand"), "\(command): \(outcome.out)\(outcome.err)")
        }
        #expect(try shop.tip() == tip && !shop.exists("out"))
        // Each of the ways that the error names.
        let error = try shop.easel("plan", in: "config").err
        let command = try #require(error.firstMatch(of: /run: (git [^\n]*)/)).output.1
        let good = try shop.git("rev-parse", "HEAD~1", in: "state")
        #expect(command.hasSuffix(good))
        try shop.git("revert", "--no-edit", "HEAD", in: "state")
        #expect(try shop.easel("reconcile", "--out", "../out", in: "config").lastLine.hasPrefix("Nothing to do"))
        #expect(try shop.run(["/bin/sh", "-c", String(command)]).status == 0 && shop.tip() == good)
        #expect(try shop.easel("plan", in: "config").lastLine.hasPrefix("Nothing to do"))
    }

    @Test(arguments: [false, true]) func aStateThatWasMovedBackIsToldUntilARunGoesOnFromThere(isDeleted: Bool) throws {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        try shop.edit("tenants/contoso/profiles/staff.json", "Staff mail", "Mail for staff")
        try shop.commit("edit")
        #expect(try shop.easel("reconcile", in: "config").status == 0)
        let lost = try #require(try shop.tip())
        if isDeleted {
            try shop.git("update-ref", "-d", "refs/heads/easel/applied", in: "config")
        } else {
            try shop.git("update-ref", "refs/heads/easel/applied", "\(lost)~1", in: "config")
        }
        for command in ["plan", "plan", "reconcile"] {
            let (report, status) = try shop.report(command, in: "config")
            let warning = try #require(report.diagnostics.first { $0.code == "CFG070" })
            #expect(status == 0 && warning.severity == "warning" && warning.help?.contains(lost) == true)
        }
        #expect(!(try shop.report("plan", in: "config").report.diagnostics.contains { $0.code == "CFG070" }))
        #expect(try shop.git("fsck", "--strict", "--no-dangling", in: "config") == "")
    }

    @Test func commitsThatPeopleAddToTheStateAreNoRewind() throws {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        try shop.git("worktree", "add", "--quiet", "../state", "easel/applied", in: "config")
        try shop.write("Read me first", to: "state/README.md")
        try shop.commit("by hand", in: "state")
        try shop.edit("tenants/contoso/profiles/staff.json", "Staff mail", "Mail for staff")
        try shop.commit("edit")
        // Nobody's files are changed under their hands.
        let tip = try shop.tip()
        let refused = try shop.easel("reconcile", in: "config")
        #expect(refused.status == 1 && refused.err.contains("it is checked out in \(shop("state"))") && refused.err.contains("switch --detach"), "\(refused.err)")
        #expect(try shop.tip() == tip && shop.git("status", "--short", in: "state") == "")
        try shop.git("switch", "--quiet", "--detach", in: "state")
        let (report, status) = try shop.report("reconcile", in: "config")
        #expect(status == 0 && report.diagnostics.isEmpty)
        #expect(try shop.applied("README.md") == "Read me first")
    }

    @Test func shardsTogetherAreTheWhole() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        var seen: [String] = []
        for index in 1...4 { seen += try shop.report("plan", "--shard", "\(index)/4", in: "config").report.tenants.map(\.id) }
        #expect(seen.sorted() == Fleet.tenants)
        #expect(try shop.easel("plan", "--shard", "5/4", in: "config").status == 64)
    }

    @Test func shardsThatRaceAllLand() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        for number in 0..<40 {
            let guid = #""tenantId": "99999999-0000-4000-8000-\#(String(100_000_000_000 + number))""#
            try shop.write(Fleet.tenant("contoso").replacing(/"tenantId": "[^"]*"/, with: guid), to: "config/tenants/t\(number)/tenant.json")
            try shop.write(Fleet.manifest("kiosk"), to: "config/tenants/t\(number)/profiles/kiosk.json")
        }
        try shop.commit("more")
        let shards = 6
        let running = try (1...shards).map {
            try shop.start([Workshop.binary, "reconcile", "--repo", "config", "--state", "state.git", "--shard", "\($0)/\(shards)"])
        }
        for one in running {
            let outcome = try one.finish()
            #expect(outcome.status == 0, "\(outcome.err)")
        }
        let tenants = try shop.git("ls-tree", "--name-only", "easel/applied", "tenants/", in: "state.git").split(separator: "\n")
        #expect(tenants.count == 43)
        #expect(try shop.git("rev-list", "--count", "--merges", "easel/applied", in: "state.git") == "0")
        #expect(try shop.git("fsck", "--strict", "--no-dangling", in: "state.git") == "")
        #expect(try shop.easel("plan", "--repo", "config", "--state", "state.git", "--detailed-exitcode").status == 0)
        for index in 1...shards {
            #expect(try shop.easel("reconcile", "--repo", "config", "--state", "state.git", "--shard", "\(index)/\(shards)").lastLine.hasPrefix("Nothing to do"))
        }
    }

    /// A pilot, from a commit that is taken back: what a run knows of trees is not what others have applied since.
    @Test(arguments: ["--tenant", "--shard", "--defer", "--ref"]) func aPilotThatIsTakenBackIsUndone(_ how: String) throws {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        try shop.edit("tenants/contoso/profiles/staff.json", #""account": {"#, #""mail": { "amountToSync": "oneWeek" }, "account": {"#)
        try shop.remove("tenants/contoso/profiles/board.json")
        try shop.commit("pilot")
        switch how {
        case "--shard": for shard in ["1/2", "2/2"] { #expect(try shop.easel("reconcile", "--repo", "config", "--shard", shard).status == 0) }
        case "--defer":
            #expect(try shop.easel("reconcile", "--repo", "config", "--tenant", "contoso", "--defer", "--out", "out").status == 0)
            #expect(try shop.easel("confirm", "out", "--repo", "config").status == 0)
        case "--ref":
            try shop.git("branch", "pilot", in: "config")
            try shop.git("reset", "--quiet", "--hard", "HEAD~1", in: "config")
            #expect(try shop.easel("reconcile", "--repo", "config", "--tenant", "contoso", "--ref", "pilot").status == 0)
        default: #expect(try shop.easel("reconcile", "--repo", "config", "--tenant", "contoso").status == 0)
        }
        if how != "--ref" { try shop.git("revert", "--no-edit", "HEAD", in: "config") }
        let plan = try shop.easel("plan", "--repo", "config", "--detailed-exitcode")
        #expect(plan.status == 2 && plan.lastLine.hasPrefix("Plan: 1 to create, 1 to update, 7 unchanged."), "\(plan.out)")
        #expect(try shop.easel("reconcile", "--repo", "config").lastLine.hasPrefix("Recorded 1 create, 1 update; 7 unchanged. Nothing was sent to Intune."))
        #expect(try shop.easel("plan", "--repo", "config").lastLine.hasPrefix("Nothing to do: 9 profiles"))
        // Known once, it is looked at no more.
        #expect(try !shop.applied("state.json").contains("stale") || how == "--shard")
        let tip = try shop.tip()
        #expect(try shop.easel("reconcile", "--repo", "config").status == 0 && shop.tip() == tip)
    }

    /// Broken at one commit, and sound at an older one that another selection looks at.
    @Test func aBrokenTenantIsNotForgottenOverALookAtAnOlderCommit() throws {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        try shop.write("{", to: "config/tenants/contoso/profiles/staff.json")
        try shop.commit("broken")
        #expect(try shop.easel("reconcile", "--repo", "config").status == 1)
        #expect(try shop.easel("reconcile", "--repo", "config", "--tenant", "contoso", "--ref", "HEAD~1").status == 0)
        #expect(try shop.easel("plan", "--repo", "config").status == 1)
        #expect(try shop.easel("reconcile", "--repo", "config").status == 1)
        #expect(try shop.easel("plan", "--repo", "config").status == 1)
    }
}
