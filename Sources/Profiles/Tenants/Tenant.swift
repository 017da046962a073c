import JSONSource
import Synchronization

/// A tenant as tenant.json describes it: the names that manifests use, and the facts that impact rules read.
public struct Tenant: Sendable {
    public enum Cloud: String, Sendable, CaseIterable { case global, usGov, usGovDoD, china }
    public enum Exchange: String, Sendable, CaseIterable { case online, hybridModernAuth, onPremises, other }
    public enum AccountsApp: String, Sendable, CaseIterable { case granted, unknown }

    public enum GroupKind: String, Sendable, CaseIterable { case users, devices }

    public struct Group: Sendable, Hashable {
        public let id: String
        /// The number of people; nil where unknown.
        public let members: Int?
        /// Whether its members are people or devices; nil where unknown.
        public let kind: GroupKind?
    }

    public enum CertificateType: String, Sendable, CaseIterable { case scep, pkcs, importedPkcs }

    public struct CertificateProfile: Sendable, Hashable {
        public let id: String
        public let type: CertificateType
        /// Apple's com.apple.security.scep keys, without comments.
        public let scep: JSON?
    }

    public struct VPNProfile: Sendable, Hashable {
        public let id: String
        public let vpnUUID: String?
    }

    /// The tenantId of a tenant whose own is not known yet.
    public static let unknownID = "00000000-0000-0000-0000-000000000000"

    /// The folder's name.
    public let id: String
    /// In lower case.
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
    /// Name → id, in digits. `Default`, which every tenant has, is there too.
    public let scopeTags: [String: String]
    public let certificateProfiles: [String: CertificateProfile]
    public let vpnProfiles: [String: VPNProfile]
    public let derivedCredentials: String?
    /// Whether nothing of it goes out before the applied state knows what it already has.
    public let adoptsFirst: Bool
    /// Attribute → the token that the MDM server replaces, with easel's defaults filled in.
    public let mdmTokens: [String: String]

    /// What is left of the searches for names that manifests may have meant.
    let searches = Searches()

    /// The tenantId; nil while it is not known.
    public var knownTenantID: String? { tenantID == Self.unknownID ? nil : tenantID }

    /// The number of people in an audience, by `AssignmentTarget.audienceID`; nil where unknown.
    public func members(of audienceID: String) -> Int? { membersByAudience[audienceID] ?? nil }

    /// The larger of the number now and the number as last known.
    public static func members(of audienceID: String, in tenant: Tenant?, formerly: (String) -> Int?) -> Int? {
        // Whoever lowers a number in the same commit would open gates with it. Where one side is unknown, the other counts.
        [tenant?.membersByAudience[audienceID] ?? nil, formerly(audienceID)].compactMap(\.self).max()
    }

    /// Every audience that the tenant names; nil where its number is unknown.
    public let membersByAudience: [String: Int?]

    /// What a `tenant.json` with errors may say although it could not be read.
    let gaps: TenantGaps

    /// Reads a document in which `Tenant.check` has found nothing wrong; nil if something is after all.
    ///
    /// - Parameter targets: every target that there is.
    public init?(id: String, _ document: JSONDocument, targets known: [TargetDescription]) {
        guard let root = document.root, root["tenantId"]?.string != nil, root["displayName"]?.string != nil,
            root["exchange"]?.string.flatMap(Exchange.init(rawValue:)) != nil
        else { return nil }
        self.init(id: id, root, targets: known, gaps: .none)
    }

    /// Reads what can be read of a tenant.json with errors, so that its manifests are checked in the same run. Manifests may be
    /// resolved in it to find what is wrong with them, but nothing that comes out may be used.
    ///
    /// - Parameters:
    ///   - document: nil where there is none.
    ///   - problems: what is wrong with it.
    public init(id: String, readableIn document: JSONDocument?, problems: [Diagnostic], targets known: [TargetDescription]) {
        let root = document?.isComplete == true ? document?.root : nil
        self.init(id: id, root, targets: known, gaps: TenantGaps(root, problems))
    }

