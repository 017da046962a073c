/// Why the applied state cannot be used. Nothing has been changed when one is thrown.
public enum StateError: Error, Sendable, CustomStringConvertible, Equatable {
    /// A newer version of easel wrote the state, in this format.
    case newerFormat(Int)
    /// A file is missing, damaged, or not one of easel's.
    case unreadable(file: String, why: String)
    /// Somebody edited the state by hand, or the branch is not a state branch. `repair` says which commit is the last one as easel left it,
    /// and how to go back to it.
    case edited(file: String, repair: String? = nil)
    /// The key that signs state commits did not sign the tip of the branch.
    case unsigned(commit: String, branch: String, key: String, why: String)
    /// Other runs kept changing the same tenants.
    case contended(branch: String)

    public var description: String {
        switch self {
        case .newerFormat(let version):
            "cannot read the applied state: it has format \(version), and this easel supports formats up to \(RootState.formatVersion). Use the newer easel that wrote it"
        case .unreadable(let file, let why):
            "cannot read the applied state: \(file): \(why). If somebody edited the branch, revert that commit"
        case .edited(let file, let repair):
            "cannot use the applied state: \(file) was edited by hand. Revert that commit, so that easel knows again what devices have"
                + (repair.map { ". \($0)" } ?? "")
        case .unsigned(let commit, let branch, let key, let why):
            "cannot use the applied state: the key \(key) did not sign \(commit), the tip of \(branch); \(why). Find out who wrote that commit, and set the branch back if "
                + "nobody should have. If the branch was not signed by this key so far, run once with --state-signing-key-first"
        case .contended(let branch):
            "cannot record this run: other runs keep changing the same tenants on \(branch). Run again when they have finished"
        }
    }
}
