/// What happens to one profile.
public enum Action: String, Sendable, CaseIterable {
    case create
    /// In place.
    case update
    /// A new profile is deployed.
    case reinstall
    case remove
    case none
}

/// What people or admins notice, worst first.
public enum Consequence: String, Sendable, CaseIterable, Comparable {
    case accountRemoved, credentialReentry, newProfile, firstInstall, settingsReset, signInChange, userVisible, securityWeakened
    case serverPrerequisite, consentPrerequisite, ignoredOnOlderOS, advice, consoleOnly

    /// In words for a heading, as "must enter their credentials again".
    public var words: String {
        switch self {
        case .accountRemoved: "lose the account and its mail on the device"
        case .credentialReentry: "must enter their credentials"
        case .newProfile: "get a new profile, and download their mail again"
        case .firstInstall: "get the profile for the first time"
        case .settingsReset: "lose what they customised, and may be asked to approve"
        case .signInChange: "sign in another way"
        case .userVisible: "see something change"
        case .securityWeakened: "are protected less"
        case .serverPrerequisite: "cannot sign in unless the server allows it"
        case .consentPrerequisite: "may fail to sign in until an admin grants consent"
        case .ignoredOnOlderOS: "may have devices too old for a setting"
        case .advice: "notice nothing; there is advice for admins"
        case .consoleOnly: "notice nothing; only the console changes"
        }
    }

    /// Whether somebody notices: anything but `advice` and `consoleOnly`.
    public var isNoticed: Bool { self != .advice && self != .consoleOnly }

    private var severity: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    /// Worst first.
    public static func < (one: Consequence, other: Consequence) -> Bool { one.severity < other.severity }
}

/// A number of people, at most; the size of a group that nobody has told makes it unknown, which is never 0.
public enum People: Hashable, Sendable {
    case atMost(Int)
    case unknown

    public var number: Int? { if case .atMost(let number) = self { number } else { nil } }

    public static func + (one: People, other: People) -> People {
        guard let first = one.number, let second = other.number else { return .unknown }
        return .atMost(first + second)
    }

    /// The larger of two; unknown if one is.
    public static func larger(_ one: People, _ other: People) -> People {
        guard let first = one.number, let second = other.number else { return .unknown }
        return .atMost(max(first, second))
    }
}
