import Foundation
import TestSupport
import Testing

@testable import Git

/// Who signs an approval: whom Git would name as the author of a commit.
@Suite struct AuthorTests {
    @Test func theAuthorIsTheOneThatGitWouldName() throws {
        let scratch = try Scratch()
        _ = try scratch.makeRepository()
        let repository = try Repository.open(path: scratch("work"))
        let global = scratch("global")
        try "[user]\n\tname = Ann\n\temail = ann@example.com\n".write(toFile: global, atomically: true, encoding: .utf8)
        let base = ["GIT_CONFIG_GLOBAL": global, "GIT_CONFIG_NOSYSTEM": "1"]
        func author(_ more: [String: String] = [:]) -> String? { repository.author { base.merging(more) { $1 }[$0] } }
        #expect(author() == "Ann <ann@example.com>")
        #expect(author(["GIT_AUTHOR_NAME": "Bob"]) == "Bob <ann@example.com>")
        try "[user]\n\tname = Ann\n\temail = ann@example.com\n[author]\n\tname = Release team\n".write(toFile: global, atomically: true, encoding: .utf8)
        #expect(author() == "Release team <ann@example.com>")
        #expect(author(["GIT_CONFIG_GLOBAL": "/nonexistent"]) == nil)
    }
}
