import Basics
import Crypto

/// OpenPGP's packets (RFC 4880, 4; RFC 9580, 4), as much of them as signatures of commits need.
struct OpenPGPPacket {
    let tag: Int
    let body: [UInt8]

    /// All packets of a message; nil when it is damaged. Partial lengths, which only data packets may have, are refused.
    static func all(_ bytes: [UInt8]) -> [OpenPGPPacket]? {
        var reader = ByteReader(bytes)
        var packets: [OpenPGPPacket] = []
        while let header = reader.byte() {
            guard header & 0x80 != 0, packets.count < 10_000 else { return nil }
            let length: Int?
            let tag: Int
            if header & 0x40 != 0 {
                tag = Int(header & 0x3F)
                length = newLength(&reader)
            } else {
                tag = Int(header >> 2 & 0x0F)
                let size = [1, 2, 4, 0][Int(header & 3)]
                length = size == 0 ? nil : reader.integer(size)
            }
            guard let length, let body = reader.take(length) else { return nil }
            packets.append(OpenPGPPacket(tag: tag, body: body))
        }
        return packets
    }

    /// Of packets in the new form, and of subpackets.
    static func newLength(_ reader: inout ByteReader, isSubpacket: Bool = false) -> Int? {
        guard let first = reader.byte() else { return nil }
        switch first {
        case 0..<192: return Int(first)
        case 192..<(isSubpacket ? 255 : 224): return reader.byte().map { (Int(first) - 192) << 8 + Int($0) + 192 }
        case 255: return reader.integer(4)
        default: return nil
        }
    }

    /// The bytes within an armor (RFC 4880, 6.2); its checksum is optional and holds off accidents only, so it is passed over.
    static func unarmored(_ lines: [Substring], _ kind: String) -> [UInt8]? {
        let lines = lines.map(\.trimmingSpaces)
        guard lines.first == "-----BEGIN PGP \(kind)-----", lines.last == "-----END PGP \(kind)-----", lines.count > 2 else { return nil }
        var body = lines[1..<lines.count - 1]
        // Headers, as "Version: …", end at an empty line.
        if let empty = body.firstIndex(of: "") {
            guard body[..<empty].allSatisfy({ $0.contains(": ") || $0.hasSuffix(":") }) else { return nil }
            body = body[(empty + 1)...]
        }
        if let last = body.last, last.count == 5, last.hasPrefix("=") { body = body.dropLast() }
        return Base64.bytes(body.joined().filter { !$0.isWhitespace })
    }
}

/// A public key or subkey of version 4 (RFC 4880, 5.5.2).
struct OpenPGPKey: Sendable {
    /// The packet's body, which signatures about the key cover.
    let body: [UInt8]
    /// Seconds since 1970.
    let created: Int64
    /// Nil for an algorithm that easel does not verify.
    let key: PublicKey?
    /// 20 bytes.
    let fingerprint: [UInt8]

    var id: [UInt8] { Array(fingerprint.suffix(8)) }
    var name: String { hexadecimal(fingerprint, uppercase: true) }

    init?(_ body: [UInt8]) {
        var reader = ByteReader(body)
        guard body.count < 1 << 16, reader.byte() == 4, let created = reader.integer(4), let algorithm = reader.byte() else { return nil }
        self.body = body
        self.created = Int64(created)
        key = Self.key(algorithm, &reader)
        fingerprint = Array(Insecure.SHA1.hash(data: Self.hashed(body)))
    }

    /// As a signature about the key covers it (RFC 4880, 5.2.4).
    static func hashed(_ body: [UInt8]) -> [UInt8] { [0x99, UInt8(truncatingIfNeeded: body.count >> 8), UInt8(truncatingIfNeeded: body.count)] + body }
    var hashed: [UInt8] { Self.hashed(body) }

    private static func key(_ algorithm: UInt8, _ reader: inout ByteReader) -> PublicKey? {
        switch algorithm {
        case 1, 3:
            guard let modulus = reader.openPGPInteger(), let exponent = reader.openPGPInteger() else { return nil }
            return .rsa(modulus: modulus, exponent: exponent)
        case 19:
            guard let curve = curve(&reader), let point = reader.openPGPInteger(), point.count == 1 + 2 * curve.size else { return nil }
            return .ecdsa(curve, point)
        // EdDSA as GnuPG has it, and Ed25519 as RFC 9580 has it.
        case 22:
            guard let size = reader.byte(), reader.take(Int(size)) == ed25519, let point = reader.openPGPInteger(), point.count == 33, point[0] == 0x40
            else { return nil }
            return .ed25519(Array(point[1...]))
        case 27: return reader.take(32).map(PublicKey.ed25519)
        default: return nil
        }
    }

    private static let ed25519: [UInt8] = [0x2B, 0x06, 0x01, 0x04, 0x01, 0xDA, 0x47, 0x0F, 0x01]

    private static func curve(_ reader: inout ByteReader) -> PublicKey.Curve? {
        guard let size = reader.byte(), let oid = reader.take(Int(size)) else { return nil }
        switch oid {
        case [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07]: return .p256
        case [0x2B, 0x81, 0x04, 0x00, 0x22]: return .p384
        case [0x2B, 0x81, 0x04, 0x00, 0x23]: return .p521
        default: return nil
        }
    }
}
