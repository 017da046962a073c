/// Reads the TZif format, RFC 8536: a version 1 block with 32-bit times. From version 2 on, a second block with 64-bit times and
/// a footer follow, and only these count.
struct TZifReader {
    private let bytes: [UInt8]
    private var position = 0

    /// Why a file cannot be used as a zone.
    struct Problem: Error {
        let reason: String
    }

    private struct Header {
        let version: UInt8
        let utcIndicators, standardIndicators, leapSeconds, times, types, characters: Int
    }

    private struct Block {
        var transitions: [Int64] = []
        var offsets: [Int] = []
        var firstOffset = 0
    }

    static func read(_ bytes: [UInt8], name: String) throws(Problem) -> TimeZoneData {
        var reader = TZifReader(bytes: bytes)
        var header = try reader.header()
        var block = try reader.block(header, timeSize: 4)
        var footer: FooterRule?
        if header.version >= UInt8(ascii: "2") {
            header = try reader.header()
            block = try reader.block(header, timeSize: 8)
            footer = try reader.footer()
        }
        return TimeZoneData(
            name: name, transitions: block.transitions, offsets: block.offsets, firstOffset: block.firstOffset, footer: footer)
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func take(_ count: Int) throws(Problem) -> ArraySlice<UInt8> {
        guard count >= 0, bytes.count - position >= count else { throw Problem(reason: "the file ends too early") }
        defer { position += count }
        return bytes[position..<position + count]
    }

    /// A two's complement number, most significant byte first.
    private mutating func number(_ size: Int) throws(Problem) -> Int64 {
        let digits = try take(size)
        let isNegative = (digits.first ?? 0) & 0x80 != 0
        var value: UInt64 = isNegative ? .max : 0
        for digit in digits { value = value << 8 | UInt64(digit) }
        return Int64(bitPattern: value)
    }

    private mutating func count() throws(Problem) -> Int {
        let value = Int(try number(4))
        // No valid count is larger than the file. Checked here, so that no sum of counts can overflow.
        guard (0...bytes.count).contains(value) else { throw Problem(reason: "it declares more entries than the file can have") }
        return value
    }

    private mutating func header() throws(Problem) -> Header {
        guard try take(4).elementsEqual("TZif".utf8) else { throw Problem(reason: "it is not a TZif file") }
        let version = try take(16).first ?? 0
        return Header(
            version: version, utcIndicators: try count(), standardIndicators: try count(), leapSeconds: try count(), times: try count(),
            types: try count(), characters: try count())
    }

    private mutating func block(_ header: Header, timeSize: Int) throws(Problem) -> Block {
        // Such zones ("right/…") count seconds that Instant does not.
        guard header.leapSeconds == 0 else { throw Problem(reason: "it includes leap seconds, which easel does not support") }
        var block = Block()
        for _ in 0..<header.times {
            let time = try number(timeSize)
            if let last = block.transitions.last, last >= time { throw Problem(reason: "its transitions are out of order") }
            block.transitions.append(time)
        }
        let indices = try take(header.times)
        var types: [Int] = []
        for _ in 0..<header.types {
            types.append(Int(try number(4)))
            _ = try take(2)
        }
        guard let first = types.first, types.allSatisfy({ abs($0) < 172_800 }) else { throw Problem(reason: "it has no usable local time types") }
        block.firstOffset = first
        for index in indices {
            guard Int(index) < types.count else { throw Problem(reason: "a transition refers to a type that does not exist") }
            block.offsets.append(types[Int(index)])
        }
        _ = try take(header.characters + header.standardIndicators + header.utcIndicators)
        return block
    }

    private mutating func footer() throws(Problem) -> FooterRule? {
        let rest = bytes[position...]
        guard rest.first == UInt8(ascii: "\n"), let end = rest.dropFirst().firstIndex(of: UInt8(ascii: "\n")) else {
            throw Problem(reason: "its footer is missing")
        }
        let text = rest.dropFirst()[..<end]
        if text.isEmpty { return nil }
        guard let rule = FooterRule(text) else {
            throw Problem(reason: "its footer '\(String(decoding: text.prefix(80), as: UTF8.self))' is not a POSIX TZ rule")
        }
        return rule
    }
}
