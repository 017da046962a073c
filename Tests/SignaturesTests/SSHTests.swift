import Basics
import Foundation
import Git
import TestSupport
import Testing

@testable import Signatures

/// Commits that ssh-keygen has signed; easel judges them as git does.
@Suite struct SSHTests {
    @Test(arguments: [("ed25519", nil), ("ecdsa", "256"), ("rsa", "3072")] as [(String, String?)])
    func everyKind(_ kind: (String, String?)) throws {
        let signer = try Signer()
        let trusted = try signer.sshKey("ann", kind.0, bits: kind.1)
        let other = try signer.sshKey("bob", kind.0, bits: kind.1)
        let commit = try signer.commit(.ssh(key: "ann"))
        #expect(try signer.verdict(commit, trusted) == .good(signer: "ann@example.com"))
        #expect(try signer.verdict(commit, "# those who may\n\n" + other + trusted) == .good(signer: "ann@example.com"))
        guard case .unknownKey(let key) = try signer.verdict(commit, other) else {
            Issue.record("a key that nobody trusts")
            return
        }
        let shown = try signer.run(["ssh-keygen", "-l", "-f", signer.path + "/ann.pub"]).split(separator: " ")[1]
        #expect(key.hasSuffix(shown), "\(key), \(shown)")
        #expect(try signer.gitTakes(commit, allowedSigners: trusted))
        #expect(try !signer.gitTakes(commit, allowedSigners: other))
        // The same key, other bytes.
        let signed = try signer.signature(commit)
        #expect(try TrustedKeys(trusted).verdict(on: signed.text, signed.payload + [0x0A], now: Signer.now) == .badSignature("it does not match the commit, whose content is not what was signed"))
    }

    @Test func unsignedIsToldApart() throws {
        let signer = try Signer()
        #expect(try signer.verdict(signer.commit(.none), signer.sshKey("ann", "ed25519")) == .unsigned)
    }

