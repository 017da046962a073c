import Basics
import Git
import Signatures

/// In whose name state commits are made, for branches whose rules ask for that.
public struct StateIdentity: Sendable {
    public var name = "easel"
    public var email = "easel@localhost"
    /// Signs each commit; then nothing is built upon a commit that it did not sign.
    public var signer: SSHSigner?
    /// Builds once on a branch that this key has not signed so far.
    public var mayBeginToSign = false

    public init() {}

    /// Throws `StateError.unsigned` where the key did not sign the tip of the branch: somebody else wrote to it.
    ///
    /// - Parameter isFirstLook: it is the commit that the run began with, and not one by which it lost a race.
    func check(_ tip: ObjectID?, of branch: String, in repository: Repository, isFirstLook: Bool) throws {
        guard let signer, let tip else { return }
        let why: String
        switch try signer.verdict(onCommit: tip, in: repository) {
        case .good:
            guard mayBeginToSign, isFirstLook else { return }
            // Left in a pipeline, it would switch the check off for good.
            throw UsageError("\(branch) is already signed by the key \(signer.keyFile); leave out --state-signing-key-first")
        case .unsigned: why = "it has no signature"
        case .unknownKey(let key): why = "it was signed by \(key)"
        case .badSignature(let reason), .expired(let reason), .revoked(let reason): why = "its signature is not valid: \(reason)"
        }
        guard mayBeginToSign, isFirstLook else { throw StateError.unsigned(commit: tip.short, branch: branch, key: signer.keyFile, why: why) }
    }
}
