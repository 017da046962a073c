/// Walks a raw tree object ("mode name NUL id" over and over) without making anything; stops when `visit` says `false`.
/// Answers whether the bytes were well formed as far as they were read.
func scanTree(
    _ bytes: UnsafeRawBufferPointer, _ visit: (_ mode: UInt32, _ name: Range<Int>, _ id: Int) -> Bool
) -> Bool {
    var position = 0
    let end = bytes.count
    while position < end {
        var mode: UInt32 = 0
        let modeStart = position
        while position < end, case let byte = bytes[position], byte != UInt8(ascii: " ") {
            // Seven octal digits are more than any mode has; more would overflow on hostile input.
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "7"), position - modeStart < 7 else { return false }
            mode = mode << 3 | UInt32(byte - UInt8(ascii: "0"))
            position += 1
        }
        guard position > modeStart else { return false }
        let nameStart = position + 1
        position = nameStart
        while position < end, bytes[position] != 0 { position += 1 }
        let idStart = position + 1
        guard position > nameStart, idStart + ObjectID.byteCount <= end else { return false }
        if !visit(mode, nameStart..<position, idStart) { return true }
        position = idStart + ObjectID.byteCount
    }
    return true
}

/// The bytes of a tree object, in Git's canonical order whatever the order given.
///
/// Refuses with ``GitError/Kind/invalid`` what could harm whoever checks the tree out or what Git would call corrupt:
/// empty names, `.`, `..`, names with "/" or NUL, every spelling that some file system takes for `.git`, unknown modes
/// and doubled names. A newline or invalid UTF-8 in a name is odd but harmless, and taken.
public func encodeTree(_ entries: [TreeEntry]) throws(GitError) -> [UInt8] {
    var size = 0
    for entry in entries {
        if let problem = problem(with: entry) {
            throw GitError(
                kind: .invalid, operation: "write a tree with the entry \"\(readable(entry.name))\"", message: problem)
        }
        size += entry.name.count + 8 + ObjectID.byteCount
    }
    let sorted = entries.sorted { precedes($0, $1) }
    // "a" as a file and "a" as a folder sort apart ("a" < "a.b" < "a/"), so neighbours alone do not show doubles.
    var names = Set<[UInt8]>(minimumCapacity: sorted.count)
    var result: [UInt8] = []
    result.reserveCapacity(size)
    for entry in sorted {
        guard names.insert(entry.name).inserted else {
            throw GitError(
                kind: .invalid, operation: "write a tree with the entry \"\(readable(entry.name))\"",
                message: "the name is there twice")
        }
        result.append(contentsOf: String(entry.mode, radix: 8).utf8)
        result.append(UInt8(ascii: " "))
        result.append(contentsOf: entry.name)
        result.append(0)
        withUnsafeTemporaryAllocation(byteCount: ObjectID.byteCount, alignment: 8) { buffer in
            entry.id.write(to: buffer, at: 0)
            result.append(contentsOf: buffer)
        }
    }
    return result
}

/// Git's order: bytewise, a folder's name ending in "/".
private func precedes(_ a: TreeEntry, _ b: TreeEntry) -> Bool {
    let shared = min(a.name.count, b.name.count)
    for index in 0..<shared where a.name[index] != b.name[index] { return a.name[index] < b.name[index] }
    func next(_ entry: TreeEntry) -> UInt8 {
        if entry.name.count > shared { return entry.name[shared] }
        return entry.kind == .tree ? UInt8(ascii: "/") : 0
    }
    return next(a) < next(b)
}

private func problem(with entry: TreeEntry) -> String? {
    switch entry.mode {
    // 100664 was written by very old Gits and is passed on when such a tree is copied.
    case 0o100644, 0o100755, 0o100664, 0o120000, 0o040000, 0o160000: break
    default: return "the mode \(String(entry.mode, radix: 8)) is none that Git knows"
    }
    if entry.id == .zero { return "it names no object" }
    if entry.name.isEmpty { return "the name is empty" }
    for byte in entry.name where byte == 0 || byte == UInt8(ascii: "/") { return "a name cannot hold \"/\" or NUL" }
    // Nearly every name ends here: only names that start like one of these need a closer look.
    guard let first = entry.name.first, first == UInt8(ascii: ".") || first | 0x20 == UInt8(ascii: "g") || first >= 0x80
    else { return nil }
    if entry.name == [UInt8(ascii: ".")] || entry.name == Array("..".utf8) { return "the name is a folder's own" }
    return meansGitFolder(entry.name) ? "some file systems take the name for .git" : nil
}

/// Whether NTFS, HFS+ or a case-insensitive file system takes the name for `.git`.
private func meansGitFolder(_ name: [UInt8]) -> Bool {
    // HFS+ ignores these code points (from Git's own list in utf8.c).
    let visible = String(decoding: name, as: UTF8.self).unicodeScalars.filter { scalar in
        switch scalar.value {
        case 0x200c...0x200f, 0x202a...0x202e, 0x206a...0x206f, 0xfeff: false
        default: true
        }
    }
    var text = String(String.UnicodeScalarView(visible)).lowercased()
    // NTFS drops trailing dots and spaces, and has streams after a colon.
    if let colon = text.firstIndex(of: ":") { text = String(text[..<colon]) }
    while let last = text.last, last == "." || last == " " { text.removeLast() }
    return text == ".git" || text == "git~1"
}

/// A name for a message: control characters and stray bytes made visible.
func readable(_ name: [UInt8]) -> String {
    var result = ""
    for scalar in String(decoding: name, as: UTF8.self).unicodeScalars {
        if scalar.value < 0x20 || scalar.value == 0x7f {
            result += "\\u{\(String(scalar.value, radix: 16))}"
        } else {
            result.unicodeScalars.append(scalar)
        }
    }
    return result
}
