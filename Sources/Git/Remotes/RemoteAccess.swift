
/// A secret: never shown, whatever it is put into.
public struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    let text: String

    public init(_ text: String) { self.text = text }

    public var description: String { "***" }
    public var debugDescription: String { "***" }
    public var customMirror: Swift.Mirror { Swift.Mirror(self, children: []) }
}

/// How remotes are reached: who we are, whom we trust, and how long we wait. Nothing of it is ever taken from a repository, or
/// from Git's own configuration and credential helpers.
public struct RemoteAccess: Sendable {
    /// Sent over HTTPS with the token; most forges take any name.
    public var userName = "x-access-token"
    /// A token or password for HTTPS.
    public var token: Secret?
    /// Sends the token as `Authorization: Bearer`, as Azure DevOps wants a job's token.
    public var sendsBearer = false
    /// A file of machines, logins and passwords, asked where there is no token.
    public var netrcFile: String?
    /// A private key file for SSH; nil: the agent is asked.
    public var sshKey: String?
    public var sshPassphrase: Secret?
    /// Files of host keys, in the form of OpenSSH.
    public var knownHosts: [String] = []
    /// The only host key that is taken, whatever the files say: `SHA256:…`.
    public var hostKey: String?
    /// Certificate authorities for HTTPS, in PEM, beside the system's; for the whole process.
    public var caFile: String?
    /// When all talk with remotes must be over.
    public var deadline = Deadline.never

    public init() {}
}

/// A moment on the clock that nothing sets back.
public struct Deadline: Sendable {
    let instant: ContinuousClock.Instant?
    /// What it was made of, for messages.
    let seconds: Int

    public static let never = Deadline(instant: nil, seconds: 0)

    /// From now.
    public init(seconds: Int) { self.init(instant: .now + .seconds(seconds), seconds: seconds) }

    private init(instant: ContinuousClock.Instant?, seconds: Int) {
        self.instant = instant
        self.seconds = seconds
    }

    var hasPassed: Bool { instant.map { $0 <= .now } ?? false }
    /// Nil where there is no end.
    var secondsLeft: Int? { instant.map { max(0, Int((ContinuousClock.now.duration(to: $0)).components.seconds)) } }
}
