/// Where a policy comes from; that decides for whom it counts and what it may say.
public enum PolicySource: Sendable, Hashable {
    /// `policy.json` at the root: for every tenant.
    case repository(file: String)
    /// A tenant's own: for that tenant, on top of the repository's.
    case tenant(id: String, file: String)
    /// `--policy FILE`, given by the pipeline: for every tenant, and out of reach of every commit.
    case outside(file: String)

    /// What the report calls it.
    public var label: String {
        switch self {
        case .repository(let file), .tenant(_, let file): file
        case .outside: "--policy"
        }
    }

    /// What a sentence calls it.
    var words: String {
        switch self {
        case .repository(let file), .tenant(_, let file): file
        case .outside: "the file given with --policy"
        }
    }
}
