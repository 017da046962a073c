import Foundation
import ReportModel
import TestSupport
import Testing

@testable import Reports

@Suite struct SpoolTests {
    private func content(_ spool: Spool) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try spool.copy { bytes += $0 }
        return bytes
    }

    @Test func nothing() throws {
        let spool = Spool()
        try spool.append([])
        #expect(spool.isEmpty)
        #expect(try content(spool) == [])
    }

    /// More than is held in memory comes out as it went in, and again.
    @Test func comesOutAsItWentIn() throws {
        let spool = Spool()
        var random = Seeded(3)
        var expected: [UInt8] = []
        while expected.count < 2 * Spool.memoryLimit + 12_345 {
            let piece = [UInt8](repeating: UInt8(truncatingIfNeeded: random.next()), count: random.below(300_000))
            try spool.append(piece)
            expected += piece
        }
        #expect(!spool.isEmpty)
        #expect(try content(spool) == expected)
        try spool.append([1, 2, 3])
        #expect(try content(spool) == expected + [1, 2, 3])
    }

    /// In pieces, so that nobody needs the whole in memory; and without a trace in the folder.
    @Test func inPieces() throws {
        let spool = Spool()
        try spool.append([UInt8](repeating: 7, count: Spool.memoryLimit + 1))
        var largest = 0
        try spool.copy { largest = max(largest, $0.count) }
        #expect(largest <= 1 << 16)
        let folder = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).allSatisfy { !$0.hasPrefix("easel-report.") })
    }

    /// A report larger than the spool's memory has the form of a small one.
    @Test func aLargeReportIsWhole() throws {
        var report = Report()
        let name = String(repeating: "x", count: 50_000)
        report.tenants = (0..<120).map { TenantReport("t\($0 + 100)", [.made("mail", .update, [.init("/description", "", .string(name))])]) }
        let text = try report.json()
        #expect(text.utf8.count > Spool.memoryLimit)
        // Foundation's parser: easel's own refuses files of this size.
        let whole = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let tenants = try #require(whole["tenants"] as? [[String: Any]])
        #expect(tenants.map { $0["id"] as? String } == (0..<120).map { "t\($0 + 100)" })
    }
}
