import Foundation
import JSONSource
import Profiles
import Testing
import Time

@testable import Gates

@Suite struct ApprovalTests {
    static let one = "0123456789abcdef0123456789abcdef"
    static let other = "fedcba9876543210fedcba9876543210"

    private func faults(_ text: String) -> [String] {
        let (approval, diagnostics) = Approval.read(JSONDocument(file: "approvals/a.json", bytes: Array(text.utf8)))
        #expect((approval == nil) == !diagnostics.isEmpty)
        return diagnostics.sorted().map { "\($0.line):\($0.column) \($0.pointer) \($0.code)" }
    }

    @Test func lastsToTheEndOfItsLastDay() throws {
        let approval = try GatesTests.approval([Self.one], expires: "2026-11-25")
        #expect(approval.expires == "2026-11-25" && approval.approvedBy == "Kim" && approval.reason == "because" && approval.fingerprints == [Self.one])
        // The day is a day in UTC, whatever the local time.
        for (time, expected) in [("2026-11-25T23:59:59Z", true), ("2026-11-26T00:00:00Z", false), ("2026-11-26T00:59:59+01:00", true)] {
            let instant = try #require(Instant(time))
            #expect(approval.isValid(at: instant) == expected, "\(time)")
        }
        let end = try #require(Instant("9999-12-31T23:59:59Z"))
        #expect(try GatesTests.approval([Self.one]).isValid(at: end))
    }

    @Test func tellsFaultsWithTheirPlaces() {
        #expect(
            faults(
                """
                { "kind": "approval", "fingerprints": ["0123456789abcdef0123456789abcdeF", "0123456789ab", "\(Self.one)", "\(Self.one)"],
                  "expires": "2026-02-29", "reason": "", "by": "Kim" }
                """)
                == [
                    "1:1 /approvedBy CFG006", "1:40 /fingerprints/0 CFG004", "1:76 /fingerprints/1 CFG005", "1:128 /fingerprints/3 CFG013",
                    "2:14 /expires CFG004", "2:38 /reason CFG005", "2:42 /by CFG001",
                ])
        #expect(faults(#"{"kind": "approval", "fingerprints": [], "reason": "r", "approvedBy": "k"}"#) == ["1:38 /fingerprints CFG005"])
        for text in ["", "[]", "{", #"{"kind": "policy"}"#] { #expect(!faults(text).isEmpty) }
    }

