import Basics
import CGitSupport
import Glibc

/// Credentials for the server.
extension RemoteSession {
    /// The headers of every request: a bearer token, where there is one.
    var headers: [String] {
        guard server.scheme == "https", options.access.sendsBearer, let token = options.access.token else { return [] }
        return ["Authorization: Bearer \(token.reveal())"]
    }

    // MARK: Credentials

    /// Answers libgit2's request for credentials. Each is offered once; when the server asks for more, that is the error.
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
                    return refuse("the SSH key \(key) cannot be read: \(String(cString: strerror(errno)))", "Check the path given with --ssh-key and the permissions of the file.")
                }
                guard let text = textOfFile(key), PrivateKeyFile.isForLibssh2(text) else { return leaveToProgram() }
                let passphrase = options.access.sshPassphrase?.reveal()
                if let code = offer("key", { git_credential_ssh_key_new(output, sshUser, nil, key, passphrase) }) { return code }
            } else if getenv("SSH_AUTH_SOCK") != nil {
                // libssh2 has tried all keys of the agent that it can sign with.
                return offer("agent") { git_credential_ssh_key_from_agent(output, sshUser) } ?? leaveToProgram()
            }
        }
        // Never over plain HTTP, where anyone on the network could read it.
        if isAllowed(GIT_CREDENTIAL_USERPASS_PLAINTEXT), server.isWeb {
            if server.scheme == "http", options.access.token != nil || options.access.netrcFile != nil {
                return refuse("the server asks for credentials over http, where anyone on the network could read them", "Use an https URL.")
            }
            if let (user, password) = login, let code = offer("login", { git_credential_userpass_plaintext_new(output, user, password.reveal()) }) { return code }
        }
        return refuse(offered.subtracting(["name"]).isEmpty ? "the server asks for credentials, but none were given" : refusal, advice(allowedTypes))
    }

    /// A text of the server, in which it may quote what it was sent: each secret of this session is replaced by `***`.
    func withoutCredentials(_ text: String) -> String {
        let sent = login.map { [$1.reveal(), Base64.text(Array("\($0):\($1.reveal())".utf8))] } ?? []
        let secrets = [options.access.token?.reveal(), options.access.sshPassphrase?.reveal(), server.password].compactMap(\.self) + sent
        // A single letter would be replaced everywhere, and hides nothing.
        return secrets.filter { $0.count > 3 }.sorted { $0.count > $1.count }.reduce(text) { $0.replacing($1, with: "***") }
    }

    var sshUser: String { server.user ?? "git" }

    /// Ends this attempt; OpenSSH's client makes the next one.
    private func leaveToProgram() -> Int32 {
        offered.insert(options.access.sshKey == nil ? "agent" : "key")
        wantsSSHProgram = true
        return GIT_EAUTH.rawValue
    }

    /// User name and password for HTTPS: the token, or the entry of the netrc file for this machine.
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
                ? "Check that the server knows the public key and that the passphrase is right."
                : "Give a key with --ssh-key FILE, or start an SSH agent (SSH_AUTH_SOCK)."
        }
        return offered.contains("login") || !headers.isEmpty
            ? "Check that the token is valid and can read the repository, and that it can write to the one with the applied state."
            : "Give a token with --token-env VARIABLE or --token-file FILE, or a --netrc file."
    }

    private func refuse(_ message: String, _ help: String) -> Int32 {
        parked = GitError(kind: .authentication, code: GIT_EAUTH.rawValue, operation: "reach \(url)", message: message, help: help)
        return GIT_EAUTH.rawValue
    }
}
