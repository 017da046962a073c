/// Reads hostile bytes from front to back; nil wherever they end too early.
struct ByteReader {
    private var bytes: ArraySlice<UInt8>

    init(_ bytes: some Sequence<UInt8>) { self.bytes = ArraySlice(bytes) }

    var isAtEnd: Bool { bytes.isEmpty }
    var rest: [UInt8] { Array(bytes) }

    mutating func byte() -> UInt8? { bytes.popFirst() }

    mutating func take(_ count: Int) -> [UInt8]? {
        guard count >= 0, count <= bytes.count else { return nil }
        defer { bytes = bytes.dropFirst(count) }
        return Array(bytes.prefix(count))
    }

    /// Big-endian, of up to 4 bytes.
    mutating func integer(_ count: Int) -> Int? { take(count).map { $0.reduce(0) { $0 << 8 | Int($1) } } }

    /// SSH's `string`: a length of 4 bytes, and as many.
    mutating func sshString() -> [UInt8]? { integer(4).flatMap { take($0) } }

    /// OpenPGP's multiprecision integer: a length in bits of 2 bytes, and as many as they need.
    mutating func openPGPInteger() -> [UInt8]? { integer(2).flatMap { take(($0 + 7) / 8) } }
}

/// Base64 of RFC 4648 with padding, white space passed over; nil for anything else.
func base64Decoded(_ text: some Sequence<Character>) -> [UInt8]? {
    var result: [UInt8] = []
    var buffer = 0
    var bits = 0
    var padding = 0
    var digits = 0
    for character in text where !character.isWhitespace {
        guard let byte = character.asciiValue else { return nil }
        if byte == UInt8(ascii: "=") {
            padding += 1
            continue
        }
        let value: Int
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = Int(byte) - 65
        case UInt8(ascii: "a")...UInt8(ascii: "z"): value = Int(byte) - 71
        case UInt8(ascii: "0")...UInt8(ascii: "9"): value = Int(byte) + 4
        case UInt8(ascii: "+"): value = 62
        case UInt8(ascii: "/"): value = 63
        default: return nil
        }
        guard padding == 0 else { return nil }
        digits += 1
        buffer = (buffer << 6 | value) & 0xFFFF
        bits += 6
        if bits >= 8 {
            bits -= 8
            result.append(UInt8(truncatingIfNeeded: buffer >> bits))
        }
    }
    return (digits + padding) % 4 == 0 && padding < 3 && digits % 4 != 1 ? result : nil
}

/// Base64 without padding, as OpenSSH shows fingerprints.
func base64Unpadded(_ bytes: some Sequence<UInt8>) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var text = ""
    var buffer = 0
    var bits = 0
    for byte in bytes {
        buffer = (buffer << 8 | Int(byte)) & 0xFFFFFF
        bits += 8
        while bits >= 6 {
            bits -= 6
            text.append(alphabet[buffer >> bits & 63])
        }
    }
    if bits > 0 { text.append(alphabet[buffer << (6 - bits) & 63]) }
    return text
}

extension [UInt8] {
    /// As an unsigned number in exactly `count` bytes; nil when it is larger.
    func padded(to count: Int) -> [UInt8]? {
        let digits = drop { $0 == 0 }
        return digits.count <= count ? [UInt8](repeating: 0, count: count - digits.count) + digits : nil
    }
}
