import Crypto

/// SHA-256 in lower-case hex.
public func sha256(_ bytes: [UInt8]) -> String {
    hexadecimal(SHA256.hash(data: bytes))
}

/// Lower-case hex digits.
public func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(64)
    for byte in bytes {
        text.append(digits[Int(byte >> 4)])
        text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
}

/// 16 hex digits that name exactly one change of one profile: an approval carries it.
///
/// SHA-256 over tenant id, profile id, and the digests before and after; an absent side is empty.
public func fingerprint(tenant: String, profile: String, before: String?, after: String?) -> String {
    let text = [tenant, profile, before ?? "", after ?? ""].joined(separator: "\0")
    return String(sha256(Array(text.utf8)).prefix(16))
}
