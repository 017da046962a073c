import ArgumentParser
import Basics
import Git
import Glibc
import Reconciler

/// How remotes are reached. Secrets come from files and environment variables, never from arguments: every user of the machine can read those.
struct RemoteOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Environment variable with a token or password for HTTPS.", valueName: "variable"))
    var tokenEnv: String?

    @Option(help: ArgumentHelp("File with a token or password for HTTPS.", valueName: "file"), completion: .file())
    var tokenFile: String?

    @Option(help: ArgumentHelp("User name to send with the token (default: the one in the URL, or x-access-token).", valueName: "name"))
    var username: String?

    @Flag(help: "Send the token as a bearer header, as Azure DevOps expects for a job's own token.")
    var bearer = false

    @Option(help: ArgumentHelp("File with names and passwords for HTTPS by host, used if there is no token (default: $NETRC, ~/.netrc).", valueName: "file"), completion: .file())
    var netrc: String?

    @Option(help: ArgumentHelp("Private key for SSH (default: the keys of the agent at SSH_AUTH_SOCK).", valueName: "file"), completion: .file())
    var sshKey: String?

    @Option(help: ArgumentHelp("Environment variable with the passphrase of the SSH key.", valueName: "variable"))
    var sshPassphraseEnv: String?

    @Option(help: ArgumentHelp("File with the passphrase of the SSH key.", valueName: "file"), completion: .file())
    var sshPassphraseFile: String?

    @Option(name: .customLong("known-hosts"), help: ArgumentHelp("File with SSH host keys. Can be repeated (default: ~/.ssh/known_hosts, /etc/ssh/ssh_known_hosts).", valueName: "file"), completion: .file())
    var knownHosts: [String] = []

    @Option(help: ArgumentHelp("The only SSH host key to accept, written as SHA256:….", valueName: "fingerprint"))
    var hostKey: String?

    @Option(help: ArgumentHelp("File in PEM with certificate authorities for HTTPS, in addition to the system's.", valueName: "file"), completion: .file())
    var caFile: String?

    @Option(help: ArgumentHelp("Timeout for remote operations in seconds; 0 means no limit.", valueName: "seconds"))
    var timeout = 600

    func validate() throws {
        if tokenEnv != nil, tokenFile != nil { throw ValidationError("--token-env and --token-file: choose one") }
        if sshPassphraseEnv != nil, sshPassphraseFile != nil { throw ValidationError("--ssh-passphrase-env and --ssh-passphrase-file: choose one") }
        if bearer, tokenEnv == nil, tokenFile == nil { throw ValidationError("--bearer needs a token: --token-env or --token-file") }
        if !(0...86_400).contains(timeout) { throw ValidationError("--timeout \(timeout) is out of range; use 0 to 86400 seconds") }
    }

    func access() throws -> RemoteAccess {
        var access = RemoteAccess()
        if let username { access.userName = username }
        access.token = try Self.secret("--token-env", tokenEnv, "--token-file", tokenFile)
        access.sendsBearer = bearer
        access.netrcFile = netrc ?? Environment.variable("NETRC") ?? home("/.netrc")
        access.sshKey = sshKey
        access.sshPassphrase = try Self.secret("--ssh-passphrase-env", sshPassphraseEnv, "--ssh-passphrase-file", sshPassphraseFile)
        access.knownHosts = knownHosts.isEmpty ? [home("/.ssh/known_hosts"), "/etc/ssh/ssh_known_hosts"].compactMap(\.self).filter { Glibc.access($0, R_OK) == 0 } : knownHosts
        if let missing = knownHosts.first(where: { Glibc.access($0, R_OK) != 0 }) { throw FileError(path: missing, operation: "read the known hosts", code: errno) }
        if let netrc, Glibc.access(netrc, R_OK) != 0 { throw FileError(path: netrc, operation: "read the netrc file", code: errno) }
        access.hostKey = hostKey
        access.caFile = caFile
        if timeout > 0 { access.deadline = Deadline(seconds: timeout) }
        return access
    }

    private func home(_ path: String) -> String? { Environment.variable("HOME").map { $0 + path } }

    static func secret(_ variableOption: String, _ variable: String?, _ fileOption: String, _ file: String?) throws -> Secret? {
        try secretText(variableOption, variable, fileOption, file).map(Secret.init)
    }

    /// What a variable or a file contains; nil where neither is given. From then on it is shown nowhere.
    static func secretText(_ variableOption: String, _ variable: String?, _ fileOption: String, _ file: String?) throws -> String? {
        var text: String?
        if let variable {
            guard let value = Environment.variable(variable) else { throw UsageError("\(variableOption): the variable \(variable) is not set, or empty") }
            text = value
        } else if let file {
            guard let content = String(validating: try readFile(file, limit: 1 << 16, followsLinks: true), as: UTF8.self) else { throw Failure("cannot read a secret from \(file): it is not text in UTF-8") }
            text = content
        }
        guard var text else { return nil }
        // Files end in a newline, which is not part of the secret.
        while text.last?.isNewline == true { text.removeLast() }
        guard !text.isEmpty, !text.contains(where: \.isNewline) else { throw Failure("cannot read a secret from \(file ?? "the variable \(variable ?? "")"): it must be exactly one line, and not empty") }
        Console.hide(text)
        return text
    }
}

/// The environment variables of this process.
enum Environment {
    /// Nil if it is not set, or empty.
    static func variable(_ name: String) -> String? {
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        return String(cString: value)
    }
}
