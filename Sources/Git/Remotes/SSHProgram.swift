import Basics
import CGitSupport
import Glibc

/// Runs OpenSSH's own client for what libssh2 1.10 cannot do. With RSA keys, of users and servers, libssh2 can only use SHA-1
/// signatures, which OpenSSH has not accepted or made since 8.8; it does not support keys on security tokens or host certificates; and
/// it cannot be told which of its host keys a server should show.
///
/// The client has nothing to decide: it gets the host keys to trust, the one key or the agent, and no configuration file. It gets the
/// host keys and a passphrase through files that exist only in memory.
final class SSHProgram {
    let program: UnsafeMutablePointer<easel_program>
    private var strings: [UnsafeMutablePointer<CChar>] = []
    private var lists: [UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>] = []
    /// Nil where there is no passphrase.
    private let askpass: Askpass?
    private let knownHosts: MemoryFile

    /// - Parameters:
    ///   - trust: a server that shows none of these host keys is refused.
    ///   - key: a private key file; nil for the agent's keys.
    ///   - watchdog: may end the conversation; it must outlive this object.
    init(url: String, user: String, trust: HostTrust, key: String?, passphrase: Secret?, watchdog: Watchdog) throws(GitError) {
        let server = RemoteURL(url)
        let operation = "reach \(url)"
        guard let client = programOnPath("ssh") else {
            throw GitError(
                kind: .authentication, operation: operation, message: "this SSH key, or the host key that is known, needs OpenSSH's client, but there is no ssh on PATH",
                help: "Install openssh-client, or use an ed25519 or ECDSA key, and a known_hosts file with every host key of the server.")
        }
        if let passphrase { askpass = try Askpass(passphrase) } else { askpass = nil }
        knownHosts = try MemoryFile(trust.lines.map { $0 + "\n" }.joined(), "prepare the known host keys")
        program = .allocate(capacity: 1)
        program.initialize(to: easel_program())
        program.pointee.context = Unmanaged.passUnretained(watchdog).toOpaque()
        program.pointee.conversing = { context, socket in
            guard let context else { return }
            Unmanaged<Watchdog>.fromOpaque(context).takeUnretainedValue().converses(through: socket)
        }
        var options = [
            "StrictHostKeyChecking=yes", "HostKeyAlias=\(trust.alias)", "HostKeyAlgorithms=\(trust.algorithms.joined(separator: ","))",
            "UserKnownHostsFile=\(knownHosts.path)", "GlobalKnownHostsFile=/dev/null", "UpdateHostKeys=no", "PreferredAuthentications=publickey",
            "NumberOfPasswordPrompts=1", "LogLevel=INFO",
        ]
        options += key == nil ? ["IdentityFile=none"] : ["IdentitiesOnly=yes", "IdentityAgent=none"]
        if passphrase == nil { options.append("BatchMode=yes") }
        // ssh expands %-sequences in the paths of keys.
        let identity = key.map { ["-i", $0.split(separator: "%", omittingEmptySubsequences: false).joined(separator: "%%")] } ?? []
        let arguments = [client, "-T", "-F", "none"] + options.flatMap { ["-o", $0] } + identity + ["-p", String(server.port ?? 22), "-l", user, "--", server.host]

        var environment = ["PATH=/usr/bin:/bin", "LC_ALL=C"]
        if key == nil, let socket = getenv("SSH_AUTH_SOCK") { environment.append("SSH_AUTH_SOCK=\(String(cString: socket))") }
        environment += askpass?.environment ?? []
        program.pointee.arguments = UnsafePointer(list(arguments))
        program.pointee.environment = UnsafePointer(list(environment))
        program.pointee.fetch_command = UnsafePointer(copy("git-upload-pack \(quoted(server.path))"))
        program.pointee.push_command = UnsafePointer(copy("git-receive-pack \(quoted(server.path))"))
    }

    /// The host keys that a server shows, one of each kind; the caller judges them. Empty where there are none, or no ssh-keyscan.
    static func hostKeys(of server: RemoteURL, within deadline: Deadline) -> [[UInt8]] {
        guard let scanner = programOnPath("ssh-keyscan"), let limiter = programOnPath("timeout") else { return [] }
        let seconds = max(1, deadline.secondsLeft ?? 60)
        let words = [limiter, String(seconds), scanner, "-T", String(seconds), "-t", "ed25519,ecdsa,rsa", "-p", String(server.port ?? 22), "--", server.host]
        guard let pipe = popen(words.map(quoted).joined(separator: " ") + " 2>/dev/null", "re") else { return [] }
        defer { pclose(pipe) }
        var text = [UInt8](repeating: 0, count: 1 << 14)
        text.removeLast(text.count - fread(&text, 1, text.count, pipe))
        return String(decoding: text, as: UTF8.self).split(whereSeparator: \.isNewline).compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count >= 3, HostTrust.kinds.contains(String(fields[1])) else { return nil }
            return Base64.bytes(fields[2], requiresPadding: false)
        }
    }

    deinit {
        program.deinitialize(count: 1)
        program.deallocate()
        for list in lists { list.deallocate() }
        for string in strings { free(string) }
    }

    /// The last messages of the client and of the server.
    var words: String {
        withUnsafeBytes(of: &program.pointee.words) { String(decoding: $0.prefix(program.pointee.words_length), as: UTF8.self) }
    }

    private func copy(_ text: String) -> UnsafeMutablePointer<CChar>? {
        guard let copy = strdup(text) else { return nil }
        strings.append(copy)
        return copy
    }

    private func list(_ texts: [String]) -> UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> {
        let list = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: texts.count + 1)
        for (position, text) in texts.enumerated() { (list + position).initialize(to: copy(text)) }
        (list + texts.count).initialize(to: nil)
        lists.append(list)
        return list
    }
}

/// The text as one word for a shell.
func quoted(_ text: String) -> String { "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'" }

/// What a private key file shows without its passphrase.
enum PrivateKeyFile {
    /// Whether libssh2 1.10 can make signatures with it that current servers accept. Where that is not clear, OpenSSH's client is used.
    static func isForLibssh2(_ text: String) -> Bool {
        let lines = text.split(whereSeparator: \.isNewline)
        guard let first = lines.first else { return true }
        if first.contains("BEGIN EC PRIVATE KEY") { return true }
        guard first.contains("BEGIN OPENSSH PRIVATE KEY"), let bytes = Base64.bytes(Substring(lines.dropFirst().prefix { !$0.hasPrefix("-") }.joined())) else { return false }
        // The format: "openssh-key-v1" and a zero byte; cipher, key derivation and its options; the number of keys; the first public key.
        var rest = bytes.dropFirst(15)
        func field() -> ArraySlice<UInt8>? {
            guard rest.count >= 4 else { return nil }
            let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
            guard rest.count >= 4 + length else { return nil }
            defer { rest = rest.dropFirst(4 + length) }
            return rest.dropFirst(4).prefix(length)
        }
        for _ in 0..<3 where field() == nil { return false }
        rest = rest.dropFirst(4)
        let kind = field().map { HostKeys.kind(of: Array($0)) } ?? ""
        return kind == "ssh-ed25519" || kind.hasPrefix("ecdsa-sha2-")
    }
}
