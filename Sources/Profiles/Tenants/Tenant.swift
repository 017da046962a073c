import JSONSource

/// What `tenant.json` says of a tenant: the names that manifests use, and the facts that impact rules look at.
public struct Tenant: Sendable {
    public enum Cloud: String, Sendable, CaseIterable { case global, usGov, usGovDoD, china }
    public enum Exchange: String, Sendable, CaseIterable { case online, hybridModernAuth, onPremises, other }
    public enum AccountsApp: String, Sendable, CaseIterable { case granted, unknown }

    public struct Group: Sendable, Hashable {
        public let id: String
        /// People; nil where nobody has said.
        public let members: Int?
    }

    public struct CertificateProfile: Sendable, Hashable {
        public let id: String
        /// `scep` or `pkcs`.
        public let type: String
        /// Apple's com.apple.security.scep keys, as given but for comments.
        public let scep: JSON?
    }

    public struct VPNProfile: Sendable, Hashable {
        public let id: String
        public let vpnUUID: String?
    }

    /// The folder's name.
    public let id: String
    public let tenantID: String
    public let displayName: String
    public let cloud: Cloud
    public let facts: TenantFacts
    /// The targets that it asks for, in the order of the list that was handed in.
    public let targets: [TargetDescription]
    public let groups: [String: Group]
    public let allUsers: Int?
    public let allDevices: Int?
    /// Name → GUID.
    public let filters: [String: String]
    public let certificateProfiles: [String: CertificateProfile]
    public let vpnProfiles: [String: VPNProfile]
    public let derivedCredentials: String?
    /// Attribute → the token that the MDM server replaces; easel's defaults filled in.
    public let mdmTokens: [String: String]

    /// People in an audience, as `AssignmentTarget.audienceID` names it; nil where nobody has said.
    public func members(of audienceID: String) -> Int? { membersByAudience[audienceID] ?? nil }

    /// The same; of a group that the tenant does not name (any more), and of all where there is no tenant, what was known of it.
    public static func members(of audienceID: String, in tenant: Tenant?, formerly: (String) -> Int?) -> Int? {
        tenant?.membersByAudience[audienceID] ?? formerly(audienceID)
    }

    /// Of every audience that the tenant names: a number that it no longer gives is not known any more.
    private let membersByAudience: [String: Int?]

    /// Reads a document in which `Tenant.check` has found nothing wrong; nil if something is after all.
    ///
    /// - Parameter targets: every target that there is.
    public init?(id: String, _ document: JSONDocument, targets known: [TargetDescription]) {
        guard let root = document.root, let tenantID = root["tenantId"]?.string, let name = root["displayName"]?.string,
            let exchange = root["exchange"]?.string.flatMap(Exchange.init(rawValue:))
        else { return nil }
        self.id = id
        self.tenantID = tenantID.lowercased()
        displayName = name
        cloud = root["cloud"]?.string.flatMap(Cloud.init(rawValue:)) ?? .global
        facts = TenantFacts(
            exchange: exchange, iosAccountsApp: root["iosAccountsApp"]?.string.flatMap(AccountsApp.init(rawValue:)) ?? .unknown,
            minimumOS: root["minimumOS"]?.string.flatMap(OSVersion.init) ?? OSVersion(13))
        if let named = root["targets"] {
            targets = known.filter { target in named.elements.contains { $0.string == target.name } }
        } else {
            targets = known.filter(\.isDefault)
        }
        groups = Self.named(root["groups"]) { value in
            value["id"]?.string.map { Group(id: $0.lowercased(), members: value["members"]?.integer) }
        }
        allUsers = root["allUsers"]?["members"]?.integer
        allDevices = root["allDevices"]?["members"]?.integer
        filters = Self.named(root["filters"]) { $0.string?.lowercased() }
        certificateProfiles = Self.named(root["certificateProfiles"]) { value in
            guard let id = value["id"]?.string, let type = value["type"]?.string else { return nil }
            return CertificateProfile(id: id.lowercased(), type: type, scep: value["scep"].map { Self.withoutComments($0.plain) })
        }
        vpnProfiles = Self.named(root["vpnProfiles"]) { value in
            value["id"]?.string.map { VPNProfile(id: $0.lowercased(), vpnUUID: value["vpnUUID"]?.string?.uppercased()) }
        }
        derivedCredentials = root["derivedCredentials"]?["id"]?.string?.lowercased()
        mdmTokens = Self.defaultTokens.merging(Self.named(root["mdmTokens"]) { $0.string }) { _, own in own }

        var members: [String: Int?] = ["allUsers": allUsers, "allDevices": allDevices]
        // Two names for one group: the larger number, since people are counted "at most".
        for group in groups.values { members.updateValue([group.members, members[group.id] ?? nil].compactMap(\.self).max(), forKey: group.id) }
        membersByAudience = members
    }

    /// Intune's own tokens; a sAM account name and the domain names have none.
    private static let defaultTokens = ["userPrincipalName": "{{userprincipalname}}", "primarySmtpAddress": "{{mail}}"]

    private static func named<Value>(_ object: JSONValue?, _ read: (JSONValue) -> Value?) -> [String: Value] {
        guard let object else { return [:] }
        var result: [String: Value] = [:]
        result.reserveCapacity(object.count)
        for member in object.members where !member.key.isString("$comment") {
            if let name = member.key.string, let value = read(member.value) { result[name] = value }
        }
        return result
    }
}

/// The facts about a tenant that rules look at; not part of any profile.
public struct TenantFacts: Hashable, Sendable {
    public let exchange: Tenant.Exchange
    public let iosAccountsApp: Tenant.AccountsApp
    public let minimumOS: OSVersion

    public init(exchange: Tenant.Exchange, iosAccountsApp: Tenant.AccountsApp, minimumOS: OSVersion) {
        self.exchange = exchange
        self.iosAccountsApp = iosAccountsApp
        self.minimumOS = minimumOS
    }
}
