import CGitSupport

/// How much of what is fetched or pushed has come over.
public struct TransferProgress: Sendable, Equatable {
    public enum Direction: Sendable { case receiving, sending }

    public let direction: Direction
    public let objects: Int
    public let totalObjects: Int
    public let bytes: Int
}

/// Options of a fetch or push.
public struct FetchOptions: Sendable {
    /// Called often, on the thread that fetches or pushes.
    public var progress: (@Sendable (TransferProgress) -> Void)?
    /// Called several times a second; `true` ends the work with ``GitError/Kind/cancelled``, whatever the server does.
    public var isCancelled: (@Sendable () -> Bool)?
    /// Takes what people should know, though the work goes on.
    public var warn: (@Sendable (String) -> Void)?
    /// Credentials, trust and time limits.
    public var access = RemoteAccess()
    /// How long to wait for another process that fetches into the same mirror, in seconds.
    public var lockTimeout: Int = 600

    public init(
        progress: (@Sendable (TransferProgress) -> Void)? = nil, isCancelled: (@Sendable () -> Bool)? = nil, warn: (@Sendable (String) -> Void)? = nil,
        access: RemoteAccess = RemoteAccess()
    ) {
        self.warn = warn
        self.progress = progress
        self.isCancelled = isCancelled
        self.access = access
    }
}

/// One connection to a remote, and what its callbacks collect.
///
/// A callback cannot throw through C. It parks its error here, and ``run(_:_:)`` throws it.
final class RemoteSession {
    /// One entry of the server's list of refs. For an annotated tag there is a second one, `name^{}`, with the object that it points at.
    struct Advertised {
        var name: String
        var id: ObjectID
        /// For `HEAD`: its branch, when the server names it.
        var symbolicTarget: String?
    }

    private let remote: OpaquePointer
    /// Kept because libgit2's remote points into it.
    private let repository: Repository
    let url: String
    let options: FetchOptions
    var parked: GitError?
    /// The credentials that were offered already: libgit2 asks again after each refusal, without end.
    var offered: Set<String> = []
    let server: RemoteURL
    /// The host key that was found to be a known one.
    var hostKey: [UInt8] = []
    /// What was found about the host key that was judged last.
    var hostKeyVerdict: HostKeys.Verdict?
    /// Set by a callback when libssh2 cannot log in with the given key, but OpenSSH may.
    var wantsSSHProgram = false
    var sshProgram: SSHProgram?
    private let watchdog: Watchdog
    /// The last bytes of the server's side channel ("remote: …"), where hooks explain why they refuse.
    private var serverWords: [UInt8] = []
    /// The server's answer for each pushed ref; `nil` is success.
    private var pushStatus: [String: String?] = [:]

    init(url: String, repository: Repository, options: FetchOptions) throws(GitError) {
        server = RemoteURL(url)
        // libgit2 would send them without asking.
        if server.scheme == "http", server.user != nil || server.hasPassword {
            throw GitError(
                kind: .invalid, operation: "use the remote \(url)", message: "the URL contains credentials, and over http anyone on the network could read them",
                help: "Use an https URL, or remove the credentials from this one.")
        }
        var remote: OpaquePointer?
        try check(git_remote_create_anonymous(&remote, repository.handle, RemoteURL.encoded(url)), "use the remote \(url)")
        guard let remote else {
            throw GitError(kind: .other, operation: "use the remote \(url)", message: "libgit2 returned nothing")
        }
        self.remote = remote
        self.repository = repository
        self.url = url
        self.options = options
        watchdog = Watchdog(options.access.deadline, server: server, isStopped: options.isCancelled)
        if let file = options.access.caFile { try LibGit2.trust(certificateFile: file) }
    }

    deinit {
        withoutPipeSignal { _ = git_remote_disconnect(remote) }
        // Not earlier: disconnecting from a silent server can hang, too.
        watchdog.end()
        git_remote_free(remote)
    }

    // MARK: Connecting and transferring