    @Test func theBookTellsWhatBecameOfEachFile() throws {
        let names = (1...6).map { String(repeating: "0", count: 31) + "\($0)" }
        let a = try approval([names[0], names[1], names[2]], file: "approvals/a.json")
        let files = [
            a, try approval([names[3], names[4]], expires: "2026-11-24", file: "approvals/b.json"),
            try approval([names[3]], expires: "2026-11-25", file: "approvals/c.json"), try approval([names[5]], file: "approvals/d.json"),
        ]
        let usedUp = [a.id(for: names[1]), files[3].id(for: names[5])]
        func lines(_ planned: Int...) -> [String] { ApprovalBook(files, now: noon, usedUp: Set(usedUp)).uses(planned: Set(planned.map { names[$0] })).map(\.words) }
        #expect(
            lines(0, 3) == [
                "approvals/a.json: 1 fingerprint in this plan, 1 fingerprint already used, 1 fingerprint without a change in this plan",
                "approvals/b.json: 1 fingerprint in this plan, but expired, 1 fingerprint expired", "approvals/c.json approves what is in this plan",
                "approvals/d.json was already used; you can delete it",
            ])
        #expect(
            lines(5).suffix(3) == [
                "approvals/b.json has expired; you can delete it", "approvals/c.json matches no change in this plan",
                "approvals/d.json was already used; the identical change needs a new approval",
            ])
        #expect(lines(5).map { ApprovalUse.saysUsed("approvals/d.json", $0) } == [false, false, false, true])
    }

    /// The identical change at a later time needs a new approval, however the old one comes back.
    @Test func anApprovalIsUsedUpByItsChange() throws {
        let asks = try policy(#"{"kind": "policy", "gates": [{"name": "asks", "require": "approval"}]}"#)
        let one = proposal("contoso", "a")
        let other = proposal("contoso", "b")
        let first = try approval([one.fingerprint], file: "approvals/a.json")
        let (heldBy, tally) = Run(asks, approvals: ApprovalBook([first], now: noon)).judge([one])
        #expect(heldBy == [one.name: []] && tally.used == [first.id(for: one.fingerprint)])
        func passes(_ approvals: Approval...) -> Bool {
            Run(asks, approvals: ApprovalBook(approvals, now: noon, usedUp: tally.used)).heldBy([one]) == [one.name: []]
        }
        #expect(!passes(first))
        #expect(!passes(try approval([one.fingerprint], file: "approvals/renamed.json")))
        #expect(!passes(try approval([other.fingerprint, one.fingerprint], file: "approvals/a.json")))
        #expect(passes(first, try approval([one.fingerprint], expires: "2026-12-31")))
    }

    @Test func withGatesItPassesOnlyThese() throws {
        let asks = try policy(#"{"kind": "policy", "gates": [{"name": "one", "require": "approval"}, {"name": "two", "require": "approval"}]}"#)
        let change = proposal("contoso", "a")
        func heldBy(_ gates: [[String]]) throws -> [String]? {
            Run(asks, approvals: ApprovalBook(try gates.map { try approval([change.fingerprint], gates: $0) }, now: noon)).heldBy([change])[change.name]
        }
        #expect(try heldBy([["one"]]) == ["two"])
        #expect(try heldBy([["two", "three"]]) == ["one"])
        #expect(try heldBy([["one"], ["two"]]) == [])
        #expect(try heldBy([[]]) == [])
    }

    /// For a policy from outside, the commit that brought the approval must not hold what it approves.
    @Test func itsHistoryDecides() throws {
        let text = #"{"kind": "policy", "gates": [{"name": "asks", "require": "approval"}]}"#
        var run = Run(try policy(text), approvals: try book())
        run.outside = [try policy(text.replacingOccurrences(of: "asks", with: "outside"), outside)]
        let change = proposal("contoso", "a")
        run.approvals = ApprovalBook([try approval([change.fingerprint])], now: noon) { file, outside in file == "approvals/one.json" && !outside }
        #expect(run.heldBy([change]) == [change.name: ["outside"]])
        run.approvals = ApprovalBook([try approval([change.fingerprint])], now: noon) { _, _ in false }
        #expect(run.heldBy([change]) == [change.name: ["asks", "outside"]])
        run.approvals = try book([change.fingerprint])
        #expect(run.heldBy([change]) == [change.name: []])
    }

    @Test func anApprovalOpensNoWindowAndNeverNever() throws {
        let gates = try policy(
            """
            {"kind": "policy", "gates": [
              {"name": "asks", "require": "approval"},
              {"name": "closed", "window": {"days": ["thu"]}},
              {"name": "both", "require": "approval", "window": {"days": ["thu"]}},
              {"name": "open", "require": "approval", "window": {"days": ["wed"]}},
              {"name": "never", "require": "never", "window": {"days": ["wed"]}}]}
            """)
        let one = proposal("contoso", "a")
        #expect(Run(gates, approvals: try book()).heldBy([one]) == [one.name: ["asks", "closed", "both", "open", "never"]])
        #expect(Run(gates, approvals: try book([one.fingerprint])).heldBy([one]) == [one.name: ["closed", "both", "never"]])
    }

    @Test func oneThatHasExpiredFreesNothing() throws {
        let gates = try policy(#"{"kind": "policy", "gates": [{"name": "asks", "require": "approval"}]}"#)
        let one = proposal("contoso", "a")
        let old = ApprovalBook([try approval([one.fingerprint], expires: "2026-11-24")], now: noon)
        let (heldBy, tally) = Run(gates, approvals: old).judge([one])
        #expect(heldBy == [one.name: ["asks"]])
        #expect(tally.approvalUses().map(\.counts) == [[.tooLate: 1]] && tally.used.isEmpty)
    }
}
