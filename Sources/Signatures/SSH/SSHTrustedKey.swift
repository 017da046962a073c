import Basics
import Crypto

/// One line of an OpenSSH allowed-signers file (ssh-keygen(1), ALLOWED SIGNERS).
public struct SSHTrustedKey: Sendable {
    /// Comma-separated, as the file has them: the name that easel gives the signer.
    let principals: String
    /// The key as SSH writes it: kind and numbers.
    let blob: [UInt8]
    let key: PublicKey
    /// Seconds since 1970.
    let validAfter: Int64?
    let validBefore: Int64?

    /// Nil for an empty line or a comment.
    init?(line: Substring, number: Int) throws(TrustedKeys.Problem) {
        func problem(_ message: String) -> TrustedKeys.Problem { TrustedKeys.Problem(line: number, message: message) }
        var fields = Self.fields(line)
        guard let first = fields.first, !first.hasPrefix("#") else { return nil }
        fields.removeFirst()
        principals = first.filter { $0 != "\"" }
        var after: Int64?
        var before: Int64?
        if let options = fields.first, Self.kinds[options] == nil, options.contains("=") || ["cert-authority"].contains(options.lowercased()) {
            fields.removeFirst()
            for option in Self.options(options) {
                let parts = option.split(separator: "=", maxSplits: 1).map(String.init)
                let value = parts.count > 1 ? parts[1].filter { $0 != "\"" } : ""
                switch parts.first?.lowercased() {
                case "namespaces":
                    // Patterns; easel needs to know of one namespace only.
                    guard value.split(separator: ",").contains(where: { $0 == "git" || $0 == "*" }) else { return nil }
                case "valid-after", "valid-before":
                    guard let time = Self.time(value) else { throw problem("'\(value)' is not a time; write it in UTC, as 20270131, 202701311200 or 20270131120000") }
                    if parts[0].lowercased() == "valid-after" { after = time } else { before = time }
                case "cert-authority": throw problem("Certificate authorities are not supported; list the keys of those who sign")
                default: throw problem("Unknown option '\(parts.first?.prefix(40) ?? "")'")
                }
            }
        }
        guard fields.count >= 2 else { throw problem("A line must have principals, options if any, the kind of key, and the key, as in \"ann@example.com ssh-ed25519 AAAA…\"") }
        guard let kind = Self.kinds[fields[0]] else {
            throw problem("Keys of kind '\(fields[0].prefix(60))' are not supported; use \(Self.kinds.keys.sorted().joined(separator: ", "))")
        }
        guard let blob = Base64.bytes(fields[1]), let key = Self.key(blob), kind(key) else { throw problem("The key is damaged: it is not of kind \(fields[0])") }
        self.blob = blob
        self.key = key
        validAfter = after
        validBefore = before
    }

    /// `SHA256:…`, as `ssh-keygen -l` shows it.
    static func fingerprint(_ blob: [UInt8]) -> String { "SHA256:" + Base64.text(SHA256.hash(data: blob), padded: false) }

    private static let kinds: [String: @Sendable (PublicKey) -> Bool] = [
        "ssh-ed25519": { if case .ed25519 = $0 { true } else { false } },
        "ssh-rsa": { if case .rsa = $0 { true } else { false } },
        "ecdsa-sha2-nistp256": { if case .ecdsa(.p256, _) = $0 { true } else { false } },
        "ecdsa-sha2-nistp384": { if case .ecdsa(.p384, _) = $0 { true } else { false } },
        "ecdsa-sha2-nistp521": { if case .ecdsa(.p521, _) = $0 { true } else { false } },
    ]

    /// A public key as SSH writes it (RFC 4253, 6.6; RFC 5656, 3.1; RFC 8709, 4).
    static func key(_ blob: [UInt8]) -> PublicKey? {
        var reader = ByteReader(blob)
        guard let kind = reader.sshString().map({ String(decoding: $0, as: UTF8.self) }) else { return nil }
        let key: PublicKey
        switch kind {
        case "ssh-ed25519":
            guard let bytes = reader.sshString(), bytes.count == 32 else { return nil }
            key = .ed25519(bytes)
        case "ssh-rsa":
            guard let exponent = reader.sshString(), let modulus = reader.sshString(), modulus.count <= 2049 else { return nil }
            key = .rsa(modulus: Array(modulus.drop { $0 == 0 }), exponent: Array(exponent.drop { $0 == 0 }))
        case "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521":
            let curve: PublicKey.Curve = kind.hasSuffix("256") ? .p256 : kind.hasSuffix("384") ? .p384 : .p521
            guard let name = reader.sshString(), kind.hasSuffix(String(decoding: name, as: UTF8.self)), let point = reader.sshString(),
                point.count == 1 + 2 * curve.size
            else { return nil }
            key = .ecdsa(curve, point)
        default: return nil
        }
        return reader.isAtEnd ? key : nil
    }

    /// Split at spaces, those in quotes aside.
    private static func fields(_ line: Substring) -> [String] { split(line) { $0 == " " || $0 == "\t" } }
    private static func options(_ text: String) -> [String] { split(text[...]) { $0 == "," } }

    private static func split(_ text: Substring, at separator: (Character) -> Bool) -> [String] {
        var fields: [String] = []
        var field = ""
        var quoted = false
        for character in text {
            if character == "\"" { quoted.toggle() }
            if separator(character), !quoted {
                if !field.isEmpty { fields.append(field) }
                field = ""
            } else {
                field.append(character)
            }
        }
        if !field.isEmpty { fields.append(field) }
        return fields
    }

    /// `YYYYMMDD[HHMM[SS]][Z]`. OpenSSH takes a time without Z as local; here it is UTC, so that a file means the same on
    /// every machine.
    static func time(_ text: String) -> Int64? {
        let digits = text.hasSuffix("Z") ? text.dropLast() : text[...]
        guard [8, 12, 14].contains(digits.count), digits.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        func number(_ start: Int, _ count: Int) -> Int { Int(digits.dropFirst(start).prefix(count)) ?? 0 }
        let (year, month, day) = (number(0, 4), number(4, 2), number(6, 2))
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard year >= 1970, (1...12).contains(month), day >= 1, day <= lengths[month - 1] else { return nil }
        let (hour, minute, second) = (number(8, 2), number(10, 2), number(12, 2))
        guard hour < 24, minute < 60, second < 60 else { return nil }
        let years = year - 1970
        let leaps = (year - 1) / 4 - (year - 1) / 100 + (year - 1) / 400 - (1969 / 4 - 1969 / 100 + 1969 / 400)
        let days = years * 365 + leaps + lengths.prefix(month - 1).reduce(0, +) + day - 1
        return Int64(days) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
    }
}
