import JSONSource

/// The value of one setting in an effective profile: normalised, defaults filled in, names resolved.
public enum SettingValue: Hashable, Sendable {
    /// No value: the setting does not apply, or is null.
    case none
    case bool(Bool)
    /// A text, or one of a setting's words.
    case text(String)
    /// A set of texts, sorted.
    case texts([String])
    case domain(UserDomain)
    case reference(Reference)
    /// A set of targets, sorted by identity.
    case targets([AssignmentTarget])

    public var isNone: Bool { if case .none = self { true } else { false } }
    public var bool: Bool { self == .bool(true) }
    public var text: String? { if case .text(let text) = self { text } else { nil } }
    public var reference: Reference? { if case .reference(let reference) = self { reference } else { nil } }
    public var targets: [AssignmentTarget] { if case .targets(let targets) = self { targets } else { [] } }

    /// Texts are compared by code points, as in digests and payloads. Swift's own `==` takes é, and e with a combining accent, as equal,
    /// so a change from one to the other would be applied but not reported.
    public static func == (one: SettingValue, other: SettingValue) -> Bool {
        switch (one, other) {
        case (.none, .none): true
        case (.bool(let one), .bool(let other)): one == other
        case (.text(let one), .text(let other)): isSame(one, other)
        case (.texts(let one), .texts(let other)): one.count == other.count && zip(one, other).allSatisfy(isSame)
        case (.domain(.attribute(let one)), .domain(.attribute(let other))): isSame(one, other)
        case (.domain(.custom(let one)), .domain(.custom(let other))): isSame(one, other)
        case (.reference(let one), .reference(let other)): one == other
        case (.targets(let one), .targets(let other)): one == other
        default: false
        }
    }

    private static func isSame(_ one: String, _ other: String) -> Bool { one == other && one.utf8.elementsEqual(other.utf8) }

    /// The value as reports and the applied state show it.
    public var json: JSON {
        switch self {
        case .none: .null
        case .bool(let value): .bool(value)
        case .text(let text): .string(text)
        case .texts(let texts): .array(texts.map(JSON.string))
        case .domain(.attribute(let attribute)): ["attribute": .string(attribute)]
        case .domain(.custom(let name)): ["custom": .string(name)]
        case .reference(let reference): reference.json
        case .targets(let targets): .array(targets.map(\.json))
        }
    }

    /// What distinguishes this value from others: as `json`, without the names that people gave to ids.
    var identity: String {
        switch self {
        case .reference(let reference): reference.identity
        case .targets(let targets): targets.map(\.identity).joined(separator: "\n")
        default: json.compact
        }
    }
}

/// The source of the domain of a sAM account name.
public enum UserDomain: Hashable, Sendable {
    /// `fullDomainName` or `netBiosDomainName`, from Microsoft Entra ID.
    case attribute(String)
    case custom(String)
}

/// A name in a manifest, resolved in its tenant. Two references are equal when they mean the same thing, whatever the tenant calls it.
public struct Reference: Hashable, Sendable {
    public let name: String
    /// Lower case.
    public let id: String
    /// What a payload carries beside the id; only where a target of the tenant needs it.
    public let attachment: Attachment?

    public struct Attachment: Hashable, Sendable {
        /// `scep` or `vpnUUID`.
        public let kind: String
        /// 16 hex digits of SHA-256 over the content, so that reports can show a change without a secret.
        public let digest: String
        /// Nil in a profile that was read back from the applied state.
        public let content: JSON?

        public init(kind: String, digest: String, content: JSON?) {
            self.kind = kind
            self.digest = digest
            self.content = content
        }

        public static func == (one: Self, other: Self) -> Bool { one.kind == other.kind && one.digest == other.digest }
        public func hash(into hasher: inout Hasher) { hasher.combine(digest) }
    }

    public init(name: String, id: String, attachment: Attachment? = nil) {
        self.name = name
        self.id = id.lowercased()
        self.attachment = attachment
    }

    /// Nothing about the thing itself changes when a tenant adds or removes a target that needs the attachment.
    public static func == (one: Self, other: Self) -> Bool {
        guard one.id == other.id else { return false }
        guard let first = one.attachment, let second = other.attachment else { return true }
        return first == second
    }
    public func hash(into hasher: inout Hasher) { hasher.combine(id) }

    var json: JSON {
        var members: [String: JSON] = ["name": .string(name), "id": .string(id)]
        if let attachment { members[attachment.kind + "Digest"] = .string(attachment.digest) }
        return .object(members)
    }

    var identity: String { id + (attachment.map { " \($0.kind) \($0.digest)" } ?? "") }
}

/// One entry of an assignment list.
public struct AssignmentTarget: Hashable, Sendable {
    public enum Audience: Hashable, Sendable {
        case allUsers
        case allDevices
        case group(Reference)
    }
    public enum FilterMode: String, Hashable, Sendable { case include, exclude }
    public struct Filter: Hashable, Sendable {
        public let reference: Reference
        public let mode: FilterMode
        public init(reference: Reference, mode: FilterMode) {
            self.reference = reference
            self.mode = mode
        }
    }

    public let audience: Audience
    public let filter: Filter?

    public init(_ audience: Audience, filter: Filter? = nil) {
        self.audience = audience
        self.filter = filter
    }

    /// The audience without its filter: `allUsers`, `allDevices` or a group's id.
    public var audienceID: String {
        switch audience {
        case .allUsers: "allUsers"
        case .allDevices: "allDevices"
        case .group(let reference): reference.id
        }
    }

    public var json: JSON {
        var members: [String: JSON]
        if case .group(let group) = audience {
            members = ["group": group.json]
        } else {
            guard filter != nil else { return .string(audienceID) }
            members = ["target": .string(audienceID)]
        }
        if let filter {
            members["filter"] = filter.reference.json
            members["filterMode"] = .string(filter.mode.rawValue)
        }
        return .object(members)
    }

    var identity: String { audienceID + (filter.map { " \($0.mode.rawValue) \($0.reference.id)" } ?? "") }

    /// A set of targets in canonical order, without duplicates.
    public static func unique(_ targets: [AssignmentTarget]) -> [AssignmentTarget] {
        var seen: Set<String> = []
        return sorted(targets.filter { seen.insert($0.identity).inserted })
    }

    /// The canonical order of a set of targets.
    static func sorted(_ targets: [AssignmentTarget]) -> [AssignmentTarget] {
        targets.count < 2 ? targets : targets.sorted { $0.identity < $1.identity }
    }
}
