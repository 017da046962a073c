import Basics
import JSONSource

/// What a tenant.json with errors may say although it could not be read: what would follow from its absence is not reported, since
/// nobody knows that it is absent.
struct TenantGaps: Sendable {
    /// Of a tenant.json without errors.
    static let none = TenantGaps(isEverything: false, present: [], pointers: [], misspelt: [])

    private let isEverything: Bool
    /// The keys that are there.
    private let present: Set<String>
    /// Of the problems.
    private let pointers: [String]
    /// Keys that are not there and that an unknown key may have been meant for; nil: any.
    private let misspelt: Set<String>?

    private init(isEverything: Bool, present: Set<String>, pointers: [String], misspelt: Set<String>?) {
        self.isEverything = isEverything
        self.present = present
        self.pointers = pointers
        self.misspelt = misspelt
    }

    /// - Parameter root: nil where nothing could be read.
    init(_ root: JSONValue?, _ problems: [Diagnostic]) {
        let keys = Set(root?.members.compactMap(\.key.string) ?? [])
        let unknown = keys.subtracting(Tenant.keys).subtracting(["$comment", "$schema"])
        // One that is near nothing may have been meant for anything.
        let near = unknown.prefix(JSONLimits.problems).map { nearNames(to: $0, among: Tenant.keys) }
        let misspelt = near.contains([]) || unknown.count > near.count ? nil : Set(near.joined()).subtracting(keys)
        self.init(isEverything: root?.kind != .object, present: keys, pointers: problems.map(\.pointer), misspelt: misspelt)
    }

    /// Whether it may say more under a key of the file than could be read there.
    ///
    /// - Parameter anywhere: whether a problem with any part of the value counts.
    func mayHold(_ key: String, anywhere: Bool = false) -> Bool {
        if isEverything || misspelt?.contains(key) ?? !present.contains(key) { return true }
        let pointer = "/" + key
        return pointers.contains { $0 == pointer || (anywhere && $0.hasPrefix(pointer + "/")) }
    }

    /// Whether it may say more under a name in one of its lists than could be read there.
    func mayHold(_ key: String, _ name: String) -> Bool {
        let pointer = "/\(key)/\(escapedForPointer(name))"
        return mayHold(key) || pointers.contains { $0 == pointer || $0.hasPrefix(pointer + "/") }
    }
}
