import Foundation
import TestSupport
import Testing

/// `deploy/systemd`: what units run, as it is in the files. `systemd-analyze` checks the rest in Tests/run.sh.
@Suite struct TimerTests {
    /// The command of a unit, as systemd reads it, with a folder for `%S`.
    private func command(_ unit: String, _ key: String, state: String) throws -> String {
        let text = try String(contentsOfFile: "\(Workshop.package)/deploy/systemd/\(unit)", encoding: .utf8)
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("\(key)=") }).dropFirst(key.count + 1)
        return String(line).replacing("%S", with: state).replacing("%%", with: "%").replacing("$$", with: "$").replacing("\\\\", with: "\\")
    }

    /// Nothing else says it: a timer that does not start makes no noise.
    @Test func driftThatWasNotCheckedForTwoDaysFailsAUnit() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        let watch = try command("easel-drift-watch.service", "ExecStart", state: shop.path)
        func failed() throws -> Bool { try shop.run(["/bin/bash", "-c", watch]).status == 1 }
        #expect(try failed(), "drift was never checked")
        try FileManager.default.createDirectory(atPath: shop("easel"), withIntermediateDirectories: true)
        #expect(try shop.easel("reconcile", "--repo", "config", "--out", "out").status == 0)
        try shop.export()
        #expect(try shop.easel("drift", "--repo", "config", "--live", "live", "--metrics", "easel/drift.prom").status == 0)
        #expect(try !failed())
        // A night that fails keeps the time of the last one that did not.
        #expect(try shop.easel("drift", "--repo", "config", "--live", "nowhere", "--metrics", "easel/drift.prom").status == 1)
        #expect(try !failed())
        let old = try shop.read("easel/drift.prom").replacing(/(easel_last_success_timestamp_seconds\{.*\}) [0-9]+/) { "\($0.output.1) \(Int(Date().timeIntervalSince1970) - 3 * 86_400)" }
        try shop.write(old, to: "easel/drift.prom")
        #expect(try failed())
    }

    /// Local times that a clock skips or repeats would lose a night or run it twice.
    @Test func everyTimerIsInUTC() throws {
        let folder = Workshop.package + "/deploy/systemd"
        let timers = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".timer") }
        #expect(timers.count == 3)
        for timer in timers {
            let calendar = try String(contentsOfFile: "\(folder)/\(timer)", encoding: .utf8).split(separator: "\n").filter { $0.hasPrefix("OnCalendar=") }
            #expect(calendar.count == 1 && calendar.allSatisfy { $0.hasSuffix(" UTC") }, "\(timer)")
        }
    }
}
