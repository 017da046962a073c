import Basics
import Gates
import Git
import JSONSource
import Profiles
import Signatures

/// Whether the commits that a run brings are signed by somebody who may sign.
public struct SignatureCheck {
    let demand: SignatureDemand
    /// `--trusted-keys`.
    let trustedKeys: String?
    /// Seconds since 1970.
    let now: Int64
    /// The commits whose history has gone out before.
    let recorded: [String]

    /// - Parameters:
    ///   - trustedKeys: path of the file of keys that may sign.
    ///   - now: seconds since 1970.
    ///   - recorded: commits, 40 hex digits each, whose history has gone out before.
    public init(demand: SignatureDemand, trustedKeys: String?, now: Int64, recorded: [String]) {
        (self.demand, self.trustedKeys, self.now, self.recorded) = (demand, trustedKeys, now, recorded)
    }

    /// Commits that are looked at, and those that are reported.
    private static let limit = 10_000
    private static let reported = 10

    /// The keys in a file that the operator named.
    ///
    /// - Throws: `TrustedKeys.Problem`; `FileError`.
    static func read(_ file: String) throws -> TrustedKeys {
        let bytes = try readFile(file, limit: JSONLimits.fileSize * 4, followsLinks: true)
        guard let text = String(validating: bytes, as: UTF8.self) else { throw TrustedKeys.Problem(line: 1, message: "The file is not text in UTF-8") }
        return try TrustedKeys(text)
    }

    /// Why a commit is not signed by one of the keys, to follow the commit's name; nil where it is.
    static func reason(_ keys: TrustedKeys, _ commit: ObjectID, _ repository: Repository, now: Int64) throws -> String? {
        switch try keys.verdict(onCommit: commit, in: repository, now: now) {
        case .good: nil
        case .unsigned: "is not signed"
        case .unknownKey(let key): "is signed by a key that is not an approver's: \(key)"
        case .badSignature(let why): "has a bad signature: \(why)"
        case .expired(let key): "is signed by a key that has expired, or is not yet valid: \(key)"
        case .revoked(let key): "is signed by a key that its owner has revoked: \(key)"
        }
    }

    /// Why they are not, as errors: then nothing may be applied.
    public func diagnostics(of source: ConfigSource) throws -> [Diagnostic] {
        // Working files are nobody's word; nothing is applied from them.
        guard case .commit(let path, let id, _, let trust) = source else { return [] }
        guard let trustedKeys else {
            return [
                problem(
                    .trustedKeysMissing, "Commits must be signed, and no trusted keys are given",
                    "Give --trusted-keys FILE: an OpenSSH allowed-signers file, or armored OpenPGP keys")
            ]
        }
        do {
            return try problems(id, Repository.open(path: path, trustOwner: trust), Self.read(trustedKeys))
        } catch let error as TrustedKeys.Problem {
            return [
                Diagnostic(
                    code: DiagnosticCode.trustedKeysMissing.rawValue, message: error.message,
                    help: "The file of --trusted-keys lists who may sign: OpenSSH allowed-signers lines, or armored OpenPGP keys", file: trustedKeys, line: error.line)
            ]
        }
    }

    private func problems(_ tip: ObjectID, _ repository: Repository, _ keys: TrustedKeys) throws -> [Diagnostic] {
        let commits: [ObjectID]
        do {
            commits = try self.commits(to: tip, in: repository)
        } catch let error as GitError where error.kind == .notFound || error.kind == .tooLarge {
            return [problem(.commitHistoryMissing, "Not every commit since the one recorded last can be checked: \(error.message)", error.help ?? Self.wayOut)]
        }
        var problems: [Diagnostic] = []
        for commit in commits where problems.count < Self.reported {
            let verdict = try keys.verdict(onCommit: commit, in: repository, now: now)
            if let problem = problem(verdict, "Commit \(commit.short)", isTip: commit == tip) { problems.append(problem) }
        }
        return problems
    }

    private static let wayOut = "Look at these commits yourself, then require \"tip\" for one run, which records what it reads"

    /// The commits that must be signed, the newest first. On a first run nothing says where the new ones begin, so that is the tip alone.
    private func commits(to tip: ObjectID, in repository: Repository) throws -> [ObjectID] {
        let known = Set(recorded).sorted().compactMap { ObjectID(hex: $0) }
        guard demand.requirement == .all, !known.isEmpty else { return [tip] }
        return try repository.commits(from: tip, since: known, limit: Self.limit)
    }

    private func problem(_ verdict: SignatureVerdict, _ commit: String, isTip: Bool) -> Diagnostic? {
        switch verdict {
        case .good: nil
        case .unsigned: problem(.commitUnsigned, "\(commit) is not signed", isTip ? "Sign it: git commit --amend --no-edit -S" : "Sign it (git rebase --exec 'git commit --amend --no-edit -S'). \(Self.wayOut)")
        case .unknownKey(let key):
            problem(.commitKeyUnknown, "\(commit) is signed by a key that is not trusted: \(key)", "If that key may sign, add it to \(trustedKeys ?? "the trusted keys")")
        case .badSignature(let why): problem(.commitSignatureBad, "\(commit) has a bad signature: \(why)", "Find out who made the commit before anything else")
        case .expired(let key):
            problem(
                .commitKeyExpired, "\(commit) is signed by a key that has expired, or is not yet valid: \(key)",
                "Sign a new commit with a valid key, or extend the key in \(trustedKeys ?? "the trusted keys")")
        case .revoked(let key):
            problem(.commitKeyRevoked, "\(commit) is signed by a key that its owner has revoked: \(key)", "Find out why it was revoked, then sign with another key")
        }
    }

    private func problem(_ code: DiagnosticCode, _ message: String, _ help: String) -> Diagnostic { Diagnostic(code, file: demand.asker, message, help: help) }
}
