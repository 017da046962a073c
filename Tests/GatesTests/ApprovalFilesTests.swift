import Basics
import Foundation
import JSONSource
import Testing
import Time

@testable import Gates

@Suite struct ApprovalFilesTests {
    static let one = "0123456789abcdef0123456789abcdef"
    static let other = "fedcba9876543210fedcba9876543210"

    /// A work tree that is deleted after the test.
    private final class Folder {
        let path = FileManager.default.temporaryDirectory.path + "/easel-approvals-\(UUID().uuidString)"

        init() throws { try makeFolder(path) }
        deinit { try? removeTree(path) }

        func read(_ file: String) throws -> Approval? {
            Approval.read(JSONDocument(file: file, bytes: try readFile(path + "/" + file, limit: 1 << 20))).approval
        }
    }

    private func approve(_ folder: Folder, _ fingerprints: [String], reason: String = "r", expires: String? = nil, words: String? = nil) throws
        -> ApprovalFiles.Outcome
    {
        try ApprovalFiles(in: folder.path, now: noon).approve(
            fingerprints.map { ApprovalFiles.Change(fingerprint: $0, words: words) }, .init(reason: reason, approvedBy: "Kim", expires: expires))
    }

    @Test func writesWhatNothingApprovesYet() throws {
        let folder = try Folder()
        let first = try approve(folder, [Self.one, Self.one])
        #expect(first.approvedAlready.isEmpty && first.written == [.init(file: "approvals/0123456789ab.json", fingerprints: [Self.one])])
        let approval = try #require(try folder.read("approvals/0123456789ab.json"))
        #expect(approval.fingerprints == [Self.one] && approval.reason == "r" && approval.approvedBy == "Kim" && approval.expires == nil)
        let second = try approve(folder, [Self.one, Self.other])
        #expect(second.approvedAlready == [.init(fingerprint: Self.one, file: "approvals/0123456789ab.json")])
        #expect(second.written == [.init(file: "approvals/fedcba987654.json", fingerprints: [Self.other])])
        #expect(try approve(folder, [Self.other]).written.isEmpty)
    }

    @Test func anApprovalThatEndsSoonerIsNotEnough() throws {
        let folder = try Folder()
        #expect(try approve(folder, [Self.one], expires: "2026-11-26").written.count == 1)
        #expect(try approve(folder, [Self.one], expires: "2026-11-25").written.isEmpty)
        #expect(try approve(folder, [Self.one], expires: "2026-11-27").written.map(\.file) == ["approvals/0123456789ab-2.json"])
        #expect(try approve(folder, [Self.one]).written.map(\.file) == ["approvals/0123456789ab-3.json"])
        // Existing files are not changed.
        let kept = try folder.read("approvals/0123456789ab.json")
        #expect(kept?.expires == "2026-11-26")
    }

    @Test func writesNothingWhereAnythingIsWrong() throws {
        let folder = try Folder()
        let past = #expect(throws: UsageError.self) { try approve(folder, [Self.one], expires: "2026-11-24") }
        #expect(past?.description == "cannot write the approval: 2026-11-24 is in the past, so nothing would be approved")
        #expect(throws: UsageError.self) { try approve(folder, [Self.one], reason: "") }
        #expect(throws: UsageError.self) { try approve(folder, ["0123"]) }
        #expect(kind(of: folder.path + "/approvals") == .missing)
    }

    @Test func manyChangesAreSplitAndTheCommentIsCut() throws {
        let folder = try Folder()
        let count = ApprovalFiles.fingerprintsPerFile + 1
        let outcome = try approve(folder, (0..<count).map { String(repeating: "0", count: 32 - String($0).count) + String($0) }, words: "t/p: update")
        #expect(outcome.written.map(\.file) == ["approvals/000000000000.json", "approvals/000000000000-2.json"])
        let document = JSONDocument(file: "a", bytes: try readFile(folder.path + "/" + outcome.written[0].file, limit: 1 << 20))
        let comment = document.root?["$comment"]?.string ?? ""
        #expect(comment.hasPrefix("t/p: update; t/p: update") && comment.hasSuffix("; and \(count - 1 - ApprovalFiles.changesDescribed) more. Written at 2026-11-25T12:00:00Z."))
        let rest = try folder.read(outcome.written[1].file)
        #expect(rest?.fingerprints == [String(repeating: "0", count: 27) + "20000"])
    }
}