    @Test func timesAndNamespaces() throws {
        let signer = try Signer()
        let key = try signer.sshKey("ann", "ed25519")
        let commit = try signer.commit(.ssh(key: "ann"))
        func with(_ options: String) -> String { key.replacingOccurrences(of: " ssh-ed25519", with: " \(options) ssh-ed25519") }
        func isExpired(_ verdict: SignatureVerdict) -> Bool { if case .expired(let who) = verdict { who.contains("SHA256:") && who.contains("line 1") } else { false } }
        func isUnknown(_ verdict: SignatureVerdict) -> Bool { if case .unknownKey = verdict { true } else { false } }
        #expect(try isExpired(signer.verdict(commit, with(#"valid-before="20200101""#))))
        #expect(try isExpired(signer.verdict(commit, with(#"valid-after="20990101""#))))
        #expect(try signer.verdict(commit, with(#"valid-before="20200101""#), now: 1_500_000_000) == .good(signer: "ann@example.com"))
        #expect(try signer.verdict(commit, with(#"namespaces="file,git",valid-after="20200101",valid-before="20990101""#)) == .good(signer: "ann@example.com"))
        // The same key is in two lines, of which one is valid now.
        #expect(try signer.verdict(commit, with(#"valid-before="20200101""#) + key) == .good(signer: "ann@example.com"))
        for namespaces in ["file", "!git,*", "*,!git", "GIT", "!g*,*"] {
            let line = with("namespaces=\"\(namespaces)\"")
            #expect(try isUnknown(signer.verdict(commit, line)), "\(namespaces)")
            #expect(try !signer.gitTakes(commit, allowedSigners: line), "\(namespaces)")
        }
        // A signature for files is not valid for a commit.
        let file = signer.path + "/file"
        let payload = try signer.signature(commit).payload
        try Data(payload).write(to: URL(fileURLWithPath: file))
        try signer.run(["ssh-keygen", "-q", "-Y", "sign", "-n", "file", "-f", signer.path + "/ann", file])
        #expect(try TrustedKeys(key).verdict(on: Array(Data(contentsOf: URL(fileURLWithPath: file + ".sig"))), payload, now: Signer.now)
            == .badSignature("it was made for another purpose than git"))
    }

    @Test func authoritiesVouchForCertificates() throws {
        let signer = try Signer()
        _ = try signer.sshKey("ann", "ed25519")
        let authority = try signer.sshKey("authority", "ed25519").split(separator: " ", maxSplits: 1)[1]
        try signer.run(["ssh-keygen", "-q", "-s", signer.path + "/authority", "-I", "ann", "-n", "ann@example.com", "-V", "20200101:20400101", signer.path + "/ann.pub"])
        let commit = try signer.commit(.ssh(key: "ann-cert.pub"))
        #expect(try signer.verdict(commit, "*@example.com cert-authority \(authority)") == .good(signer: "ann@example.com"))
        for line in ["*@example.com \(authority)", "*@example.org cert-authority \(authority)", "*@example.com cert-authority,namespaces=\"file\" \(authority)"] {
            guard case .unknownKey = try signer.verdict(commit, line) else {
                Issue.record("\(line): \(try signer.verdict(commit, line))")
                continue
            }
        }
    }

    /// What is no key is refused at once, and a line that ssh-keygen cannot read when a signature fails because of it.
    @Test func aFileThatIsNotUnderstoodIsRefused() throws {
        let signer = try Signer()
        let key = try signer.sshKey("ann", "ed25519")
        let commit = try signer.commit(.ssh(key: "ann"))
        let wrong: [(String, Int)] = [
            ("", 1), ("# nobody\n", 1), ("\n\nann@example.com\n", 3), ("bob@example.com ssh-ed25519 AAAA\n", 1),
            ("# ann\n" + key.replacingOccurrences(of: " ssh", with: " odd=\"1\" ssh"), 2),
            (key.replacingOccurrences(of: " ssh", with: " valid-before=\"20209999\" ssh"), 1), ("-----BEGIN OPENSSH PRIVATE KEY-----\n", 1),
            ("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n", 1), ("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n-----END PGP PUBLIC KEY BLOCK-----\n", 1),
        ]
        for (text, line) in wrong {
            do {
                Issue.record("taken: \(text): \(try signer.verdict(commit, text))")
            } catch let error as TrustedKeys.Problem {
                #expect(error.line == line && error.message.count > 10, "\(text): \(error)")
            }
        }
    }

    /// Programs differ about which of several signatures counts, and what it covers.
    @Test func severalSignaturesAreRefused() throws {
        let signer = try Signer()
        let key = try signer.sshKey("ann", "ed25519")
        let commit = try signer.commit(.ssh(key: "ann"))
        let text = try signer.run(["git", "cat-file", "commit", "\(commit)"], in: signer.path + "/repo")
        let start = try #require(text.range(of: "gpgsig ")?.lowerBound)
        let end = try #require(text.range(of: "\n\n")?.lowerBound)
        let header = String(text[start..<end])
        func rewritten(_ headers: String...) throws -> ObjectID {
            try text.replacingCharacters(in: start..<end, with: headers.joined(separator: "\n")).write(toFile: signer.path + "/commit", atomically: true, encoding: .utf8)
            let id = try signer.run(["git", "hash-object", "-t", "commit", "-w", "--literally", signer.path + "/commit"], in: signer.path + "/repo")
            return try #require(ObjectID(hex: id.trimmingCharacters(in: .whitespacesAndNewlines)))
        }
        let other = header.replacingOccurrences(of: "gpgsig ", with: "gpgsig-sha256 ")
        #expect(try signer.verdict(rewritten(header), key) == .good(signer: "ann@example.com"))
        #expect(try signer.verdict(rewritten(other), key) == .unsigned)
        for headers in [(header, other), (other, header), (header, header)] {
            guard case .badSignature(let why) = try signer.verdict(rewritten(headers.0, headers.1), key) else {
                Issue.record("several signatures")
                continue
            }
            #expect(why.contains("several signatures"))
        }
    }

    @Test func damagedOnesAreNeverGood() throws {
        let signer = try Signer()
        let key = try signer.sshKey("ann", "ed25519")
        let signed = try signer.signature(signer.commit(.ssh(key: "ann")))
        let keys = try TrustedKeys(key)
        var random = Seeded(11)
        for _ in 0..<60 {
            if case .good = try keys.verdict(on: signed.text, random.mutated(signed.payload) + [1], now: Signer.now) { Issue.record("good although the commit differs") }
            _ = try keys.verdict(on: random.mutated(signed.text), signed.payload, now: Signer.now)
            if case .good? = try? TrustedKeys(String(decoding: random.mutated(Array(key.utf8)), as: UTF8.self)).verdict(on: signed.text, signed.payload + [1], now: Signer.now) {
                Issue.record("good although the commit differs")
            }
        }
    }
}
