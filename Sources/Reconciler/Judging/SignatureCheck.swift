import Basics
import ConfigRepository
import Git
import JSONSource
import Profiles
import Signatures

/// Whether the commit that a run reads is signed by somebody who may sign.
struct SignatureCheck {
    /// Who asks for it: a policy's file, or an option.
    let asker: String
    /// `--trusted-keys`.
    let trustedKeys: String?
    /// Seconds since 1970.
    let now: Int64

    /// The keys in a file that the operator named.
    ///
    /// - Throws: `TrustedKeys.Problem`; `FileError`.
    static func read(_ file: String) throws -> TrustedKeys {
        let bytes = try readFile(file, limit: JSONLimits.fileSize * 4, followsLinks: true)
        guard let text = String(validating: bytes, as: UTF8.self) else { throw TrustedKeys.Problem(line: 1, message: "The file is not text in UTF-8") }
        return try TrustedKeys(text)
    }

    /// Why a commit is not signed by one of the keys, to follow the commit's name; nil where it is.
    static func problem(_ keys: TrustedKeys, _ commit: ObjectID, _ repository: Repository, now: Int64) throws -> String? {
        let signature = try repository.signature(ofCommit: commit)
        switch keys.judge(signature: signature?.text, payload: signature?.payload ?? [], now: now) {
        case .good: return nil
        case .unsigned: return "is not signed"
        case .unknownKey(let key): return "is signed by a key that is not an approver's: \(key)"
        case .badSignature(let why): return "has a bad signature: \(why)"
        case .expiredKey(let key): return "is signed by a key that has expired, or is not yet valid: \(key)"
        }
    }

    /// Why it is not, as errors: then nothing may be applied.
    func diagnostics(of source: ConfigSource) throws -> [Diagnostic] {
        // Working files are nobody's word; nothing is applied from them.
        guard case .commit(let path, let id, _, let trust) = source else { return [] }
        func problem(_ code: DiagnosticCode, _ message: String, _ help: String) -> [Diagnostic] { [Diagnostic(code, file: asker, message, help: help)] }
        guard let trustedKeys else {
            return problem(
                .trustedKeysMissing, "Commits must be signed, and no trusted keys are given",
                "Give --trusted-keys FILE: an OpenSSH allowed-signers file, or armored OpenPGP keys")
        }
        let keys: TrustedKeys
        do {
            keys = try Self.read(trustedKeys)
        } catch let error as TrustedKeys.Problem {
            return [
                Diagnostic(
                    code: DiagnosticCode.trustedKeysMissing.rawValue, message: error.message,
                    help: "The file of --trusted-keys lists who may sign: OpenSSH allowed-signers lines, or armored OpenPGP keys", file: trustedKeys, line: error.line)
            ]
        }
        let repository = try Repository.open(path: path, trustOwner: trust)
        let signature = try repository.signature(ofCommit: id)
        let commit = "Commit \(id.short)"
        let verdict = keys.judge(signature: signature?.text, payload: signature?.payload ?? [], now: now)
        switch verdict {
        case .good: return []
        case .unsigned: return problem(.commitUnsigned, "\(commit) is not signed", "Sign it: git commit --amend --no-edit -S")
        case .unknownKey(let key):
            return problem(.commitKeyUnknown, "\(commit) is signed by a key that is not trusted: \(key)", "If that key may sign, add it to \(trustedKeys)")
        case .badSignature(let why): return problem(.commitSignatureBad, "\(commit) has a bad signature: \(why)", "Find out who made the commit before anything else")
        case .expiredKey(let key):
            return problem(
                .commitKeyExpired, "\(commit) is signed by a key that has expired, or is not yet valid: \(key)",
                "Sign a new commit with a valid key, or extend the key in \(trustedKeys)")
        }
    }
}
