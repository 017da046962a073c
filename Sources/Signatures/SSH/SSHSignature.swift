import Basics

/// A signature as `ssh-keygen -Y sign` makes it (OpenSSH, PROTOCOL.sshsig).
enum SSHSignature {
    private static let magic = Array("SSHSIG".utf8)
    /// The namespace in which git signs.
    private static let namespace = Array("git".utf8)

    static func judge(_ armored: String, _ payload: [UInt8], _ trusted: [SSHTrustedKey], _ now: Int64) -> SignatureVerdict {
        guard let bytes = unarmored(armored) else { return .badSignature("its armor is damaged") }
        var reader = ByteReader(bytes)
        guard reader.take(6) == magic, reader.integer(4) == 1, let blob = reader.sshString(), let namespace = reader.sshString(),
            let reserved = reader.sshString(), let hashName = reader.sshString(), let signature = reader.sshString(), reader.isAtEnd
        else { return .badSignature("it is damaged") }
        guard namespace == Self.namespace else {
            return .badSignature("it was made for '\(String(decoding: namespace.prefix(40), as: UTF8.self))', not for git")
        }
        // The message's hash is what is signed, so it must be one that holds.
        let hash: PublicKey.Hash
        switch String(decoding: hashName, as: UTF8.self) {
        case "sha256": hash = .sha256
        case "sha512": hash = .sha512
        default: return .badSignature("its hash '\(String(decoding: hashName.prefix(40), as: UTF8.self))' is not secure; use sha256 or sha512")
        }
        let known = trusted.filter { $0.blob == blob }
        guard let key = known.first?.key else {
            var reader = ByteReader(blob)
            let kind = reader.sshString().map { String(decoding: $0.prefix(60), as: UTF8.self) } ?? "unknown"
            return .unknownKey("\(kind) \(SSHTrustedKey.fingerprint(blob))")
        }
        let signed = magic + string(namespace) + string(reserved) + string(hashName) + string(hash.digest(payload))
        guard verifies(key, signature, signed) else { return .badSignature("it does not match the commit, whose content is not what was signed") }
        // The same key may stand in several lines.
        let valid = known.filter { ($0.validAfter ?? .min) <= now && now < ($0.validBefore ?? .max) }
        guard let one = valid.first else {
            return .expiredKey("\(known[0].principals), \(SSHTrustedKey.fingerprint(blob))")
        }
        return .good(signer: one.principals)
    }

    private static func verifies(_ key: PublicKey, _ signature: [UInt8], _ signed: [UInt8]) -> Bool {
        var reader = ByteReader(signature)
        guard let kind = reader.sshString().map({ String(decoding: $0, as: UTF8.self) }), let bytes = reader.sshString(), reader.isAtEnd else { return false }
        switch (key, kind) {
        case (.ed25519, "ssh-ed25519"):
            guard bytes.count == 64 else { return false }
            return key.verifies([Array(bytes[..<32]), Array(bytes[32...])], signed, .sha512)
        // RFC 8332; plain ssh-rsa would be SHA-1.
        case (.rsa, "rsa-sha2-256"): return key.verifies([bytes], signed, .sha256)
        case (.rsa, "rsa-sha2-512"): return key.verifies([bytes], signed, .sha512)
        case (.ecdsa(let curve, _), _):
            // RFC 5656, 3.1.2; the hash follows from the curve (6.2.1).
            let (name, hash): (String, PublicKey.Hash) =
                switch curve {
                case .p256: ("ecdsa-sha2-nistp256", .sha256)
                case .p384: ("ecdsa-sha2-nistp384", .sha384)
                case .p521: ("ecdsa-sha2-nistp521", .sha512)
                }
            var numbers = ByteReader(bytes)
            guard kind == name, let r = numbers.sshString(), let s = numbers.sshString(), numbers.isAtEnd else { return false }
            return key.verifies([r, s], signed, hash)
        default: return false
        }
    }

    private static func unarmored(_ text: String) -> [UInt8]? {
        let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingSpaces }
        guard lines.first == "-----BEGIN SSH SIGNATURE-----", lines.last == "-----END SSH SIGNATURE-----", lines.count > 2 else { return nil }
        return Base64.bytes(lines[1..<lines.count - 1].joined().filter { !$0.isWhitespace })
    }

    private static func string(_ bytes: [UInt8]) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: bytes.count >> $0) } + bytes
    }
}

extension Substring {
    /// Without white space at both ends.
    var trimmingSpaces: Substring {
        var text = drop { $0.isWhitespace }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
