import Basics
import CGitSupport
import Glibc

/// Who we are to the server, and whether it is the server that we mean.
extension RemoteSession {
    /// Headers of every request: a token that is no password.
    var headers: [String] {
        guard server.scheme == "https", options.access.sendsBearer, let token = options.access.token else { return [] }
        return ["Authorization: Bearer \(token.text)"]
    }

    // MARK: Credentials

    /// Answers libgit2's question for credentials. Each is offered once; when the server wants more, that is the error.
    func credentials(into output: UnsafeMutablePointer<UnsafeMutablePointer<git_credential>?>?, _ allowedTypes: UInt32) -> Int32 {
        func isAllowed(_ type: git_credential_t) -> Bool { allowedTypes & type.rawValue != 0 }
        func offer(_ name: String, _ make: () -> Int32) -> Int32? {
            guard offered.insert(name).inserted else { return nil }
            guard let failure = failure(of: make(), "prepare credentials for \(url)") else { return 0 }
            parked = failure
            return failure.code
        }

        if isAllowed(GIT_CREDENTIAL_USERNAME), let code = offer("name", { git_credential_username_new(output, sshUser) }) { return code }
        if isAllowed(GIT_CREDENTIAL_SSH_KEY) {
            if let key = options.access.sshKey {
                if access(key, R_OK) != 0 {
                    return refuse("the SSH key \(key) cannot be read: \(String(cString: strerror(errno)))", "Check the path given with --ssh-key, and who may read it.")
                }
                guard let text = textOfFile(key), PrivateKeyFile.isForLibssh2(text) else { return leaveToProgram() }
                let passphrase = options.access.sshPassphrase?.text
                if let code = offer("key", { git_credential_ssh_key_new(output, sshUser, nil, key, passphrase) }) { return code }
            } else if getenv("SSH_AUTH_SOCK") != nil {
                // Of the agent's keys libssh2 has tried all that it can sign with.
                return offer("agent") { git_credential_ssh_key_from_agent(output, sshUser) } ?? leaveToProgram()
            }
        }
        // Never over plain HTTP, where everybody on the way could read it.
        if isAllowed(GIT_CREDENTIAL_USERPASS_PLAINTEXT), server.isWeb {
            if server.scheme == "http", options.access.token != nil || options.access.netrcFile != nil {
                return refuse("the server asks for credentials over http, where everybody on the way could read them", "Give an https URL.")
            }
            if let (user, password) = login, let code = offer("login", { git_credential_userpass_plaintext_new(output, user, password.text) }) { return code }
        }
        return refuse(offered.subtracting(["name"]).isEmpty ? "the server asks for credentials, and there are none" : refusal, advice(allowedTypes))
    }

    var sshUser: String { server.user ?? "git" }

    /// Ends this attempt; the next is OpenSSH's.
    private func leaveToProgram() -> Int32 {
        offered.insert(options.access.sshKey == nil ? "agent" : "key")
        wantsSSHProgram = true
        return GIT_EAUTH.rawValue
    }

    /// Name and password for HTTPS: the token, or what the netrc file has for this machine.
    private var login: (String, Secret)? {
        if let token = options.access.token { return options.access.sendsBearer ? nil : (server.user ?? options.access.userName, token) }
        guard let file = options.access.netrcFile, let text = textOfFile(file), let entry = Netrc(text).entry(for: server.host, user: server.user), let password = entry.password
        else { return nil }
        return (entry.login ?? server.user ?? options.access.userName, Secret(password))
    }

    var refusal: String {
        if offered.contains("key") {
            return "the server refused the SSH key \(options.access.sshKey ?? "") for \(sshUser), or its passphrase is wrong"
        }
        return offered.contains("agent") ? "the server refused every key of the SSH agent for \(sshUser)" : "the server refused the credentials"
    }

    func advice(_ allowedTypes: UInt32) -> String {
        if server.isSSH {
            return offered.contains("key") || offered.contains("agent")
                ? "See that the server knows the public key, and that the passphrase is right."
                : "Give a key with --ssh-key FILE, or start an agent (SSH_AUTH_SOCK)."
        }
        return offered.contains("login") || !headers.isEmpty
            ? "See that the token is valid and may read the repository, and write to it where the applied state is."
            : "Give a token with --token-env VARIABLE or --token-file FILE, or a --netrc file."
    }

    private func refuse(_ message: String, _ help: String) -> Int32 {
        parked = GitError(kind: .authentication, code: GIT_EAUTH.rawValue, operation: "reach \(url)", message: message, help: help)
        return GIT_EAUTH.rawValue
    }

    // MARK: The server

    /// Judges the server's host key; of HTTPS certificates libgit2's own verdict stands.
    func judgeServer(_ certificate: UnsafeMutablePointer<git_cert>?) -> Int32 {
        guard let certificate, certificate.pointee.cert_type == GIT_CERT_HOSTKEY_LIBSSH2 else { return GIT_PASSTHROUGH.rawValue }
        let key = certificate.withMemoryRebound(to: git_cert_hostkey.self, capacity: 1) { host -> [UInt8] in
            guard host.pointee.type.rawValue & GIT_CERT_SSH_RAW.rawValue != 0, let bytes = host.pointee.hostkey else { return [] }
            return Array(UnsafeRawBufferPointer(start: bytes, count: host.pointee.hostkey_len))
        }
        return judge(hostKey: key)
    }

    /// 0 for the one that we mean, else libgit2's code, and the reason is parked.
    func judge(hostKey key: [UInt8]) -> Int32 {
        let place = HostKeys.Server(host: server.host, port: server.port ?? 22)
        let files = options.access.knownHosts.compactMap { name in textOfFile(name).map { (name, $0) } }
        let looked = options.access.knownHosts.isEmpty ? "no known_hosts file was given" : "looked in \(options.access.knownHosts.joined(separator: ", "))"
        let kind = HostKeys.kind(of: key)
        switch HostKeys(files: files, pinned: options.access.hostKey).judge(key, of: place) {
        case .known:
            hostKey = key
            return 0
        case .unknown(let shown):
            return distrust(
                "its host key is not known: \(kind) \(shown) (\(looked))",
                "Compare the fingerprint with what the server's owner publishes; then give it with --host-key \(shown), or add the key to a file for --known-hosts: ssh-keyscan -p \(place.port) -t \(kind) \(place.host).")
        case .changed(let shown, let known, let file):
            return distrust(
                "its host key has changed: it shows \(kind) \(shown), and \(file) has \(known.joined(separator: ", "))",
                "Somebody may be in between. Ask the server's owner; if the key was replaced, take the old one out of \(file) and add the new one.")
        case .revoked(let shown, let file):
            return distrust("its host key \(shown) is marked as revoked in \(file)", "Do not connect before the server's owner has given it another key.")
        case .notPinned(let shown, let pinned):
            return distrust(
                "its host key is not the one that was given: it shows \(kind) \(shown), and --host-key says \(pinned)",
                "Somebody may be in between. Ask the server's owner before you give another fingerprint.")
        }
    }

    private func distrust(_ message: String, _ help: String) -> Int32 {
        parked = GitError(kind: .certificate, code: GIT_ECERTIFICATE.rawValue, operation: "reach \(url)", message: message, help: help)
        return GIT_ECERTIFICATE.rawValue
    }
}
