import Foundation
import TestSupport
import Testing

/// `--staged` reads the index as the next commit will have it, whatever made it and whatever form it has.
@Suite struct StagedTests {
    private static let good = #""accountName": "Mail""#
    private static let bad = #""acountName": "Mail""#
    private static let staff = "tenants/contoso/profiles/staff.json"

    /// A fleet whose staged manifest is right and whose working file is wrong, or the other way round.
    private func fleet(stagedIsBad: Bool) throws -> Workshop {
        let shop = try Workshop()
        try shop.makeFleet()
        if stagedIsBad {
            try shop.edit(Self.staff, Self.good, Self.bad)
            try shop.git("add", "--all", in: "config")
            try shop.edit(Self.staff, Self.bad, Self.good)
        } else {
            try shop.edit(Self.staff, Self.good, Self.bad)
        }
        return shop
    }

    @Test func whatIsStagedCountsAndNothingIsWritten() throws {
        let shop = try fleet(stagedIsBad: true)
        let before = try shop.tree("config")
        let (report, status) = try shop.report("validate", "--staged", "--repo", "config")
        #expect(status == 1 && report.diagnostics.map(\.file) == [Self.staff] && report.source.commit == nil)
        #expect(try shop.easel("validate", "--staged", in: "config/tenants/contoso").out.contains("easel validate · staged files in ."))
        #expect(try shop.easel("validate", "--worktree", "--repo", "config").status == 0)
        #expect(try shop.easel("plan", "--staged", "--repo", "config").status == 1)
        #expect(try shop.easel("review", "--staged", "--repo", "config").status == 1)
        #expect(try shop.tree("config") == before, "reading writes nothing, no tree either")
        let other = try fleet(stagedIsBad: false)
        try other.git("rm", "--quiet", "--cached", "tenants/northwind/profiles/kiosk.json", in: "config")
        let plan = try other.report("plan", "--staged", "--repo", "config")
        #expect(plan.status == 0 && plan.report.summary.create == 8)
        let review = try other.report("review", "--staged", "--repo", "config")
        #expect(review.report.summary.remove == 1 && review.report.profiles.keys.sorted() == ["northwind/kiosk"])
    }

    @Test func itGoesWithNothingElseToRead() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        for arguments in [["validate", "--staged", "--worktree"], ["plan", "--staged", "--ref", "main"], ["review", "--staged", "--worktree"], ["review", "--staged", "main...HEAD"]] {
            let outcome = try shop.run([Workshop.binary] + arguments, in: "config")
            #expect(outcome.status == 64 && outcome.err.contains("--staged"), "\(outcome.err)")
        }
        try shop.git("clone", "--quiet", "--bare", "config", "bare.git")
        #expect(try shop.easel("validate", "--staged", "--repo", "bare.git").err.contains("nothing is staged in it; leave --staged out"))
        #expect(try shop.easel("validate", "--staged", "--repo", "https://example.invalid/x.git").err.contains("--staged reads the index of a local repository"))
        #expect(try shop.easel("reconcile", "--staged").status == 64)
    }

    /// In each form that Git knows, and beside what no commit takes.
    @Test(arguments: [
        ["update-index", "--index-version", "4"], ["update-index", "--split-index"], ["-c", "index.skipHash=true", "update-index", "--force-write-index"],
        ["sparse-checkout", "set", "--cone", "--sparse-index", "bases", "tenants/fabrikam"], ["update-index", "--force-write-index"],
    ])
    func everyFormOfTheIndex(_ command: [String]) throws {
        let shop = try Workshop()
        try shop.makeFleet()
        let formed = try shop.run(["/usr/bin/git"] + command, in: "config")
        try #require(formed.status == 0, "\(formed.err)")
        #expect(try shop.report("review", "--staged", "--repo", "config").report.summary.none == 9)
        // After the form is there: a change, an addition, a removal, an intention and a conflict that is no longer one.
        try shop.edit("tenants/fabrikam/profiles/staff.json", Self.good, #""accountName": "New""#)
        try shop.write(Fleet.manifest("board").replacingOccurrences(of: "Board mail", with: "More mail"), to: "config/tenants/fabrikam/profiles/more.json")
        try shop.git("add", "--all", in: "config")
        try shop.git("rm", "--quiet", "tenants/fabrikam/profiles/kiosk.json", in: "config")
        try shop.write("{ nothing", to: "config/tenants/fabrikam/profiles/intended.json")
        try shop.git("add", "--intent-to-add", "tenants/fabrikam/profiles/intended.json", in: "config")
        let (report, _) = try shop.report("review", "--staged", "--repo", "config")
        #expect(report.diagnostics.filter { $0.severity == "error" }.isEmpty, "\(report.diagnostics)")
        #expect(report.profiles.mapValues(\.action).sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" } == ["fabrikam/kiosk remove", "fabrikam/more create", "fabrikam/staff update"])
        // What Git commits is what was read.
        try shop.git("commit", "--quiet", "--message", "as staged", in: "config")
        let committed = try shop.report("review", "HEAD~1", "HEAD", "--repo", "config").report
        #expect(committed.profiles.mapValues(\.fingerprint) == report.profiles.mapValues(\.fingerprint))
    }

    @Test func conflictsAreNamed() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        try shop.git("checkout", "--quiet", "-b", "other", in: "config")
        try shop.edit(Self.staff, Self.good, #""accountName": "Other""#)
        try shop.commit("other")
        try shop.git("checkout", "--quiet", "main", in: "config")
        try shop.edit(Self.staff, Self.good, #""accountName": "Main""#)
        try shop.commit("main")
        #expect(try shop.run(["/usr/bin/git", "merge", "--quiet", "other"], in: "config").status == 1)
        let outcome = try shop.easel("validate", "--staged", "--repo", "config")
        #expect(outcome.status == 1 && outcome.err.contains("a file has conflicts: \(Self.staff)") && outcome.err.contains("git add"), "\(outcome.err)")
    }

    @Test func linksSubmodulesAndDamage() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        let head = try shop.git("rev-parse", "HEAD", in: "config")
        try shop.git("rm", "--quiet", "-r", "--cached", "tenants/northwind", in: "config")
        try shop.git("update-index", "--add", "--cacheinfo", "160000,\(head),tenants/northwind", in: "config")
        try FileManager.default.createSymbolicLink(atPath: shop("config/tenants/contoso/profiles/link.json"), withDestinationPath: "/etc/passwd")
        try shop.git("add", "tenants/contoso/profiles/link.json", in: "config")
        let outcome = try shop.easel("validate", "--staged", "--repo", "config")
        #expect(outcome.status == 1 && outcome.out.contains("tenants/contoso/profiles/link.json:1:1:") && outcome.out.contains("links and submodules are not followed"), "\(outcome.out)\(outcome.err)")
        let index = try shop.data("config/.git/index")
        // No beginning and no single changed byte of it crashes the reader.
        var random = Seeded(15)
        for round in 0..<40 {
            var broken = Array(index)
            if round % 2 == 0 { broken.removeLast(Int(random.next() % UInt64(broken.count))) } else { broken[Int(random.next() % UInt64(broken.count - 20))] ^= 0xFF }
            try Data(broken).write(to: URL(fileURLWithPath: shop("broken")))
            let read = try shop.easel("validate", "--staged", in: "config", environment: ["GIT_INDEX_FILE": shop("broken")])
            #expect([0, 1].contains(read.status), "round \(round): \(read.status) \(read.err)")
        }
    }
}
