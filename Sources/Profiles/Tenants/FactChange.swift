import JSONSource

/// A fact in a `tenant.json` that changes: facts decide what rules and gates say, so reports show each change separately.
public struct FactChange: Sendable, Hashable {
    /// The tenant's id.
    public let tenant: String
    /// RFC 6901 in `tenant.json`, such as `/groups/staff/members`.
    public let path: String
    /// As in the file; null where there is nothing.
    public let before: JSON
    public let after: JSON
    /// Whether rules or gates let more through with the new value.
    public let loosens: Bool

    public init(tenant: String, path: String, before: JSON, after: JSON, loosens: Bool) {
        self.tenant = tenant
        self.path = path
        self.before = before
        self.after = after
        self.loosens = loosens
    }
}

extension Tenant {
    /// What changes in the facts, by path.
    ///
    /// - Parameters:
    ///   - old: as recorded, or in another revision.
    ///   - members: people of an audience then, as far as they were known; the outer nil: nothing was recorded of it.
    public func factChanges(from old: TenantFacts, members: (String) -> Int??) -> [FactChange] {
        var changes: [FactChange] = []
        func note(_ path: String, _ before: JSON, _ after: JSON, loosens: Bool) {
            if before != after { changes.append(FactChange(tenant: id, path: path, before: before, after: after, loosens: loosens)) }
        }
        // Exchange Online refuses passwords (EAS022), and servers without modern authentication refuse OAuth (EAS012).
        let silences = (old.exchange == .online && facts.exchange != .online) || (!old.exchange.supportsOAuth && facts.exchange.supportsOAuth)
        note("/exchange", .string(old.exchange.rawValue), .string(facts.exchange.rawValue), loosens: silences)
        note("/iosAccountsApp", .string(old.iosAccountsApp.rawValue), .string(facts.iosAccountsApp.rawValue), loosens: facts.iosAccountsApp == .granted)
        note("/minimumOS", .string(old.minimumOS.description), .string(facts.minimumOS.description), loosens: facts.minimumOS > old.minimumOS)
        let names = audienceNames
        func named(_ audiences: Set<String>) -> JSON { .array(audiences.map { names[$0]?.name ?? $0 }.sorted().map(JSON.string)) }
        note(
            "/managedEmailRequired", named(old.managedEmailRequired), named(facts.managedEmailRequired),
            loosens: !old.managedEmailRequired.subtracting(facts.managedEmailRequired).isEmpty)
        for (audience, place) in names {
            if audience != "allUsers", audience != "allDevices" {
                let (was, is_) = (old.kinds[audience], facts.kinds[audience])
                // A kind that was known and is another or unknown now silences EAS017 or EAS025.
                guard was != nil || members(audience) != nil else { continue }
                note(place.path + "/kind", .text(was?.rawValue), .text(is_?.rawValue), loosens: was != nil)
            }
            guard let was = members(audience) else { continue }
            let is_ = self.members(of: audience)
            note(place.path + "/members", .number(was), .number(is_), loosens: was.map { (is_ ?? -1) < $0 } ?? false)
        }
        return changes.sorted { JSONWriter.precedes($0.path, $1.path) }
    }

    /// That a tenant need no longer be adopted before anything of it goes out; nil where nothing changes there. Only a comparison of two
    /// revisions knows it: the applied state remembers no key.
    ///
    /// - Parameter old: the tenant as another revision has it.
    public func adoptionChange(from old: Tenant) -> FactChange? {
        guard old.adoptsFirst != adoptsFirst else { return nil }
        func value(_ first: Bool) -> JSON { first ? "first" : .null }
        return FactChange(tenant: id, path: "/adopt", before: value(old.adoptsFirst), after: value(adoptsFirst), loosens: old.adoptsFirst)
    }

    /// Audience → the name that manifests use, and its place in `tenant.json`; of two names for one group the first.
    private var audienceNames: [String: (name: String, path: String)] {
        var names = ["allUsers": (name: "allUsers", path: "/allUsers"), "allDevices": (name: "allDevices", path: "/allDevices")]
        for (name, group) in groups.sorted(by: { $0.key > $1.key }) { names[group.id] = (name, "/groups/\(escapedForPointer(name))") }
        return names
    }
}

extension Tenant.Exchange {
    /// Whether the modern sign-in works with it.
    public var supportsOAuth: Bool { self == .online || self == .hybridModernAuth }
}

extension JSON {
    fileprivate static func text(_ value: String?) -> JSON { value.map(JSON.string) ?? .null }
    fileprivate static func number(_ value: Int?) -> JSON { value.map(JSON.integer) ?? .null }
}
