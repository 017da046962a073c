import Foundation
import Testing

/// The bar that a person sees at a terminal: one over all that a run does.
@Suite struct ProgressTests {
    private struct Frame {
        let verb: String
        let filled: Int
        let done: Int
        let total: Int
    }

    /// Runs a command at a terminal of its own; only what goes to standard error is seen there.
    private func frames(_ command: String, _ shop: Workshop) throws -> (frames: [Frame], text: String) {
        let outcome = try shop.run(["/usr/bin/script", "--quiet", "--return", "--command", "\(Workshop.binary) \(command) > /dev/null", "/dev/null"], in: "config", environment: ["TERM": "xterm"])
        try #require(outcome.status == 0, "\(outcome.out)\(outcome.err)")
        let found = outcome.out.matches(of: #/\r([A-Z][a-z]+) \[(#*)\.*\] (\d+) of (\d+) /#)
        return (found.map { Frame(verb: String($0.1), filled: $0.2.count, done: Int($0.3) ?? -1, total: Int($0.4) ?? -1) }, outcome.out)
    }

    @Test func oneBarGoesFromTheFirstTenantToTheLastFile() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        try shop.addTenants(300)
        try shop.write(#"{"kind": "policy", "rings": [{"name": "pilot", "tenants": ["contoso"], "soakHours": 24}]}"#, to: "config/policy.json")
        try shop.commit("three hundred more")
        let (frames, text) = try frames("reconcile --out ../out", shop)
        let verbs = frames.map(\.verb).reduce(into: [String]()) { if $0.last != $1 { $0.append($1) } }
        #expect(verbs == ["Judging", "Rendering", "Writing"], "\(text)")
        #expect(frames.allSatisfy { $0.done <= $0.total && $0.total >= 303 }, "\(text)")
        for (one, next) in zip(frames, frames.dropFirst()) { #expect(one.filled <= next.filled) }
        // Writing is a part of the bar, not what comes after it.
        #expect(frames.last { $0.verb == "Rendering" }.map { $0.filled < 24 } == true)
        #expect((frames.last?.filled ?? 0) >= 20, "\(text)")
        #expect(text.hasSuffix("\r\u{1B}[K"), "the line is not cleared: \(text.suffix(80))")
    }

    @Test func nobodySeesABarWithoutATerminal() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        try shop.addTenants(100)
        try shop.commit("a hundred more")
        let outcome = try shop.easel("reconcile", in: "config")
        #expect(outcome.status == 0 && !outcome.err.contains("["), "\(outcome.err)")
    }
}
