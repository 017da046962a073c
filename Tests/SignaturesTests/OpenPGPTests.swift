import Foundation
import TestSupport
import Testing

@testable import Signatures

/// Commits that gpg has signed; easel judges them by what gpgv says.
@Suite struct OpenPGPTests {
    @Test(arguments: ["rsa3072", "ed25519", "nistp256"]) func everyKind(_ kind: String) throws {
        let signer = try Signer()
        let trusted = try signer.openPGPKey("ann", kind)
        let other = try signer.openPGPKey("bob", kind)
        let commit = try signer.commit(.openPGP(key: "ann"))
        #expect(try signer.verdict(commit, trusted) == .good(signer: "ann <ann@example.com>"))
        #expect(try signer.verdict(commit, other + trusted) == .good(signer: "ann <ann@example.com>"))
        // All keys are in one block, as gpg exports a keyring, followed by an SSH key.
        #expect(try signer.verdict(commit, try signer.gpg("--armor", "--export") + signer.sshKey("carl", "ed25519")) == .good(signer: "ann <ann@example.com>"))
        guard case .unknownKey(let key) = try signer.verdict(commit, other) else {
            Issue.record("a key that nobody trusts")
            return
        }
        #expect(try signer.gpg("--with-colons", "--fingerprint", "ann@example.com").contains(key.dropFirst("OpenPGP ".count)), "\(key)")
        #expect(try signer.gitTakes(commit))
        let signed = try signer.signature(commit)
        #expect(try TrustedKeys(trusted).verdict(on: signed.text, signed.payload + [0x0A], now: 0) == .badSignature("it does not match the commit, whose content is not what was signed"))
    }

    @Test func aSigningSubkeySignsForItsOwner() throws {
        let signer = try Signer()
        _ = try signer.gpg("--quick-generate-key", "ann <ann@example.com>", "ed25519", "cert", "never")
        _ = try signer.gpg("--quick-add-key", signer.fingerprint("ann"), "rsa3072", "sign", "never")
        let commit = try signer.commit(.openPGP(key: "ann"))
        #expect(try signer.verdict(commit, signer.export("ann")) == .good(signer: "ann <ann@example.com>"))
    }

    @Test func anExpiredKeyIsToldApart() throws {
        let signer = try Signer()
        let key = try signer.openPGPKey("ann", "ed25519", expires: "seconds=86400", at: "20250101T000000")
        // A time at which the key was valid.
        let commit = try signer.commit(.openPGP(key: "ann"), program: signer.gpgWith("--faked-system-time 20250101T060000"))
        guard case .expired(let who) = try signer.verdict(commit, key) else {
            Issue.record("\(try signer.verdict(commit, key))")
            return
        }
        #expect(who.hasPrefix("ann <ann@example.com>, "))
        #expect(try !signer.gitTakes(commit))
        // Its owner extends it: the newest signature decides.
        _ = try signer.gpg("--quick-set-expire", signer.fingerprint("ann"), "10y")
        #expect(try signer.verdict(commit, signer.export("ann")) == .good(signer: "ann <ann@example.com>"))
        // The signature itself can expire, too.
        let short = try signer.commit(.openPGP(key: "ann"), program: signer.gpgWith("--faked-system-time 20260101T000000 --default-sig-expire seconds=60"))
        guard case .expired(let why) = try signer.verdict(short, signer.export("ann")) else {
            Issue.record("\(try signer.verdict(short, signer.export("ann")))")
            return
        }
        #expect(why.hasSuffix("the signature itself has expired"))
    }

    /// Also where another copy of the key, from before, comes first, and where the revocation's own signature uses SHA-1.
    @Test(arguments: ["SHA256", "SHA1"]) func aRevokedKeyIsToldApart(_ hash: String) throws {
        let signer = try Signer()
        let before = try signer.openPGPKey("ann", "rsa3072")
        let commit = try signer.commit(.openPGP(key: "ann"))
        let script = "y\n0\n\ny\n"
        try script.write(toFile: signer.path + "/answers", atomically: true, encoding: .utf8)
        try signer.run([
            "/bin/sh", "-c",
            "gpg --no-tty --pinentry-mode loopback --passphrase '' --allow-weak-digest-algos --digest-algo \(hash) --cert-digest-algo \(hash) --command-fd 0 --output \(signer.path)/revocation --gen-revoke ann@example.com < \(signer.path)/answers",
        ])
        _ = try signer.gpg("--allow-weak-digest-algos", "--import", signer.path + "/revocation")
        let after = try signer.export("ann")
        for keys in [after, before + after, after + before] {
            guard case .revoked(let who) = try signer.verdict(commit, keys) else {
                Issue.record("\(try signer.verdict(commit, keys))")
                continue
            }
            #expect(who.hasPrefix("ann <ann@example.com>, "))
        }
    }

    @Test func sha1IsNotReliedUpon() throws {
        let signer = try Signer()
        let key = try signer.openPGPKey("ann", "rsa3072")
        let commit = try signer.commit(.openPGP(key: "ann"), program: signer.gpgWith("--allow-weak-digest-algos --digest-algo SHA1"))
        guard case .badSignature(let why) = try signer.verdict(commit, key) else {
            Issue.record("SHA-1 taken")
            return
        }
        #expect(why.contains("SHA-256"))
    }

    /// What gpg can make that is no signature of a commit: a message with content of its own, and signatures by several people.
    @Test func onlyOneDetachedSignatureCounts() throws {
        let signer = try Signer()
        let keys = try signer.openPGPKey("ann", "ed25519") + signer.openPGPKey("bob", "ed25519")
        let signed = try signer.signature(signer.commit(.openPGP(key: "ann")))
        try Data(signed.payload).write(to: URL(fileURLWithPath: signer.path + "/payload"))
        for arguments in [["--detach-sign", "-u", "ann", "-u", "bob"], ["--sign", "-u", "ann"], ["--detach-sign", "--textmode", "-u", "ann"]] {
            let armored = try signer.run(["gpg", "--batch", "--quiet", "--no-tty", "--armor", "--output", "-"] + arguments + [signer.path + "/payload"])
                .replacingOccurrences(of: "PGP MESSAGE", with: "PGP SIGNATURE")
            guard case .badSignature = try TrustedKeys(keys).verdict(on: Array(armored.utf8), signed.payload, now: 0) else {
                Issue.record("taken: \(arguments)")
                continue
            }
        }
    }

    @Test func damagedOnesAreNeverGood() throws {
        let signer = try Signer()
        let key = try signer.openPGPKey("ann", "ed25519")
        let signed = try signer.signature(try signer.commit(.openPGP(key: "ann")))
        let keys = try TrustedKeys(key)
        var random = Seeded(12)
        for _ in 0..<60 {
            if case .good = try keys.verdict(on: signed.text, random.mutated(signed.payload) + [1], now: 0) { Issue.record("good although the commit differs") }
            _ = try keys.verdict(on: random.mutated(signed.text), signed.payload, now: 0)
            // A damaged key may still be one; it must neither crash nor make another commit's signature good.
            if case .good? = try? TrustedKeys(String(decoding: random.mutated(Array(key.utf8)), as: UTF8.self)).verdict(on: signed.text, signed.payload + [1], now: 0) {
                Issue.record("good although the commit differs")
            }
        }
    }
}