    /// Connects and returns the server's list of refs.
    func connect(_ direction: git_direction, _ operation: String) throws(GitError) -> [Advertised] {
        var connectOptions = git_remote_connect_options()
        try check(
            git_remote_connect_options_init(&connectOptions, UInt32(GIT_REMOTE_CONNECT_OPTIONS_VERSION)), operation)
        connectOptions.callbacks = try callbacks()
        // The proxy comes from the usual environment variables alone: the user's Git configuration is not read.
        connectOptions.proxy_opts.type = GIT_PROXY_AUTO
        connectOptions.follow_redirects = GIT_REMOTE_REDIRECT_NONE
        try withStrings(headers) { (headers) throws(GitError) in
            connectOptions.custom_headers = headers
            do throws(GitError) {
                try run(operation) { git_remote_connect_ext(remote, direction, &connectOptions) }
            } catch {
                guard let trust = try trustOfSSHProgram(after: error) else { throw error }
                sshProgram = try SSHProgram(url: url, user: sshUser, trust: trust, key: options.access.sshKey, passphrase: options.access.sshPassphrase, watchdog: watchdog)
                do throws(GitError) {
                    try run(operation) { git_remote_connect_ext(remote, direction, &connectOptions) }
                } catch let second { throw withHostKeys(second, first: error) }
            }
        }

        var heads: UnsafeMutablePointer<UnsafePointer<git_remote_head>?>?
        var count = 0
        try run(operation) { git_remote_ls(&heads, &count, remote) }
        return (0..<count).compactMap { position in
            guard let head = heads?[position]?.pointee, let name = head.name else { return nil }
            return Advertised(
                name: String(cString: name), id: ObjectID(head.oid),
                symbolicTarget: head.symref_target.map { String(cString: $0) })
        }
    }

    /// Downloads the objects of these refs that the repository does not have.
    func download(_ refs: [String], _ operation: String) throws(GitError) {
        var fetchOptions = git_fetch_options()
        try check(git_fetch_options_init(&fetchOptions, UInt32(GIT_FETCH_OPTIONS_VERSION)), operation)
        fetchOptions.callbacks = try callbacks()
        fetchOptions.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE
        fetchOptions.update_fetchhead = 0
        fetchOptions.proxy_opts.type = GIT_PROXY_AUTO
        fetchOptions.follow_redirects = GIT_REMOTE_REDIRECT_NONE
        try withStrings(headers) { (headers) throws(GitError) in
            fetchOptions.custom_headers = headers
            try withStrings(refs) { (specs) throws(GitError) in
                try run(operation) { git_remote_download(remote, &specs, &fetchOptions) }
            }
        }
    }

    /// Pushes a local ref to a remote one over the connection. Returns the server's reason when it refuses.
    func upload(localRef: String, remoteRef: String, _ operation: String) throws(GitError) -> String? {
        var pushOptions = git_push_options()
        try check(git_push_options_init(&pushOptions, UInt32(GIT_PUSH_OPTIONS_VERSION)), operation)
        pushOptions.callbacks = try callbacks()
        pushOptions.pb_parallelism = 0
        pushOptions.proxy_opts.type = GIT_PROXY_AUTO
        pushOptions.follow_redirects = GIT_REMOTE_REDIRECT_NONE
        pushStatus = [:]
        // Without "+", libgit2 refuses what is not a fast-forward before anything is sent.
        try withStrings(headers) { (headers) throws(GitError) in
            pushOptions.custom_headers = headers
            try withStrings(["\(localRef):\(remoteRef)"]) { (specs) throws(GitError) in
                try run(operation) { git_remote_upload(remote, &specs, &pushOptions) }
            }
        }
        // libgit2 returns 0 when the server refused the ref: only the status shows it.
        guard let status = pushStatus[remoteRef] else { return "the server did not report whether it accepted the ref" }
        guard let refusal = status else { return nil }
        let words = serverText
        return words.isEmpty ? refusal : "\(refusal); message from the server: \(words)"
    }

    /// The server's messages from its side channel, trimmed.
    var serverText: String {
        let lines = String(decoding: serverWords, as: UTF8.self).split(whereSeparator: \.isNewline)
        return withoutCredentials(lines.map { line in String(line.drop { $0 == " " }) }.joined(separator: "; "))
    }

    // MARK: Errors