    private init(id: String, _ root: JSONValue?, targets known: [TargetDescription], gaps: TenantGaps) {
        self.id = id
        self.gaps = gaps
        tenantID = root?["tenantId"]?.string?.lowercased() ?? Self.unknownID
        displayName = root?["displayName"]?.string ?? id
        let exchange = root?["exchange"]?.string.flatMap(Exchange.init(rawValue:)) ?? .other
        cloud = root?["cloud"]?.string.flatMap(Cloud.init(rawValue:)) ?? .global
        if let named = root?["targets"] {
            targets = known.filter { target in named.elements.contains { $0.string == target.name } }
        } else {
            targets = known.filter(\.isDefault)
        }
        groups = Self.named(root?["groups"]) { value in
            value["id"]?.string.map { Group(id: $0.lowercased(), members: value["members"]?.integer, kind: value["kind"]?.string.flatMap(GroupKind.init(rawValue:))) }
        }
        allUsers = root?["allUsers"]?["members"]?.integer
        allDevices = root?["allDevices"]?["members"]?.integer
        filters = Self.named(root?["filters"]) { $0.string?.lowercased() }
        scopeTags = Self.named(root?["scopeTags"]) { $0.string }.merging(["Default": "0"]) { own, _ in own }
        certificateProfiles = Self.named(root?["certificateProfiles"]) { value in
            guard let id = value["id"]?.string, let type = value["type"]?.string.flatMap(CertificateType.init(rawValue:)) else { return nil }
            return CertificateProfile(id: id.lowercased(), type: type, scep: value["scep"].map { Self.withoutComments($0.plain) })
        }
        vpnProfiles = Self.named(root?["vpnProfiles"]) { value in
            value["id"]?.string.map { VPNProfile(id: $0.lowercased(), vpnUUID: value["vpnUUID"]?.string?.uppercased()) }
        }
        derivedCredentials = root?["derivedCredentials"]?["id"]?.string?.lowercased()
        adoptsFirst = root?["adopt"]?.isString("first") ?? false
        mdmTokens = Self.defaultTokens.merging(Self.named(root?["mdmTokens"]) { $0.string }) { _, own in own }

        var members: [String: Int?] = ["allUsers": allUsers, "allDevices": allDevices]
        // Two names for one group: the larger number, since people are counted "at most".
        for group in groups.values { members.updateValue([group.members, members[group.id] ?? nil].compactMap(\.self).max(), forKey: group.id) }
        membersByAudience = members

        let groups = groups
        // Of two names for one thing, what warns of more or else the first name, so that the same file always says the same.
        let kinds = groups.values.compactMap { group in group.kind.map { (group.id, $0) } }
        let types = certificateProfiles.sorted { $0.key < $1.key }.map { ($0.value.id, $0.value.type) }
        facts = TenantFacts(
            exchange: exchange, iosAccountsApp: root?["iosAccountsApp"]?.string.flatMap(AccountsApp.init(rawValue:)) ?? .unknown,
            minimumOS: root?["minimumOS"]?.string.flatMap(OSVersion.init) ?? .oldestSupported,
            kinds: Dictionary(kinds, uniquingKeysWith: { $0 == .devices ? $0 : $1 }),
            managedEmailRequired: Set(
                root?["managedEmailRequired"]?.elements.compactMap { name in
                    name.string.flatMap { $0 == "allUsers" ? $0 : groups[$0]?.id }
                } ?? []),
            certificateTypes: Dictionary(types, uniquingKeysWith: { first, _ in first }),
            writesMobileconfig: targets.contains { $0.needs.contains(.certificateContent) })
    }

    /// Intune's own tokens. There are none for sAM account names and domain names.
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

/// A number of things that may be done for one tenant: two thousand manifests with a hundred wrong names each must not hold up the others.
final class Searches: Sendable {
    private let left = Mutex(200)

    func take() -> Bool {
        left.withLock { left in
            left -= 1
            return left >= 0
        }
    }
}
