import Profiles
import Testing

@testable import Gates
@testable import Impact

@Suite struct GateReportTests {
    @Test func inOrderWithWordsForEach() throws {
        var run = Run(
            try policy(
                """
                {"kind": "policy", "gates": [
                  {"name": "weekend", "when": {"actions": ["reinstall"]},
                   "window": {"days": ["sat", "sun"], "from": "22:00", "to": "06:00", "timeZone": "Europe/Amsterdam"}},
                  {"name": "storm", "when": {"actions": ["reinstall"]}, "require": "approval", "window": {"days": ["wed"]}},
                  {"name": "weak", "when": {"consequences": ["securityWeakened"]}, "require": "never"}],
                 "limits": {"peoplePerRun": 20, "removalsPerRun": 1}}
                """), approvals: try book())
        run.tenantPolicies["t"] = try policy(
            #"{"kind": "policy", "gates": [{"name": "storm", "when": {"actions": ["reinstall"]}, "require": "approval"}]}"#,
            .tenant(id: "t", file: "tenants/t/policy.json"))
        run.outside = [try policy(#"{"kind": "policy", "gates": [{"name": "strict", "when": {"consequences": ["securityWeakened"]}, "require": "never"}]}"#, outside)]
        run.emptied = ["v"]
        let proposals = [
            proposal("t", "a"), proposal("t", "b", .update, .atMost(1), [.securityWeakened]), proposal("u", "a", .update, .atMost(20)),
            proposal("u", "b", .update, .atMost(2)), proposal("u", "c", .update, .unknown), proposal("v", "a", .remove, .atMost(0), [.accountRemoved]),
        ]
        let (heldBy, tally) = run.judge(proposals)
        // Two gates with one name: once in heldBy, separate in the report.
        #expect(heldBy["t/a"] == ["weekend", "storm"])
        let (a, c, gone) = (proposals[0].fingerprint, proposals[4].fingerprint, proposals[5].fingerprint)
        let approve = { (fingerprint: String) in "To approve, run `easel approve \(Fingerprint.short(fingerprint))` and commit the file it writes." }
        #expect(
            tally.gates == [
                GateReport(
                    name: "weekend", source: "policy.json", isWaiting: true, held: ["t/a"],
                    howToPass: "Goes out in a run during the window: Saturday and Sunday, 22:00 to 06:00 (Europe/Amsterdam), next on Saturday at 22:00."),
                GateReport(
                    name: "storm", source: "policy.json", isWaiting: false, held: ["t/a"], howToPass: "\(approve(a)) Goes out in a run during the window: Wednesday, all day (UTC), open now."),
                GateReport(
                    name: "weak", source: "policy.json", isWaiting: false, held: ["t/b"],
                    howToPass: "Nothing passes this gate. Undo the change, or edit policy.json."),
                GateReport(name: "storm", source: "tenants/t/policy.json", isWaiting: false, held: ["t/a"], howToPass: approve(a)),
                GateReport(
                    name: "strict", source: "--policy", isWaiting: false, held: ["t/b"],
                    howToPass: "Nothing passes this gate. Undo the change, or edit the file given with --policy."),
                GateReport(
                    name: "tenant-removal", source: "default", isWaiting: false, held: ["v/a"],
                    howToPass: "\(approve(gone)) This gate holds the removal of all applied profiles of a tenant. "
                        + "To switch it off, set \"defaults\": \"off\" in the repository's policy.json."),
                GateReport(
                    name: "limit:peoplePerRun", source: "policy.json", isWaiting: false, held: ["u/c"],
                    howToPass: "1 profile is larger than the limit of 20 people per run, or of unknown size. To approve it, "
                        + "run `easel approve \(Fingerprint.short(c))` and commit the file it writes."),
                GateReport(
                    name: "limit:peoplePerRun", source: "policy.json", isWaiting: true, held: ["u/b"],
                    howToPass: "1 profile waits for a later run; the limit is 20 people per run."),
            ])
        #expect(
            tally.gates.map(\.whyNotApprovable) == [
                "weekend opens on Saturday at 22:00; there is nothing to approve", nil, "Nothing passes this gate. Undo the change, or edit policy.json. There is nothing to approve",
                nil, "Nothing passes this gate. Undo the change, or edit the file given with --policy. There is nothing to approve", nil, tally.gates.last?.whyNotApprovable,
                "no approval passes a limit. To let a profile that is larger than the whole limit take its turn, name its fingerprint",
            ])
    }

    /// A command can be copied and run as it stands, however many changes there are.
    @Test func manyChangesAreApprovedByTheGatesName() {
        let many = (0..<20).map { "f\($0)" }
        let text = Remedy.approve(isOutside: false).sentence(for: many, of: "sign-in storm")
        #expect(
            text == "To approve, run `easel approve --report report.json --gate 'sign-in storm'` with this run's JSON report (--report report.json), and commit what it writes.")
        #expect(Remedy.approveTooLarge(why: "over", isOutside: false).sentence(for: many, of: "limit:x").contains("`easel approve f0 f1 f2 f3 f4 f5 f6 f7 f8 f9"))
    }

    @Test func limitsSayWhoseTheyAreAndHowManyWait() throws {
        var run = Run(approvals: try book())
        run.tenantPolicies["t"] = Policy(
            source: .tenant(id: "t", file: "tenants/t/policy.json"), limits: ["peoplePerRun": 1, "removalsPerRun": 0], defaultsOff: true)
        let removals = ["x", "y"].map { proposal("t", $0, .remove, .atMost(0), [.accountRemoved]) }
        let (_, tally) = run.judge([proposal("t", "a", .update, .atMost(1)), proposal("t", "b", .update, .atMost(1)), proposal("t", "c", .update, .atMost(1))] + removals)
        #expect(
            tally.gates.map(\.howToPass) == [
                "4 profiles wait for a later run; the limit is 1 person per run in tenant t.",
                "2 profiles are over the limit of 0 removals per run in tenant t. To approve them, run "
                    + "`easel approve \(removals.map { Fingerprint.short($0.fingerprint) }.joined(separator: " "))` and commit the file it writes.",
            ])
    }

    /// Remedies that only take time differ from those for which somebody must do something.
    @Test func aRemedyWaitsOrAsksSomebody() {
        let waiting: [Remedy] = [.nextRun(limit: "1 person per run"), .waitForWindow(words: "every day", next: nil)]
        #expect(waiting.map(\.isWaiting) == [true, true])
        let asking: [Remedy] = [.approve(isOutside: true), .approveTooLarge(why: "over the limit", isOutside: false), .changePolicy(how: "Edit policy.json.")]
        #expect(asking.map(\.isWaiting) == [false, false, false])
    }
}
