import Foundation
import Testing

/// Only what somebody has signed who may is applied.
@Suite struct SignedCommitTests {
    /// The fleet with a key `ann` that is trusted and a key `bob` that is not.
    private func shop() throws -> Workshop {
        let shop = try Workshop()
        try shop.makeFleet()
        for name in ["ann", "bob"] {
            #expect(try shop.run(["/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", shop(name)]).status == 0)
        }
        try shop.write("ann@example.com " + shop.read("ann.pub"), to: "trusted")
        return shop
    }

    private func sign(_ shop: Workshop, _ key: String) throws {
        try shop.git("-c", "gpg.format=ssh", "-c", "user.signingKey=\(shop(key))", "commit", "--quiet", "--amend", "--no-edit", "--allow-empty", "-S", in: "config")
    }

    @Test func theReasonsAreToldApartAndNothingIsApplied() throws {
        let shop = try shop()
        func refused(_ code: String, _ word: String, _ arguments: String...) throws {
            for command in ["plan", "reconcile"] {
                let outcome = try shop.run([Workshop.binary, command] + arguments, in: "config")
                #expect(outcome.status == 1 && outcome.out.contains(": error: ") && outcome.out.contains(" [\(code)]\n") && outcome.out.contains(word), "\(arguments): \(outcome.out)")
                #expect(outcome.lastLine == "Stopped: 1 error; nothing was recorded.")
            }
            #expect(try shop.tip() == nil)
        }
        try refused("CFG061", "is not signed", "--require-signed-commits", "--trusted-keys", "../trusted")
        try refused("CFG060", "--trusted-keys", "--require-signed-commits")
        let nowhere = try shop.easel("plan", "--trusted-keys", "../nowhere", in: "config")
        #expect(nowhere.status == 1 && nowhere.err.contains("../nowhere"), "\(nowhere.err)")
        try sign(shop, "bob")
        try refused("CFG062", "SHA256:", "--require-signed-commits", "--trusted-keys", "../trusted")
        try sign(shop, "ann")
        try shop.write("ann@example.com valid-before=\"20250101\" " + shop.read("ann.pub"), to: "expired")
        try refused("CFG064", "line 1 of the trusted keys", "--require-signed-commits", "--trusted-keys", "../expired")
        try shop.write("ann@example.com ssh-ed25519 AAAA\n", to: "damaged")
        try refused("CFG060", "../damaged:1:1", "--require-signed-commits", "--trusted-keys", "../damaged")
        // The same signature on another commit.
        let commit = try shop.git("cat-file", "commit", "HEAD", in: "config").replacingOccurrences(of: "fleet", with: "Fleet")
        try shop.write(commit + "\n", to: "forged")
        let forged = try shop.git("hash-object", "-t", "commit", "-w", shop("forged"), in: "config")
        try refused("CFG063", "not what was signed", "--require-signed-commits", "--trusted-keys", "../trusted", "--ref", forged)
        #expect(try shop.easel("reconcile", "--require-signed-commits", "--trusted-keys", "../trusted", in: "config").status == 0)
        #expect(try shop.tip() != nil)
    }

    @Test func policiesAskForItToo() throws {
        let shop = try shop()
        for file in ["policy.json", "tenants/fabrikam/policy.json"] {
            try shop.write(#"{"kind": "policy", "requireSignedCommits": true}"#, to: "config/" + file)
            try shop.commit("policy")
            let refused = try shop.easel("reconcile", "--trusted-keys", "../trusted", in: "config")
            #expect(refused.status == 1 && refused.out.contains("\(file):1:1: error: ") && refused.out.contains(" [CFG061]\n"), "\(refused.out)")
            #expect(try shop.tip() == nil, "nothing of any tenant")
            // The files as they lie are nobody's word, and nothing is applied from them; a review need not know the keys.
            #expect(try shop.easel("plan", "--worktree", in: "config").status == 0)
            #expect(try shop.easel("review", "HEAD", "HEAD", in: "config").status == 0)
            #expect(try shop.easel("review", "HEAD", "HEAD", "--trusted-keys", "../trusted", in: "config").status == (file == "policy.json" ? 1 : 0))
            try shop.remove(file)
        }
        try shop.write(#"{"kind": "policy", "requireSignedCommits": true}"#, to: "outside.json")
        try shop.commit("no policy")
        #expect(try shop.easel("reconcile", "--policy", "../outside.json", "--trusted-keys", "../trusted", in: "config").out.contains("--policy:1:1: error: "))
        try sign(shop, "ann")
        #expect(try shop.easel("reconcile", "--policy", "../outside.json", "--trusted-keys", "../trusted", in: "config").status == 0)
    }

    @Test func openPGPKeysDo() throws {
        let shop = try shop()
        let home = "/tmp/es-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let environment = ["GNUPGHOME": home, "HOME": home]
        defer {
            _ = try? shop.run(["/usr/bin/gpgconf", "--kill", "all"], environment: environment)
            try? FileManager.default.removeItem(atPath: home)
        }
        let made = try shop.run(
            ["/usr/bin/gpg", "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", "", "--quick-generate-key", "Ann <ann@example.com>", "ed25519", "sign", "never"],
            environment: environment)
        #expect(made.status == 0, "\(made.err)")
        try shop.write(try shop.run(["/usr/bin/gpg", "--armor", "--export"], environment: environment).out, to: "keys.asc")
        let signed = try shop.run(
            ["/usr/bin/git", "-c", "user.signingKey=ann@example.com", "commit", "--quiet", "--amend", "--no-edit", "-S"], in: "config", environment: environment)
        #expect(signed.status == 0, "\(signed.err)")
        #expect(try shop.easel("reconcile", "--require-signed-commits", "--trusted-keys", "../keys.asc", in: "config").status == 0)
    }
}
