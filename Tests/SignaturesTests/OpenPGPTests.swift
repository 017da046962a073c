import Foundation
import TestSupport
import Testing

@testable import Signatures

/// Commits that gpg has signed; easel judges them as git does.
@Suite struct OpenPGPTests {
    @Test(arguments: ["rsa3072", "ed25519", "nistp256", "nistp384", "nistp521"]) func everyKind(_ kind: String) throws {
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
        let signature = try #require(try signer.signature(commit))
        guard case .badSignature = try TrustedKeys(trusted).judge(signature: signature.text, payload: signature.payload + [0x0A], now: 1_900_000_000) else {
            Issue.record("other bytes")
            return
        }
    }

    @Test func aSigningSubkeySignsForItsOwner() throws {
        let signer = try Signer()
        _ = try signer.gpg("--quick-generate-key", "ann <ann@example.com>", "ed25519", "cert", "never")
        let print = try #require(try signer.gpg("--with-colons", "--fingerprint", "ann@example.com").split(separator: "\n").first { $0.hasPrefix("fpr") }?.split(separator: ":").last)
        _ = try signer.gpg("--quick-add-key", String(print), "rsa3072", "sign", "never")
        let commit = try signer.commit(.openPGP(key: "ann"))
        let key = try signer.export("ann")
        #expect(try signer.verdict(commit, key) == .good(signer: "ann <ann@example.com>"))
        // A key for encryption or certification must not sign, nor must a revoked one.
        _ = try signer.gpg("--quick-add-key", String(print), "cv25519", "encr", "never")
        #expect(try signer.verdict(commit, signer.export("ann")) == .good(signer: "ann <ann@example.com>"))
        let certificate = try #require(try OpenPGPCertificate.read(key.split(separator: "\n"), line: 1).first)
        #expect(certificate.keys.map(\.maySign) == [false, true])
    }

    @Test func anExpiredKeyIsToldApart() throws {
        let signer = try Signer()
        let key = try signer.openPGPKey("ann", "ed25519", expires: "seconds=86400", at: "20250101T000000")
        // A time at which the key was valid.
        let program = signer.path + "/gpg-then"
        try "#!/bin/sh\nexec /usr/bin/gpg --faked-system-time 20250101T060000 \"$@\"\n".write(toFile: program, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
        let commit = try signer.commit(.openPGP(key: "ann"), program: program)
        guard case .expiredKey(let who) = try signer.verdict(commit, key) else {
            Issue.record("\(try signer.verdict(commit, key))")
            return
        }
        #expect(who.hasPrefix("ann <ann@example.com>, "))
        #expect(try !signer.gitTakes(commit))
        // Noon on 1 January 2025.
        #expect(try signer.verdict(commit, key, now: 1_735_732_800) == .good(signer: "ann <ann@example.com>"))
        // Its owner extends it: the newest signature decides.
        let print = try #require(try signer.gpg("--with-colons", "--fingerprint", "ann@example.com").split(separator: "\n").first { $0.hasPrefix("fpr") }?.split(separator: ":").last)
        _ = try signer.gpg("--quick-set-expire", String(print), "10y")
        #expect(try signer.verdict(commit, signer.export("ann")) == .good(signer: "ann <ann@example.com>"))
    }

    @Test func aRevokedKeyIsBad() throws {
        let signer = try Signer()
        _ = try signer.openPGPKey("ann", "ed25519")
        let commit = try signer.commit(.openPGP(key: "ann"))
        let folder = signer.path + "/gpg/openpgp-revocs.d/"
        let name = try #require(try FileManager.default.contentsOfDirectory(atPath: folder).first)
        // gpg puts a colon before the armor, so that nobody uses it by accident.
        let text = try String(contentsOfFile: folder + name, encoding: .utf8).replacingOccurrences(of: ":-----BEGIN", with: "-----BEGIN")
        try text.write(toFile: signer.path + "/revocation", atomically: true, encoding: .utf8)
        _ = try signer.gpg("--import", signer.path + "/revocation")
        guard case .badSignature(let why) = try signer.verdict(commit, signer.export("ann")) else {
            Issue.record("good although revoked")
            return
        }
        #expect(why.contains("revoked"))
    }

    @Test func sha1IsNotReliedUpon() throws {
        let signer = try Signer()
        let key = try signer.openPGPKey("ann", "rsa3072")
        let program = signer.path + "/gpg-old"
        try "#!/bin/sh\nexec /usr/bin/gpg --allow-weak-digest-algos --digest-algo SHA1 \"$@\"\n".write(toFile: program, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
        guard case .badSignature(let why) = try signer.verdict(signer.commit(.openPGP(key: "ann"), program: program), key) else {
            Issue.record("SHA-1 taken")
            return
        }
        #expect(why.contains("SHA-256"))
    }

    /// Somebody who adds another person's signing key as a subkey does not become its owner.
    @Test func anAdoptedSubkeyIsNotTaken() throws {
        let signer = try Signer()
        _ = try signer.gpg("--quick-generate-key", "ann <ann@example.com>", "ed25519", "cert", "never")
        let print = try #require(try signer.gpg("--with-colons", "--fingerprint", "ann@example.com").split(separator: "\n").first { $0.hasPrefix("fpr") }?.split(separator: ":").last)
        _ = try signer.gpg("--quick-add-key", String(print), "ed25519", "sign", "never")
        let mallory = try signer.openPGPKey("mallory", "ed25519")
        let commit = try signer.commit(.openPGP(key: "ann"))
        func packets(_ armored: String) throws -> [OpenPGPPacket] {
            try #require(OpenPGPPacket.unarmored(armored.split(separator: "\n", omittingEmptySubsequences: false).trimmed, "PUBLIC KEY BLOCK").flatMap(OpenPGPPacket.all))
        }
        let own = try packets(signer.export("ann"))
        let adopted = try packets(mallory) + own.filter { $0.tag == 14 || ($0.tag == 2 && $0.body[1] == 0x18) }
        let bytes = adopted.flatMap { packet -> [UInt8] in [0xC0 | UInt8(packet.tag), 255] + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: packet.body.count >> $0) } + packet.body }
        let armored = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n\(Data(bytes).base64EncodedString())\n-----END PGP PUBLIC KEY BLOCK-----\n"
        guard case .unknownKey = try signer.verdict(commit, armored) else {
            Issue.record("\(try signer.verdict(commit, armored))")
            return
        }
    }

