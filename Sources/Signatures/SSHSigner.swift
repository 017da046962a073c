import Basics
import Git
import Glibc

/// Signs commits with an SSH key, through `ssh-keygen -Y sign`, as git does, and recognizes its own signatures.
///
/// The key stays in its file, and the passphrase in this process: programs get the path of the one, and ask for the other.
public struct SSHSigner: Sendable {
    public let keyFile: String
    private let passphrase: Secret?
    private let own: TrustedKeys

    /// Reads the public half of the key. Throws ``SignatureToolError`` where the key cannot be used.
    public init(keyFile: String, passphrase: Secret?) throws {
        (self.keyFile, self.passphrase) = (keyFile, passphrase)
        let text = try Self.run(["-y", "-f", keyFile], keyFile, passphrase)
        let fields = text.split(whereSeparator: \.isWhitespace).prefix(2)
        guard fields.count == 2 else { throw Self.failed(keyFile, "ssh-keygen shows no public key for it") }
        own = try TrustedKeys("easel namespaces=\"git\" \(fields.joined(separator: " "))\n")
    }

    /// The commit with a signature in its `gpgsig` header.
    ///
    /// - Parameter commit: the bytes of a commit without one.
    public func signed(_ commit: [UInt8]) throws -> [UInt8] {
        let folder = try PrivateFolder()
        defer { folder.remove() }
        let signature = try Self.run(["-Y", "sign", "-n", "git", "-f", keyFile], keyFile, passphrase, input: folder.write("commit", commit))
        guard signature.hasPrefix("-----BEGIN SSH SIGNATURE-----") else { throw Self.failed(keyFile, "ssh-keygen wrote no signature") }
        return withSignature(commit, signature)
    }

    /// Whether this key signed a commit, and if not, why not.
    public func verdict(onCommit id: ObjectID, in repository: Repository) throws -> SignatureVerdict {
        try own.verdict(onCommit: id, in: repository, now: Int64(time(nil)))
    }

    private static func run(_ arguments: [String], _ keyFile: String, _ passphrase: Secret?, input: String = "/dev/null") throws -> String {
        let askpass = try passphrase.map { try Askpass($0) }
        // Without a passphrase nobody is asked, not even on a terminal: a pipeline has none.
        let asking = askpass?.environment ?? ["SSH_ASKPASS=/bin/false", "SSH_ASKPASS_REQUIRE=force"]
        let outcome: VerifyingProgram.Outcome
        do {
            outcome = try withExtendedLifetime(askpass) {
                try VerifyingProgram("ssh-keygen", package: "openssh-client").run(arguments, home: "/nonexistent", input: input, environment: asking)
            }
        } catch var error as SignatureToolError {
            error.work = "sign with the key \(keyFile)"
            throw error
        }
        guard outcome.status == 0 else { throw failed(keyFile, reason(outcome.errors), help(outcome.errors, hasPassphrase: passphrase != nil)) }
        return outcome.output
    }

    private static func failed(_ keyFile: String, _ why: String, _ help: String? = nil) -> SignatureToolError {
        SignatureToolError(work: "sign with the key \(keyFile)", why: why, help: help)
    }

    private static func reason(_ words: String) -> String {
        if words.contains("bad permissions") || words.contains("UNPROTECTED PRIVATE KEY FILE") { return "others may read it, and ssh-keygen does not use such a key" }
        let last = words.split(whereSeparator: \.isNewline).last.map(String.init) ?? "nothing"
        return "ssh-keygen reports: \(last)"
    }

    private static func help(_ words: String, hasPassphrase: Bool) -> String? {
        if words.contains("bad permissions") || words.contains("UNPROTECTED PRIVATE KEY FILE") { return "Let only its owner read it: chmod 600." }
        guard words.contains("passphrase") else { return nil }
        return hasPassphrase
            ? "Correct the passphrase." : "Give its passphrase with --state-signing-passphrase-env or --state-signing-passphrase-file, or use a key without one."
    }
}
