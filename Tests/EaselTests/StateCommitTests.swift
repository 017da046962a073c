import Foundation
import TestSupport
import Testing

/// State commits under the rules of a forge: author, signature, and pushes that a server refuses.
@Suite struct StateCommitTests {
    /// The fleet, with SSH keys `ann` and `bob`, and `sealed`, which has the passphrase "s3cret words".
    private func shop() throws -> Workshop {
        let shop = try Workshop()
        try shop.makeFleet()
        for (name, passphrase) in [("ann", ""), ("bob", ""), ("sealed", "s3cret words")] {
            #expect(try shop.run(["/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-C", name, "-f", shop(name)]).status == 0)
        }
        return shop
    }

    private func change(_ shop: Workshop, _ before: String = "Staff mail", _ after: String = "Mail for staff") throws {
        try shop.edit("tenants/contoso/profiles/staff.json", before, after)
        try shop.commit("edit")
    }

    /// Whether git itself takes the tip for signed by a key.
    private func isSigned(_ shop: Workshop, by key: String) throws -> Bool {
        try shop.write("bot@example.com " + shop.read(key + ".pub"), to: "allowed")
        return try shop.run(
            ["/usr/bin/git", "-c", "gpg.ssh.allowedSignersFile=\(shop("allowed"))", "verify-commit", "easel/applied"], in: "config").status == 0
    }

    @Test func theAuthorIsWhoeverTheForgeWants() throws {
        let shop = try shop()
        func author() throws -> String { try shop.git("log", "-1", "--format=%an <%ae> %cn <%ce>", "easel/applied", in: "config") }
        #expect(try shop.easel("reconcile", "--state-author", "Mail Bot <bot@example.com>", in: "config").status == 0)
        #expect(try author() == "Mail Bot <bot@example.com> Mail Bot <bot@example.com>")
        try change(shop)
        let environment = ["EASEL_STATE_AUTHOR": "Night <night@example.com>"]
        #expect(try shop.easel("reconcile", in: "config", environment: environment).status == 0)
        #expect(try author() == "Night <night@example.com> Night <night@example.com>")
        try change(shop, "Mail for staff", "Mail")
        #expect(try shop.easel("reconcile", in: "config").status == 0)
        #expect(try author() == "easel <easel@localhost> easel <easel@localhost>")
        for bad in ["Bot", "<bot@example.com>", "Bot <>", "Bot <a b>", "Bot <bot@example.com", "B\not <bot@example.com>"] {
            #expect(try shop.easel("reconcile", "--state-author", bad, in: "config").status == 64, "\(bad)")
            #expect(try shop.easel("reconcile", in: "config", environment: ["EASEL_STATE_AUTHOR": bad]).status == 64, "\(bad)")
        }
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/ssh-keygen"))) func stateCommitsAreSigned() throws {
        let shop = try shop()
        #expect(try shop.easel("reconcile", "--state-signing-key", "../ann", "--state-author", "Bot <bot@example.com>", in: "config").status == 0)
        #expect(try isSigned(shop, by: "ann") && !isSigned(shop, by: "bob"))
        #expect(try shop.git("fsck", "--strict", in: "config") == "")
        try change(shop)
        let environment = ["EASEL_STATE_SIGNING_KEY": shop("ann")]
        #expect(try shop.easel("reconcile", in: "config", environment: environment).lastLine.hasPrefix("Recorded 1 update"))
        #expect(try isSigned(shop, by: "ann") && shop.easel("reconcile", in: "config", environment: environment).lastLine.hasPrefix("Nothing to do"))
        // A deferred run is signed when it is confirmed.
        try change(shop, "Mail for staff", "Mail")
        #expect(try shop.easel("reconcile", "--defer", "--out", "../out", in: "config", environment: environment).status == 0)
        #expect(try shop.easel("confirm", "../out", in: "config", environment: environment).status == 0)
        #expect(try isSigned(shop, by: "ann") && shop.git("rev-list", "--count", "easel/applied", in: "config") == "3")
    }

    @Test func whatTheKeyDidNotSignIsNotBuiltUpon() throws {
        let shop = try shop()
        #expect(try shop.easel("reconcile", in: "config").status == 0)
        try change(shop)
        let tip = try shop.tip()
        let unsigned = try shop.easel("reconcile", "--state-signing-key", "../ann", in: "config")
        #expect(unsigned.status == 1 && unsigned.err.contains("it has no signature") && unsigned.err.contains("run once with --state-signing-key-first"), "\(unsigned.err)")
        #expect(try shop.tip() == tip)
        #expect(try shop.easel("reconcile", "--state-signing-key", "../ann", "--state-signing-key-first", in: "config").status == 0)
        #expect(try isSigned(shop, by: "ann"))
        // Left in the pipeline, it would let everything pass.
        let again = try shop.easel("reconcile", "--state-signing-key", "../ann", "--state-signing-key-first", in: "config")
        #expect(again.status == 64 && again.err.contains("leave out --state-signing-key-first"), "\(again.err)")
        let other = try shop.easel("reconcile", "--state-signing-key", "../bob", in: "config")
        #expect(other.status == 1 && other.err.contains("it was signed by ED25519 key SHA256:"), "\(other.err)")
        // Somebody adds a commit: of their own, or with the signature of another one.
        try change(shop, "Mail for staff", "Mail")
        let good = try #require(try shop.tip())
        let tree = try shop.git("rev-parse", "easel/applied^{tree}", in: "config")
        try shop.git("update-ref", "refs/heads/easel/applied", shop.git("commit-tree", "-p", good, "-m", "by hand", tree, in: "config"), in: "config")
        #expect(try shop.easel("reconcile", "--state-signing-key", "../ann", in: "config").err.contains("it has no signature"))
        try shop.write(shop.git("cat-file", "commit", good, in: "config").replacingOccurrences(of: "easel@localhost", with: "evil@example.com") + "\n", to: "forged")
        try shop.git("update-ref", "refs/heads/easel/applied", shop.git("hash-object", "-t", "commit", "-w", shop("forged"), in: "config"), in: "config")
        let forged = try shop.easel("reconcile", "--state-signing-key", "../ann", in: "config")
        #expect(forged.status == 1 && forged.err.contains("its signature is not valid: it does not match the commit"), "\(forged.err)")
        try shop.git("update-ref", "refs/heads/easel/applied", good, in: "config")
        #expect(try shop.easel("reconcile", "--state-signing-key", "../ann", in: "config").lastLine.hasPrefix("Recorded 1 update"))
    }

