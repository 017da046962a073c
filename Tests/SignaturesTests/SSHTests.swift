import Basics
import Foundation
import TestSupport
import Testing

@testable import Signatures

/// Commits that ssh-keygen has signed; easel judges them as git does.
@Suite struct SSHTests {
    @Test(arguments: [("ed25519", nil), ("ecdsa", "256"), ("ecdsa", "384"), ("ecdsa", "521"), ("rsa", "3072")] as [(String, String?)])
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
        let signature = try #require(try signer.signature(commit))
        guard case .badSignature = try TrustedKeys(trusted).judge(signature: signature.text, payload: signature.payload + [0x0A], now: 1_800_000_000) else {
            Issue.record("other bytes")
            return
        }
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
        func isExpired(_ verdict: SignatureVerdict) -> Bool { if case .expiredKey(let who) = verdict { who.hasPrefix("ann@example.com, SHA256:") } else { false } }
        #expect(try isExpired(signer.verdict(commit, with(#"valid-before="20200101""#))))
        #expect(try isExpired(signer.verdict(commit, with(#"valid-after="20990101""#))))
        #expect(try !signer.gitTakes(commit, allowedSigners: with(#"valid-before="20200101Z""#)))
        #expect(try signer.verdict(commit, with(#"namespaces="file,git",valid-after="20200101",valid-before="20990101""#)) == .good(signer: "ann@example.com"))
        // The same key is in two lines, of which one is valid now.
        #expect(try signer.verdict(commit, with(#"valid-before="20200101""#) + key) == .good(signer: "ann@example.com"))
        #expect(throws: TrustedKeys.Problem.self) { try TrustedKeys(with(#"namespaces="file""#)) }
        // A signature for files is not valid for a commit.
        let file = signer.path + "/file"
        try Data(try #require(try signer.signature(commit)).payload).write(to: URL(fileURLWithPath: file))
        try signer.run(["ssh-keygen", "-q", "-Y", "sign", "-n", "file", "-f", signer.path + "/ann", file])
        let other = try String(contentsOfFile: file + ".sig", encoding: .utf8)
        #expect(try TrustedKeys(key).judge(signature: other, payload: Array(Data(contentsOf: URL(fileURLWithPath: file))), now: 0)
            == .badSignature("it was made for 'file', not for git"))
    }

    @Test func aFileThatIsNotUnderstoodIsRefusedWhole() throws {
        let key = try Signer().sshKey("ann", "ed25519")
        let wrong: [(String, Int)] = [
            ("", 1), ("# nobody\n", 1), ("\n\nann@example.com\n", 3), (key + "bob@example.com ssh-dss AAAA\n", 2), (key + "bob@example.com ssh-ed25519 AAAA\n", 2),
            ("ann@example.com cert-authority" + key.dropFirst("ann@example.com".count), 1), (key.replacingOccurrences(of: " ssh", with: " odd=\"1\" ssh"), 1),
            (key.replacingOccurrences(of: " ssh", with: " valid-before=\"20209999\" ssh"), 1), ("-----BEGIN OPENSSH PRIVATE KEY-----\n", 1),
            ("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n", 1), ("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n-----END PGP PUBLIC KEY BLOCK-----\n", 1),
        ]
        for (text, line) in wrong {
            do throws(TrustedKeys.Problem) {
                _ = try TrustedKeys(text)
                Issue.record("taken: \(text)")
            } catch {
                #expect(error.line == line && error.message.count > 10, "\(text): \(error)")
            }
        }
    }

    @Test func times() {
        #expect(SSHTrustedKey.time("19700101") == 0 && SSHTrustedKey.time("20000229120000Z") == 951_825_600 && SSHTrustedKey.time("202701311200") == 1_801_396_800)
        for bad in ["", "2027", "20270229", "2027013", "20271301", "202701312460", "2027013a", "20270131T12"] { #expect(SSHTrustedKey.time(bad) == nil, "\(bad)") }
    }

    /// No change to a signature or a key causes a crash or makes it good.
    @Test(arguments: ["ed25519", "ecdsa", "rsa"]) func damagedOnesAreNeverGood(_ kind: String) throws {
        let signer = try Signer()
        let key = try signer.sshKey("ann", kind)
        let signature = try #require(try signer.signature(try signer.commit(.ssh(key: "ann"))))
        let lines = signature.text.split(separator: "\n").map(String.init)
        let bytes = try #require(Base64.bytes(lines[1..<lines.count - 1].joined()))
        let keys = try TrustedKeys(key)
        #expect(keys.judge(signature: signature.text, payload: signature.payload, now: 1_900_000_000) == .good(signer: "ann@example.com"))
        var random = Seeded(11)
        for _ in 0..<3000 {
            let damaged = random.mutated(bytes)
            guard damaged != bytes else { continue }
            let text = "-----BEGIN SSH SIGNATURE-----\n\(Data(damaged).base64EncodedString())\n-----END SSH SIGNATURE-----\n"
            if case .good = keys.judge(signature: text, payload: signature.payload, now: 1_900_000_000) { Issue.record("good: \(text)") }
        }
        for _ in 0..<1000 {
            let text = String(decoding: random.mutated(Array(signature.text.utf8)), as: UTF8.self)
            _ = keys.judge(signature: text, payload: signature.payload, now: 1_900_000_000)
            _ = try? TrustedKeys(String(decoding: random.mutated(Array(key.utf8)), as: UTF8.self)).judge(signature: signature.text, payload: signature.payload, now: 0)
        }
    }
}
