import Foundation
import Testing

/// What waits its turn is told apart from what somebody must do something about, in every format.
@Suite struct WaitingGateTests {
    private let saturday = #"{"name": "weekend", "window": {"days": ["sat"], "from": "22:00", "to": "23:00"}}"#
    private let wednesday = "2026-11-25T12:00:00Z"

    private func shop(_ gates: String) throws -> Workshop {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        try shop.write(#"{"kind": "policy", "gates": [\#(gates)]}"#, to: "config/policy.json")
        try shop.edit("tenants/contoso/profiles/staff.json", #""accountName": "Mail""#, #""accountName": "Mail", "oauth": true"#)
        try shop.commit("OAuth")
        return shop
    }

    @Test func waitingIsNotFailing() throws {
        let shop = try shop(saturday)
        func plan(_ arguments: String...) throws -> Workshop.Outcome { try shop.run([Workshop.binary, "plan", "--now", wednesday] + arguments, in: "config") }
        #expect(try plan().status == 3 && plan("--exit-code-waiting", "0").status == 0 && plan("--exit-code-waiting", "0", "--detailed-exitcode").status == 2)
        #expect(try plan("--exit-code-waiting", "1").status == 64)
        let text = try plan().out
        #expect(text.contains("waits for weekend") && text.contains("weekend (policy.json) lets 1 profile wait: contoso/staff"), "\(text)")
        #expect(text.contains("Plan: nothing goes out, 1 waiting, 8 unchanged. Waiting: at most 100 people must enter their credentials."), "\(text)")
        let report = try JSONSerialization.jsonObject(with: Data(plan("--format", "json").out.utf8)) as? Workshop.Object
        let summary = try #require(report?["summary"] as? Workshop.Object)
        #expect(summary["held"] as? Int == 1 && summary["waiting"] as? Int == 1)
        let junit = try plan("--format", "junit").out
        #expect(junit.contains(#"failures="0""#) && junit.contains(#"skipped="1""#) && junit.contains(#"<skipped message="waits for weekend"/>"#) && !junit.contains("<failure"), "\(junit)")
        #expect(try !plan("--format", "github").out.contains("::error") && plan("--format", "github").out.contains("::notice"))
        #expect(try plan("--format", "gitlab").out == "[]\n")
        #expect(try !plan("--format", "sarif").out.contains(#""level": "error""#))
        #expect(try plan("--format", "markdown").out.contains("lets 1 profile wait") && plan("--format", "html").out.contains("waits for weekend"))
    }

    /// One gate that only waits does not make up for one that asks for somebody.
    @Test func whatSomebodyMustApproveStillFails() throws {
        let shop = try shop(saturday + #", {"name": "storm", "require": "approval"}"#)
        let outcome = try shop.easel("plan", "--now", wednesday, "--exit-code-waiting", "0", "--format", "junit", in: "config")
        #expect(outcome.status == 3 && outcome.out.contains("<failure type=\"held\"") && !outcome.out.contains("<skipped"))
        #expect(try shop.easel("plan", "--now", wednesday, "--format", "github", in: "config").out.contains("::error"))
    }
}
