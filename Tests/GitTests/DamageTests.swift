import Foundation
import TestSupport
import Testing

@testable import Git

/// libgit2 1.5 reads a truncated loose object for ever, so easel checks loose objects first.
@Suite struct DamageTests {
    @Test(.timeLimit(.minutes(1)), arguments: ["small", String(repeating: "large and not repeating itself ", count: 200)]) func looseObjects(_ text: String) throws {
        let scratch = try Scratch()
        _ = try scratch.makeRepository()
        let blob = try id(scratch.git("hash-object", "-w", "--stdin", in: scratch("work"), input: Array(text.utf8)))
        let file = scratch("work/.git/objects/\(blob.description.prefix(2))/\(blob.description.dropFirst(2))")
        let whole = try Data(contentsOf: URL(fileURLWithPath: file))
        func read() throws -> [UInt8] {
            let repository = try Repository.open(path: scratch("work"))
            #expect(try repository.blobSize(blob) == text.utf8.count)
            return try repository.withBlob(blob, limit: 1 << 20) { [UInt8]($0) }
        }
        #expect(try read() == Array(text.utf8))
        try FileManager.default.removeItem(atPath: file)
        var random = Seeded(3)
        for length in Set((0..<whole.count).filter { $0 < 20 || $0 > whole.count - 8 } + (0..<20).map { _ in random.below(whole.count) }).sorted() {
            try whole.prefix(length).write(to: URL(fileURLWithPath: file))
            #expect(throws: GitError.self, "\(length) of \(whole.count) bytes") { _ = try read() }
        }
        for _ in 0..<200 {
            let damaged = Data(random.mutated(Array(whole)))
            try damaged.write(to: URL(fileURLWithPath: file))
            if let bytes = try? Repository.open(path: scratch("work")).withBlob(blob, limit: 1 << 20, { [UInt8]($0) }) { #expect(bytes == Array(text.utf8)) }
        }
        try whole.write(to: URL(fileURLWithPath: file))
        #expect(try read() == Array(text.utf8))
    }

    @Test(.timeLimit(.minutes(1)), arguments: [true, false]) func looseObjectsOfAnotherRepository(isRelative: Bool) throws {
        let scratch = try Scratch()
        _ = try scratch.makeRepository()
        let text = String(repeating: "large and not repeating itself ", count: 200)
        let blob = try id(scratch.git("hash-object", "-w", "--stdin", in: scratch("work"), input: Array(text.utf8)))
        try scratch.git("clone", "-q", "--shared", scratch("work"), scratch("borrower"))
        if isRelative { try "../../../work/.git/objects\n".write(toFile: scratch("borrower/.git/objects/info/alternates"), atomically: true, encoding: .utf8) }
        func read() throws -> Int { try Repository.open(path: scratch("borrower")).withBlob(blob, limit: 1 << 20) { $0.count } }
        #expect(try read() == text.utf8.count)
        let file = scratch("work/.git/objects/\(blob.description.prefix(2))/\(blob.description.dropFirst(2))")
        let whole = try Data(contentsOf: URL(fileURLWithPath: file))
        try FileManager.default.removeItem(atPath: file)
        try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: file))
        #expect(throws: GitError.self) { _ = try read() }
    }
}
