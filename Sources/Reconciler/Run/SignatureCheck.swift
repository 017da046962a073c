import Basics
import ConfigRepository
import Git
import JSONSource
import Profiles
import Signatures

/// Whether the commit that is worked off is signed by somebody who may.
struct SignatureCheck {
    /// Who asks for it: a policy's file, or an option.
    let asker: String
    /// `--trusted-keys`.
    let trustedKeys: String?
    /// Seconds since 1970.
    let now: Int64

    /// Every way in which it is not, as errors: then nothing may be applied.
    func diagnostics(of source: ConfigSource) throws -> [Diagnostic] {
        // Files as they lie are nobody's word; nothing is applied from them.
        guard case .commit(let path, let id, _, let trust) = source else { return [] }
        func problem(_ code: DiagnosticCode, _ message: String, _ help: String) -> [Diagnostic] { [Diagnostic(code, file: asker, message, help: help)] }
        guard let trustedKeys else {
            return problem(
                .trustedKeysMissing, "commits must be signed, and nobody has said by whom",
                "give --trusted-keys FILE: an OpenSSH allowed-signers file, or armored OpenPGP keys")
        }
        let keys: TrustedKeys
        do {
            let bytes = try readFile(trustedKeys, limit: JSONLimits.fileSize * 4)
            guard let text = String(validating: bytes, as: UTF8.self) else { throw TrustedKeys.Problem(line: 1, message: "the file is not text in UTF-8") }
            keys = try TrustedKeys(text)
        } catch let error as TrustedKeys.Problem {
            return [
                Diagnostic(
                    code: DiagnosticCode.trustedKeysMissing.rawValue, message: error.message,
                    help: "the file of --trusted-keys lists who may sign: OpenSSH allowed-signers lines, or armored OpenPGP keys", file: trustedKeys, line: error.line)
            ]
        }
        let repository = try Repository.open(path: path, trustOwner: trust)
        let signature = try repository.signature(ofCommit: id)
        let commit = "commit \(id.short)"
        let verdict = keys.judge(signature: signature?.text, payload: signature?.payload ?? [], now: now)
        switch verdict {
        case .good: return []
        case .unsigned: return problem(.commitUnsigned, "\(commit) is not signed", "sign it: git commit --amend --no-edit -S")
        case .unknownKey(let key):
            return problem(.commitKeyUnknown, "\(commit) is signed by a key that is not trusted: \(key)", "if that key may sign, add it to \(trustedKeys)")
        case .badSignature(let why): return problem(.commitSignatureBad, "the signature of \(commit) is bad: \(why)", "find out who made the commit before anything else")
        case .expiredKey(let key):
            return problem(
                .commitKeyExpired, "\(commit) is signed by a key whose time is over, or has not come: \(key)",
                "let a key that is valid sign a new commit, or say in \(trustedKeys) until when this one counts")
        }
    }
}
