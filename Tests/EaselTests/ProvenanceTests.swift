import Foundation
import TestSupport
import Testing

/// Who changed what people get, who let it out and why, and how long it was held: in reports, and in the history.
@Suite struct ProvenanceTests {
    private func commit(_ shop: Workshop, _ author: String, _ message: String) throws -> String {
        try shop.git("add", "-A", in: "config")
        try shop.git("commit", "--quiet", "--author", "\(author) <\(author.lowercased())@example.com>", "-m", message, in: "config")
        return try shop.git("rev-parse", "HEAD", in: "config")
    }

    private func profile(_ tenant: String, _ id: String, _ report: Report) -> Report.Profile? {
        let profiles: [Report.Profile] = report.tenants.first { $0.id == tenant }?.profiles ?? []
        return profiles.first { $0.id == id }
    }

    @Test func whoAndWhy() throws {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        try shop.write(#"{"kind": "policy", "gates": [{"name": "sign-in-storm", "when": {"consequences": ["credentialReentry"]}, "require": "approval"}]}"#, to: "config/policy.json")
        _ = try commit(shop, "Paula", "A gate")
        // Ann edits on a branch; the file is touched again, the merge is Max's, and the approval is Bob's.
        try shop.git("checkout", "--quiet", "-b", "oauth", in: "config")
        try shop.edit("bases/online.json", #""oauth": false"#, #""oauth": true"#)
        let edit = try commit(shop, "Ann", "Turn OAuth on\n\nAs announced.")
        try shop.edit("bases/online.json", #""kind""#, #""$comment": "no change", "kind""#)
        let comment = try commit(shop, "Carl", "A comment")
        try shop.git("checkout", "--quiet", "main", in: "config")
        try shop.write("Read me", to: "config/README.md")
        _ = try commit(shop, "Max", "Read me")
        try shop.git("merge", "--quiet", "--no-ff", "-m", "Merge oauth", "oauth", in: "config")
        let held = try shop.report("reconcile", "--now", "2026-11-25T02:00:00Z", in: "config")
        #expect(held.status == 3)
        let waiting = try #require(profile("contoso", "staff", held.report))
        #expect(waiting.edits?.map(\.commit) == [edit] && waiting.edits?.first?.author == "Ann <ann@example.com>" && waiting.edits?.first?.subject == "Turn OAuth on")
        #expect(waiting.heldSince == ["sign-in-storm": "2026-11-25T02:00:00Z"])

        let fingerprint = try #require(waiting.fingerprint)
        #expect(try shop.easel("approve", fingerprint, "--reason", "Announced for Friday", "--approved-by", "Bob <bob@example.com>", in: "config").status == 0)
        let approval = try commit(shop, "Bob", "Approve OAuth for staff")
        // A run in between changes nothing about the time.
        #expect(try shop.easel("plan", "--now", "2026-11-26T02:00:00Z", in: "config").out.contains("Held longest: contoso/board, by sign-in-storm since 2026-11-25T02:00:00Z"))
        let done = try shop.easel("reconcile", "--now", "2026-11-27T05:00:00Z", in: "config")
        #expect(done.status == 3)
        for line in [
            "Edits and approvals", "  \(edit.prefix(7)) Ann <ann@example.com>: \"Turn OAuth on\" (6 profiles, 5 of them held)",
            "approved by Bob <bob@example.com>: \"Announced for Friday\" (1 profile)",
        ] { #expect(done.out.contains(line), "\(done.out)") }

        let text = try shop.easel("history", "contoso/staff", "--limit", "1", in: "config").out
        #expect(text.contains("      edited by Ann <ann@example.com> in \(edit.prefix(7)) on "), "\(text)")
        #expect(text.contains("approved by Bob <bob@example.com> in approvals/") && text.contains(": Announced for Friday; passed sign-in-storm\n"), "\(text)")
        #expect(text.contains("      held by sign-in-storm for 2 days 3 hours\n"), "\(text)")
        #expect(!text.contains(approval.prefix(7)) || text.contains("(source \(approval.prefix(7)))"))
        #expect(!text.contains(comment.prefix(7)))
        let markdown = try shop.easel("history", "contoso/staff", "--limit", "1", "--format", "markdown", in: "config").out
        #expect(markdown.contains("  - edited by `Ann <ann@example.com>` in `\(edit.prefix(7))` on ") && markdown.contains("`Announced for Friday`; passed `sign-in-storm`"), "\(markdown)")
        let json = try shop.easel("history", "contoso/staff", "--since", "2026-11-27", "--format", "json", in: "config").out
        #expect(json.contains("\"commit\": \"\(edit)\"") && json.contains("\"reason\": \"Announced for Friday\"") && json.contains("\"commit\": \"\(approval)\""), "\(json)")
        #expect(try shop.easel("history", "--since", "2026-11-28T00:00:00Z", in: "config").out == "Nothing has been recorded yet.\n")
        #expect(try shop.easel("history", "--since", "yesterday", in: "config").status == 64)
    }

    /// Where the history does not show who it was, nobody is named.
    @Test func nobodyIsNamedByGuess() throws {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        try shop.edit("bases/online.json", #""oauth": false"#, #""oauth": true"#)
        let files = try #require(profile("contoso", "staff", shop.report("plan", "--worktree", in: "config").report))
        #expect(files.edits == nil)
        _ = try commit(shop, "Ann", "OAuth")
        try shop.write("Read me", to: "config/README.md")
        _ = try commit(shop, "Max", "Read me")
        try shop.git("clone", "--quiet", "--depth", "1", "--no-single-branch", "file://" + shop("config"), "shallow")
        try shop.git("update-ref", "refs/heads/easel/applied", "origin/easel/applied", in: "shallow")
        let shallow = try #require(profile("contoso", "staff", shop.report("plan", in: "shallow").report))
        #expect(shallow.edits == nil)
    }

    /// A creation, a removal, a renamed tenant, and an edit of a group's id are somebody's, too.
    @Test func everyKindOfChangeHasAnAuthor() throws {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        try shop.git("mv", "tenants/contoso/profiles/kiosk.json", "tenants/contoso/profiles/lobby.json", in: "config")
        try shop.edit("tenants/contoso/profiles/lobby.json", "\"displayName\": \"", "\"displayName\": \"The ")
        let created = try commit(shop, "Ann", "Lobby")
        try shop.git("rm", "--quiet", "tenants/fabrikam/profiles/staff.json", in: "config")
        let removed = try commit(shop, "Rob", "No staff")
        let report = try shop.report("plan", in: "config").report
        #expect(profile("contoso", "lobby", report)?.edits?.map(\.commit) == [created])
        #expect(profile("fabrikam", "staff", report)?.edits?.map(\.commit) == [removed])
    }
}
