import Basics

/// The host keys that OpenSSH's client may accept from a server: those that were judged here, or those that the user's files have for it.
struct HostTrust {
    /// Lines of a known_hosts file for the name `alias`.
    let lines: [String]
    /// For `HostKeyAlgorithms`: what the server is asked for, certificates first.
    let algorithms: [String]
    /// The name in the lines, which is also the one that a host certificate must have.
    let alias: String

    /// Accepts this one key.
    init(key: [UInt8]) {
        alias = "easel"
        lines = ["easel \(Self.words(key))"]
        algorithms = Self.algorithms(of: HostKeys.kind(of: key))
    }

    /// Accepts what the files have for a server. Nil where they have no key and no authority for it, or where the host's name is none that
    /// a host certificate can have.
    init?(_ entries: [HostKeys.Entry], host: String) {
        let host = host.lowercased()
        guard entries.contains(where: { $0.role != .revoked }), host.utf8.allSatisfy({ isAlphanumeric($0) || "-._:".utf8.contains($0) }) else { return nil }
        alias = host
        lines = entries.map { entry in
            switch entry.role {
            case .key: "\(host) \(Self.words(entry.key))"
            case .authority: "@cert-authority \(host) \(Self.words(entry.key))"
            case .revoked: "@revoked \(host) \(Self.words(entry.key))"
            }
        }
        // An authority of any kind signs keys of any kind.
        let certificates = entries.contains { $0.role == .authority } ? Self.kinds.flatMap(Self.algorithms).map { $0 + "-cert-v01@openssh.com" } : []
        let known = Self.kinds.filter { kind in entries.contains { $0.role == .key && $0.kind == kind } }
        algorithms = certificates + known.flatMap(Self.algorithms)
        if algorithms.isEmpty { return nil }
    }

    /// The kinds of host keys that servers have, best first.
    static let kinds = ["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa"]

    /// The algorithms for RSA keys are not named like the key.
    private static func algorithms(of kind: String) -> [String] { kind == "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256"] : [kind] }

    private static func words(_ key: [UInt8]) -> String { "\(HostKeys.kind(of: key)) \(Base64.text(key))" }
}
