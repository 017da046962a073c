import Profiles

/// A tenant as rules see it: its facts, and all of its profiles at one time.
public struct TenantView: Sendable {
    public let facts: TenantFacts
    /// The profiles with one server and one source of addresses, which devices take for one account.
    private let accounts: [Account: [EffectiveProfile]]
    /// Audience → profiles that include it.
    private let included: [String: Set<String>]

    private struct Account: Hashable {
        let server: String?
        let address: String?

        init(_ profile: EffectiveProfile) {
            server = profile[.server].text
            address = profile[.emailAddressAttribute].text
        }
    }

    public init(_ facts: TenantFacts, _ profiles: [EffectiveProfile] = []) {
        self.facts = facts
        accounts = Dictionary(grouping: profiles, by: Account.init)
        var included: [String: Set<String>] = [:]
        // Only rules about these ask.
        for profile in profiles where !facts.managedEmailRequired.isEmpty {
            for target in profile[.include].targets where facts.managedEmailRequired.contains(target.audienceID) {
                included[target.audienceID, default: []].insert(profile.id)
            }
        }
        self.included = included
    }

    /// The other profiles for the same account, in the order of their ids.
    func sharingAccount(with profile: EffectiveProfile) -> [EffectiveProfile] {
        guard let all = accounts[Account(profile)], all.count > 1 else { return [] }
        return all.filter { $0.id != profile.id }.sorted { $0.id < $1.id }
    }

    /// Whether a profile other than `id` includes an audience whose compliance policy requires a managed profile.
    func includesElsewhere(_ audience: String, besides id: String) -> Bool { !(included[audience] ?? []).subtracting([id]).isEmpty }
}