    @Test(arguments: ["ed25519", "rsa3072"]) func damagedOnesAreNeverGood(_ kind: String) throws {
        let signer = try Signer()
        let key = try signer.openPGPKey("ann", kind)
        let signature = try #require(try signer.signature(try signer.commit(.openPGP(key: "ann"))))
        let keys = try TrustedKeys(key)
        let lines = signature.text.split(separator: "\n", omittingEmptySubsequences: false).trimmed
        let bytes = try #require(OpenPGPPacket.unarmored(lines, "SIGNATURE"))
        let packet = try #require(OpenPGPPacket.all(bytes)?.first.flatMap { OpenPGPSignature($0.body) })
        var random = Seeded(12)
        for _ in 0..<3000 {
            let damaged = random.mutated(bytes)
            guard damaged != bytes else { continue }
            let text = "-----BEGIN PGP SIGNATURE-----\n\n\(Data(damaged).base64EncodedString())\n-----END PGP SIGNATURE-----\n"
            // A hint at the key and two bytes of the hash are not signed; changing them forges nothing.
            if case .good = keys.judge(signature: text, payload: signature.payload, now: 1_900_000_000) {
                let other = OpenPGPPacket.all(damaged)?.first.flatMap { OpenPGPSignature($0.body) }
                if other?.covered != packet.covered || other?.numbers != packet.numbers { Issue.record("good: \(text)") }
            }
            if case .good = keys.judge(signature: text, payload: signature.payload + [1], now: 1_900_000_000) { Issue.record("other bytes: \(text)") }
        }
        for _ in 0..<1000 {
            let text = String(decoding: random.mutated(Array(signature.text.utf8)), as: UTF8.self)
            _ = keys.judge(signature: text, payload: signature.payload, now: 1_900_000_000)
            _ = try? TrustedKeys(String(decoding: random.mutated(Array(key.utf8)), as: UTF8.self)).judge(signature: signature.text, payload: signature.payload, now: 0)
        }
        let whole = try #require(OpenPGPPacket.unarmored(key.split(separator: "\n", omittingEmptySubsequences: false).trimmed, "PUBLIC KEY BLOCK"))
        for _ in 0..<2000 {
            let text = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n\(Data(random.mutated(whole)).base64EncodedString())\n-----END PGP PUBLIC KEY BLOCK-----\n"
            _ = try? TrustedKeys(text).judge(signature: signature.text, payload: signature.payload, now: 1_900_000_000)
        }
    }
}

extension [Substring] {
    /// The text without empty lines at its end.
    fileprivate var trimmed: [Substring] { Array(self[..<((lastIndex { !$0.isEmpty }).map { $0 + 1 } ?? 0)]) }
}
