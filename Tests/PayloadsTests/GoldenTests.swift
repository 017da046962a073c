import Foundation
import Testing

/// Each folder of `Golden` holds what goes in beside what comes out. `EASEL_RECORD=1` writes what comes out anew, for
/// review with `git diff`.
struct GoldenTests {
    static let endings = ["graph.json", "assign.json", "patch.json", "refs.json", "mobileconfig"]
    static let isRecording = ProcessInfo.processInfo.environment["EASEL_RECORD"] == "1"

    @Test(arguments: GoldenCase.all)
    func whatComesOut(_ golden: GoldenCase) throws {
        let payloads = try golden.payloads()
        for ending in Self.endings {
            let path = "\(golden.name)/staff-mail.\(ending)"
            if Self.isRecording {
                let url = Files.golden.appendingPathComponent(path)
                if let bytes = payloads[ending] {
                    try Data(bytes).write(to: url)
                } else if FileManager.default.fileExists(atPath: url.path) {
                    try FileManager.default.removeItem(at: url)
                }
            } else {
                let expected = try Files.golden(path).map { String(decoding: $0, as: UTF8.self) }
                #expect(payloads[ending].map { String(decoding: $0, as: UTF8.self) } == expected, "\(path); EASEL_RECORD=1 records it")
            }
        }
    }

    @Test func casesAreThere() {
        let names = Set(GoldenCase.all.map(\.name))
        let expected =
            ["minimal", "everything", "cleared", "derived-credential", "hostile-text"]
            + ["global", "us-gov", "us-gov-dod", "china"].map { "cloud-" + $0 }
            + ["email", "calendar", "calendar-and-contacts", "contacts", "all"].map { "data-" + $0 }
            + ["one-day", "three-days", "one-week", "two-weeks", "one-month", "unlimited", "user-defined"].map { "amount-" + $0 }
        #expect(names == Set(expected))
    }

    @Test(arguments: GoldenCase.all)
    func sameInputSameBytes(_ golden: GoldenCase) throws {
        #expect(try golden.payloads() == golden.payloads())
    }
}
