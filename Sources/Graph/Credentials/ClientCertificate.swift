import Basics
import Crypto
import JWTKit
import X509

/// A certificate and its RSA key, which sign the client assertions of an app.
///
/// The form is that of Microsoft's "certificate credentials" page: PS256, `x5t#S256` is the SHA-256 thumbprint, the audience is the token
/// endpoint, issuer and subject are the client id, the `jti` is new each time.
struct ClientCertificate: Sendable {
    /// base64url of the SHA-256 of the certificate's DER.
    let thumbprint: String
    /// The last second in which the certificate is valid, since 1970.
    let expires: Int64
    private let key: JWTKit.Insecure.RSA.PrivateKey

    /// - Throws: `CredentialError` where the file lacks a part, has more than one key, or the two do not belong together. No part of the
    ///   file is repeated in it.
    init(pem bytes: [UInt8], path: String) throws(CredentialError) {
        let blocks = Self.blocks(String(decoding: bytes, as: UTF8.self))
        if blocks.contains(where: { $0.label == "ENCRYPTED PRIVATE KEY" || $0.text.contains("Proc-Type: 4,ENCRYPTED") }) {
            throw CredentialError("the key in \(path) is encrypted", help: "Write it without a passphrase into a file that only easel's account may read: openssl pkey -in FILE")
        }
        let keys = blocks.filter { $0.label == "PRIVATE KEY" || $0.label == "RSA PRIVATE KEY" }
        let certificates = blocks.filter { $0.label == "CERTIFICATE" }
        guard let block = keys.first, keys.count == 1, !certificates.isEmpty else {
            let problem = certificates.isEmpty ? "no certificate" : keys.isEmpty ? (blocks.contains { $0.label == "EC PRIVATE KEY" } ? "no RSA key, which is what Microsoft Entra takes" : "no private key") : "more than one private key"
            throw CredentialError("\(path) has \(problem)", help: "Put the certificate and its RSA key into this one PEM file")
        }
        let key: JWTKit.Insecure.RSA.PrivateKey
        do { key = try JWTKit.Insecure.RSA.PrivateKey(pem: block.text) } catch {
            throw CredentialError("the private key in \(path) is not an RSA key of at least 2,048 bits", help: "Microsoft Entra takes RSA keys only; make one of 2,048 bits or more")
        }
        self.key = key
        // The file may also have the certificates of the issuers, in any order.
        let own = certificates.lazy.compactMap { try? Certificate(pemEncoded: $0.text) }.first { certificate in
            (try? JWTKit.Insecure.RSA.PublicKey(pem: certificate.publicKey.serializeAsPEM().pemString)) == key.publicKey
        }
        guard let own, let der = try? own.serializeAsPEM().derBytes else {
            throw CredentialError("the certificate in \(path) does not belong to the key in it", help: "Put the certificate and its own key into this one PEM file")
        }
        thumbprint = base64URL(SHA256.hash(data: der))
        expires = Int64(own.notValidAfter.timeIntervalSince1970)
    }

    /// A signed client assertion.
    ///
    /// - Parameters:
    ///   - audience: the token endpoint.
    ///   - now: seconds since 1970; the assertion is valid for ten minutes from then.
    func assertion(clientID: String, audience: String, now: Int64) async throws -> Secret {
        let keys = await JWTKeyCollection().add(pss: key, digestAlgorithm: DigestAlgorithm.sha256)
        let payload = AssertionPayload(aud: audience, iss: clientID, sub: clientID, jti: randomID(), nbf: now, iat: now, exp: now + 600)
        return Secret(try await keys.sign(payload, header: ["x5t#S256": .string(thumbprint)]))
    }

    private static func blocks(_ text: String) -> [(label: String, text: String)] {
        var result: [(label: String, text: String)] = []
        var open: (label: String, lines: [Substring])?
        for line in text.split(whereSeparator: \.isNewline) {
            if line.hasPrefix("-----BEGIN "), let end = line.dropFirst(11).firstRange(of: "-----") {
                open = (String(line.dropFirst(11)[..<end.lowerBound]), [line])
            } else if line.hasPrefix("-----END "), let block = open {
                result.append((block.label, (block.lines + [line]).joined(separator: "\n") + "\n"))
                open = nil
            } else {
                open?.lines.append(line)
            }
        }
        return result
    }
}

/// Claims as the sign-in service wants them: whole seconds.
private struct AssertionPayload: JWTPayload {
    let aud: String
    let iss: String
    let sub: String
    let jti: String
    let nbf: Int64
    let iat: Int64
    let exp: Int64

    func verify(using algorithm: some JWTAlgorithm) {}
}

/// A random UUID of version 4.
func randomID() -> String {
    var bytes = (0..<16).map { _ in UInt8.random(in: .min ... .max) }
    bytes[6] = bytes[6] & 0x0F | 0x40
    bytes[8] = bytes[8] & 0x3F | 0x80
    let digits = hexadecimal(bytes)
    var rest = digits[...]
    return [8, 4, 4, 4, 12].map { count in
        defer { rest = rest.dropFirst(count) }
        return String(rest.prefix(count))
    }.joined(separator: "-")
}

func base64URL(_ bytes: some Sequence<UInt8>) -> String {
    String(Base64.text(bytes, padded: false).map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 })
}

/// The bytes of base64url without padding (RFC 7515); nil for anything else.
func bytes(base64URL text: some StringProtocol) -> [UInt8]? {
    Base64.bytes(String(text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 }), requiresPadding: false)
}
