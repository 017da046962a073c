/// The bytes of a commit object. Author and committer are the same person at the same second, in UTC.
///
/// The same arguments always give the same bytes. Characters that would break the header (`<`, `>`, line breaks, NUL)
/// are removed from `name` and `email`. The message loses its NULs and ends in exactly one newline. `time` is in seconds since 1970.
public func encodeCommit(
    tree: ObjectID, parents: [ObjectID], name: String, email: String, time: Int64, message: String
) -> [UInt8] {
    var text = "tree \(tree)\n"
    for parent in parents { text += "parent \(parent)\n" }
    let person = "\(headerText(name, orElse: "unknown")) <\(headerText(email, orElse: ""))> \(max(0, time)) +0000"
    text += "author \(person)\ncommitter \(person)\n\n"
    var body = Array(message.utf8.filter { $0 != 0 })
    while body.last == UInt8(ascii: "\n") { body.removeLast() }
    body.append(UInt8(ascii: "\n"))
    return Array(text.utf8) + body
}

/// The commit with a signature, as git writes it: the last of its headers, in which every line but the first begins with a space.
public func withSignature(_ commit: [UInt8], _ signature: String) -> [UInt8] {
    let newline = UInt8(ascii: "\n")
    let end = commit.indices.first { commit[$0] == newline && $0 + 1 < commit.count && commit[$0 + 1] == newline } ?? commit.count - 1
    let lines = signature.split(separator: "\n").joined(separator: "\n ")
    return commit[...end] + Array("gpgsig \(lines)\n".utf8) + commit[(end + 1)...]
}

private func headerText(_ text: String, orElse fallback: String) -> String {
    let bytes = text.utf8.filter { $0 >= 0x20 && $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: ">") }
    // Git strips these from both ends of a name, and `fsck` complains if they remain.
    let crud = Set(" .,:;\"\\'".utf8)
    var trimmed = bytes[...]
    while let first = trimmed.first, crud.contains(first) { trimmed.removeFirst() }
    while let last = trimmed.last, crud.contains(last) { trimmed.removeLast() }
    return trimmed.isEmpty ? fallback : String(decoding: trimmed, as: UTF8.self)
}
