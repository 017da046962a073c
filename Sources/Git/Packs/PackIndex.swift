import Crypto

/// A pack index's entry for one object.
struct PackedObject {
    var id: ObjectID
    var crc32: UInt32
    var offset: UInt64
}

/// The bytes of a version 2 pack index (gitformat-pack(5)): fan-out, ids, checksums, offsets, both trailers.
/// Sorts `objects` by id in place.
func packIndex(_ objects: inout [PackedObject], packChecksum: ObjectID) -> [UInt8] {
    objects.sort { $0.id < $1.id }
    // Offsets from 2 GiB on do not fit beside the flag bit and go into a table of their own.
    let far = objects.filter { $0.offset >= 1 << 31 }.map(\.offset)
    let size = 8 + 256 * 4 + objects.count * (ObjectID.byteCount + 8) + far.count * 8 + 2 * ObjectID.byteCount
    return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
        let bytes = UnsafeMutableRawBufferPointer(buffer)
        var position = 0
        func put(_ value: UInt32) {
            bytes.storeBytes(of: value.bigEndian, toByteOffset: position, as: UInt32.self)
            position += 4
        }
        func put(_ id: ObjectID) {
            id.write(to: bytes, at: position)
            position += ObjectID.byteCount
        }
        put(0xff74_4f63)
        put(2)
        var next = 0
        for slot in 0...255 {
            while next < objects.count, objects[next].id.firstByte <= slot { next += 1 }
            put(UInt32(next))
        }
        for object in objects { put(object.id) }
        for object in objects { put(object.crc32) }
        var farIndex: UInt32 = 0
        for object in objects {
            if object.offset < 1 << 31 {
                put(UInt32(object.offset))
            } else {
                put(1 << 31 | farIndex)
                farIndex += 1
            }
        }
        for offset in far {
            put(UInt32(offset >> 32))
            put(UInt32(truncatingIfNeeded: offset))
        }
        put(packChecksum)
        var hash = Insecure.SHA1()
        hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: bytes[..<position]))
        put(hash.finalize().withUnsafeBytes { ObjectID($0, at: 0) })
        count = position
    }
}

/// The ids in a pack, from its version 2 index; nil where that cannot be read.
func packedIDs(index path: String) -> [ObjectID]? {
    guard let size = fileStatus(path).map({ Int($0.st_size) }), size >= 8 + 256 * 4, let bytes = bytesOfFile(path, limit: size) else { return nil }
    return bytes.withUnsafeBytes { bytes -> [ObjectID]? in
        func number(_ position: Int) -> Int { Int(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self))) }
        guard bytes.count == size, number(0) == 0xff74_4f63, number(4) == 2 else { return nil }
        let count = number(8 + 255 * 4)
        let start = 8 + 256 * 4
        guard start + count * ObjectID.byteCount <= size else { return nil }
        return (0..<count).map { ObjectID(bytes, at: start + $0 * ObjectID.byteCount) }
    }
}
