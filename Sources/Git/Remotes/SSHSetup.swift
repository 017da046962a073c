import Basics
import Glibc

/// What this machine has for an SSH remote, as far as can be told without connecting.
public struct SSHSetup: Sendable, Hashable {
    public enum Key: Sendable, Hashable {
        /// The file given, and why it cannot be used; nil where it can.
        case file(String, problem: String?)
        /// The keys of the agent at this socket, and why it cannot be reached.
        case agent(String, problem: String?)
        case none
    }

    public let host: String
    /// Whether a key, or an authority that signs keys, is known for the host.
    public let isHostKnown: Bool
    /// The files of host keys that were looked at.
    public let knownHosts: [String]
    public let key: Key

    /// Nil for a URL of another kind.
    public init?(url: String, access: RemoteAccess) {
        let remote = RemoteURL(url)
        guard remote.isSSH else { return nil }
        host = remote.host
        knownHosts = access.knownHosts
        let keys = HostKeys(files: access.knownHosts.compactMap { name in textOfFile(name).map { (name, $0) } }, pinned: access.hostKey)
        isHostKnown = access.hostKey != nil || keys.entries(for: .init(host: remote.host, port: remote.port ?? 22)).contains { $0.role != .revoked }
        func reason(_ path: String, _ mode: Int32) -> String? { Glibc.access(path, mode) == 0 ? nil : String(cString: strerror(errno)) }
        if let file = access.sshKey {
            key = .file(file, problem: reason(file, R_OK))
        } else if let socket = getenv("SSH_AUTH_SOCK").map({ String(cString: $0) }), !socket.isEmpty {
            key = .agent(socket, problem: reason(socket, R_OK | W_OK))
        } else {
            key = .none
        }
    }
}
