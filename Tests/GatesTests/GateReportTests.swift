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
        // Two gates by one name: once in heldBy, each by itself in the report.
        #expect(heldBy["t/a"] == ["weekend", "storm"])
        let (a, c, gone) = (proposals[0].fingerprint, proposals[4].fingerprint, proposals[5].fingerprint)
        let approve = { (fingerprint: String) in "Somebody must approve: run `easel approve \(fingerprint)` and commit the file that it writes." }
        #expect(
            tally.gates == [
                GateReport(
                    name: "weekend", source: "policy.json", held: ["t/a"],
                    howToPass: "Goes out in a run while the window is open: Saturday and Sunday, 22:00 to 06:00 (Europe/Amsterdam), next on Saturday at 22:00."),
                GateReport(
                    name: "storm", source: "policy.json", held: ["t/a"], howToPass: "\(approve(a)) The window is open now: Wednesday, all day (UTC)."),
                GateReport(
                    name: "weak", source: "policy.json", held: ["t/b"],
                    howToPass: "Nothing passes this gate: take the change back, or change the policy in policy.json."),
                GateReport(name: "storm", source: "tenants/t/policy.json", held: ["t/a"], howToPass: approve(a)),
                GateReport(
                    name: "strict", source: "--policy", held: ["t/b"],
                    howToPass: "Nothing passes this gate: take the change back, or change the policy in the file given with --policy."),
                GateReport(
                    name: "tenant-removal", source: "default", held: ["v/a"],
                    howToPass: "\(approve(gone)) \"defaults\": \"off\" in the repository's policy switches this gate off."),
                GateReport(
                    name: "limit:peoplePerRun", source: "policy.json", held: ["u/b", "u/c"],
                    howToPass: "One profile waits for the next run: at most 20 people may go out in one. One profile is larger than the whole "
                        + "limit of 20 people, or of unknown size: run `easel approve \(c)` and commit the file that it writes."),
            ])
    }

    @Test func manyFingerprintsAreCutShort() {
        let text = HowToPass.approve((0..<20).map { "f\($0)" })
        #expect(text == "Somebody must approve: run `easel approve f0 f1 f2 f3 f4 f5 f6 f7 … (12 more)` and commit the file that it writes.")
    }
}
