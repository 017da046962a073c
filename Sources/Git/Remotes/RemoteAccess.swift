import Basics

/// How remotes are reached: credentials, trust and time limits. Nothing of it ever comes from a repository, or from Git's own
/// configuration and credential helpers.
public struct RemoteAccess: Sendable {
    /// The user name that is sent over HTTPS with the token; most forges accept any name.
    public var userName = "x-access-token"
    /// A token or password for HTTPS.
    public var token: Secret?
    /// Sends the token as `Authorization: Bearer`, which Azure DevOps requires for a job's token.
    public var sendsBearer = false
    /// A file of machines, logins and passwords, used where there is no token.
    public var netrcFile: String?
    /// A private key file for SSH; nil to use the SSH agent.
    public var sshKey: String?
    public var sshPassphrase: Secret?
    /// Files of host keys, in OpenSSH's format.
    public var knownHosts: [String] = []
    /// The only host key that is accepted, whatever the files contain: `SHA256:…`.
    public var hostKey: String?
    /// A PEM file of certificate authorities for HTTPS, in addition to the system's; it applies to the whole process.
    public var caFile: String?
    /// When all remote operations must have finished.
    public var deadline = Deadline.never

    public init() {}
}

/// A moment on a clock that is never set back.
public struct Deadline: Sendable {
    let instant: ContinuousClock.Instant?
    /// The seconds that it was made from, for messages.
    let seconds: Int

    public static let never = Deadline(instant: nil, seconds: 0)

    /// So many seconds from now.
    public init(seconds: Int) { self.init(instant: .now + .seconds(seconds), seconds: seconds) }

    private init(instant: ContinuousClock.Instant?, seconds: Int) {
        self.instant = instant
        self.seconds = seconds
    }

    var hasPassed: Bool { instant.map { $0 <= .now } ?? false }
    /// Nil where there is no deadline.
    var secondsLeft: Int? { instant.map { max(0, Int((ContinuousClock.now.duration(to: $0)).components.seconds)) } }
}
