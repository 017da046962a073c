import Basics
import Crypto
import CryptoExtras

/// A public key of any kind that signs commits, whichever program made it.
enum PublicKey: Sendable {
    case ed25519([UInt8])
    /// The point as X9.63 has it; the curve follows from its size.
    case ecdsa(Curve, [UInt8])
    case rsa(modulus: [UInt8], exponent: [UInt8])

    enum Curve: Sendable {
        case p256, p384, p521

        /// Of a coordinate, in bytes.
        var size: Int {
            switch self {
            case .p256: 32
            case .p384: 48
            case .p521: 66
            }
        }
    }

    enum Hash: Sendable { case sha256, sha384, sha512 }

    /// RSA keys below it are not to be relied upon (NIST SP 800-131A).
    static let leastRSABits = 2048

    /// Whether `r` and `s` are this key's signature over a message.
    ///
    /// - Parameters:
    ///   - numbers: RSA: one; else two.
    ///   - prehashed: Ed25519 signs the hash itself, as OpenPGP has it, instead of the message.
    func verifies(_ numbers: [[UInt8]], _ message: [UInt8], _ hash: Hash, prehashed: Bool = false) -> Bool {
        switch self {
        case .ed25519(let key):
            guard numbers.count == 2, let r = numbers[0].padded(to: 32), let s = numbers[1].padded(to: 32),
                let key = try? Curve25519.Signing.PublicKey(rawRepresentation: key)
            else { return false }
            return key.isValidSignature(r + s, for: prehashed ? hash.digest(message) : message)
        case .ecdsa(let curve, let point):
            guard numbers.count == 2, let r = numbers[0].padded(to: curve.size), let s = numbers[1].padded(to: curve.size) else { return false }
            return Self.verifies(curve, point, r + s, message, hash)
        case .rsa(let modulus, let exponent):
            let modulus = Array(modulus.drop { $0 == 0 })
            guard numbers.count == 1, modulus.count * 8 >= Self.leastRSABits, modulus.count <= 2048, exponent.count <= 8,
                let signature = numbers[0].padded(to: modulus.count), let key = try? _RSA.Signing.PublicKey(n: modulus, e: exponent)
            else { return false }
            let candidate = _RSA.Signing.RSASignature(rawRepresentation: signature)
            return switch hash {
            case .sha256: key.isValidSignature(candidate, for: SHA256.hash(data: message), padding: .insecurePKCS1v1_5)
            case .sha384: key.isValidSignature(candidate, for: SHA384.hash(data: message), padding: .insecurePKCS1v1_5)
            case .sha512: key.isValidSignature(candidate, for: SHA512.hash(data: message), padding: .insecurePKCS1v1_5)
            }
        }
    }

    private static func verifies(_ curve: Curve, _ point: [UInt8], _ signature: [UInt8], _ message: [UInt8], _ hash: Hash) -> Bool {
        func check<D: Digest>(_ digest: D) -> Bool {
            switch curve {
            case .p256:
                guard let key = try? P256.Signing.PublicKey(x963Representation: point), let signature = try? P256.Signing.ECDSASignature(rawRepresentation: signature)
                else { return false }
                return key.isValidSignature(signature, for: digest)
            case .p384:
                guard let key = try? P384.Signing.PublicKey(x963Representation: point), let signature = try? P384.Signing.ECDSASignature(rawRepresentation: signature)
                else { return false }
                return key.isValidSignature(signature, for: digest)
            case .p521:
                guard let key = try? P521.Signing.PublicKey(x963Representation: point), let signature = try? P521.Signing.ECDSASignature(rawRepresentation: signature)
                else { return false }
                return key.isValidSignature(signature, for: digest)
            }
        }
        return switch hash {
        case .sha256: check(SHA256.hash(data: message))
        case .sha384: check(SHA384.hash(data: message))
        case .sha512: check(SHA512.hash(data: message))
        }
    }
}

extension PublicKey.Hash {
    func digest(_ bytes: [UInt8]) -> [UInt8] {
        switch self {
        case .sha256: Array(SHA256.hash(data: bytes))
        case .sha384: Array(SHA384.hash(data: bytes))
        case .sha512: Array(SHA512.hash(data: bytes))
        }
    }
}
