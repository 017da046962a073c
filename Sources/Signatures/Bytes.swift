import Basics

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

extension [UInt8] {
    /// As an unsigned number in exactly `count` bytes; nil when it is larger.
    func padded(to count: Int) -> [UInt8]? {
        let digits = drop { $0 == 0 }
        return digits.count <= count ? [UInt8](repeating: 0, count: count - digits.count) + digits : nil
    }
}