    @Test func aKeyThatCannotBeUsedIsSaidBeforeAnythingRuns() throws {
        let shop = try shop()
        func refused(_ words: String, _ arguments: String...) throws {
            let outcome = try shop.run([Workshop.binary, "reconcile"] + arguments, in: "config")
            #expect(outcome.status == 1 && outcome.err.contains(words) && !(outcome.out + outcome.err).contains("s3cret"), "\(outcome.err)")
            #expect(try shop.tip() == nil)
        }
        try refused("cannot sign with the key ../nowhere: ssh-keygen reports: ", "--state-signing-key", "../nowhere")
        try refused("Give its passphrase with --state-signing-passphrase-env", "--state-signing-key", "../sealed")
        try shop.write("wrong\n", to: "wrong")
        try refused("Correct the passphrase.", "--state-signing-key", "../sealed", "--state-signing-passphrase-file", "../wrong")
        #expect(try shop.run(["/bin/chmod", "644", shop("bob")]).status == 0)
        try refused("chmod 600", "--state-signing-key", "../bob")
        for bad in [["--state-signing-key-first"], ["--state-signing-passphrase-file", "../wrong"]] {
            #expect(try shop.run([Workshop.binary, "reconcile"] + bad, in: "config").status == 64)
        }
        try shop.write("s3cret words\n", to: "right")
        #expect(try shop.easel("reconcile", "--state-signing-key", "../sealed", "--state-signing-passphrase-file", "../right", in: "config").status == 0)
        #expect(try isSigned(shop, by: "sealed"))
        try change(shop)
        let environment = ["PASSPHRASE": "s3cret words"]
        #expect(try shop.easel("reconcile", "--state-signing-key", "../sealed", "--state-signing-passphrase-env", "PASSPHRASE", in: "config", environment: environment).status == 0)
        #expect(try isSigned(shop, by: "sealed") && shop.git("rev-list", "--count", "easel/applied", in: "config") == "2")
    }

    /// Two runs that race both find a tip that the other one signed.
    @Test func runsThatRaceSignWhatTheyBuildOn() throws {
        let shop = try shop()
        let runs = try (1...3).map { try shop.start([Workshop.binary, "reconcile", "--shard", "\($0)/3", "--state-signing-key", "../ann"], in: "config") }
        for run in runs {
            let outcome = try run.finish()
            #expect(outcome.status == 0, "\(outcome.err)")
        }
        #expect(try isSigned(shop, by: "ann"))
    }

    /// As the hooks of forges word it.
    @Test(arguments: [
        ("GH013: Repository rule violations found. Commits must have verified signatures.", "sign them with --state-signing-key"),
        ("GH006: Protected branch update failed. Changes must be made through a pull request.", "Allow the account that pushes to update the branch easel/applied without a pull request"),
        ("GitLab: You are not allowed to push code to protected branches on this project.", "Allow the account that pushes"),
        ("GitLab: Author email does not follow the pattern", "--state-author"),
        ("TF402455: Pushes to this branch are not permitted; you must use a pull request to update this branch.", "Allow the account that pushes"),
        ("Required status check \"ci\" is expected.", "required status checks"), ("No", "Check the branch protection and the server's hooks"),
    ]) func aRefusedPushSaysWhatToAllow(_ refusal: (words: String, order: String)) throws {
        let shop = try Workshop()
        try shop.makeFleet()
        try shop.git("clone", "--quiet", "--bare", "config", "served/config.git")
        try shop.write("#!/bin/sh\ncat >&2 <<END\n\(refusal.words)\nEND\nexit 1\n", to: "served/config.git/hooks/update")
        #expect(try shop.run(["/bin/chmod", "755", shop("served/config.git/hooks/update")]).status == 0)
        let daemon = try GitDaemon(shop("served"), environment: Workshop.environment)
        let outcome = try shop.easel("reconcile", "--repo", daemon.url("config.git"), "--cache", "cache")
        #expect(outcome.status == 1 && outcome.err.contains("hook declined") && outcome.err.contains(refusal.order), "\(outcome.err)")
        #expect(try shop.tip("served/config.git") == nil)
    }
}
