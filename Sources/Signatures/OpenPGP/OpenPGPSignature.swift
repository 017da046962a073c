import Basics

/// A signature packet of version 4 (RFC 4880, 5.2.3).
struct OpenPGPSignature {
    let type: UInt8
    private let algorithm: UInt8
    private let hash: PublicKey.Hash?
    /// From the version to the end of the hashed subpackets.
    let covered: [UInt8]
    let numbers: [[UInt8]]
    /// Seconds since 1970; only subpackets that the signature covers are believed.
    let created: Int64?
    /// Seconds after `created`.
    let lifetime: Int64?
    /// Seconds after the key's own creation.
    let keyLifetime: Int64?
    let keyFlags: UInt8?
    /// A key's id or the end of its fingerprint; a hint where to look, so it need not be covered.
    let issuers: [[UInt8]]
    /// A signing subkey's word that it belongs to its primary key.
    let embedded: [UInt8]?
    /// There is something in it that must be understood, and is not.
    let isBeyondUs: Bool

    init?(_ body: [UInt8]) {
        var reader = ByteReader(body)
        guard body.count < 1 << 16, reader.byte() == 4, let type = reader.byte(), let algorithm = reader.byte(), let hash = reader.byte(),
            let size = reader.integer(2), let hashed = reader.take(size), let rest = reader.integer(2), let unhashed = reader.take(rest), reader.take(2) != nil
        else { return nil }
        self.type = type
        self.algorithm = algorithm
        self.hash = [8: .sha256, 9: .sha384, 10: .sha512][hash]
        covered = Array(body[..<(6 + size)])
        guard let own = Self.subpackets(hashed), let hints = Self.subpackets(unhashed) else { return nil }
        func number(_ type: UInt8) -> Int64? { own.last { $0.type == type && $0.body.count == 4 }.map { Int64($0.body.reduce(0) { $0 << 8 | Int($1) }) } }
        created = number(2)
        lifetime = number(3)
        keyLifetime = number(9)
        keyFlags = own.last { $0.type == 27 }?.body.first
        issuers = (own + hints).compactMap { $0.type == 16 ? $0.body : $0.type == 33 ? Array($0.body.dropFirst()) : nil }
        embedded = (own + hints).last { $0.type == 32 }?.body
        isBeyondUs = own.contains { $0.isCritical && !Self.known.contains($0.type) }
        switch algorithm {
        case 1, 3:
            guard let one = reader.openPGPInteger() else { return nil }
            numbers = [one]
        case 19, 22:
            guard let r = reader.openPGPInteger(), let s = reader.openPGPInteger() else { return nil }
            numbers = [r, s]
        case 27:
            guard let bytes = reader.take(64) else { return nil }
            numbers = [Array(bytes[..<32]), Array(bytes[32...])]
        default: numbers = []
        }
        guard reader.isAtEnd || numbers.isEmpty else { return nil }
    }

    /// Those that this code heeds, or that say nothing against a signature.
    private static let known: Set<UInt8> = [2, 3, 4, 5, 7, 9, 11, 16, 21, 22, 23, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34]

    private static func subpackets(_ bytes: [UInt8]) -> [(type: UInt8, isCritical: Bool, body: [UInt8])]? {
        var reader = ByteReader(bytes)
        var found: [(UInt8, Bool, [UInt8])] = []
        while !reader.isAtEnd {
            guard let length = OpenPGPPacket.newLength(&reader, isSubpacket: true), length > 0, let type = reader.byte(), let body = reader.take(length - 1) else { return nil }
            found.append((type & 0x7F, type & 0x80 != 0, body))
        }
        return found
    }

    /// Whether the key made this signature over `content`.
    func verifies(by key: OpenPGPKey, over content: [UInt8]) -> Bool {
        guard let hash, let publicKey = key.key, !isBeyondUs, fits(publicKey) else { return false }
        let size = covered.count
        let trailer: [UInt8] = [4, 0xFF] + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: size >> $0) }
        return publicKey.verifies(numbers, content + covered + trailer, hash, prehashed: true)
    }

    private func fits(_ key: PublicKey) -> Bool {
        switch key {
        case .rsa: algorithm == 1 || algorithm == 3
        case .ecdsa: algorithm == 19
        case .ed25519: algorithm == 22 || algorithm == 27
        }
    }

    /// Whether this may be a key's signature, by what the signature says of its issuer.
    func names(_ key: OpenPGPKey) -> Bool { issuers.contains { $0 == key.id || $0 == key.fingerprint } }

    // MARK: Commits

    static func judge(_ armored: String, _ payload: [UInt8], _ trusted: [OpenPGPCertificate], _ now: Int64) -> SignatureVerdict {
        let lines = armored.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        let trimmed = Array(lines[..<((lines.lastIndex { !$0.trimmingSpaces.isEmpty }).map { $0 + 1 } ?? 0)])
        guard let bytes = OpenPGPPacket.unarmored(trimmed, "SIGNATURE"), let packets = OpenPGPPacket.all(bytes), packets.count == 1, packets[0].tag == 2,
            let signature = OpenPGPSignature(packets[0].body)
        else { return .badSignature("it is damaged or of an unsupported kind") }
        guard signature.type == 0 else { return .badSignature("it does not sign a document") }
        guard !signature.issuers.isEmpty else { return .unknownKey("the signature does not name its key") }
        guard let (certificate, key) = trusted.lazy.flatMap({ certificate in certificate.keys.map { (certificate, $0) } }).first(where: { signature.names($0.1.key) }) else {
            let issuer = signature.issuers.max { $0.count < $1.count } ?? []
            return .unknownKey("OpenPGP \(hexadecimal(issuer, uppercase: true))")
        }
        let who = "\(certificate.owner), \(key.key.name)"
        guard signature.hash != nil else { return .badSignature("its hash is not secure; use SHA-256, SHA-384 or SHA-512") }
        guard signature.verifies(by: key.key, over: payload) else { return .badSignature("it does not match the commit, whose content is not what was signed") }
        guard key.maySign else { return .badSignature("the key of \(who) is not a signing key") }
        guard !key.isRevoked else { return .badSignature("the key of \(who) was revoked") }
        guard let created = signature.created, created >= key.key.created else { return .badSignature("it is older than the key of \(who)") }
        if let lifetime = signature.lifetime, lifetime > 0, created + lifetime <= now { return .badSignature("the signature itself has expired") }
        if let end = key.expires, end <= now { return .expiredKey(who) }
        return .good(signer: certificate.owner)
    }
}
