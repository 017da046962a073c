import Foundation
import Reports
import Testing

/// What admins see, byte for byte. `EASEL_RECORD=1` writes it anew, for review with `git diff`: read it as somebody would
/// whom it woke.
@Suite struct GoldenTests {
    static let isRecording = ProcessInfo.processInfo.environment["EASEL_RECORD"] == "1"
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")

    private func hold(_ text: String, against name: String) throws {
        let file = Self.folder.appending(path: name)
        if Self.isRecording { return try Data(text.utf8).write(to: file) }
        let expected = try? String(contentsOf: file, encoding: .utf8)
        #expect(text == expected, "\(name); EASEL_RECORD=1 records it")
    }

    @Test(arguments: Samples.names)
    func everyView(_ name: String) throws {
        let report = try Samples.report(name)
        try hold(report.text(), against: "\(name).txt")
        try hold(report.markdown(), against: "\(name).md")
        try hold(report.json(), against: "\(name).json")
    }

    @Test(arguments: ["everything", "nothing", "not-valid"])
    func colours(_ name: String) throws { try hold(Samples.report(name).text(color: true), against: "\(name).ansi") }

    /// Of the formats for pipelines, and of the page, the samples in which each kind of finding stands.
    private static let piped = ["everything", "review", "not-valid", "nothing", "published"]
    private static let pipelines: [(format: ReportFormat, ending: String)] = [
        (.github, "github"), (.azure, "azure"), (.gitlab, "codequality.json"), (.sarif, "sarif"), (.junit, "junit.xml"), (.html, "html"),
    ]

    @Test(arguments: piped)
    func everyPipeline(_ name: String) throws {
        let report = try Samples.report(name)
        for (format, ending) in Self.pipelines { try hold(report.text(format), against: "\(name).\(ending)") }
    }

    @Test func ofAStateCommit() throws {
        let report = try Samples.report("reconcile")
        try hold(report.stateJSON(), against: "reconcile.state.json")
        let tenant = try #require(report.tenants.first { $0.id == "litware" })
        try hold(String(decoding: tenant.json(), as: UTF8.self), against: "reconcile.litware.json")
    }

    /// A file that no sample makes would be read by nobody.
    @Test func nothingIsLeftOver() throws {
        let known = Samples.names.flatMap { name in ["txt", "md", "json"].map { "\(name).\($0)" } }
            + Self.piped.flatMap { name in Self.pipelines.map { "\(name).\($0.ending)" } }
            + ["everything.ansi", "nothing.ansi", "not-valid.ansi", "reconcile.state.json", "reconcile.litware.json"]
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).filter { !$0.hasPrefix(".") }
        #expect(files.allSatisfy(known.contains) && (Self.isRecording || files.count == known.count))
    }
}
