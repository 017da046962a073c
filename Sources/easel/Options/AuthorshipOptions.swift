import ArgumentParser
import Basics
import ConfigRepository
import Signatures

/// In whose name commits of the applied state are made, for branches whose rules ask for an author or a signature.
struct AuthorshipOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Author of state commits, written as \"Name <address>\" (default: $EASEL_STATE_AUTHOR, or easel <easel@localhost>).", valueName: "author"))
    var stateAuthor: StateAuthor?

    @Option(
        help: ArgumentHelp(
            "SSH key that signs state commits. Then the tip of the branch must be signed by it, too (default: $EASEL_STATE_SIGNING_KEY).", valueName: "file"), completion: .file())
    var stateSigningKey: String?

    @Flag(help: "Sign from now on a branch that this key has not signed so far. Use it once.")
    var stateSigningKeyFirst = false

    @Option(help: ArgumentHelp("Environment variable with the passphrase of the signing key (default: that of --ssh-key).", valueName: "variable"))
    var stateSigningPassphraseEnv: String?

    @Option(help: ArgumentHelp("File with the passphrase of the signing key.", valueName: "file"), completion: .file())
    var stateSigningPassphraseFile: String?

    private var key: String? { stateSigningKey ?? Environment.variable("EASEL_STATE_SIGNING_KEY") }

    func validate() throws {
        if stateSigningPassphraseEnv != nil, stateSigningPassphraseFile != nil {
            throw ValidationError("--state-signing-passphrase-env and --state-signing-passphrase-file: choose one")
        }
        if key == nil, stateSigningKeyFirst || stateSigningPassphraseEnv != nil || stateSigningPassphraseFile != nil {
            throw ValidationError("there is no key to sign with: add --state-signing-key")
        }
    }

    /// Copies the options into places whose remotes' options are there already.
    func apply(to places: inout Places) throws {
        if let author = try stateAuthor ?? Self.authorOfEnvironment() { (places.stateIdentity.name, places.stateIdentity.email) = (author.name, author.email) }
        guard let key else { return }
        let passphrase = try RemoteOptions.secret(
            "--state-signing-passphrase-env", stateSigningPassphraseEnv, "--state-signing-passphrase-file", stateSigningPassphraseFile)
        places.stateIdentity.signer = try SSHSigner(keyFile: key, passphrase: passphrase ?? places.remoteAccess.sshPassphrase)
        places.stateIdentity.mayBeginToSign = stateSigningKeyFirst
    }

    private static func authorOfEnvironment() throws -> StateAuthor? {
        guard let text = Environment.variable("EASEL_STATE_AUTHOR") else { return nil }
        guard let author = StateAuthor(argument: text) else { throw UsageError("EASEL_STATE_AUTHOR: '\(text)' is not an author; write it as Name <address>") }
        return author
    }
}

/// `Name <address>`.
struct StateAuthor: ExpressibleByArgument {
    let name: String
    let email: String

    init?(argument: String) {
        guard let parts = argument.wholeMatch(of: /\s*([^<>\p{Cc}]*[^<>\s\p{Cc}])\s*<([^<>\s\p{Cc}]+)>\s*/)?.output else { return nil }
        (name, email) = (String(parts.1), String(parts.2))
    }
}