    /// Makes one call that talks to the server, within the deadline.
    private func run(_ operation: String, _ call: () -> Int32) throws(GitError) {
        parked = nil
        if options.access.deadline.hasPassed { throw tooLate(operation) }
        guard let error = failure(of: withoutPipeSignal(call), operation) else { return }
        if let parked { throw parked }
        switch watchdog.bite {
        case .deadline: throw tooLate(operation)
        case .stopped: throw GitError(kind: .cancelled, code: error.code, operation: operation, message: "it was cancelled")
        case nil: break
        }
        throw explained(sshProgram.map { error.with(message: "\(error.message)\($0.words.isEmpty ? "" : "; ssh reported: ")\($0.words)") } ?? error)
    }

    private func tooLate(_ operation: String) -> GitError {
        GitError(
            kind: .network, operation: operation, message: "it did not finish within \(options.access.deadline.seconds) s",
            help: "The server is slow or silent. Run again, or give it more time with --timeout.")
    }

    /// Adds to a failure of the remote what to do about it.
    private func explained(_ error: GitError) -> GitError {
        // libgit2 and some servers quote URLs in their messages, sometimes in a form that is not recognized as one.
        let message = withoutCredentials(error.message.replacing(url, with: redacted(url)))
        switch error.kind {
        case .cancelled: return error.with(message: "it was cancelled")
        case .authentication:
            return error.with(
                message: message, help: "Check that the credentials are valid and can read the repository (and write to it, for the applied state).")
        case .certificate:
            return error.with(
                message: message,
                help: "If this is the right server, give the authority that signed its certificate with --ca-file, or add it to the machine's trusted authorities.")
        case .invalid:
            return error.with(message: message, help: "Use a URL with https, http, ssh or git, or host:path for SSH.")
        default: break
        }
        // From here on libgit2 returns -1, or that the connection ended, whatever the cause: only the message has the status code or the
        // server's reason. The class says which protocol the message is about.
        //
        // libgit2's "none" refuses other hosts and https → http; it still follows redirects to a path or port of the same host.
        let redirects = ["status code: 301", "status code: 302", "status code: 307", "status code: 308", "redirect"]
        if [GIT_ERROR_HTTP, GIT_ERROR_NET].contains(error.errorClass), redirects.contains(where: message.contains) {
            return error.with(
                kind: .rejected, message: message,
                help: "Use the final URL. easel does not follow redirects to another host, because the credentials would be sent there.")
        }
        let absences = ["not found", "no such repository", "not exported", "does not exist", "does not appear to be", "status code: 404"]
        if absences.contains(where: message.lowercased().contains) {
            return error.with(
                kind: .notFound, message: message,
                help: "Check the URL. Servers also answer this when the credentials give no access to a private repository.")
        }
        if error.errorClass == GIT_ERROR_INDEXER, message.contains("too many objects") {
            return error.with(
                kind: .tooLarge, message: "the server sends more than \(LibGit2.packObjectLimit) objects",
                help: "A config repository has a few hundred thousand at most; check whether something else was pushed to it by mistake.")
        }
        // OpenSSH's messages about a key, or about a server that does not know it.
        if sshProgram != nil, ["Permission denied", "Load key", "passphrase", "agent refused"].contains(where: message.contains) {
            return error.with(kind: .authentication, message: "\(refusal): \(message)", help: advice(GIT_CREDENTIAL_SSH_KEY.rawValue))
        }
        // libssh2's messages about a key file that it cannot use.
        if error.errorClass == GIT_ERROR_SSH, message.contains("public key from private key file") || message.contains("Failed to authenticate SSH session") {
            return error.with(
                kind: .authentication, message: "the SSH key \(options.access.sshKey ?? "") cannot be used, or its passphrase is wrong or missing",
                help: "Give the passphrase with --ssh-passphrase-env or --ssh-passphrase-file, and use an ed25519 or ECDSA key that ssh-keygen has made.")
        }
        let kind = error.kind == .other ? GitError.Kind.network : error.kind
        return error.with(
            kind: kind, message: message,
            help: kind == .network ? "Check the URL, the network and the server\(proxy.map { ", and the proxy \($0)" } ?? ""). Then run again." : nil)
    }

    /// The proxy for this scheme in the environment, as in "in https_proxy (http://proxy:8080)". (`no_proxy` may still except the host.)
    private var proxy: String? {
        let scheme = RemoteURL(url).scheme
        guard RemoteURL(url).isWeb else { return nil }
        for name in ["\(scheme)_proxy", "\(scheme.uppercased())_PROXY"] {
            if let value = getenv(name), value.pointee != 0 { return "in \(name) (\(redacted(String(cString: value))))" }
        }
        return nil
    }

