import Foundation
import Testing

/// What happens when the three standard streams are not what a program expects.
@Suite struct StandardStreamTests {
    /// Runs easel through a shell that sets up its streams.
    private func shell(_ shop: Workshop, _ arguments: String, _ streams: String, in folder: String = "config") throws -> Workshop.Outcome {
        try shop.run(["/bin/bash", "-c", "\(Workshop.binary) \(arguments) \(streams)"], in: folder)
    }

    private static let commands = ["validate", "plan", "plan --format json", "history", "explain", "explain EAS001", "schema report", "--help", "--version", "reconcile --help"]

    @Test(arguments: commands, [(">/dev/full", "No space left on device"), (">&-", "Bad file descriptor"), ("| (exec <&-; sleep 1); exit ${PIPESTATUS[0]}", "Broken pipe")])
    func aResultThatCannotBeWrittenIsAnError(_ command: String, _ stream: (redirection: String, why: String)) throws {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        // The reader must be gone before easel writes.
        let wait = stream.redirection.hasPrefix("|") ? "{ sleep 0.3; exec " : ""
        let end = wait.isEmpty ? "" : "; } "
        let outcome = try shop.run(["/bin/bash", "-c", "\(wait)\(Workshop.binary) \(command)\(end) \(stream.redirection)"], in: "config")
        #expect(outcome.status == 1, "\(command) \(outcome.status)")
        #expect(outcome.err.contains("cannot write the result to standard output: \(stream.why)"), "\(outcome.err)")
    }

    @Test(arguments: [">/dev/full", ">&-", ">&- <&-"], ["text", "json", "markdown"]) func theRunIsRecordedAllTheSameAndSaysSo(_ stream: String, _ format: String) throws {
        let shop = try Workshop()
        try shop.makeFleet()
        let outcome = try shell(shop, "reconcile --state ../state.git --out ../out --report ../report.json --format \(format)", stream)
        let tip = try #require(try shop.tip("state.git"))
        #expect(outcome.status == 4 && outcome.err.contains("this run was recorded as \(tip.prefix(7)), but not everything was reported: cannot write the result"), "\(outcome.err)")
        #expect(shop.exists("out/tenants/contoso/payloads/staff.graph.json"))
        #expect(try shop.report("plan", "--repo", "config", "--state", "state.git").status == 0)
    }

    /// The number of a closed stream is that of the next file that is opened: what is written to the stream would go into it.
    @Test(arguments: ["<&-", ">&-", "2>&-", "<&- >&-", "<&- >&- 2>&-", ">&- 2>&-"]) func nothingOfTheOutputGoesIntoAnotherFile(_ streams: String) throws {
        let (closed, whole) = (try Workshop(), try Workshop())
        let now = "--now 2026-11-25T12:00:00Z --reproducible"
        for shop in [closed, whole] {
            try shop.makeFleet()
            try shop.edit("tenants/contoso/profiles/staff.json", #""accountName""#, #""acountName""#)
            try shop.commit("an error to write about")
            _ = try shell(shop, "reconcile --state ../state.git --out ../out --report ../report.json \(now)", shop === closed ? streams : "")
        }
        #expect(try closed.tip("state.git") == whole.tip("state.git") && whole.tip("state.git") != nil)
        #expect(try closed.git("fsck", "--strict", "--full", in: "state.git") == "")
        #expect(try closed.tree("out") == whole.tree("out") && closed.read("report.json") == whole.read("report.json"))
        #expect(try closed.git("status", "--short", in: "config") == "")
    }
}
