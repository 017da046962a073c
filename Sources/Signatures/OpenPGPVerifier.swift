import Basics

/// Verifies signatures with `gpgv`, by its machine-readable status: its exit code is 0 for revoked and expired keys, too.
enum OpenPGPVerifier {
    /// MD5, SHA-1 and RIPEMD-160, by OpenPGP's numbers. (gpgv could refuse them itself, with --weak-digest. But then it would not heed a
    /// revocation either whose own signature uses SHA-1.)
    private static let insecureHashes: Set<Substring> = ["1", "2", "3"]
    /// The status lines that say what became of a signature.
    private static let results: Set<Substring> = ["GOODSIG", "EXPSIG", "EXPKEYSIG", "REVKEYSIG", "BADSIG", "ERRSIG"]

    static func verdict(on signature: [UInt8], _ payload: [UInt8], _ keyrings: [[UInt8]]) throws -> SignatureVerdict {
        let program = try VerifyingProgram("gpgv", package: "gpgv")
        let folder = try PrivateFolder()
        defer { folder.remove() }
        let signatureFile = try folder.write("signature.asc", signature)
        let payloadFile = try folder.write("payload", payload)
        var verdicts: [SignatureVerdict] = []
        // gpgv uses the first copy of a key that it finds. Another copy, in another block, may say that the key was revoked since.
        for keyring in keyrings.isEmpty ? [[]] : keyrings {
            let keyringFile = try folder.write("keyring.gpg", keyring)
            let outcome = try program.run(
                ["--homedir", folder.path, "--status-fd", "1", "--keyring", keyringFile, signatureFile, payloadFile], home: folder.path)
            verdicts.append(verdict(outcome))
        }
        return verdicts.min { rank($0) < rank($1) } ?? .unsigned
    }

    /// Which of several keyrings' verdicts counts: the lowest.
    private static func rank(_ verdict: SignatureVerdict) -> Int {
        switch verdict {
        case .revoked: 0
        case .badSignature: 1
        case .good: 2
        case .expired: 3
        case .unknownKey, .unsigned: 4
        }
    }

    private static func verdict(_ outcome: VerifyingProgram.Outcome) -> SignatureVerdict {
        let lines = outcome.output.split(whereSeparator: \.isNewline).filter { $0.hasPrefix("[GNUPG:] ") }.map { $0.dropFirst(9).split(separator: " ", omittingEmptySubsequences: false) }
        func all(_ word: Substring) -> [[Substring]] { lines.filter { $0.first == word } }
        let found = lines.filter { $0.first.map(results.contains) ?? false }
        // A message with its own content is not a signature of the commit.
        guard found.count == 1, let result = found.first, result.count > 1, all("PLAINTEXT").isEmpty else {
            return .badSignature(found.count > 1 ? "it consists of several signatures" : "it is damaged or of an unsupported kind")
        }
        let valid = all("VALIDSIG").first
        let owner = result.dropFirst(2).joined(separator: " ")
        let who = "\(owner), \(valid.flatMap { $0.count > 1 ? $0[1] : nil } ?? result[1])"
        switch result[0] {
        case "REVKEYSIG": return .revoked(who)
        case "EXPKEYSIG": return .expired(who)
        case "EXPSIG": return .expired("\(who); the signature itself has expired")
        case "BADSIG": return .badSignature("it does not match the commit, whose content is not what was signed")
        case "ERRSIG": return unverified(result)
        default: break
        }
        guard all("VALIDSIG").count == 1, let valid, valid.count > 9, outcome.status == 0, all("KEYREVOKED").isEmpty else {
            return .badSignature("gpgv does not vouch for it (exit code \(outcome.status))")
        }
        guard !insecureHashes.contains(valid[8]) else { return .badSignature("its hash is not secure; use SHA-256, SHA-384 or SHA-512") }
        // Class 1 is for text whose line ends and trailing spaces do not count.
        guard valid[9] == "00" else { return .badSignature("it does not sign a document byte for byte") }
        return .good(signer: owner)
    }

    /// ERRSIG: key id, algorithm, hash, class, time, why, fingerprint.
    private static func unverified(_ result: [Substring]) -> SignatureVerdict {
        let fingerprint = result.count > 7 && result[7] != "-" ? result[7] : result[1]
        let code = result.count > 6 ? result[6] : "?"
        return code == "9"
            ? .unknownKey("OpenPGP \(fingerprint)")
            : .badSignature("gpgv cannot verify it (\(code == "4" ? "its algorithm is not supported" : "reason \(code)")); key \(fingerprint)")
    }
}

/// OpenPGP's armor, which gpgv does not take off from keyrings.
enum Armor {
    /// The bytes of a public key block; nil for what is damaged or no public key.
    ///
    /// - Parameter lines: those after BEGIN: headers up to an empty line, base64, and a checksum, which RFC 9580 says to ignore.
    static func keyring(_ lines: [Substring]) -> [UInt8]? {
        let trimmed = lines.map { $0.filter { !$0.isWhitespace } }
        guard let start = trimmed.firstIndex(of: "") else { return nil }
        guard let bytes = Base64.bytes(trimmed[(start + 1)...].prefix { !$0.hasPrefix("=") && !$0.hasPrefix("-----") }.joined()), let first = bytes.first else { return nil }
        // A public key comes first (tag 6), in the old or the new form.
        return (0x98...0x9B).contains(first) || first == 0xC6 ? bytes : nil
    }
}
