/// Walks a raw tree object (a sequence of "mode name NUL id") without allocating; stops when `visit` returns `false`.
/// Returns whether the bytes were well formed as far as they were read.
func scanTree(
    _ bytes: UnsafeRawBufferPointer, _ visit: (_ mode: UInt32, _ name: Range<Int>, _ id: Int) -> Bool
) -> Bool {
    var position = 0
    let end = bytes.count
    while position < end {
        var mode: UInt32 = 0
        let modeStart = position
        while position < end, case let byte = bytes[position], byte != UInt8(ascii: " ") {
            // No mode has more than seven octal digits; more would overflow on hostile input.
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

/// The bytes of a tree object, in Git's canonical order whatever the order of `entries`.
///
/// Throws ``GitError/Kind/invalid`` for what could harm whoever checks the tree out and for what Git would call corrupt:
/// empty names, `.`, `..`, names with "/" or NUL, every spelling that some file system would treat as `.git`, unknown modes
/// and duplicate names. A newline or invalid UTF-8 in a name is odd but harmless, and is accepted.
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
    // The file "a" and the folder "a" need not be neighbours ("a" < "a.b" < "a/"), so duplicates are found with a set.
    var names = Set<[UInt8]>(minimumCapacity: sorted.count)
    var result: [UInt8] = []
    result.reserveCapacity(size)
    for entry in sorted {
        guard names.insert(entry.name).inserted else {
            throw GitError(
                kind: .invalid, operation: "write a tree with the entry \"\(readable(entry.name))\"",
                message: "the name is used twice")
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

/// Git's order: bytewise, as if a folder's name ended in "/".
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
    // Very old versions of Git wrote 100664; it is kept when such a tree is copied.
    case 0o100644, 0o100755, 0o100664, 0o120000, 0o040000, 0o160000: break
    default: return "Git has no mode \(String(entry.mode, radix: 8))"
    }
    if entry.id == .zero { return "its object id is all zeros" }
    if entry.name.isEmpty { return "the name is empty" }
    for byte in entry.name where byte == 0 || byte == UInt8(ascii: "/") { return "a name cannot contain \"/\" or NUL" }
    // Nearly every name ends here: only names that start like one of these need a closer look.
    guard let first = entry.name.first, first == UInt8(ascii: ".") || first | 0x20 == UInt8(ascii: "g") || first >= 0x80
    else { return nil }
    if entry.name == [UInt8(ascii: ".")] || entry.name == Array("..".utf8) { return "\".\" and \"..\" are not allowed as names" }
    return meansGitFolder(entry.name) ? "some file systems treat the name as .git" : nil
}

/// Whether NTFS, HFS+ or a case-insensitive file system treats the name as `.git`.
private func meansGitFolder(_ name: [UInt8]) -> Bool {
    // HFS+ ignores these code points (from Git's own list in utf8.c).
    let visible = String(decoding: name, as: UTF8.self).unicodeScalars.filter { scalar in
        switch scalar.value {
        case 0x200c...0x200f, 0x202a...0x202e, 0x206a...0x206f, 0xfeff: false
        default: true
        }
    }
    var text = String(String.UnicodeScalarView(visible)).lowercased()
    // NTFS ignores trailing dots and spaces, and what follows a colon names a stream.
    if let colon = text.firstIndex(of: ":") { text = String(text[..<colon]) }
    while let last = text.last, last == "." || last == " " { text.removeLast() }
    return text == ".git" || text == "git~1"
}

/// A name for a message, with control characters and invalid bytes made visible.
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
