import CGitSupport
import TestSupport
import Testing

@testable import Git

/// libgit2 keeps the message of its last failure until another failure replaces it. Without care, a call that fails without a message
/// would be explained with the message of an older call.
@Suite struct LastErrorTests {
    @Test func anOlderFailureIsNotShown() throws {
        let scratch = try Scratch()
        let repository = try Repository.initialize(path: scratch("empty.git"), bare: true, initialBranch: "main")
        var iterator: OpaquePointer?
        try check(git_reference_iterator_new(&iterator, repository.handle), "list refs")
        defer { git_reference_iterator_free(iterator) }

        let older = try gitError { _ = try Repository.openBare(path: scratch("absent.git")) }
        #expect(older.kind == .notFound)
        let kept = git_error_last()?.pointee.message.map { String(cString: $0) } ?? ""
        #expect(kept.contains("absent.git"), "libgit2 still has its message")

        // At the end of the list, libgit2 returns a code without a message.
        var name: UnsafePointer<CChar>?
        let error = try gitError { try check(git_reference_next_name(&name, iterator), "read the next ref") }
        #expect(error.code == GIT_ITEROVER.rawValue)
        #expect(!error.message.contains("absent.git"), "\(error)")
    }

    /// The kind of an error comes from libgit2's class of error as well as from its code.
    @Test func anOlderFailureDoesNotChangeTheKind() throws {
        try LibGit2.start()
        git_error_set_str(Int32(GIT_ERROR_NET.rawValue), "connection refused")
        let error = try gitError { try check(GIT_ERROR.rawValue, "do something") }
        #expect(error.kind == .other && !error.message.contains("refused"), "\(error)")
    }
}
