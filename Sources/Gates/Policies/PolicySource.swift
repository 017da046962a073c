/// Where a policy comes from. That decides for whom it counts and what it may contain.
public enum PolicySource: Sendable, Hashable {
    /// `policy.json` at the root: counts for every tenant.
    case repository(file: String)
    /// A tenant's own: counts for that tenant, in addition to the repository's.
    case tenant(id: String, file: String)
    /// `--policy FILE`, given by the pipeline: counts for every tenant, and no commit can change it.
    case outside(file: String)

    /// Its name in reports.
    public var label: String {
        switch self {
        case .repository(let file), .tenant(_, let file): file
        case .outside: "--policy"
        }
    }

    /// The file itself.
    public var file: String { switch self { case .repository(let file), .tenant(_, let file), .outside(let file): file } }

    /// Whether no commit can change it.
    var isOutside: Bool { if case .outside = self { true } else { false } }

    /// Its name in a sentence.
    var words: String {
        switch self {
        case .repository(let file), .tenant(_, let file): file
        case .outside: "the file given with --policy"
        }
    }
}
