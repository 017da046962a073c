/// Where a repository is: on this machine, and read in place; or elsewhere, and mirrored.
public enum Location: Equatable, Sendable {
    case local(path: String)
    case remote(url: String)

    /// Tells one from the other by Git's own rules. Nothing is looked up, nothing is stripped.
    ///
    /// `file:///path` (percent-encoded) and `file://localhost/path` are local; any other scheme is remote; so is `host:path` when the colon comes
    /// before the first slash. Everything else is a path. (A file name with a colon: write `./a:b`.)
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

/// The path of what follows `file://`; `nil` when a host is named or the percent-encoding is broken.
private func filePath(_ rest: Substring) -> String? {
    var path = rest
    if path.lowercased().hasPrefix("localhost/") { path = path.dropFirst("localhost".count) }
    return path.hasPrefix("/") ? percentDecoded(path) : nil
}

/// Nil where the encoding is broken, or holds a zero byte.
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

/// The text with every secret in the URLs inside it replaced by `***`; anything else stays.
///
/// In `http` and `https` URLs everything up to the last `@` goes (a token may stand as user or password, and a raw `/`, `?` or `#`
/// in it looks like the path), and so does a query; other schemes keep the user name.
public func redacted(_ text: String) -> String {
    guard text.contains("://") else { return text }
    var result = ""
    var rest = text[...]
    while let separator = rest.firstRange(of: "://") {
        let web = rest[..<separator.lowerBound].lowercased().hasSuffix("http")
            || rest[..<separator.lowerBound].lowercased().hasSuffix("https")
        result += rest[..<separator.upperBound]
        rest = rest[separator.upperBound...]
        // A password may hold a quote.
        let url = rest.prefix { !$0.isWhitespace && $0 != "\"" && $0 != "`" }
        var shown = url
        if let at = web ? url.lastIndex(of: "@") : userInfoEnd(url) {
            let user = url[..<at]
            if web {
                result += "***"
            } else if let colon = user.firstIndex(of: ":") {
                result += user[..<colon] + ":***"
            } else {
                result += user
            }
            shown = url[at...]
        }
        if web, let query = shown.firstIndex(of: "?") {
            result += shown[...query] + "***"
        } else {
            result += shown
        }
        rest = rest[url.endIndex...]
    }
    return result + rest
}

/// Where the user information of what follows `://` ends: at the `@`.
private func userInfoEnd(_ url: Substring) -> Substring.Index? {
    let authority = url.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    if let at = authority.lastIndex(of: "@") { return at }
    // A password with a raw "/", "?" or "#" in it cuts the authority short: then what stands after the colon is no port.
    guard let colon = authority.lastIndex(of: ":"), !authority.hasPrefix("["),
        !authority[authority.index(after: colon)...].allSatisfy(\.isNumber)
    else { return nil }
    return url.lastIndex(of: "@")
}
