import Basics
import Crypto

/// Judges whether the key that an SSH server shows is a known one. libgit2 reads only the user's own file and cannot tell an unknown
/// key from a changed one. No key is ever trusted on first use.
struct HostKeys {
    /// Contents of known_hosts files (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT).
    let files: [(name: String, text: String)]
    /// `SHA256:…`: the only key that is accepted; nil: the files decide.
    let pinned: String?

    /// `host` without brackets; `port` 22 unless the URL has another.
    struct Server {
        let host: String
        let port: Int

        /// The name as it is written in the files.
        var name: String { port == 22 ? host : "[\(host)]:\(port)" }
    }

    /// One line of the files that is about a server.
    struct Entry: Equatable {
        enum Role: Equatable { case key, authority, revoked }
        let role: Role
        /// In SSH's own encoding.
        let key: [UInt8]
        let file: String

        var kind: String { HostKeys.kind(of: key) }
    }

    enum Verdict: Equatable {
        case known
        /// `shown` and `known` are fingerprints.
        case unknown(shown: String)
        case changed(shown: String, known: [String], file: String)
        case revoked(shown: String, file: String)
        case notPinned(shown: String, pinned: String)
    }

    /// - Parameter key: in SSH's own encoding, which begins with its kind.
    func judge(_ key: [UInt8], of server: Server) -> Verdict {
        let shown = Self.fingerprint(key)
        if let pinned { return isPinned(key) ? .known : .notPinned(shown: shown, pinned: pinned) }
        let entries = entries(for: server)
        if let revoked = entries.first(where: { $0.role == .revoked && $0.key == key }) { return .revoked(shown: shown, file: revoked.file) }
        // An authority signs host certificates: its own key is no server's.
        let sameKind = entries.filter { $0.role == .key && $0.kind == Self.kind(of: key) }
        if sameKind.contains(where: { $0.key == key }) { return .known }
        guard let last = sameKind.last else { return .unknown(shown: shown) }
        return .changed(shown: shown, known: sameKind.map { Self.fingerprint($0.key) }, file: last.file)
    }

    func isPinned(_ key: [UInt8]) -> Bool { pinned.map { Self.isSame($0, Self.fingerprint(key)) } ?? false }

    /// What the files have about a server, in their order. Like OpenSSH, it goes by the bare name of the host where they have nothing
    /// under the name with the port.
    func entries(for server: Server) -> [Entry] {
        let found = entries(named: server.name)
        return found.contains { $0.role != .revoked } || server.port == 22 ? found : found + entries(named: server.host)
    }

    private func entries(named name: String) -> [Entry] {
        files.flatMap { file in
            file.text.split(whereSeparator: \.isNewline).compactMap { line -> Entry? in
                var fields = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
                guard let first = fields.first, !first.hasPrefix("#") else { return nil }
                let marker = first.hasPrefix("@") ? String(fields.removeFirst()) : nil
                let roles: [String?: Entry.Role] = [nil: .key, "@cert-authority": .authority, "@revoked": .revoked]
                guard let role = roles[marker], fields.count >= 3, let key = Base64.bytes(fields[2], requiresPadding: false), Self.matches(fields[0], name.lowercased()) else { return nil }
                return Entry(role: role, key: key, file: file.name)
            }
        }
    }

    /// The kind of a key in SSH's own encoding, such as `ssh-ed25519`; empty for anything else.
    static func kind(of key: [UInt8]) -> String {
        guard key.count > 4 else { return "" }
        let length = key[..<4].reduce(0) { $0 << 8 | Int($1) }
        guard length <= 64, key.count >= 4 + length else { return "" }
        return String(decoding: key[4..<4 + length], as: UTF8.self)
    }

    /// The fingerprint as `ssh-keygen -l` shows it.
    static func fingerprint(_ key: [UInt8]) -> String { "SHA256:" + Base64.text(SHA256.hash(data: key)).prefix { $0 != "=" } }

    private static func isSame(_ pinned: String, _ shown: String) -> Bool {
        func plain(_ text: String) -> Substring { text.drop { $0.isWhitespace }.prefix { !$0.isWhitespace && $0 != "=" } }
        return plain(pinned.hasPrefix("SHA256:") ? pinned : "SHA256:" + pinned) == plain(shown)
    }

    // MARK: Names in the file

    private static func matches(_ patterns: Substring, _ name: String) -> Bool {
        if patterns.hasPrefix("|1|") { return matchesHashed(patterns, name) }
        var isMatch = false
        for pattern in patterns.split(separator: ",") {
            let isNegated = pattern.hasPrefix("!")
            if matches(Array((isNegated ? pattern.dropFirst() : pattern).lowercased().utf8)[...], Array(name.utf8)[...]) {
                if isNegated { return false }
                isMatch = true
            }
        }
        return isMatch
    }

    /// Matches `*` and `?`. The patterns are short and from the user's own file.
    private static func matches(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        if first == UInt8(ascii: "*") {
            return matches(pattern.dropFirst(), text) || (!text.isEmpty && matches(pattern, text.dropFirst()))
        }
        guard let next = text.first, first == UInt8(ascii: "?") || first == next else { return false }
        return matches(pattern.dropFirst(), text.dropFirst())
    }

    /// Matches a hashed name, `|1|salt|hash`: an HMAC-SHA-1 of the name.
    private static func matchesHashed(_ field: Substring, _ name: String) -> Bool {
        let parts = field.split(separator: "|")
        guard parts.count == 3, let salt = Base64.bytes(parts[1], requiresPadding: false), let hash = Base64.bytes(parts[2], requiresPadding: false) else { return false }
        return HMAC<Insecure.SHA1>.isValidAuthenticationCode(hash, authenticating: Array(name.utf8), using: SymmetricKey(data: salt))
    }
}
