import Foundation
import TestSupport
import Testing

/// The applied state of a clone whose remote has one.
@Suite struct CloneStateTests {
    private let nothing = ["plan", "--detailed-exitcode"]

    /// `origin.git` with the fleet, and `clone`, a clone of it; with `isApplied`, origin has an applied state, and the clone has fetched it.
    private func shop(isApplied: Bool = true) throws -> Workshop {
        let shop = try Workshop()
        if isApplied { try shop.makeAppliedFleet() } else { try shop.makeFleet() }
        try shop.git("clone", "--quiet", "--bare", "config", "origin.git")
        try shop.git("clone", "--quiet", "origin.git", "clone")
        return shop
    }

    /// Makes a change in `clone`, and pushes it.
    private func change(_ shop: Workshop) throws {
        try shop.edit("../clone/tenants/contoso/profiles/staff.json", "Staff mail", "Mail for staff")
        try shop.commit("edit", in: "clone")
        try shop.git("push", "--quiet", "origin", "main", in: "clone")
    }

    @Test func readersTakeWhatWasFetchedAndNameIt() throws {
        let shop = try shop()
        let plan = try shop.easel("plan", "--detailed-exitcode", in: "clone")
        #expect(plan.status == 0 && plan.out.contains("origin/easel/applied"), "\(plan.out)\(plan.err)")
        let history = try shop.easel("history", in: "clone")
        #expect(history.out.hasPrefix("On origin/easel/applied, as this clone last fetched it:\n"), "\(history.out)")
        let tip = try shop.git("rev-parse", "origin/easel/applied", in: "clone")
        #expect(try shop.easel("rollback", "--to", tip, in: "clone").out.contains("Nothing"))
        #expect(try shop.easel("deliver", "--since", tip, "--out", "../out", in: "clone").status == 0)
        try change(shop)
        let rollback = try shop.easel("rollback", "--to", tip, in: "clone")
        #expect(rollback.out.contains("read from origin/easel/applied"), "\(rollback.out)\(rollback.err)")
        try shop.git("reset", "--quiet", "--hard", "HEAD~1", in: "clone")
        // The remote is not needed for that.
        try FileManager.default.moveItem(atPath: shop("origin.git"), toPath: shop("away.git"))
        #expect(try shop.easel("plan", "--detailed-exitcode", in: "clone").status == 0)
        #expect(try shop.easel("plan", "--detailed-exitcode", "--worktree", in: "clone").status == 0)
        // Of the clone alone, and as everybody would see it.
        #expect(try shop.easel("plan", "--detailed-exitcode", "--state", ".", in: "clone").status == 2)
        #expect(try shop.easel("plan", "--reproducible", in: "clone").out == shop.easel("plan", "--reproducible", in: "config").out)
    }

    @Test func readersTakeTheNewerOfTheTwo() throws {
        let shop = try shop()
        try shop.git("branch", "--no-track", "easel/applied", "origin/easel/applied", in: "clone")
        #expect(try !shop.easel("plan", in: "clone").out.contains("origin/easel/applied"))
        try change(shop)
        #expect(try shop.easel("reconcile", "--repo", "origin.git").lastLine.hasPrefix("Recorded 1 update"))
        #expect(try shop.easel("plan", "--detailed-exitcode", in: "clone").status == 2, "not fetched yet")
        try shop.git("fetch", "--quiet", in: "clone")
        let plan = try shop.easel("plan", "--detailed-exitcode", in: "clone")
        #expect(plan.status == 0 && plan.out.contains("origin/easel/applied"), "\(plan.out)")
        // Two states that each have something of their own.
        #expect(try shop.easel("reconcile", "--state", ".", in: "clone").status == 0)
        for command in [["plan"], ["history"], ["drift", "--live", "."]] {
            let outcome = try shop.run([Workshop.binary] + command, in: "clone")
            #expect(outcome.status == 1 && outcome.err.contains("easel/applied and origin/easel/applied are two states"), "\(outcome.err)")
            #expect(outcome.err.contains("easel history --state .,") && outcome.err.contains("branch -D easel/applied"), "\(outcome.err)")
        }
        #expect(try shop.easel("history", "--state", ".", in: "clone").status == 0 && shop.easel("history", "--state", "origin", in: "clone").status == 0)
        try shop.git("branch", "-D", "easel/applied", in: "clone")
        #expect(try shop.easel("plan", "--detailed-exitcode", in: "clone").status == 0)
    }

