import CGitSupport

/// The id of a Git object: its SHA-1, 20 bytes stored inline.
///
/// Ids compare and sort in byte order, which is also the order of their hexadecimal texts.
public struct ObjectID: Hashable, Comparable, Sendable, CustomStringConvertible {
    // Big-endian words, so that comparing the numbers compares the bytes.
    private let high: UInt64
    private let middle: UInt64
    private let low: UInt32

    /// The number of bytes in an id.
    public static let byteCount = 20

    /// Forty zeros: no object has this id.
    public static let zero = ObjectID(high: 0, middle: 0, low: 0)

    private init(high: UInt64, middle: UInt64, low: UInt32) {
        self.high = high
        self.middle = middle
        self.low = low
    }

    /// Reads 40 hexadecimal digits in either letter case; `nil` for anything else.
    public init?(hex: some StringProtocol) {
        var words: (UInt64, UInt64, UInt32) = (0, 0, 0)
        var count = 0
        for byte in hex.utf8 {
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: return nil
            }
            switch count {
            case 0..<16: words.0 = words.0 << 4 | UInt64(digit)
            case 16..<32: words.1 = words.1 << 4 | UInt64(digit)
            case 32..<40: words.2 = words.2 << 4 | UInt32(digit)
            default: return nil
            }
            count += 1
        }
        guard count == 40 else { return nil }
        self.init(high: words.0, middle: words.1, low: words.2)
    }

    /// Reads the 20 bytes at `offset`; the caller guarantees that they exist.
    init(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
        high = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        middle = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self))
        low = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset + 16, as: UInt32.self))
    }

    init(_ oid: git_oid) {
        self = withUnsafeBytes(of: oid) { ObjectID($0, at: 0) }
    }

    /// libgit2's form of the same id.
    var oid: git_oid {
        var result = git_oid()
        withUnsafeMutableBytes(of: &result) { write(to: $0, at: 0) }
        return result
    }

    /// Writes the 20 bytes at `offset`.
    func write(to bytes: UnsafeMutableRawBufferPointer, at offset: Int) {
        bytes.storeBytes(of: high.bigEndian, toByteOffset: offset, as: UInt64.self)
        bytes.storeBytes(of: middle.bigEndian, toByteOffset: offset + 8, as: UInt64.self)
        bytes.storeBytes(of: low.bigEndian, toByteOffset: offset + 16, as: UInt32.self)
    }

    /// The 20 bytes, as in a tree object.
    public var bytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: ObjectID.byteCount) { buffer, count in
            write(to: UnsafeMutableRawBufferPointer(buffer), at: 0)
            count = ObjectID.byteCount
        }
    }

    /// The first byte, which is the fan-out slot in a pack index.
    var firstByte: UInt8 { UInt8(truncatingIfNeeded: high >> 56) }

    /// 40 lower-case hexadecimal digits.
    public var description: String {
        String(unsafeUninitializedCapacity: 40) { buffer in
            func digit(_ value: UInt8) -> UInt8 { value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10 }
            for position in 0..<40 {
                let nibble: UInt8 =
                    switch position {
                    case 0..<16: UInt8(truncatingIfNeeded: high >> UInt64(60 - 4 * position)) & 15
                    case 16..<32: UInt8(truncatingIfNeeded: middle >> UInt64(60 - 4 * (position - 16))) & 15
                    default: UInt8(truncatingIfNeeded: low >> UInt32(28 - 4 * (position - 32))) & 15
                    }
                buffer[position] = digit(nibble)
            }
            return 40
        }
    }

    /// The first seven digits, for messages.
    public var short: String { String(description.prefix(7)) }

    public static func < (a: ObjectID, b: ObjectID) -> Bool {
        (a.high, a.middle, a.low) < (b.high, b.middle, b.low)
    }

    /// The id is a hash already, so its first eight bytes are enough for a table.
    public func hash(into hasher: inout Hasher) { hasher.combine(high) }
}

/// The kind of a Git object. Raw values are Git's own numbers, as in packs.
public enum ObjectKind: UInt8, Sendable {
    case commit = 1
    case tree = 2
    case blob = 3
    case tag = 4

    /// The word in an object's header.
    var word: StaticString {
        switch self {
        case .commit: "commit"
        case .tree: "tree"
        case .blob: "blob"
        case .tag: "tag"
        }
    }
}
