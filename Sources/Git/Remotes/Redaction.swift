/// The text with every secret in its URLs replaced by `***`; everything else stays.
///
/// In `http` and `https` URLs everything up to the last `@` is replaced (a token can be the user or the password, and a raw `/`, `?`
/// or `#` in it looks like the path), and so is a query. Other schemes keep the user name.
public func redacted(_ text: String) -> String {
    guard text.contains("://") else { return text }
    var result = ""
    var rest = text[...]
    while let separator = rest.firstRange(of: "://") {
        let web = rest[..<separator.lowerBound].lowercased().hasSuffix("http")
            || rest[..<separator.lowerBound].lowercased().hasSuffix("https")
        result += rest[..<separator.upperBound]
        rest = rest[separator.upperBound...]
        // A password may contain quotes; white space ends a URL.
        let url = rest.prefix { !$0.isWhitespace }
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

/// The `@` that ends the user information in what follows `://`. A raw `#`, `?`, `@` or `/` in a password is part of it.
public func userInfoEnd(_ url: Substring) -> Substring.Index? {
    let authority = url.prefix { $0 != "/" }
    if let at = authority.lastIndex(of: "@") { return at }
    // A raw "/" in a password cuts the authority short: then what follows the colon is not a port.
    guard let colon = authority.lastIndex(of: ":"), !authority.hasPrefix("["), !authority[authority.index(after: colon)...].allSatisfy(\.isNumber)
    else { return nil }
    return url.lastIndex(of: "@")
}
