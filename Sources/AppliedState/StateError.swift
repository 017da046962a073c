/// Why the applied state cannot be used. Nothing has been changed when one is thrown.
public enum StateError: Error, Sendable, CustomStringConvertible, Equatable {
    case newerFormat(Int)
    case unreadable(file: String, why: String)
    /// Somebody edited the state by hand, or the branch is no state branch.
    case edited(file: String)
    /// Other runs kept changing the same tenants.
    case contended(branch: String)

    public var description: String {
        switch self {
        case .newerFormat(let version):
            "the applied state has format \(version), and this easel writes format \(RootState.formatVersion); use the newer easel that wrote it"
        case .unreadable(let file, let why):
            "the applied state cannot be read: \(file): \(why); if somebody edited the branch, revert that commit"
        case .edited(let file):
            "the applied state was edited by hand: \(file) is not what easel recorded; revert that commit, so that easel knows again what devices have"
        case .contended(let branch):
            "other runs keep changing the same tenants on \(branch); run again when they are through"
        }
    }
}
