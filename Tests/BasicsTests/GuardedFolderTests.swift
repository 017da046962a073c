import Foundation
import Testing

@testable import Basics

/// Nothing is written or read through a link below the folder.
@Suite struct GuardedFolderTests {
    private let root = "/tmp/easel-basics-tests-\(UUID().uuidString)"
    private var folder: GuardedFolder { GuardedFolder(root + "/work") }

    init() throws {
        for name in ["/outside", "/work/real"] { try makeFolder(root + name) }
        try writeFile(root + "/outside/file.json", Array("theirs".utf8))
    }

    private func link(_ name: String, to target: String) throws { try FileManager.default.createSymbolicLink(atPath: "\(root)/work/\(name)", withDestinationPath: target) }

    @Test func writesAndReads() throws {
        defer { try? removeTree(root) }
        try folder.write("a/b/c.json", [1])
        try folder.write("a/b/c.json", [2])
        try folder.write("top.json", [3])
        #expect(try folder.read("a/b/c.json", limit: 9) == [2] && folder.read("top.json", limit: 9) == [3])
        #expect(try folder.list("a/b") == ["c.json"] && folder.list("none") == [])
        #expect(try folder.read("a/none.json", limit: 9) == nil && folder.read("none/none.json", limit: 9) == nil)
    }

    @Test(arguments: ["../outside", "/nonexistent/x", "real"]) func noLinkIsFollowed(_ target: String) throws {
        defer { try? removeTree(root) }
        try link("folder", to: target)
        try link("file.json", to: target + "/file.json")
        for path in ["folder/file.json", "folder/new/deep.json", "file.json"] {
            #expect(throws: FileError.self) { try folder.write(path, [1]) }
            #expect(throws: FileError.self) { try folder.read(path, limit: 9) }
        }
        #expect(throws: FileError.self) { try folder.list("folder") }
        #expect(try list(root + "/outside") == ["file.json"] && list(root + "/work/real") == [] && readFile(root + "/outside/file.json", limit: 9) == Array("theirs".utf8))
        #expect(try list(root + "/work") == ["file.json", "folder", "real"])
    }

    @Test func theFolderItselfMayBeReachedThroughALink() throws {
        defer { try? removeTree(root) }
        try link("me", to: ".")
        try GuardedFolder(root + "/work/me").write("a/b.json", [1])
        #expect(try folder.read("a/b.json", limit: 9) == [1])
    }
}