    @Test func writersStartNoSecondState() throws {
        let shop = try shop()
        try change(shop)
        try shop.git("fetch", "--quiet", in: "clone")
        for isFetched in [true, false] {
            if !isFetched { try shop.git("update-ref", "-d", "refs/remotes/origin/easel/applied", in: "clone") }
            for command in [["reconcile"], ["adopt", "--live", "."], ["reconcile", "--defer", "--out", "../deferred"]] {
                let outcome = try shop.run([Workshop.binary] + command, in: "clone")
                #expect(outcome.status == 1 && outcome.err.contains("use --state origin.") && outcome.err.contains("use --state ."), "\(outcome.err)")
            }
        }
        #expect(try shop.tip("clone") == nil && !shop.exists("deferred"))
        let elsewhere = try shop.easel("reconcile", "--repo", "clone")
        #expect(elsewhere.err.contains("use --state clone."), "\(elsewhere.err)")
        // The remote's own.
        let done = try shop.easel("reconcile", "--state", "origin", in: "clone")
        #expect(done.lastLine.hasPrefix("Recorded 1 update") && done.err.isEmpty, "\(done.out)\(done.err)")
        #expect(try shop.tip("clone") == nil && shop.git("rev-list", "--count", "easel/applied", in: "origin.git") == "2")
        // A path that is called like the remote, and a state of the clone alone.
        let path = try shop.easel("reconcile", "--state", "./origin", in: "clone")
        #expect(path.err == "notice: Created the bare repository ./origin for the applied state.\n" && shop.exists("clone/origin/HEAD"))
        #expect(try shop.easel("reconcile", "--state", ".", in: "clone").status == 0)
        #expect(try shop.tip("clone") != nil)
    }

    @Test func confirmKnowsTheRemoteToo() throws {
        let shop = try shop()
        try change(shop)
        #expect(try shop.easel("reconcile", "--defer", "--out", "../out", "--state", "origin", in: "clone").status == 0)
        let refused = try shop.easel("confirm", "../out", in: "clone")
        #expect(refused.status == 1 && refused.err.contains("use --state origin."), "\(refused.err)")
        #expect(try shop.easel("confirm", "../out", "--state", "origin", in: "clone").status == 0)
        #expect(try shop.git("rev-list", "--count", "easel/applied", in: "origin.git") == "2")
        try shop.git("fetch", "--quiet", in: "clone")
        #expect(try shop.easel("plan", "--detailed-exitcode", in: "clone").status == 0)
    }

    @Test func aRemoteOverTheWireIsAskedAndPushedTo() throws {
        let shop = try shop(isApplied: false)
        try FileManager.default.createDirectory(atPath: shop("served"), withIntermediateDirectories: true)
        try FileManager.default.moveItem(atPath: shop("origin.git"), toPath: shop("served/origin.git"))
        let daemon = try GitDaemon(shop("served"), environment: Workshop.environment)
        try shop.git("remote", "set-url", "origin", daemon.url("origin.git"), in: "clone")
        func easel(_ arguments: String...) throws -> Workshop.Outcome { try shop.run([Workshop.binary] + arguments + ["--cache", "../cache"], in: "clone") }
        // It has none: a local state is as good as any.
        #expect(try easel("reconcile", "--tenant", "contoso").status == 0 && shop.tip("clone") != nil)
        try shop.git("branch", "-D", "easel/applied", in: "clone")
        #expect(try easel("plan", "--state", "origin").lastLine.hasPrefix("Plan: 9 to create"))
        #expect(try easel("reconcile", "--state", "origin").status == 0)
        #expect(try shop.tip("served/origin.git") != nil && shop.tip("clone") == nil)
        let second = try easel("reconcile")
        #expect(second.status == 1 && second.err.contains("the remote origin has this branch"), "\(second.err)")
        #expect(try easel("reconcile", "--state", "origin").lastLine.hasPrefix("Nothing to do"))
        // It does not answer.
        try shop.git("remote", "set-url", "origin", "git://127.0.0.1:1/origin.git", in: "clone")
        let silent = try easel("reconcile")
        #expect(silent.status == 1 && silent.err.contains("cannot find out whether the remote origin has the branch easel/applied"), "\(silent.err)")
        #expect(silent.err.contains("use --state origin, with credentials") && silent.err.contains("use --state ."), "\(silent.err)")
        #expect(try shop.tip("clone") == nil)
        #expect(try easel("plan").status == 0, "readers ask nobody")
        #expect(try easel("reconcile", "--state", ".").status == 0)
    }

