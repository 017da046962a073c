import Crypto
import Glibc

/// Streams one pack into a repository.
///
/// Nothing in it is visible before ``finish()``, which flushes the pack and its index to the disk, names them, and flushes the
/// folder. Only after that may a ref point at an object in it. Keep the writer until then: it keeps ``Upkeep`` from removing the pack
/// as one that no ref reaches. A writer that is destroyed without finishing leaves nothing behind; what a killed process leaves is
/// removed by the next fetch into that mirror, or by `git gc`.
///
/// Memory: 32 bytes and a table entry for each object, and one buffer.
public final class PackWriter {
    private static let bufferSize = 1 << 20
    private static let headerSize: UInt64 = 12
    /// Temporary names. `git gc` removes old files that begin with `tmp_`.
    static let packPrefix = "tmp_pack_easel_"
    static let indexPrefix = "tmp_idx_easel_"

    private let folder: String
    private let temporary: String
    private let file: OpenFile
    private var buffer: [UInt8] = []
    private var offset: UInt64 = headerSize
    private var objects: [PackedObject] = []
    private var ids: Set<ObjectID> = []
    private var finished = false

    /// Starts a pack in the repository's object folder. The file is created at once, so that a full or read-only disk is noticed early.
    public init(repository: Repository) throws(GitError) {
        let folder = repository.commonPath + "/objects/pack"
        try makeFolders(folder)
        let temporary = folder + "/" + uniqueName(PackWriter.packPrefix)
        let file = try OpenFile(new: temporary, operation: "write a pack in \(folder)")
        // The lock shows `Upkeep` that this file has a living writer, also under its final name. The kernel releases it when the
        // process dies.
        _ = file.tryLock()
        self.folder = folder
        self.temporary = temporary
        self.file = file
        buffer.reserveCapacity(PackWriter.bufferSize * 2)
        buffer.append(contentsOf: [UInt8](repeating: 0, count: Int(PackWriter.headerSize)))
    }

    deinit { if !finished { unlink(temporary) } }

    /// How many objects the pack has so far.
    public var count: Int { objects.count }

    /// Whether an object with this id was appended already.
    public func contains(_ id: ObjectID) -> Bool { ids.contains(id) }

    /// Adds an object; one that was added before is ignored. Does not check whether the repository already has it.
    public func append(_ object: EncodedObject) throws(GitError) {
        precondition(!finished, "the pack is finished")
        guard ids.insert(object.id).inserted else { return }
        // The pack stores the count in 32 bits; no run comes near.
        precondition(objects.count < Int(UInt32.max))
        objects.append(PackedObject(id: object.id, crc32: object.crc32, offset: offset))
        offset += UInt64(object.packed.count)
        buffer.append(contentsOf: object.packed)
        if buffer.count >= PackWriter.bufferSize { try flush() }
    }

    private func flush() throws(GitError) {
        try file.write(buffer, operation: "write the pack \(temporary)")
        buffer.removeAll(keepingCapacity: true)
    }

    /// Makes the pack part of the repository, flushed to the disk, and returns its name (`pack-…`); `nil`, and no file, when it is
    /// empty. Other ``Repository`` objects see it after ``Repository/refresh()``. Call it once.
    public func finish() throws(GitError) -> String? {
        precondition(!finished, "the pack is finished")
        guard !objects.isEmpty else {
            finished = true
            unlink(temporary)
            return nil
        }
        try flush()
        let checksum = try sealPack()
        let index = packIndex(&objects, packChecksum: checksum)
        let name = "pack-\(checksum)"
        let temporaryIndex = folder + "/" + uniqueName(PackWriter.indexPrefix)
        var indexDone = false
        defer { if !indexDone { unlink(temporaryIndex) } }
        let indexFile = try OpenFile(new: temporaryIndex, operation: "write the pack index \(temporaryIndex)")
        _ = indexFile.tryLock()
        try indexFile.write(index, operation: "write the pack index \(temporaryIndex)")
        try indexFile.seal(operation: "flush the pack index \(temporaryIndex)")
        // In Git's order: readers find packs by their index, so the index comes last.
        try moveFile(temporary, to: "\(folder)/\(name).pack")
        finished = true
        try moveFile(temporaryIndex, to: "\(folder)/\(name).idx")
        indexDone = true
        try flushFolder(folder)
        return name
    }

    /// Writes the header, now that the count is known, and the trailer.
    ///
    /// The trailer is a hash that begins with the header, so the file is read once more, from the page cache at about a gigabyte a
    /// second. That is better than requiring callers to know the count before the first object.
    private func sealPack() throws(GitError) -> ObjectID {
        let operation = "write the pack \(temporary)"
        var header = Array("PACK".utf8) + [0, 0, 0, 2]
        let count = UInt32(objects.count)
        header += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> UInt32($0)) }
        if pwrite(file.descriptor, header, header.count, 0) != header.count { throw .system(errno, operation) }

        var hash = Insecure.SHA1()
        var position: off_t = 0
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: PackWriter.bufferSize, alignment: 64)
        defer { block.deallocate() }
        while position < off_t(offset) {
            let length = pread(file.descriptor, block.baseAddress, block.count, position)
            if length < 0, errno == EINTR { continue }
            guard length > 0 else { throw .system(length < 0 ? errno : EIO, operation) }
            hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: block[..<length]))
            position += off_t(length)
        }
        let checksum = hash.finalize().withUnsafeBytes { ObjectID($0, at: 0) }
        try file.write(checksum.bytes, operation: operation)
        try file.seal(operation: "flush the pack \(temporary)")
        return checksum
    }
}
