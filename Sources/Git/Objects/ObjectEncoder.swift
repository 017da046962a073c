import CGitSupport
import Crypto

/// A Git object that is ready to be written into a pack.
public struct EncodedObject: Sendable {
    public let id: ObjectID
    public let kind: ObjectKind
    /// The pack entry: type and size, then the deflated content.
    public let packed: [UInt8]
    /// CRC-32 of `packed`, for the pack's index.
    public let crc32: UInt32
}

/// Hashes and compresses Git objects. Use one per worker: it reuses one zlib stream.
///
/// It hashes with swift-crypto. libgit2's SHA-1 detects collisions but is several times slower; that is worth its cost for objects
/// from outside, not for bytes that easel has just made itself.
public struct ObjectEncoder {
    private let deflater: Deflater

    public init() throws(GitError) { deflater = try Deflater() }

    /// The id that Git gives to these bytes.
    public static func id(_ kind: ObjectKind, _ bytes: UnsafeRawBufferPointer) -> ObjectID {
        var hash = Insecure.SHA1()
        // "blob 123" and NUL: the longest header has far fewer than 32 bytes.
        withUnsafeTemporaryAllocation(byteCount: 32, alignment: 1) { header in
            var length = 0
            kind.word.withUTF8Buffer { word in
                for byte in word {
                    header[length] = byte
                    length += 1
                }
            }
            header[length] = UInt8(ascii: " ")
            length += 1
            for digit in String(bytes.count).utf8 {
                header[length] = digit
                length += 1
            }
            header[length] = 0
            hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: header[...length]))
        }
        hash.update(bufferPointer: bytes)
        return hash.finalize().withUnsafeBytes { ObjectID($0, at: 0) }
    }

    /// The id that Git gives to these bytes.
    public static func id(_ kind: ObjectKind, _ bytes: [UInt8]) -> ObjectID {
        bytes.withUnsafeBytes { id(kind, $0) }
    }

    /// Hashes and compresses one object.
    public mutating func encode(_ kind: ObjectKind, _ bytes: UnsafeRawBufferPointer) -> EncodedObject {
        let packed = deflater.pack(kind, bytes)
        let crc = packed.withUnsafeBytes { checksum(0, $0) }
        return EncodedObject(id: ObjectEncoder.id(kind, bytes), kind: kind, packed: packed, crc32: crc)
    }

    /// Hashes and compresses one object.
    public mutating func encode(_ kind: ObjectKind, _ bytes: [UInt8]) -> EncodedObject {
        bytes.withUnsafeBytes { encode(kind, $0) }
    }
}

private func checksum(_ start: UInt32, _ bytes: UnsafeRawBufferPointer) -> UInt32 {
    UInt32(truncatingIfNeeded: crc32_z(UInt(start), bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count))
}

/// Owns a zlib stream, which must stay at one address for its whole life.
private final class Deflater {
    private let stream: UnsafeMutablePointer<z_stream>

    // The fastest level: objects of the state are small, and Git repacks them some day.
    private static let level: Int32 = 1
    // zlib clears its hash table before each object: a smaller table than usual (8) is a tenth faster on small objects.
    private static let memoryLevel: Int32 = 5

    init() throws(GitError) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let code = easel_deflate_init(stream, Deflater.level, Deflater.memoryLevel)
        guard code == Z_OK else {
            stream.deallocate()
            throw GitError(kind: .other, operation: "start zlib", message: "it returned \(code); there may not be enough memory")
        }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// A pack entry: a header with seven bits of the size in each byte (in the first byte four bits and the type), then the zlib stream.
    func pack(_ kind: ObjectKind, _ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        deflateReset(stream)
        let bound = Int(deflateBound(stream, UInt(bytes.count)))
        return [UInt8](unsafeUninitializedCapacity: bound + 10) { buffer, count in
            var position = 0
            var size = bytes.count >> 4
            buffer[0] = kind.rawValue << 4 | UInt8(bytes.count & 15)
            while size > 0 {
                buffer[position] |= 0x80
                position += 1
                buffer[position] = UInt8(size & 0x7f)
                size >>= 7
            }
            position += 1
            count = position + deflate(bytes, into: UnsafeMutableBufferPointer(rebasing: buffer[position...]))
        }
    }

    private func deflate(_ bytes: UnsafeRawBufferPointer, into output: UnsafeMutableBufferPointer<UInt8>) -> Int {
        // zlib counts in 32 bits, so larger objects go in pieces. (It never writes to its input; the type is just old.)
        var input = bytes.bindMemory(to: UInt8.self)[...]
        var written = 0
        var code = Z_OK
        repeat {
            let pieceIn = min(input.count, Int(Int32.max))
            let pieceOut = min(output.count - written, Int(Int32.max))
            stream.pointee.next_in = UnsafeMutablePointer(mutating: UnsafeBufferPointer(rebasing: input).baseAddress)
            stream.pointee.avail_in = UInt32(pieceIn)
            stream.pointee.next_out = output.baseAddress.map { $0 + written }
            stream.pointee.avail_out = UInt32(pieceOut)
            code = CGitSupport.deflate(stream, pieceIn == input.count ? Z_FINISH : Z_NO_FLUSH)
            input = input.dropFirst(pieceIn - Int(stream.pointee.avail_in))
            written += pieceOut - Int(stream.pointee.avail_out)
        } while code == Z_OK
        // The output has room for the worst case, so only a broken zlib can fail here.
        precondition(code == Z_STREAM_END, "zlib returned \(code)")
        return written
    }
}
