/// Reads the TZif format, RFC 8536: a version 1 block with 32-bit times, and from version 2 on a second block with 64-bit
/// times and a footer, which then alone counts.
struct TZifReader {
    private let bytes: [UInt8]
    private var position = 0

    /// Why a file is no zone that we can use.
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
        guard count >= 0, bytes.count - position >= count else { throw Problem(reason: "it ends too soon") }
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
        // No count of anything is larger than the file; said early, no sum of them can overflow.
        guard (0...bytes.count).contains(value) else { throw Problem(reason: "it counts more than it holds") }
        return value
    }

    private mutating func header() throws(Problem) -> Header {
        guard try take(4).elementsEqual("TZif".utf8) else { throw Problem(reason: "it is no TZif file") }
        let version = try take(16).first ?? 0
        return Header(
            version: version, utcIndicators: try count(), standardIndicators: try count(), leapSeconds: try count(), times: try count(),
            types: try count(), characters: try count())
    }

    private mutating func block(_ header: Header, timeSize: Int) throws(Problem) -> Block {
        // Such zones ("right/…") count seconds that Instant does not.
        guard header.leapSeconds == 0 else { throw Problem(reason: "it counts leap seconds, which UTC times do not") }
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
            guard Int(index) < types.count else { throw Problem(reason: "a transition leads to a type that is not there") }
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
            throw Problem(reason: "its footer '\(String(decoding: text.prefix(80), as: UTF8.self))' is no POSIX TZ rule")
        }
        return rule
    }
}