    // MARK: Callbacks

    private func callbacks() throws(GitError) -> git_remote_callbacks {
        var result = git_remote_callbacks()
        try check(git_remote_init_callbacks(&result, UInt32(GIT_REMOTE_CALLBACKS_VERSION)), "prepare a connection")
        // The session owns the remote, so it outlives every call that uses these.
        result.payload = Unmanaged.passUnretained(self).toOpaque()
        result.credentials = { output, _, _, allowed, payload in
            RemoteSession.from(payload)?.credentials(into: output, allowed) ?? GIT_EUSER.rawValue
        }
        result.certificate_check = { certificate, _, _, payload in
            RemoteSession.from(payload)?.judgeServer(certificate) ?? GIT_EUSER.rawValue
        }
        result.transport = { output, owner, payload in
            // Without a program, libgit2 uses its own transport.
            guard let program = RemoteSession.from(payload)?.sshProgram else { return 0 }
            return easel_git_program_transport(output, owner, program.program)
        }
        result.transfer_progress = { progress, payload in
            guard let session = RemoteSession.from(payload), let progress = progress?.pointee else { return 0 }
            session.options.progress?(
                TransferProgress(
                    direction: .receiving, objects: Int(progress.received_objects), totalObjects: Int(progress.total_objects), bytes: progress.received_bytes))
            return session.isTooLarge(progress.received_bytes) ? GIT_EUSER.rawValue : session.cancelCode
        }
        result.sideband_progress = { text, length, payload in
            guard let session = RemoteSession.from(payload), let text else { return 0 }
            session.hear(UnsafeRawBufferPointer(start: text, count: Int(length)))
            return session.cancelCode
        }
        result.push_transfer_progress = { objects, total, bytes, payload in
            guard let session = RemoteSession.from(payload) else { return 0 }
            session.options.progress?(TransferProgress(direction: .sending, objects: Int(objects), totalObjects: Int(total), bytes: bytes))
            return session.cancelCode
        }
        result.push_update_reference = { name, status, payload in
            guard let session = RemoteSession.from(payload), let name else { return 0 }
            session.pushStatus[String(cString: name)] = .some(status.map { String(cString: $0) })
            return 0
        }
        return result
    }

    private static func from(_ payload: UnsafeMutableRawPointer?) -> RemoteSession? {
        payload.map { Unmanaged<RemoteSession>.fromOpaque($0).takeUnretainedValue() }
    }

    /// The largest pack, in bytes. That of a config repository with 10,000 tenants has a hundredth of it.
    private static let packLimit = 2 << 30

    private func isTooLarge(_ bytes: Int) -> Bool {
        guard bytes > Self.packLimit else { return false }
        parked = GitError(
            kind: .tooLarge, operation: "fetch from \(url)", message: "the server sends more than \(Self.packLimit >> 30) GiB",
            help: "A config repository is small; check whether something large was committed to it by mistake.")
        return true
    }

    private var cancelCode: Int32 { options.isCancelled?() == true ? GIT_EUSER.rawValue : 0 }

    /// Keeps the last 4 KiB.
    private func hear(_ bytes: UnsafeRawBufferPointer) {
        serverWords.append(contentsOf: bytes)
        if serverWords.count > 4096 { serverWords.removeFirst(serverWords.count - 4096) }
    }
}

/// Lends an array of strings to libgit2 while `body` runs.
private func withStrings(
    _ strings: [String], _ body: (inout git_strarray) throws(GitError) -> Void
) throws(GitError) {
    // libgit2 does not free these copies.
    let copies = strings.map { text in
        let bytes = text.utf8CString
        let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
        for (position, byte) in bytes.enumerated() { (copy + position).initialize(to: byte) }
        return copy
    }
    defer { for copy in copies { copy.deallocate() } }
    let list = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: max(1, copies.count))
    defer { list.deallocate() }
    for (position, copy) in copies.enumerated() { (list + position).initialize(to: copy) }
    var array = git_strarray(strings: list, count: copies.count)
    try body(&array)
}
