import Synchronization

/// A parsed JSON file: its bytes, and a flat index of its values.
///
/// The index is one array of 16-byte nodes in document order, so a document costs two allocations however many values
/// it holds, and every value knows its place in the file. Immutable, so any number of threads may read one.
public final class JSONDocument: Sendable {
    /// The name that diagnostics give, as the caller gave it: a path in the config repository.
    public let file: String
    /// Every place where the text is not strict JSON, in the order of the file.
    public let problems: [JSONProblem]
    /// Whether reading reached the end of the text. If not, the document has the values before the first problem that could not be
    /// skipped, and an absent value means nothing.
    public let isComplete: Bool

    @usableFromInline let bytes: [UInt8]
    @usableFromInline let nodes: [Node]

    /// Parses `bytes`. Never fails: `problems` says what is wrong, and the values that could be read are there.
    ///
    /// - Parameter limit: in bytes; a larger file has one problem and no values.
    public init(file: String, bytes: [UInt8], limit: Int = JSONLimits.fileSize) {
        self.file = file
        self.bytes = bytes
        var parser = Parser(size: bytes.count, limit: limit)
        bytes.withUnsafeBufferPointer { parser.parse($0) }
        nodes = parser.nodes
        problems = parser.problems
        isComplete = parser.isComplete
    }

    /// The file's bytes.
    public var text: [UInt8] { bytes }

    /// The value of the whole file; nil when there is none.
    public var root: JSONValue? { nodes.isEmpty ? nil : JSONValue(document: self, index: 0) }

    /// Line and column, both from 1, of a byte offset; the column counts Unicode scalars.
    ///
    /// Scans at most 4 KiB, except the first time in a part of the file: an export of many megabytes can have something odd in each of
    /// its thousands of objects.
    public func position(ofOffset offset: Int) -> (line: Int, column: Int) {
        let end = max(0, min(offset, bytes.count))
        let block = end / Self.block
        let start = block == 0 ? Place() : marks.withLock { marks in
            for next in marks.count..<max(marks.count, block) {
                marks.append(advanced(marks.last ?? Place(), over: next * Self.block..<(next + 1) * Self.block))
            }
            return marks[block - 1]
        }
        let place = advanced(start, over: block * Self.block..<end)
        return (place.line, place.column)
    }

    private struct Place {
        var line = 1
        var column = 1
    }

    private static let block = 4096
    /// The place at the end of each block, up to the last that was needed.
    private let marks = Mutex<[Place]>([])

    private func advanced(_ start: Place, over range: Range<Int>) -> Place {
        var place = start
        for byte in bytes[range] {
            if byte == UInt8(ascii: "\n") {
                place.line += 1
                place.column = 1
            } else if byte & 0xC0 != 0x80 {
                place.column += 1
            }
        }
        return place
    }
}

/// One value or key in a document's index.
@usableFromInline struct Node: Sendable {
    @usableFromInline enum Kind: UInt8, Sendable {
        case object, array, string, number, `true`, `false`, null
        /// Text that is not a JSON value; the parser has reported it.
        case invalid
    }
    @usableFromInline var kind: Kind
    /// For strings: whether the text between the quotes has no escapes.
    @usableFromInline var isPlain: Bool
    /// Bytes from `start` to a scalar's text: 1, the quote, for strings; 0 for a key without quotes.
    @usableFromInline var lead: UInt8
    /// The offset of the value; for strings, of the opening quote.
    @usableFromInline var start: UInt32
    /// Bytes of a scalar's text (a string's without its quotes); members of an object; elements of an array.
    @usableFromInline var count: UInt32
    /// The node after this value and everything in it.
    @usableFromInline var next: UInt32

    /// A scalar's text.
    var textRange: Range<Int> {
        let start = Int(self.start) + Int(lead)
        return start..<start + Int(count)
    }
}
