/// The refs and commits that a fetch was asked for. An optional name that the remote does not have has no entry.
public struct RemoteRefs: Sendable, Equatable {
    /// The full name of the remote's default branch (`refs/heads/main`); `nil` when its HEAD does not name an existing branch.
    public var head: String?
    /// Name as asked → full ref name, on the remote and in the mirror. Commit ids have no entry.
    public var names: [String: String]
    /// Name as asked → commit, for a tag the commit that it points at.
    public var commits: [String: ObjectID]
}

/// What a requested name stands for.
enum Target {
    case ref(name: String, id: ObjectID)
    case commit(ObjectID)
}

/// A server's list of refs.
struct Advertisement {
    /// Full name → id, for an annotated tag that of the tag object.
    let ids: [String: ObjectID]
    /// The default branch.
    let head: String?
    /// Full name of an annotated tag → id of the object that it points at.
    private let peeled: [String: ObjectID]

    init(_ list: [RemoteSession.Advertised]) {
        var ids: [String: ObjectID] = [:]
        var peeled: [String: ObjectID] = [:]
        for entry in list {
            if entry.name.hasSuffix("^{}") {
                peeled[String(entry.name.dropLast(3))] = entry.id
            } else {
                ids[entry.name] = entry.id
            }
        }
        self.ids = ids
        self.peeled = peeled
        if let target = list.first(where: { $0.name == "HEAD" })?.symbolicTarget {
            head = ids[target] == nil ? nil : target
        } else if let id = ids["HEAD"] {
            // An old server does not name the branch of HEAD. If only one branch is at the same commit, it is that one.
            let same = ids.filter { $0.key.hasPrefix("refs/heads/") && $0.value == id }.keys
            head = same.count == 1 ? same.first : ["refs/heads/main", "refs/heads/master"].first(where: same.contains)
        } else {
            head = nil
        }
    }

    var branchesAndTags: [String: ObjectID] {
        ids.filter { $0.key.hasPrefix("refs/heads/") || $0.key.hasPrefix("refs/tags/") }
    }

    func target(_ asked: String, _ repository: Repository, _ operation: String) throws(GitError) -> Target {
        if asked == "HEAD" {
            if let head, let id = ids[head] { return .ref(name: head, id: id) }
            if let id = ids["HEAD"] { return .ref(name: "HEAD", id: id) }
            throw GitError(
                kind: .notFound, operation: operation, message: "the remote's HEAD names a branch that does not exist",
                help: ["Name a branch with --ref.", suggestion("main", among: shortNames)].compactMap(\.self).joined(separator: " "))
        }
        if asked.hasPrefix("refs/"), let id = ids[asked] { return .ref(name: asked, id: id) }
        let branch = "refs/heads/" + asked
        let tag = "refs/tags/" + asked
        switch (ids[branch], ids[tag]) {
        case (let id?, nil): return .ref(name: branch, id: id)
        case (nil, let id?): return .ref(name: tag, id: id)
        case (let first?, let second?):
            if first == peeled[tag] ?? second { return .ref(name: branch, id: first) }
            throw GitError(
                kind: .invalid, operation: operation,
                message: "the remote has both a branch and a tag \"\(asked)\"",
                help: "Use \(branch) or \(tag).")
        case (nil, nil): break
        }
        if let id = ObjectID(hex: asked) { return .commit(id) }
        throw GitError(
            kind: .notFound, operation: operation, message: "the remote has no branch or tag \"\(asked)\"",
            help: suggestion(asked, among: asked.hasPrefix("refs/") ? Array(ids.keys) : shortNames))
    }

    private var shortNames: [String] {
        branchesAndTags.keys.map { name in
            String(name.dropFirst(name.hasPrefix("refs/heads/") ? "refs/heads/".count : "refs/tags/".count))
        }
    }
}
