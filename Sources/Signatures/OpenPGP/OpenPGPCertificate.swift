/// An OpenPGP public key with its names and subkeys, as `gpg --export --armor` gives it: only what its own signatures vouch for
/// is believed.
public struct OpenPGPCertificate: Sendable {
    /// A key that may have signed: the primary or a subkey that both sides have bound.
    struct SigningKey: Sendable {
        let key: OpenPGPKey
        let maySign: Bool
        /// Seconds since 1970; nil: never.
        let expires: Int64?
        let isRevoked: Bool
    }

    /// The first name that the key itself has signed, else its fingerprint.
    let owner: String
    let keys: [SigningKey]

    /// All keys of one armored block.
    static func read(_ lines: [Substring], line: Int) throws(TrustedKeys.Problem) -> [OpenPGPCertificate] {
        guard let bytes = OpenPGPPacket.unarmored(lines, "PUBLIC KEY BLOCK"), let packets = OpenPGPPacket.all(bytes) else {
            throw TrustedKeys.Problem(line: line, message: "The armored key is damaged")
        }
        var groups: [[OpenPGPPacket]] = []
        for packet in packets {
            if packet.tag == 6 { groups.append([packet]) } else if !groups.isEmpty { groups[groups.count - 1].append(packet) }
        }
        guard !groups.isEmpty else { throw TrustedKeys.Problem(line: line, message: "This block contains no public key") }
        var certificates: [OpenPGPCertificate] = []
        for group in groups {
            guard let certificate = OpenPGPCertificate(group) else {
                throw TrustedKeys.Problem(
                    line: line, message: "This key is damaged or of an unsupported kind; easel supports version 4 keys (RSA, Ed25519, and ECDSA with NIST curves) whose signatures use SHA-256 or better")
            }
            certificates.append(certificate)
        }
        return certificates
    }

    private init?(_ packets: [OpenPGPPacket]) {
        guard let primary = OpenPGPKey(packets[0].body), primary.key != nil else { return nil }
        var owner: String?
        var newest: OpenPGPSignature?
        var isRevoked = false
        var subkeys: [(key: OpenPGPKey, binding: OpenPGPSignature?, isRevoked: Bool)] = []
        var name: [UInt8]?
        var isUnderSubkey = false
        for packet in packets.dropFirst() {
            switch packet.tag {
            case 13:
                name = packet.body
                isUnderSubkey = false
            case 17:
                name = nil  // A picture.
                isUnderSubkey = false
            case 14:
                isUnderSubkey = true
                guard let key = OpenPGPKey(packet.body) else { continue }
                subkeys.append((key, nil, false))
            case 2:
                // Others' signatures about the key are no concern of ours; one that is damaged vouches for nothing.
                guard let signature = OpenPGPSignature(packet.body) else { continue }
                switch signature.type {
                case 0x10...0x13, 0x1F:
                    guard !isUnderSubkey else { continue }
                    let isDirect = signature.type == 0x1F
                    guard isDirect || name != nil else { continue }
                    let content = primary.hashed + (isDirect ? [] : Self.hashed(name: name ?? []))
                    guard signature.verifies(by: primary, over: content) else { continue }
                    if !isDirect, owner == nil { owner = String(decoding: name ?? [], as: UTF8.self) }
                    if (signature.created ?? 0) >= (newest?.created ?? 0) { newest = signature }
                case 0x20: if signature.verifies(by: primary, over: primary.hashed) { isRevoked = true }
                case 0x18:
                    guard isUnderSubkey, let last = subkeys.indices.last, signature.verifies(by: primary, over: primary.hashed + subkeys[last].key.hashed),
                        (signature.created ?? 0) >= (subkeys[last].binding?.created ?? 0)
                    else { continue }
                    subkeys[last].binding = signature
                case 0x28:
                    guard isUnderSubkey, let last = subkeys.indices.last, signature.verifies(by: primary, over: primary.hashed + subkeys[last].key.hashed) else { continue }
                    subkeys[last].isRevoked = true
                default: continue
                }
            default: continue
            }
        }
        // Without a signature of its own nothing says what the key is for, or until when.
        guard let newest else { return nil }
        func end(_ key: OpenPGPKey, _ signature: OpenPGPSignature) -> Int64? { signature.keyLifetime.flatMap { $0 > 0 ? key.created + $0 : nil } }
        let primaryEnd = end(primary, newest)
        self.owner = owner ?? primary.name
        var keys = [SigningKey(key: primary, maySign: newest.keyFlags.map { $0 & 2 != 0 } ?? true, expires: primaryEnd, isRevoked: isRevoked)]
        for (key, binding, subkeyIsRevoked) in subkeys {
            guard let binding else { continue }
            // A subkey that signs must say itself that it belongs here, or anybody could adopt another's (RFC 4880, 5.2.1).
            let back = binding.embedded.flatMap(OpenPGPSignature.init)
            let isOurs = back.map { $0.type == 0x19 && $0.verifies(by: key, over: primary.hashed + key.hashed) } ?? false
            let ends = [primaryEnd, end(key, binding)].compactMap(\.self)
            keys.append(
                SigningKey(key: key, maySign: isOurs && (binding.keyFlags ?? 0) & 2 != 0, expires: ends.min(), isRevoked: isRevoked || subkeyIsRevoked))
        }
        self.keys = keys
    }

    private static func hashed(name: [UInt8]) -> [UInt8] { [0xB4] + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: name.count >> $0) } + name }
}
