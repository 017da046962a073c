import Basics

/// What a Git index holds: the files that the next commit will have. A value; nothing is written.
///
/// Reads versions 2 to 4, split indexes (`core.splitIndex`) and sparse ones (`index.sparse`), and indexes without a checksum
/// (`index.skipHash`), of which libgit2 1.5 knows only a part. Source of the format: Git's own `gitformat-index`.
public struct IndexFile: Sendable {
    public struct Entry: Sendable {
        /// With its path in place of a name. A folder of a sparse index ends in "/" and has the id of its tree.
        public let file: TreeEntry
        /// 0, or the side of a conflict.
        public let stage: Int
        /// Named by `git add --intent-to-add`: no commit has it yet.
        public let isIntended: Bool
    }

    public let entries: [Entry]

    /// - Parameters:
    ///   - bytes: of the file.
    ///   - shared: the bytes of a split index's other file, by its name.
    init(_ bytes: [UInt8], shared: (String) throws -> [UInt8]) throws {
        var reader = IndexReader(bytes)
        let own = try reader.entries()
        guard let link = try reader.link(), link.base != .zero else {
            guard own.allSatisfy({ !$0.path.isEmpty }) else { throw IndexReader.Damage() }
            entries = own.map(\.entry)
            return
        }
        var base = IndexReader(try shared("sharedindex.\(link.base)"))
        var added = own[...]
        var merged: [Entry] = []
        for (position, entry) in try base.entries().enumerated() where !link.deleted.contains(position) {
            guard link.replaced.contains(position) else {
                merged.append(entry.entry)
                continue
            }
            // It keeps its name, which is not repeated.
            guard let replacement = added.popFirst() else { throw IndexReader.Damage() }
            merged.append(replacement.named(entry.path).entry)
        }
        guard added.allSatisfy({ !$0.path.isEmpty }) else { throw IndexReader.Damage() }
        entries = merged + added.map(\.entry)
    }
}

/// Reads the bytes of one index file; what is not there or out of range is damage.
struct IndexReader {
    struct Damage: Error {}
    /// A mandatory extension that changes what the entries mean.
    struct UnknownExtension: Error { let name: String }

    struct Raw {
        var path: [UInt8]
        let mode: UInt32
        let id: ObjectID
        let stage: Int
        let isIntended: Bool

        func named(_ path: [UInt8]) -> Raw {
            var copy = self
            copy.path = path
            return copy
        }
        var entry: IndexFile.Entry { .init(file: TreeEntry(name: path, mode: mode, id: id), stage: stage, isIntended: isIntended) }
    }

    /// How a split index differs from its shared one.
    struct Link {
        let base: ObjectID
        var deleted: Set<Int> = []
        var replaced: Set<Int> = []
    }

    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func entries() throws -> [Raw] {
        // Git takes a file that is not there for an empty index.
        guard !bytes.isEmpty else { return [] }
        guard try take(4) == Array("DIRC".utf8) else { throw Damage() }
        let version = try number(4)
        guard (2...4).contains(version) else { throw UnknownExtension(name: "version \(version)") }
        let count = try number(4)
        // An entry has at least 63 bytes, so that a false number costs no memory.
        guard count <= bytes.count / 63 else { throw Damage() }
        var found: [Raw] = []
        found.reserveCapacity(count)
        for _ in 0..<count { found.append(try entry(version, after: found.last?.path ?? [])) }
        return found
    }

    private mutating func entry(_ version: Int, after previous: [UInt8]) throws -> Raw {
        let start = position
        _ = try take(24)
        let mode = UInt32(try number(4))
        _ = try take(12)
        let id = try id()
        let flags = try number(2)
        let more = flags & 0x4000 != 0 ? try number(2) : 0
        var path: [UInt8] = []
        if version == 4 {
            let cut = try distance()
            guard cut <= previous.count else { throw Damage() }
            path = Array(previous.dropLast(cut))
        }
        guard let end = bytes[position...].firstIndex(of: 0) else { throw Damage() }
        path += bytes[position..<end]
        position = end + 1
        // One to eight zeros make the length a multiple of eight.
        if version < 4 { position = start + (end - start + 8) / 8 * 8 }
        guard position <= bytes.count else { throw Damage() }
        return Raw(path: path, mode: mode, id: id, stage: flags >> 12 & 3, isIntended: more & 0x2000 != 0)
    }

    /// After the entries: what a split index says about its shared one; nil where the index is whole.
    mutating func link() throws -> Link? {
        var found: Link?
        while position + 8 + ObjectID.byteCount <= bytes.count {
            let name = try take(4)
            let length = try number(4)
            let end = position + length
            guard end + ObjectID.byteCount <= bytes.count else { throw Damage() }
            // An upper-case letter says that a reader may skip it; "sdir" says only that folders are among the entries.
            if name == Array("link".utf8) {
                var link = Link(base: try id())
                if position < end {
                    link.deleted = try bitmap(end)
                    link.replaced = try bitmap(end)
                }
                found = link
            } else if name != Array("sdir".utf8), !(UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(name[0]) {
                throw UnknownExtension(name: "extension " + harmless(String(decoding: name, as: UTF8.self)))
            }
            position = end
        }
        return found
    }

    /// A compressed bitmap (EWAH): words of 64 bits, of which each marker says how many equal words and how many literal ones follow.
    private mutating func bitmap(_ end: Int) throws -> Set<Int> {
        let bits = try number(4)
        var words = try number(4)
        guard position + words * 8 + 4 <= end else { throw Damage() }
        var found: Set<Int> = []
        var bit = 0
        while words > 0 {
            let marker = try word()
            let (repeated, literals) = (Int(marker >> 1 & 0xFFFF_FFFF), Int(marker >> 33))
            words -= 1 + literals
            guard words >= 0, repeated <= (bits - bit + 63) / 64 else { throw Damage() }
            if marker & 1 == 1 { found.formUnion(bit..<min(bit + repeated * 64, bits)) }
            bit += repeated * 64
            for _ in 0..<literals {
                let literal = try word()
                for offset in 0..<64 where literal >> UInt64(offset) & 1 == 1 { found.insert(bit + offset) }
                bit += 64
            }
        }
        _ = try take(4)
        return found
    }

    private mutating func take(_ count: Int) throws -> [UInt8] {
        guard count <= bytes.count - position else { throw Damage() }
        defer { position += count }
        return Array(bytes[position..<position + count])
    }

    private mutating func number(_ count: Int) throws -> Int { try take(count).reduce(0) { $0 << 8 | Int($1) } }
    private mutating func word() throws -> UInt64 { try take(8).reduce(0) { $0 << 8 | UInt64($1) } }
    private mutating func id() throws -> ObjectID { try take(ObjectID.byteCount).withUnsafeBytes { ObjectID($0, at: 0) } }

    /// A number of any length, seven bits in a byte, as version 4 has it.
    private mutating func distance() throws -> Int {
        var byte = try number(1)
        var value = byte & 127
        while byte & 128 != 0 {
            guard value < 1 << 32 else { throw Damage() }
            byte = try number(1)
            value = (value + 1) << 7 + (byte & 127)
        }
        return value
    }
}
