import JSONSource
import Profiles
import Testing
import Time

@testable import Gates

@Suite struct ApprovalTests {
    static let one = "0123456789abcdef"
    static let other = "fedcba9876543210"

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
                { "kind": "approval", "fingerprints": ["0123456789abcdeF", "0123", "0123456789abcdef", "0123456789abcdef"],
                  "expires": "2026-02-29", "reason": "", "by": "Kim" }
                """)
                == [
                    "1:1 /approvedBy CFG006", "1:40 /fingerprints/0 CFG004", "1:60 /fingerprints/1 CFG005", "1:88 /fingerprints/3 CFG013",
                    "2:14 /expires CFG004", "2:38 /reason CFG005", "2:42 /by CFG001",
                ])
        #expect(faults(#"{"kind": "approval", "fingerprints": [], "reason": "r", "approvedBy": "k"}"#) == ["1:38 /fingerprints CFG005"])
        for text in ["", "[]", "{", #"{"kind": "policy"}"#] { #expect(!faults(text).isEmpty) }
    }

    @Test func theBookTellsWhatBecameOfEach() throws {
        let names = ["0000000000000001", "0000000000000002", "0000000000000003", "0000000000000004", "0000000000000005"]
        let book = ApprovalBook(
            [
                try approval([names[0], names[1], names[2]], file: "approvals/a.json"),
                try approval([names[3], names[4]], expires: "2026-11-24", file: "approvals/b.json"),
                try approval([names[3]], expires: "2026-11-25", file: "approvals/c.json"),
            ], now: noon)
        #expect(names.map(book.approves) == [true, true, true, true, false])
        #expect(!book.approves(nil))
        let uses = book.uses(planned: [names[0], names[3]]) { $0 == names[1] }
        #expect(
            uses.map { "\($0.file) \($0.fingerprint.suffix(1)) \($0.status)" } == [
                "approvals/a.json 1 used", "approvals/a.json 2 usedUp", "approvals/a.json 3 unmatched", "approvals/b.json 4 expired",
                "approvals/b.json 5 expired", "approvals/c.json 4 used",
            ])
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
        #expect(tally.approvals().map(\.status) == [.expired])
    }
}
