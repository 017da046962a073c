import Impact

/// A limit on what may go out in one run or one day; `LimitWalk` does the counting.
///
/// A limit is one file in this folder and one line in `Limits.all`: policies, their schema, their comparison in reviews, and
/// reports know it from there.
public protocol Limit: Sendable {
    /// The key in a policy's `limits`.
    var key: StaticString { get }
    /// What the key means, a sentence for the JSON Schema.
    var about: String { get }

    /// How much of the limit a profile uses; nil when the limit does not count the profile.
    func size(of proposal: Proposal) -> People?
    /// What counts only once however many profiles share it, such as the tenant; nil where each profile counts.
    func shared(by proposal: Proposal) -> String?
    /// What the limit counts, one and several: "person", "people".
    var unit: (one: String, several: String) { get }
    /// "run" or "day".
    var period: String { get }
    /// Why not even an empty run has room for a profile, such as "larger than the limit of 20 people per run".
    func tooLarge(_ words: String) -> String
}

extension Limit {
    /// The name in `heldBy`.
    public var name: String { Limits.namePrefix + key.description }

    public var period: String { "run" }

    public func shared(by proposal: Proposal) -> String? { nil }

    /// An amount of what the limit counts, such as "20 people per run" or "1 removal per run".
    ///
    /// - Parameter tenant: the tenant whose own limit it is; nil for a limit on all tenants together.
    func words(_ amount: Int, tenant: String?) -> String {
        "\(amount) \(amount == 1 ? unit.one : unit.several) per \(period)\(tenant.map { " in tenant \($0)" } ?? "")"
    }
}

/// The limits that a policy can set, in the order in which `heldBy` and reports show them.
public enum Limits {
    public static let all: [any Limit] = [PeoplePerRunLimit(), RemovalsPerRunLimit(), TenantsPerRunLimit(), PeoplePerDayLimit()]

    /// How the name of every limit begins in `heldBy`; no gate in a policy may have such a name.
    static let namePrefix = "limit:"
}
