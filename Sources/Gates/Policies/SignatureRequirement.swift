/// Which commits must be signed by trusted keys. Each case asks for everything that those before it ask for.
public enum SignatureRequirement: String, Sendable, Hashable, Comparable, CaseIterable {
    case none
    /// The commit that is reconciled. Its author vouches for everything that it contains, whoever wrote the commits before it.
    case tip
    /// Every commit since the one that was recorded last.
    case all

    public static func < (one: SignatureRequirement, other: SignatureRequirement) -> Bool {
        func strength(_ requirement: SignatureRequirement) -> Int { allCases.firstIndex(of: requirement) ?? 0 }
        return strength(one) < strength(other)
    }
}

/// Somebody who asks for signed commits.
public struct SignatureDemand: Sendable, Hashable {
    public let requirement: SignatureRequirement
    /// A policy's file, or an option.
    public let asker: String

    public init(requirement: SignatureRequirement, asker: String) {
        self.requirement = requirement
        self.asker = asker
    }

    /// The first of those that ask for most; nil where nobody asks for anything.
    public static func strictest(_ demands: some Sequence<SignatureDemand>) -> SignatureDemand? {
        demands.reduce(nil) { found, demand in demand.requirement > (found?.requirement ?? .none) ? demand : found }
    }
}

extension Policy {
    /// What this policy asks for.
    public var signatureDemand: SignatureDemand { SignatureDemand(requirement: requireSignedCommits, asker: source.label) }
}
