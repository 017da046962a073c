import Foundation
import TestSupport
import Testing

/// A reconcile whose payloads somebody else deploys, and which is recorded when that is done.
@Suite struct ConfirmTests {
    /// A fleet that is applied, a change to six profiles, and that deferred.
    private func shop() throws -> Workshop {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        try shop.edit("bases/online.json", #""oauth": false"#, #""oauth": true"#)
        try shop.remove("tenants/northwind/profiles/kiosk.json")
        try shop.commit("OAuth")
        let outcome = try shop.easel("reconcile", "--repo", "config", "--defer", "--out", "out")
        #expect(outcome.status == 0 && outcome.lastLine.hasPrefix("Deferred: 1 to remove, 6 to reinstall, 2 unchanged."), "\(outcome.out)\(outcome.err)")
        return shop
    }

    @Test func nothingIsRecordedBeforeItIsConfirmed() throws {
        let shop = try shop()
        #expect(try shop.git("rev-list", "--count", "easel/applied", in: "config") == "1")
        #expect(try shop.read("out/tenants/contoso/payloads/staff.patch.json").contains("useOAuth"))
        #expect(try shop.easel("plan", "--repo", "config").lastLine.hasPrefix("Plan: 1 to remove, 6 to reinstall"))
        let confirmed = try shop.easel("confirm", "out", "--repo", "config")
        #expect(confirmed.status == 0 && confirmed.lastLine.hasPrefix("Recorded 7 profiles on easel/applied as "), "\(confirmed.out)\(confirmed.err)")
        #expect(try shop.easel("plan", "--repo", "config", "--detailed-exitcode").status == 0)
        #expect(try shop.git("rev-list", "--count", "easel/applied", in: "config") == "2")
        #expect(try shop.git("fsck", "--strict", "--no-dangling", in: "config") == "")
        // Just what a reconcile would have recorded.
        try shop.git("branch", "confirmed", "easel/applied", in: "config")
        try shop.git("update-ref", "refs/heads/easel/applied", "easel/applied~1", in: "config")
        #expect(try shop.easel("reconcile", "--repo", "config").status == 0)
        // But the report, which warns of the branch that was moved back, and so the digest over it.
        #expect(try shop.git("diff", "--stat", "-I", "^  .digest.: ", "confirmed", "easel/applied", "--", "tenants", "state.json", in: "config") == "")
        // Once.
        let again = try shop.easel("confirm", "out", "--repo", "config")
        #expect(again.status == 1 && again.err.contains("confirmed already"))
    }

    @Test func aPartIsRecordedAndTheRestTakenUpAgain() throws {
        let shop = try shop()
        try shop.write(["results": [
            ["tenant": "contoso", "profile": "staff", "status": "applied", "graphId": "AAAAAAAA-0000-4000-8000-000000000001"],
            ["tenant": "contoso", "profile": "board", "status": "failed"],
            ["tenant": "fabrikam", "profile": "staff", "status": "applied"],
        ]], to: "results.json")
        let confirmed = try shop.easel("confirm", "out", "--repo", "config", "--results", "results.json")
        #expect(confirmed.status == 0 && confirmed.lastLine.hasPrefix("Recorded 2 profiles on easel/applied as ") && confirmed.lastLine.hasSuffix("; 5 not applied."), "\(confirmed.out)\(confirmed.err)")
        #expect(try shop.applied("tenants/contoso/state.json").contains("aaaaaaaa-0000-4000-8000-000000000001"))
        // What stayed as it was is told nowhere as done.
        let said = try shop.easel("history", "--repo", "config", "contoso").out
        #expect(said.contains("reinstall  staff") && !said.contains("reinstall  board"), "\(said)")
        #expect(try shop.git("log", "-1", "--format=%s", "easel/applied", in: "config").hasPrefix("2 reinstall (source "))
        let recorded = try shop.applied("report.json")
        #expect(recorded.contains(#""reinstall": 2"#) && recorded.contains(#""remove": 0"#) && recorded.contains("left as it was: contoso/board, "), "\(recorded)")
        #expect(try shop.applied("report.md").hasPrefix("### Applied in part: 2 reinstall\n"))
        let (plan, status) = try shop.report("plan", "--repo", "config")
        #expect(status == 0 && plan.profiles.keys.sorted() == ["contoso/board", "fabrikam/board", "northwind/board", "northwind/kiosk", "northwind/staff"])
        #expect(try shop.easel("reconcile", "--repo", "config").lastLine.hasPrefix("Recorded 1 removal, 4 reinstalls; 4 unchanged. Nothing was sent to Intune."))
        #expect(try shop.easel("plan", "--repo", "config", "--detailed-exitcode").status == 0)
        #expect(try shop.git("fsck", "--strict", "--no-dangling", in: "config") == "")
    }

    /// A tenant that leaves, of which only one profile could be removed.
    @Test func aTenantThatLeavesInPartTellsOnlyOfWhatWent() throws {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        try shop.remove("tenants/northwind")
        try shop.commit("Northwind leaves")
        #expect(try shop.easel("reconcile", "--repo", "config", "--defer", "--out", "out", "--report", "held.json").status == 3)
        for match in try shop.read("held.json").matches(of: /"fingerprint": "([0-9a-f]{32})"/) {
            #expect(try shop.easel("approve", String(match.1), "--repo", "config", "--reason", "They leave").status == 0)
        }
        try shop.commit("Approved")
        #expect(try shop.easel("reconcile", "--repo", "config", "--defer", "--out", "out").status == 0)
        try shop.write(["results": [["tenant": "northwind", "profile": "kiosk", "status": "applied"]]], to: "results.json")
        #expect(try shop.easel("confirm", "out", "--repo", "config", "--results", "results.json").lastLine.hasSuffix("; 2 not applied."))
        let said = try shop.easel("history", "--repo", "config", "northwind", "--limit", "1").out
        #expect(said.contains("remove  kiosk") && !said.contains("remove  staff"), "\(said)")
        #expect(try shop.git("log", "-1", "--format=%s", "easel/applied", in: "config").hasPrefix("1 remove (source "))
        let (plan, _) = try shop.report("plan", "--repo", "config")
        #expect(plan.profiles.keys.sorted() == ["northwind/board", "northwind/staff"])
    }

    /// Shards are deferred at the same time, from the same state, and confirmed one after the other.
    @Test func shardsAreConfirmedOneAfterTheOther() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        let shards = (1...3).map { "\($0)/3" }
        for shard in shards { #expect(try shop.easel("reconcile", "--repo", "config", "--defer", "--out", "first-\(shard.prefix(1))", "--shard", shard).status == 0) }
        for shard in shards {
            let outcome = try shop.easel("confirm", "first-\(shard.prefix(1))", "--repo", "config")
            #expect(outcome.status == 0, "\(shard): \(outcome.err)")
        }
        #expect(try shop.easel("plan", "--repo", "config", "--detailed-exitcode").status == 0)
        try shop.edit("bases/online.json", #""oauth": false"#, #""oauth": true"#)
        try shop.commit("OAuth")
        for shard in shards { #expect(try shop.easel("reconcile", "--repo", "config", "--defer", "--out", "out-\(shard.prefix(1))", "--shard", shard).status == 0) }
        let all = try shop.easel("reconcile", "--repo", "config", "--defer", "--out", "out")
        #expect(all.status == 0)
        for shard in shards.reversed() { #expect(try shop.easel("confirm", "out-\(shard.prefix(1))", "--repo", "config").status == 0) }
        for shard in shards { #expect(try shop.easel("plan", "--repo", "config", "--detailed-exitcode", "--shard", shard).status == 0) }
        #expect(try shop.git("fsck", "--strict", "--no-dangling", in: "config") == "")
        // So are tenants.
        try shop.edit("bases/online.json", #""oauth": true"#, #""oauth": false"#)
        try shop.commit("No OAuth")
        for tenant in ["contoso", "fabrikam"] { #expect(try shop.easel("reconcile", "--repo", "config", "--defer", "--out", tenant, "--tenant", tenant).status == 0) }
        for tenant in ["contoso", "fabrikam"] { #expect(try shop.easel("confirm", tenant, "--repo", "config").status == 0) }
        #expect(try shop.report("plan", "--repo", "config").report.profiles.keys.sorted() == ["northwind/board", "northwind/staff"])
        #expect(try shop.easel("reconcile", "--repo", "config", "--tenant", "northwind").status == 0)
        try shop.edit("bases/online.json", #""oauth": false"#, #""oauth": true"#)
        try shop.commit("OAuth")
        #expect(try shop.easel("reconcile", "--repo", "config").status == 0)
        // What was deferred for everybody stands on nobody else's work, and a shard that was applied meanwhile is not applied again.
        #expect(try shop.easel("confirm", "out", "--repo", "config").err.contains("has moved since"))
        try shop.edit("bases/online.json", #""oauth": true"#, #""oauth": false"#)
        try shop.commit("No OAuth")
        #expect(try shop.easel("reconcile", "--repo", "config", "--defer", "--out", "out", "--tenant", "contoso").status == 0)
        #expect(try shop.easel("reconcile", "--repo", "config").status == 0)
        #expect(try shop.easel("confirm", "out", "--repo", "config").err.contains("has moved since"))
    }

    /// What is left of creations is not there, and counts nowhere.
    @Test func countsAreTrueAfterAPart() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        #expect(try shop.easel("reconcile", "--repo", "config", "--defer", "--out", "out").status == 0)
        try shop.write(["results": [["tenant": "contoso", "profile": "staff", "status": "applied"]]], to: "results.json")
        #expect(try shop.easel("confirm", "out", "--repo", "config", "--results", "results.json").lastLine.hasSuffix("; 8 not applied."))
        #expect(try shop.applied("report.json").contains(#""none": 0"#))
        #expect(try shop.easel("plan", "--repo", "config").lastLine.hasPrefix("Plan: 8 to create, 1 unchanged"))
        #expect(try shop.easel("reconcile", "--repo", "config").status == 0)
        #expect(try shop.easel("plan", "--repo", "config").lastLine.hasPrefix("Nothing to do: 9 profiles"))
    }

    /// Before there is any state, only its place tells one from another.
    @Test func whatWasDeferredForOneStateIsNotConfirmedInAnother() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        #expect(try shop.easel("reconcile", "--repo", "config", "--state", "st.git", "--defer", "--out", "out").status == 0)
        #expect(try shop.easel("confirm", "out", "--repo", "config").err.contains("give the same --repo and --state"))
        #expect(try shop.easel("confirm", "out", "--repo", "config", "--state", "other.git").err.contains("give the same --repo and --state"))
        #expect(try !shop.exists("other.git") && shop.tip() == nil)
        #expect(try shop.easel("confirm", "out", "--repo", "config", "--state", "./st.git").status == 0)
        #expect(try shop.easel("plan", "--repo", "config", "--state", "st.git", "--detailed-exitcode").status == 0)
        // Every night the same script: also when there is nothing to do.
        #expect(try shop.easel("reconcile", "--repo", "config", "--state", "st.git", "--defer", "--out", "out").status == 0)
        let nothing = try shop.easel("confirm", "out", "--repo", "config", "--state", "st.git")
        #expect(nothing.status == 0 && nothing.out.contains("Nothing to confirm"))
        #expect(try shop.easel("confirm", "out", "--repo", "config", "--state", "st.git").status == 1, "once")
    }

    @Test func aStateThatHasMovedIsNotOverwritten() throws {
        let shop = try shop()
        #expect(try shop.easel("reconcile", "--repo", "config").status == 0)
        let tip = try shop.tip()
        let late = try shop.easel("confirm", "out", "--repo", "config")
        #expect(late.status == 1 && late.err.contains("has moved since"))
        #expect(try shop.tip() == tip)
        // What a run without --defer writes is nothing to confirm.
        #expect(try shop.easel("deliver", "--repo", "config", "--since", tip ?? "", "--out", "new").status == 0)
        #expect(try shop.easel("confirm", "new", "--repo", "config").err.contains("holds no deferred reconcile"))
    }

    /// Cut short, edited, or with a name that leads elsewhere.
    @Test func aFolderThatIsNotWhatWasDeferredIsRefused() throws {
        let shop = try shop()
        let tip = try shop.tip()
        let tenant = "out/easel-deferred/tenants/contoso"
        let (file, state) = (try shop.read("\(tenant)/profiles/staff.json"), try shop.read("\(tenant)/state.json"))
        for (path, text) in [
            ("profiles/staff.json", file.replacingOccurrences(of: "outlook.office365.com", with: "evil.example.org")), ("profiles/staff.json", String(file.prefix(40))), ("profiles/staff.json", ""),
            ("state.json", state.replacingOccurrences(of: #""staff": {"#, with: #""../../staff": {"#)), ("state.json", "{"),
        ] {
            try shop.write(text, to: "\(tenant)/\(path)")
            let outcome = try shop.easel("confirm", "out", "--repo", "config")
            #expect(outcome.status == 1 && outcome.err.contains("contoso/\(path == "state.json" ? "" : path)"), "\(outcome.err)")
            try shop.write(file, to: "\(tenant)/profiles/staff.json")
            try shop.write(state, to: "\(tenant)/state.json")
        }
        // What profiles' digests do not tell: payloads, and tenants that are not there any more.
        let payload = try shop.read("\(tenant)/payloads/staff.graph.json")
        try shop.write(payload.replacingOccurrences(of: "outlook", with: "evil"), to: "\(tenant)/payloads/staff.graph.json")
        #expect(try shop.easel("confirm", "out", "--repo", "config").err.contains("tenants/contoso is not what"))
        try shop.write(payload, to: "\(tenant)/payloads/staff.graph.json")
        try FileManager.default.moveItem(atPath: shop(tenant), toPath: shop("away"))
        #expect(try shop.easel("confirm", "out", "--repo", "config").err.contains("does not hold the tenants"))
        try FileManager.default.moveItem(atPath: shop("away"), toPath: shop(tenant))
        #expect(try shop.tip() == tip)
        #expect(try shop.easel("confirm", "out", "--repo", "config").status == 0)
    }

    /// Its files at the top, of which no tree tells.
    @Test func theRootOfADeferralIsHeldAgainstItsDigests() throws {
        let shop = try shop()
        let tip = try shop.tip()
        for file in ["state.json", "report.json", "report.md"] {
            let text = try shop.read("out/easel-deferred/\(file)")
            try shop.write(text + " ", to: "out/easel-deferred/\(file)")
            let outcome = try shop.easel("confirm", "out", "--repo", "config")
            #expect(outcome.status == 1 && outcome.err.contains("\(file) is not what reconcile --defer wrote"), "\(outcome.err)")
            try shop.write(text, to: "out/easel-deferred/\(file)")
        }
        #expect(try shop.tip() == tip)
    }

    @Test func resultsThatMakeNoSenseAreRefused() throws {
        let shop = try shop()
        for (text, words) in [
            ("{", "results.json:1:"), (#"{"results": [{"tenant": "contoso"}]}"#, "results.json:1:14: Required key 'profile' is missing"),
            (#"{"results": [{"tenant": "contoso", "profile": "stuff", "status": "applied"}]}"#, "did nothing to contoso/stuff"),
            (#"{"results": [{"tenant": "a", "profile": "b", "status": "failed"}, {"tenant": "a", "profile": "b", "status": "applied"}]}"#, "this is the second result for a/b"),
            (#"{"results": [{"tenant": "a", "profile": "b", "status": "applied", "graphId": "AAAAAAAA-0000-4000-8000-000000000001"}, {"tenant": "a", "profile": "c", "status": "applied", "graphId": "aaaaaaaa-0000-4000-8000-000000000001"}]}"#, "another profile of a already has the graphId"),
        ] {
            try shop.write(text, to: "results.json")
            let outcome = try shop.easel("confirm", "out", "--repo", "config", "--results", "results.json")
            #expect(outcome.status == 1 && outcome.err.contains(words), "\(outcome.err)")
        }
        #expect(try shop.git("rev-list", "--count", "easel/applied", in: "config") == "1")
        try shop.write(#"{"results": []}"#, to: "results.json")
        #expect(try shop.easel("confirm", "out", "--repo", "config", "--results", "results.json").lastLine == "Nothing was applied, so nothing was recorded.")
        #expect(try shop.easel("reconcile", "--repo", "config", "--defer").status == 64)
    }
}
