/// The audiences that something happens to, with their sizes, by the ids of `AssignmentTarget.audienceID`.
public struct Audiences: Hashable, Sendable {
    /// Consequence → the audiences that it hits.
    public let hit: [Consequence: Set<String>]
    /// The number of people, at most; an audience of unknown size is not in it.
    public let sizes: [String: Int]

    public static let none = Audiences([:]) { _ in nil }

    /// - Parameter members: people of an audience, nil where unknown.
    public init(_ hit: [Consequence: Set<String>], members: (String) -> Int?) {
        self.hit = hit
        var sizes: [String: Int] = [:]
        for id in hit.values.joined() where sizes[id] == nil { sizes[id] = members(id) }
        self.sizes = sizes
    }

    /// Consequence → people, at most: the sum over its audiences. One unknown size makes it unknown.
    public var people: [Consequence: People] { hit.mapValues { ids in People.sum(of: ids) { sizes[$0] } } }

    /// Every audience, in the order of ids.
    public var ids: [String] { hit.values.reduce(into: Set()) { $0.formUnion($1) }.sorted() }

    /// What happens to an audience, worst first.
    public func consequences(for id: String) -> [Consequence] { hit.filter { $0.value.contains(id) }.keys.sorted() }
}

extension People {
    /// People of several audiences together, at most.
    static func sum(of audiences: some Sequence<String>, _ members: (String) -> Int?) -> People {
        audiences.reduce(.atMost(0)) { $0 + (members($1).map(People.atMost) ?? .unknown) }
    }
}
