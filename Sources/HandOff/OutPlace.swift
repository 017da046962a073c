import Basics
import CGitSupport
import Deferral
import Git
import Glibc
import Payloads

/// Where a hand-off is put together, and how it takes the place of the one before it.
///
/// That is beside the folder of `--out`, where one step exchanges the two; inside it, where it is a mount point or the folder above cannot be
/// written to. Nothing is deleted, here or there, that easel has not written.
public struct OutPlace {
    /// The folder of `--out`, without a slash at its end.
    public let path: String
    /// Hand-offs in the making have this and a random number as their name.
    private let prefix: String
    private let isInside: Bool

    /// A file system that cannot exchange folders has the old one for a moment under this ending.
    static let replaced = ".replaced"
    /// In the hand-off: what it replaces, where it lies inside the folder.
    private static let old = ".replaced"
    /// How many names an error shows.
    private static let namesShown = 5

    public init(_ path: String) throws {
        let given = withoutTrailingSlashes(path)
        func above(_ path: String) -> String { String(path.dropLast(Self.name(path).count)) }
        switch kind(of: given) {
        case .missing:
            self.path = given
            try makeFolder(above(given).isEmpty ? "." : above(given))
            isInside = false
        case .folder:
            // Also for `.` and the like, which cannot be renamed.
            self.path = try realPath(given)
            isInside = try isMountPoint(self.path) || self.path == realPath(".") || access(above(self.path), W_OK | X_OK) != 0
        case .file, .other: throw UsageError("--out \(path) is not a folder")
        }
        prefix = isInside ? self.path + "/.easel-" : "\(above(self.path)).\(Self.name(self.path)).easel-"
    }

    /// A new folder for a hand-off.
    func claim() throws -> FolderClaim {
        let claim = try FolderClaim(making: prefix)
        try OutPending(folder: Self.name(claim.path)).write(to: claim.path)
        return claim
    }

    private static func name(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? "" }

    // MARK: Somebody else's files

    /// Throws where the folder holds a file that easel has not written.
    public func check() throws {
        var own = try OutMark(in: path)?.paths ?? []
        // A hand-off that was cut short inside the folder has a part of its files there already.
        for folder in try abandoned() { own.formUnion(try OutMark(in: folder)?.paths ?? []) }
        let strangers = try strangers(own)
        guard let first = strangers.first else { return }
        let names = strangers.prefix(Self.namesShown).map { "'\($0)'" }.joined(separator: ", ")
        let more = strangers.count > Self.namesShown ? " and \(strangers.count - Self.namesShown) more" : ""
        throw UsageError(
            "--out \(path) holds files that easel did not write: \(names)\(more). Nothing was changed. Move \(first == strangers.last ? "it" : "them") away, or name a new or empty folder")
    }

    private func strangers(_ own: Set<String>) throws -> [String] {
        let folders = Set(own.flatMap { file in file.indices.filter { file[$0] == "/" }.map { String(file[..<$0]) } })
        var found: [String] = []
        func visit(_ folder: String) throws {
            for name in try list(folder.isEmpty ? path : "\(path)/\(folder)") {
                let item = folder.isEmpty ? name : "\(folder)/\(name)"
                switch kind(of: "\(path)/\(item)") {
                case .file where own.contains(item) || Self.isTemporary(item): continue
                case .folder where folders.contains(item): try visit(item)
                // Every new file system has this one.
                case .folder where isInside && (item == "lost+found" || "\(path)/\(item)".hasPrefix(prefix)): continue
                default: found.append(item)
                }
            }
        }
        if kind(of: path) == .folder { try visit("") }
        return found
    }

    /// Whether there is a hand-off of an earlier run.
    func holdsHandOff() throws -> Bool { try OutMark(in: path) != nil }

    // MARK: Hand-offs of runs that were ended

    /// What earlier runs have left: nobody works on it.
    private func abandoned() throws -> [String] {
        let above = String(prefix[..<(prefix.lastIndex(of: "/") ?? prefix.startIndex)])
        let folder = prefix.hasPrefix("/") && above.isEmpty ? "/" : above.isEmpty ? "." : above
        return try list(folder).map { folder == "." ? $0 : folder == "/" ? "/" + $0 : folder + "/" + $0 }.filter { $0.hasPrefix(prefix) && kind(of: $0) == .folder }
    }

    /// Completes the oldest hand-off whose commit was recorded, and deletes those whose commit was not.
    ///
    /// - Parameters:
    ///   - contains: whether the state branch has a commit.
    ///   - precedes: whether one commit of the branch comes before another.
    /// - Returns: the commit of the hand-off that was completed.
    public func completeAbandoned(contains: (ObjectID) throws -> Bool, precedes: (ObjectID, ObjectID) throws -> Bool) throws -> ObjectID? {
        var complete: (claim: FolderClaim, commit: ObjectID)?
        for folder in try abandoned() {
            // Without a lock, the run that makes it is still alive.
            guard let claim = FolderClaim(taking: folder) else { continue }
            guard let pending = try OutPending(in: folder) else {
                // A run that was killed at once has not marked its folder yet, or was about to. One with anything else in it is somebody else's.
                try removeFiles(below: folder, where: Self.isTemporary)
                rmdir(folder)
                continue
            }
            if let commit = pending.commit, try contains(commit) {
                if try complete.map({ try precedes(commit, $0.commit) }) ?? true { complete = (claim, commit) }
            } else {
                try remove(folder)
            }
        }
        guard let complete else { return nil }
        try exchange(with: complete.claim.path)
        return complete.commit
    }

