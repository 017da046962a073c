import Basics
import Foundation
import Testing

@testable import Git

@Suite struct PackTests {
    @Test func roundTripThatGitAccepts() throws {
        let scratch = try Scratch()
        let repository = try Repository.initialize(path: scratch("r.git"), bare: true, initialBranch: "main")
        var encoder = try ObjectEncoder()
        let writer = try PackWriter(repository: repository)

        // Sizes around every limit of the size field in an entry's header, with compressible and random content.
        var entries: [TreeEntry] = []
        var contents: [String: [UInt8]] = [:]
        var generator = SystemRandomNumberGenerator()
        for size in [0, 1, 15, 16, 2047, 2048, 262_143, 262_144, 3_000_000] {
            for random in [false, true] {
                let bytes = (0..<size).map { _ in random ? UInt8.random(in: 0...255, using: &generator) : 65 }
                let object = encoder.encode(.blob, bytes)
                try writer.append(object)
                try writer.append(object)
                let name = "f\(size)-\(random)"
                contents[name] = bytes
                entries.append(TreeEntry(name: name, mode: TreeEntry.fileMode, id: object.id))
            }
        }
        // Names that a repository may contain, though no manifest has them.
        entries.append(TreeEntry(name: "a\nb", mode: 0o100755, id: entries[5].id))
        entries.append(TreeEntry(name: [0x66, 0xff, 0xfe], mode: 0o120000, id: entries[5].id))
        let inner = encoder.encode(.tree, try encodeTree(entries))
        let outer = encoder.encode(
            .tree, try encodeTree([TreeEntry(name: "dir", mode: TreeEntry.treeMode, id: inner.id)]))
        let commit = encoder.encode(
            .commit,
            encodeCommit(
                tree: outer.id, parents: [], name: "Ann", email: "ann@example.com", time: 1_700_000_000, message: "hi"))
        for object in [inner, outer, commit] { try writer.append(object) }
        #expect(writer.count == Set(entries.map(\.id)).count + 3)
        #expect(!repository.exists(commit.id))
        let name = try #require(try writer.finish())
        repository.refresh()
        #expect(repository.exists(commit.id))
        try repository.moveReference("refs/heads/main", from: nil, to: commit.id, message: "test")

        #expect(try scratch.git("fsck", "--strict", "--full", in: scratch("r.git")).contains("error") == false)
        let folder = scratch("r.git/objects/pack")
        try scratch.git("verify-pack", "-v", "\(folder)/\(name).idx", in: scratch("r.git"))
        // Git makes the same index.
        try scratch.git("index-pack", "-o", scratch("own.idx"), "\(folder)/\(name).pack", in: scratch("r.git"))
        #expect(
            try Data(contentsOf: URL(fileURLWithPath: scratch("own.idx")))
                == Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name).idx")))
        #expect(try Set(list(folder)) == ["\(name).pack", "\(name).idx"])
        #expect(fileStatus("\(folder)/\(name).pack").map { $0.st_mode & 0o777 } == 0o444)

        let read = try repository.entries(ofTree: inner.id)
        #expect(Set(read) == Set(entries))
        #expect(read.first { $0.nameText == nil }?.kind == .symlink)
        #expect(read.first { $0.nameText == "a\nb" }?.kind == .executable)
        for (name, bytes) in contents {
            let entry = try #require(try repository.entry(atPath: "dir/\(name)", inTree: outer.id))
            let same = try repository.withBlob(entry.id, limit: bytes.count) { Array($0) == bytes }
            #expect(same)
        }
        let info = try repository.commit(commit.id)
        #expect(info.tree == outer.id && info.parents == [] && info.message == "hi\n" && info.time == 1_700_000_000)
    }

    @Test func emptyAndAbandonedLeaveNothing() throws {
        let scratch = try Scratch()
        let repository = try Repository.initialize(path: scratch("r.git"), bare: true, initialBranch: "main")
        let folder = scratch("r.git/objects/pack")
        #expect(try PackWriter(repository: repository).finish() == nil)
        #expect(try list(folder) == [])
        do {
            var encoder = try ObjectEncoder()
            let writer = try PackWriter(repository: repository)
            try writer.append(encoder.encode(.blob, [1, 2, 3]))
            #expect(try list(folder).count == 1)
        }
        #expect(try list(folder) == [])
    }

    @Test func farOffsetsHaveATableOfTheirOwn() throws {
        let scratch = try Scratch()
        var objects = (0..<600).map { number in
            PackedObject(
                id: ObjectEncoder.id(.blob, Array("\(number)".utf8)), crc32: UInt32(number),
                offset: UInt64(number) << 24 + 12)
        }
        let expected = objects.sorted { $0.id < $1.id }
            .map { object in
                let crc = String(object.crc32, radix: 16)
                return "\(object.offset) \(object.id) (\(String(repeating: "0", count: 8 - crc.count))\(crc))"
            }
        let index = packIndex(&objects, packChecksum: .zero)
        let shown = try scratch.git("show-index", input: index)
        #expect(shown.split(separator: "\n").map(String.init) == expected)
    }

    @Test func writesIntoTheMainRepositoryOfAWorktree() throws {
        let scratch = try Scratch()
        _ = try scratch.makeRepository()
        try scratch.git("worktree", "add", "-q", scratch("linked"), in: scratch("work"))
        let repository = try Repository.open(path: scratch("linked"))
        #expect(repository.commonPath == scratch("work/.git"))
        #expect(repository.path != repository.commonPath)
        var encoder = try ObjectEncoder()
        let writer = try PackWriter(repository: repository)
        let object = encoder.encode(.blob, Array("x".utf8))
        try writer.append(object)
        _ = try writer.finish()
        #expect(try scratch.git("cat-file", "-p", "\(object.id)", in: scratch("work")) == "x")
    }
}
