import Basics
import CGitSupport

/// The check that the server is the right one.
extension RemoteSession {
    private var hostKeys: HostKeys {
        HostKeys(files: options.access.knownHosts.compactMap { name in textOfFile(name).map { (name, $0) } }, pinned: options.access.hostKey)
    }

    private var place: HostKeys.Server { HostKeys.Server(host: server.host, port: server.port ?? 22) }

    /// Judges the server's host key. For HTTPS certificates libgit2's own verdict is kept.
    func judgeServer(_ certificate: UnsafeMutablePointer<git_cert>?) -> Int32 {
        guard let certificate, certificate.pointee.cert_type == GIT_CERT_HOSTKEY_LIBSSH2 else { return GIT_PASSTHROUGH.rawValue }
        let key = certificate.withMemoryRebound(to: git_cert_hostkey.self, capacity: 1) { host -> [UInt8] in
            guard host.pointee.type.rawValue & GIT_CERT_SSH_RAW.rawValue != 0, let bytes = host.pointee.hostkey else { return [] }
            return Array(UnsafeRawBufferPointer(start: bytes, count: host.pointee.hostkey_len))
        }
        return judge(hostKey: key)
    }

    /// 0 for a known key, else libgit2's code; then the reason is parked.
    func judge(hostKey key: [UInt8]) -> Int32 {
        let place = place
        let looked = options.access.knownHosts.isEmpty ? "no known_hosts file was given" : "looked in \(options.access.knownHosts.joined(separator: ", "))"
        let kind = HostKeys.kind(of: key)
        let verdict = hostKeys.judge(key, of: place)
        hostKeyVerdict = verdict
        switch verdict {
        case .known:
            hostKey = key
            return 0
        case .unknown(let shown):
            return distrust(
                "its host key is not known: \(kind) \(shown) (\(looked))",
                "Compare the fingerprint with the one that the server's owner publishes. If they are the same, give it with --host-key \(shown), or add the key to a file for --known-hosts (ssh-keyscan -p \(place.port) -t \(kind) \(place.host)).")
        case .changed(let shown, let known, let file):
            return distrust(
                "its host key has changed: the server shows \(kind) \(shown), but \(file) has \(known.joined(separator: ", "))",
                "Somebody may be intercepting the connection. Ask the server's owner. If the key was replaced, remove the old one from \(file) and add the new one.")
        case .revoked(let shown, let file):
            return distrust("its host key \(shown) is marked as revoked in \(file)", "Do not connect until the server's owner has replaced the key.")
        case .notPinned(let shown, let pinned):
            return distrust(
                "its host key is not the expected one: the server shows \(kind) \(shown), but --host-key is \(pinned)",
                "Somebody may be intercepting the connection. Ask the server's owner before you use another fingerprint.")
        }
    }

    private func distrust(_ message: String, _ help: String) -> Int32 {
        parked = GitError(kind: .certificate, code: GIT_ECERTIFICATE.rawValue, operation: "reach \(url)", message: message, help: help)
        return GIT_ECERTIFICATE.rawValue
    }

    // MARK: Other host keys of the same server

    /// What OpenSSH's client may accept where libssh2 failed; nil where it would fail as well.
    func trustOfSSHProgram(after error: GitError) throws(GitError) -> HostTrust? {
        guard server.isSSH, sshProgram == nil else { return nil }
        if wantsSSHProgram { return HostTrust(key: hostKey) }
        if error.kind == .certificate {
            if case .revoked = hostKeyVerdict { return nil }
            // The server showed the kind of key that libssh2 likes best. It may have another one that is known.
            if options.access.hostKey != nil { return scannedKeys().first(where: hostKeys.isPinned).map(HostTrust.init) }
            return HostTrust(hostKeys.entries(for: place), host: server.host)
        }
        // The server has only an RSA host key and signs with it by SHA-2, as servers do today, or only a certificate: libssh2 1.10 cannot
        // talk to it at all. Only the message of libssh2 tells this from other failures.
        guard error.errorClass == GIT_ERROR_SSH, error.message.contains("Unable to exchange encryption keys") else { return nil }
        if options.access.hostKey == nil, let trust = HostTrust(hostKeys.entries(for: place), host: server.host) { return trust }
        let keys = scannedKeys()
        guard let key = keys.first(where: hostKeys.isPinned) ?? keys.first else { return nil }
        try check(hostKey: key)
        return HostTrust(key: key)
    }

    /// The error of OpenSSH's client, or what is wrong with the server's host keys where it refused those.
    func withHostKeys(_ error: GitError, first: GitError) -> GitError {
        guard ["Host key verification failed", "no matching host key type", "certificate"].contains(where: error.message.contains) else { return error }
        for key in scannedKeys() {
            do throws(GitError) { try check(hostKey: key) } catch let judged {
                // A key of another kind is only not known.
                if case .unknown = hostKeyVerdict { continue }
                return judged
            }
        }
        guard first.kind != .certificate else { return first }
        return error.with(kind: .certificate, help: "Compare the server's host keys (ssh-keyscan -p \(place.port) \(place.host)) with the ones that its owner publishes.")
    }

    private func scannedKeys() -> [[UInt8]] { SSHProgram.hostKeys(of: server, within: options.access.deadline) }

    private func check(hostKey key: [UInt8]) throws(GitError) {
        if judge(hostKey: key) != 0, let parked { throw parked }
    }
}