    // MARK: Taking the place

    /// Prepares everything that `exchange` needs, so that it needs no room on the disk.
    func prepare(for staging: String) throws {
        if !isInside, kind(of: path) == .folder, try holdsHandOff() { try OutPending(folder: Self.name(staging)).write(to: path) }
        if isInside { try makeFolder("\(staging)/\(Self.old)") }
    }

    /// Puts a complete hand-off in the place of the one before, which is deleted.
    func exchange(with staging: String) throws {
        if isInside { return try moveIn(staging) }
        let isNew = kind(of: path) == .missing || rmdir(path) == 0
        if isNew {
            guard rename(staging, path) == 0 else { throw FileError(path: path, operation: "move the new hand-off to", code: errno) }
        } else if easel_exchange_paths(staging, path) != 0 {
            guard errno == EINVAL || errno == ENOSYS else { throw FileError(path: path, operation: "exchange", code: errno) }
            guard rename(path, staging + Self.replaced) == 0, rename(staging, path) == 0 else { throw FileError(path: path, operation: "exchange", code: errno) }
            try remove(staging + Self.replaced)
        } else {
            try remove(staging)
        }
        unlink("\(path)/\(OutPending.file)")
    }

    /// Moves everything in a hand-off inside the folder to its place, the mark last. It can be cut short and begun again at any moment.
    private func moveIn(_ staging: String) throws {
        let old = "\(staging)/\(Self.old)"
        try makeFolder(old)
        func move(_ from: String, _ to: String) throws {
            if rename(from, to) != 0, errno != ENOENT { throw FileError(path: to, operation: "move the new hand-off to", code: errno) }
        }
        func top(_ mark: OutMark?) -> Set<String> { Set((mark?.paths ?? []).map { String($0.prefix { $0 != "/" }) }).subtracting([OutMark.file, OutPending.file]) }
        // Without its mark, everything of it is in its place.
        if let mark = try OutMark(in: staging) {
            let new = try list(staging).filter(top(mark).contains)
            for name in try top(OutMark(in: path)).subtracting(top(mark)).sorted() + new { try move("\(path)/\(name)", "\(old)/\(name)") }
            for name in new { try move("\(staging)/\(name)", "\(path)/\(name)") }
            try move("\(path)/\(OutMark.file)", "\(old)/\(OutMark.file)")
            try move("\(staging)/\(OutMark.file)", "\(path)/\(OutMark.file)")
        }
        try remove(old)
        try remove(staging)
    }

    /// Deletes a hand-off that was replaced, or that was not finished. What easel has not written stays, and so do the folders around it.
    func remove(_ folder: String) throws {
        let listed = try OutMark(in: folder)?.paths
        // By these two the folder is known as easel's, if this is cut short.
        let last = [OutMark.file, OutPending.file]
        try removeFiles(below: folder) { !last.contains($0) && (listed?.contains($0) ?? Self.couldBeOwn($0) || Self.isTemporary($0)) }
        for name in last { unlink("\(folder)/\(name)") }
        rmdir(folder)
    }

    /// Files of a hand-off that was not finished have no list yet. Nobody else puts anything there.
    private static func couldBeOwn(_ path: String) -> Bool {
        path.hasPrefix("report.") || path.hasPrefix("tenants/") || path == OperationsFile.name || path.hasPrefix(Deferral.folder + "/")
    }

    /// What `replaceFile` leaves where it is killed.
    private static func isTemporary(_ path: String) -> Bool {
        guard name(path).hasPrefix("."), let ending = name(path).dropFirst().firstRange(of: ".easel-") else { return false }
        return !name(path)[ending.upperBound...].isEmpty && name(path)[ending.upperBound...].allSatisfy(\.isWholeNumber)
    }
}

private func realPath(_ path: String) throws -> String {
    guard let real = realpath(path, nil) else { throw FileError(path: path, operation: "find", code: errno) }
    defer { free(real) }
    return String(cString: real)
}

/// Whether a folder is the root of a mounted file system, as volumes of containers are: it cannot be renamed.
private func isMountPoint(_ path: String) -> Bool {
    guard let table = try? readFile("/proc/self/mountinfo", limit: 16 << 20) else { return false }
    return table.split(separator: UInt8(ascii: "\n")).contains { line in
        let fields = line.split(separator: UInt8(ascii: " "))
        return fields.count > 4 && unescaped(fields[4]) == path
    }
}

/// The kernel writes spaces and the like as `\040`.
private func unescaped(_ field: ArraySlice<UInt8>) -> String {
    var bytes: [UInt8] = []
    var rest = field
    while let byte = rest.popFirst() {
        if byte == UInt8(ascii: "\\"), rest.count >= 3, let code = UInt8(String(decoding: rest.prefix(3), as: UTF8.self), radix: 8) {
            bytes.append(code)
            rest = rest.dropFirst(3)
        } else {
            bytes.append(byte)
        }
    }
    return String(decoding: bytes, as: UTF8.self)
}
