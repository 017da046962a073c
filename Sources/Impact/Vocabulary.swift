/// What happens to one profile.
public enum Action: String, Sendable, CaseIterable {
    case create
    /// In place.
    case update
    /// A new profile is deployed.
    case reinstall
    case remove
    case none

    /// What happens, as a sentence without its end.
    public var words: String {
        switch self {
        case .create: "a profile is created"
        case .update: "a profile changes in place"
        case .reinstall: "a new profile replaces the old one"
        case .remove: "a profile is removed"
        case .none: "nothing changes on devices"
        }
    }
}

/// What people or admins notice, worst first.
public enum Consequence: String, Sendable, CaseIterable, Comparable {
    case accountRemoved, accessLost, credentialReentry, newProfile, installBlocked, firstInstall, settingsReset, signInChange, userVisible, securityWeakened
    case serverPrerequisite, consentPrerequisite, ignoredOnOlderOS, advice, consoleOnly

    /// What happens to people, as the rest of a sentence that begins with them: "At most 40 people must enter their credentials".
    public var words: String {
        switch self {
        case .accountRemoved: "lose the account and its mail on the device"
        case .accessLost: "may lose access to every company app"
        case .credentialReentry: "must enter their credentials"
        case .newProfile: "get a new profile and download their mail again"
        case .installBlocked: "do not get the profile, because another one already has the account"
        case .firstInstall: "get the profile for the first time"
        case .settingsReset: "lose what they customised and may be asked to approve"
        case .signInChange: "sign in differently"
        case .userVisible: "see something change"
        case .securityWeakened: "are less protected"
        case .serverPrerequisite: "cannot sign in unless the server allows it"
        case .consentPrerequisite: "may be unable to sign in until an admin grants consent"
        case .ignoredOnOlderOS: "may have devices too old for a setting"
        case .advice: "notice nothing; there is advice for admins"
        case .consoleOnly: "notice nothing; only the console changes"
        }
    }

    /// Whether people notice it: true for all but `advice` and `consoleOnly`.
    public var isNoticed: Bool { self != .advice && self != .consoleOnly }

    private var severity: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    /// Worst first.
    public static func < (one: Consequence, other: Consequence) -> Bool { one.severity < other.severity }
}

/// An upper bound of a number of people. A group of unknown size makes it unknown, which is never 0.
public enum People: Hashable, Sendable {
    case atMost(Int)
    case unknown

    public var number: Int? { if case .atMost(let number) = self { number } else { nil } }

    public static func + (one: People, other: People) -> People {
        guard let first = one.number, let second = other.number else { return .unknown }
        return .atMost(first + second)
    }

    /// The larger of the two; unknown if one is.
    public static func larger(_ one: People, _ other: People) -> People {
        guard let first = one.number, let second = other.number else { return .unknown }
        return .atMost(max(first, second))
    }
}
