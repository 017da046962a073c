import Crypto
import Glibc

/// Streams one pack into a repository.
///
/// Nothing of it is visible before ``finish()``: then pack and index are flushed to disk, named, and the folder is
/// flushed; only after that may a ref point at what is in it: until then keep the writer, which keeps the pack from being cleared
/// away as something that no ref reaches. A writer that goes without finishing leaves nothing
/// behind; what a killed process leaves is swept by the next fetch into that mirror, or by `git gc`.
/// Memory: 32 bytes and a table entry for each object, and one buffer.
public final class PackWriter {
    private static let bufferSize = 1 << 20
    private static let headerSize: UInt64 = 12
    /// Temporary names. Git's own gc knows the `tmp_` and removes old ones.
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

    /// Starts a pack in the repository's object folder; touches the disk at once, so that a full or read-only one is
    /// told early.
    public init(repository: Repository) throws(GitError) {
        let folder = repository.commonPath + "/objects/pack"
        try makeFolders(folder)
        let temporary = folder + "/" + uniqueName(PackWriter.packPrefix)
        let file = try OpenFile(new: temporary, operation: "write a pack in \(folder)")
        // Tells whoever tidies up that this file, also under its later name, has a living writer; the kernel lets go when the
        // process dies.
        _ = file.tryLock()
        self.folder = folder
        self.temporary = temporary
        self.file = file
        buffer.reserveCapacity(PackWriter.bufferSize * 2)
        buffer.append(contentsOf: [UInt8](repeating: 0, count: Int(PackWriter.headerSize)))
    }

    deinit { if !finished { unlink(temporary) } }

    /// How many objects the pack holds so far.
    public var count: Int { objects.count }

    /// Whether an object with this id was appended already.
    public func contains(_ id: ObjectID) -> Bool { ids.contains(id) }

    /// Adds an object; one that was added before is passed over. Does not look whether the repository has it.
    public func append(_ object: EncodedObject) throws(GitError) {
        precondition(!finished, "the pack is finished")
        guard ids.insert(object.id).inserted else { return }
        // The count stands in 32 bits; a run never comes near.
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

    /// Makes the pack part of the repository, durably, and gives its name (`pack-…`); `nil`, and no file, when it is
    /// empty. Other ``Repository`` objects see it after ``Repository/refresh()``. Call once.
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
        // Git's order: readers find packs by their index, so the index comes last.
        try moveFile(temporary, to: "\(folder)/\(name).pack")
        finished = true
        try moveFile(temporaryIndex, to: "\(folder)/\(name).idx")
        indexDone = true
        try flushFolder(folder)
        return name
    }

    /// Writes the header, now that the count is known, and the trailer.
    ///
    /// The trailer hashes the header first, so the file is read once more: from the page cache, at about a gigabyte a
    /// second; cheaper than to ask callers for the count before the first object.
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
