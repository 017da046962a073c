/// Where a repository is: on this machine, where it is read in place, or elsewhere, from where it is mirrored.
public enum Location: Equatable, Sendable {
    case local(path: String)
    case remote(url: String)

    /// Tells the two apart by Git's own rules, from the text alone. The text is not changed.
    ///
    /// `file:///path` (percent-encoded) and `file://localhost/path` are local. Any other scheme is remote, and so is `host:path` when the
    /// colon comes before the first slash. Everything else is a path. (A file name with a colon is written `./a:b`.)
    public init(_ text: String) {
        if let scheme = text.firstRange(of: "://"), isScheme(text[..<scheme.lowerBound]) {
            let rest = text[scheme.upperBound...]
            if text[..<scheme.lowerBound].lowercased() == "file", let path = filePath(rest) {
                self = .local(path: path)
            } else {
                self = .remote(url: text)
            }
            return
        }
        if let colon = text.firstIndex(of: ":"), colon != text.startIndex, !text[..<colon].contains("/") {
            self = .remote(url: text)
        } else {
            self = .local(path: text)
        }
    }
}

private func isScheme(_ text: Substring) -> Bool {
    guard let first = text.first, first.isASCII, first.isLetter else { return false }
    return text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "+" || $0 == "-" || $0 == ".") }
}

/// The path in what follows `file://`; `nil` when it has a host or invalid percent-encoding.
private func filePath(_ rest: Substring) -> String? {
    var path = rest
    if path.lowercased().hasPrefix("localhost/") { path = path.dropFirst("localhost".count) }
    return path.hasPrefix("/") ? percentDecoded(path) : nil
}

/// Nil where the encoding is invalid, or encodes a zero byte.
func percentDecoded(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var iterator = text.utf8.makeIterator()
    while let byte = iterator.next() {
        guard byte == UInt8(ascii: "%") else {
            bytes.append(byte)
            continue
        }
        guard let high = iterator.next(), let low = iterator.next(),
            let value = UInt8(String(decoding: [high, low], as: UTF8.self), radix: 16), value != 0
        else { return nil }
        bytes.append(value)
    }
    return String(validating: bytes, as: UTF8.self)
}
