import Profiles

/// How many people and devices belong to a group, those of groups in it included.
public struct GroupCount: Sendable, Hashable {
    public let users: Int
    public let devices: Int

    public init(users: Int, devices: Int) {
        self.users = users
        self.devices = devices
    }

    /// At most so many people: a device is taken for one person's.
    public var members: Int { users + devices }

    /// What all of them are; nil for an empty group, and where there are both.
    public var kind: Tenant.GroupKind? {
        switch (users > 0, devices > 0) {
        case (true, false): .users
        case (false, true): .devices
        default: nil
        }
    }
}

/// Whom to count in a tenant.
public struct AudienceQuery: Sendable {
    public let tenant: LiveTenantQuery
    /// Ids of groups, in lower case.
    public let groups: [String]
    public let allUsers: Bool
    public let allDevices: Bool

    public init(tenant: LiveTenantQuery, groups: [String], allUsers: Bool, allDevices: Bool) {
        (self.tenant, self.groups, self.allUsers, self.allDevices) = (tenant, groups, allUsers, allDevices)
    }
}

/// What a source has counted. What is not in it is unknown, and the diagnostics say why.
public struct AudienceCounts: Sendable {
    /// Id in lower case → count.
    public var groups: [String: GroupCount] = [:]
    /// Ids of groups that the tenant does not have.
    public var missing: Set<String> = []
    public var allUsers: Int?
    public var allDevices: Int?
    public var diagnostics: [Diagnostic] = []

    public init() {}
}

/// Where the numbers of people come from. Safe to ask for several tenants at the same time.
public protocol AudienceSource: Sendable {
    /// - Throws: where no tenant can be asked at all. What is wrong with one tenant is in its diagnostics.
    func counts(_ query: AudienceQuery) async throws -> AudienceCounts
}
