import Basics

/// The parts of a remote's URL.
struct RemoteURL {
    /// In lower case; `ssh` for `host:path`.
    let scheme: String
    let host: String
    let port: Int?
    let user: String?
    let password: String?
    var hasPassword: Bool { password != nil }
    /// As the server's shell gets it.
    let path: String

    init(_ text: String) {
        if let separator = text.firstRange(of: "://") {
            scheme = text[..<separator.lowerBound].lowercased()
            let rest = text[separator.upperBound...]
            let at = userInfoEnd(rest)
            let authority = rest[..<(rest[(at ?? rest.startIndex)...].firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex)]
            let raw = text[authority.endIndex...]
            let path = percentDecoded(raw) ?? String(raw)
            // `~ann/x.git` is in Ann's home folder.
            self.path = path.hasPrefix("/~") ? String(path.dropFirst()) : path
            let user = at.map { authority[..<$0].prefix { $0 != ":" } } ?? ""
            self.user = user.isEmpty ? nil : percentDecoded(user[...]) ?? String(user)
            let secret = at.flatMap { end in authority[..<end].firstIndex(of: ":").map { authority[authority.index(after: $0)..<end] } }
            password = secret.map { percentDecoded($0) ?? String($0) }
            let place = at.map { authority[authority.index(after: $0)...] } ?? authority
            if place.hasPrefix("["), let end = place.firstIndex(of: "]") {
                host = String(place[place.index(after: place.startIndex)..<end])
                port = Int(place[place.index(after: end)...].dropFirst())
            } else {
                host = String(place.prefix { $0 != ":" })
                port = place.firstIndex(of: ":").flatMap { Int(place[place.index(after: $0)...]) }
            }
        } else {
            scheme = "ssh"
            let place = text.prefix { $0 != ":" }
            path = String(text[place.endIndex...].dropFirst())
            let parts = place.split(separator: "@", maxSplits: 1)
            host = String(parts.last ?? "")
            user = parts.count > 1 ? String(parts[0]) : nil
            password = nil
            port = nil
        }
    }

    /// The URL for libgit2, which takes a raw `#`, `?`, `/` or `@` in a password for the end of it: they are percent-encoded.
    static func encoded(_ text: String) -> String {
        guard let separator = text.firstRange(of: "://"), let at = userInfoEnd(text[separator.upperBound...]) else { return text }
        let bytes = Array(text[separator.upperBound..<at].utf8)
        var user = ""
        for (position, byte) in bytes.enumerated() {
            let isEscape = byte == UInt8(ascii: "%") && bytes[(position + 1)...].prefix(2).count { isHexDigit($0) } == 2
            if isAlphanumeric(byte) || isEscape || "-._~!$&'()*+,;=:".utf8.contains(byte) {
                user.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                user += "%" + hexadecimal([byte], uppercase: true)
            }
        }
        return text[..<separator.upperBound] + user + text[at...]
    }

    var isWeb: Bool { scheme == "http" || scheme == "https" }
    var isSSH: Bool { scheme == "ssh" || scheme == "git+ssh" || scheme == "ssh+git" }
}
