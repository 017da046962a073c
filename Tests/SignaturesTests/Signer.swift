import Foundation
import Git
import TestSupport
import Testing

@testable import Signatures

/// A repository whose commits are signed by the real ssh-keygen and gpg, with keys for the test.
final class Signer {
    let path: String
    private let environment: [String: String]

    init() throws {
        // gpg-agent's socket is in this folder, and the path of a socket must be short.
        path = "/tmp/es-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: path + "/gpg", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        environment = [
            "PATH": "/usr/bin:/bin", "HOME": path, "GNUPGHOME": path + "/gpg", "LC_ALL": "C.UTF-8", "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "Ann",
            "GIT_AUTHOR_EMAIL": "ann@example.com", "GIT_COMMITTER_NAME": "Ann", "GIT_COMMITTER_EMAIL": "ann@example.com",
        ]
        try run(["git", "init", "--quiet", "--initial-branch", "main", path + "/repo"])
    }

    deinit {
        _ = try? run(["gpgconf", "--kill", "all"])
        try? FileManager.default.removeItem(atPath: path)
    }

    @discardableResult
    func run(_ command: [String], in folder: String = "/tmp") throws -> String {
        let program = ["git": "/usr/bin/git", "gpg": "/usr/bin/gpg", "gpgconf": "/usr/bin/gpgconf", "ssh-keygen": "/usr/bin/ssh-keygen"][command[0]] ?? command[0]
        return String(decoding: try Program.output([program] + command.dropFirst(), in: folder, environment: environment), as: UTF8.self)
    }

    // MARK: Keys

    /// Makes an SSH key and returns its line for an allowed-signers file.
    func sshKey(_ name: String, _ kind: String, bits: String? = nil, options: String = "") throws -> String {
        try run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", name, "-f", "\(path)/\(name)"] + (bits.map { ["-b", $0] } ?? []))
        let key = try String(contentsOfFile: "\(path)/\(name).pub", encoding: .utf8).split(separator: " ")
        return "\(name)@example.com \(options.isEmpty ? "" : options + " ")\(key[0]) \(key[1])\n"
    }

    func gpg(_ arguments: String...) throws -> String {
        try run(["gpg", "--batch", "--quiet", "--no-tty", "--pinentry-mode", "loopback", "--passphrase", "", "--trust-model", "always"] + arguments)
    }

    /// Makes an OpenPGP signing key and returns it armored.
    func openPGPKey(_ name: String, _ kind: String, expires: String = "never", at time: String? = nil) throws -> String {
        let faked = time.map { ["--faked-system-time", $0] } ?? []
        try run(
            ["gpg", "--batch", "--quiet", "--no-tty", "--pinentry-mode", "loopback", "--passphrase", ""] + faked
                + ["--quick-generate-key", "\(name) <\(name)@example.com>", kind, "sign", expires])
        return try export(name)
    }

    func fingerprint(_ name: String) throws -> String {
        let line = try gpg("--with-colons", "--fingerprint", "\(name)@example.com").split(separator: "\n").first { $0.hasPrefix("fpr") }
        return String(try #require(line?.split(separator: ":").last))
    }

    /// A program that runs gpg with more options.
    func gpgWith(_ options: String) throws -> String {
        let program = "\(path)/gpg-\(UUID().uuidString)"
        try "#!/bin/sh\nexec /usr/bin/gpg \(options) \"$@\"\n".write(toFile: program, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
        return program
    }

    func export(_ name: String) throws -> String { try gpg("--armor", "--export", "\(name)@example.com") }

    // MARK: Commits

    enum Way { case ssh(key: String), openPGP(key: String), none }

    /// Makes a commit that git itself signs.
    func commit(_ way: Way, program: String = "gpg") throws -> ObjectID {
        let signing: [String] =
            switch way {
            case .ssh(let key): ["-c", "gpg.format=ssh", "-c", "user.signingKey=\(path)/\(key)", "-c", "commit.gpgSign=true"]
            case .openPGP(let key): ["-c", "user.signingKey=\(key)@example.com", "-c", "commit.gpgSign=true", "-c", "gpg.program=\(program)"]
            case .none: []
            }
        try run(["git"] + signing + ["commit", "--quiet", "--allow-empty", "--message", "a commit with é\n\nand more"], in: path + "/repo")
        return try #require(ObjectID(hex: try run(["git", "rev-parse", "HEAD"], in: path + "/repo").trimmingCharacters(in: .whitespacesAndNewlines)))
    }

    /// A commit's one signature.
    func signature(_ commit: ObjectID) throws -> (text: [UInt8], payload: [UInt8]) {
        guard case .one(let text, let payload) = try Repository.open(path: path + "/repo").signature(ofCommit: commit) else {
            throw Program.Failed(description: "the commit has not exactly one signature")
        }
        return (text, payload)
    }

    static var now: Int64 { Int64(Date().timeIntervalSince1970) }

    func verdict(_ commit: ObjectID, _ keys: String, now: Int64 = Signer.now) throws -> SignatureVerdict {
        try TrustedKeys(keys).verdict(onCommit: commit, in: Repository.open(path: path + "/repo"), now: now)
    }

    /// Whether git itself accepts the commit's SSH signature.
    func gitTakes(_ commit: ObjectID, allowedSigners: String) throws -> Bool {
        try allowedSigners.write(toFile: path + "/allowed", atomically: true, encoding: .utf8)
        return (try? run(["git", "-c", "gpg.ssh.allowedSignersFile=\(path)/allowed", "verify-commit", "\(commit)"], in: path + "/repo")) != nil
    }

    func gitTakes(_ commit: ObjectID) throws -> Bool { (try? run(["git", "verify-commit", "\(commit)"], in: path + "/repo")) != nil }
}
