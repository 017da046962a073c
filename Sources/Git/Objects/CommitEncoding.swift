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

private func headerText(_ text: String, orElse fallback: String) -> String {
    let bytes = text.utf8.filter { $0 >= 0x20 && $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: ">") }
    // Git strips these from both ends of a name, and `fsck` complains if they remain.
    let crud = Set(" .,:;\"\\'".utf8)
    var trimmed = bytes[...]
    while let first = trimmed.first, crud.contains(first) { trimmed.removeFirst() }
    while let last = trimmed.last, crud.contains(last) { trimmed.removeLast() }
    return trimmed.isEmpty ? fallback : String(decoding: trimmed, as: UTF8.self)
}