    /// As a pipeline checks out: one commit of one branch.
    @Test func aShallowCheckoutKeepsWorking() throws {
        let shop = try shop(isApplied: false)
        let url = "file://" + shop("origin.git")
        try shop.git("clone", "--quiet", "--depth", "1", url, "checkout")
        #expect(try shop.easel("plan", in: "checkout").status == 0)
        #expect(try shop.easel("reconcile", in: "checkout").status == 0)
        try shop.git("push", "--quiet", "origin", "easel/applied", in: "checkout")
        try shop.git("clone", "--quiet", "--depth", "1", url, "next")
        #expect(try shop.easel("reconcile", in: "next").err.contains("use --state origin."))
        #expect(try shop.easel("reconcile", "--state", "origin", in: "next").lastLine.hasPrefix("Nothing to do"))
    }

    @Test func theRemoteMayHaveAnyName() throws {
        let shop = try shop()
        try shop.git("remote", "rename", "origin", "upstream", in: "clone")
        try shop.git("remote", "add", "fork", "../nowhere.git", in: "clone")
        #expect(try shop.easel("plan", in: "clone").out.contains("upstream/easel/applied"))
        #expect(try shop.easel("reconcile", in: "clone").err.contains("use --state upstream."))
        // A branch of another name is another state, which fork, being one of two, is not asked for.
        #expect(try shop.easel("plan", "--state", "#mail/state", "--detailed-exitcode", in: "clone").status == 2)
        try shop.git("update-ref", "refs/heads/mail/state", "easel/applied", in: "origin.git")
        try shop.git("fetch", "--quiet", "upstream", in: "clone")
        #expect(try shop.easel("plan", "--state", "#mail/state", "--detailed-exitcode", in: "clone").status == 0)
        let refused = try shop.easel("reconcile", "--state", "#mail/state", in: "clone")
        #expect(refused.err.contains("use --state 'upstream#mail/state'.") && refused.err.contains("use --state '.#mail/state'."), "\(refused.err)")
        #expect(try shop.easel("reconcile", "--state", "upstream#mail/state", in: "clone").lastLine.hasPrefix("Nothing to do"))
        let wrong = try shop.easel("plan", "--state", "origin", in: "clone")
        #expect(wrong.status == 1 && wrong.err.contains("or a remote of this clone (fork, upstream)"), "\(wrong.err)")
    }

    /// A bare repository has no branches of a remote's beside its own.
    @Test func bareRepositoriesAndThoseWithoutARemoteHaveOneState() throws {
        let shop = try shop()
        #expect(try shop.easel("reconcile", "--repo", "origin.git").lastLine.hasPrefix("Nothing to do"))
        try shop.git("remote", "remove", "origin", in: "clone")
        #expect(try shop.easel("reconcile", in: "clone").status == 0 && shop.tip("clone") != nil)
    }

    @Test func anAdoptionSaysHowTheStateIsShared() throws {
        let shop = try shop(isApplied: false)
        #expect(try shop.easel("reconcile", "--state", "../other.git", "--out", "../out", in: "clone").status == 0)
        try shop.export()
        let adopted = try shop.easel("adopt", "--live", "../live", in: "clone")
        #expect(adopted.status == 0 && adopted.out.contains("To share it, run: git push origin easel/applied"), "\(adopted.out)\(adopted.err)")
        try shop.git("push", "--quiet", "origin", "easel/applied", in: "clone")
        try shop.git("clone", "--quiet", "origin.git", "other")
        #expect(try shop.easel("plan", "--detailed-exitcode", in: "other").status == shop.easel("plan", "--detailed-exitcode", in: "clone").status)
    }
}
