import JSONSource

/// What an emulator has and how it behaves: read from a JSON file by the program, or made by a test.
public struct Scenario: Sendable {
    public var tenants: [EmulatedTenant] = []
    public var faults: [Fault] = []
    /// Before each answer of Graph.
    public var latency = 0.0
    /// Seconds until a new object is in lists, and can be addressed.
    public var visibilityDelay = 0.0
    public var addressDelay = 0.0
    /// Requests that one app may send to one tenant within the window; nil for no limit.
    public var limits: Limits? = Limits()
    public var tokenLifetime = 3599
    /// Objects on a page where the request does not say.
    public var pageSize = 100
    /// Whether lists can be filtered by `isof`.
    public var supportsIsOf = true

    public struct Limits: Sendable {
        public var writes = 100
        public var requests = 1000
        public var window = 20.0
        public init() {}
    }

    public init() {}

    public init(_ tenants: EmulatedTenant...) { self.tenants = tenants }
}

public struct EmulatedTenant: Sendable {
    public var id: String
    public var displayName: String
    public var apps: [EmulatedApp]
    /// As Graph returns them: `@odata.type`, `id`, properties, `assignments`; and a navigation property as the id that it leads to.
    public var deviceConfigurations: [JSON] = []
    /// `{"id", "displayName", "users", "devices"}`.
    public var groups: [JSON] = []
    /// Everybody, and every iPhone and iPad.
    public var users = 0
    public var iPhones = 0
    public var assignmentFilters: [JSON] = []
    public var roleScopeTags: [JSON] = [["id": "0", "displayName": "Default"]]
    public var auditEvents: [JSON] = []
    public var derivedCredentials: [String] = []
    /// Whether writes need Multi Admin Approval.
    public var requiresApproval = false

    public init(id: String, displayName: String = "Contoso", apps: [EmulatedApp]) {
        self.id = id.lowercased()
        self.displayName = displayName
        self.apps = apps
    }
}

public struct EmulatedApp: Sendable {
    public var clientID: String
    public var secret: String?
    /// PEM certificates that its client assertions may be signed with.
    public var certificates: [String] = []
    /// Subject and audience of the emulator's own federated tokens that it trusts.
    public var federated: (subject: String, audience: String)?
    public var permissions: Set<String> = EmulatedApp.allPermissions
    /// Whether an administrator of the tenant has given consent.
    public var hasConsent = true

    public static let allPermissions: Set<String> = [
        "DeviceManagementConfiguration.ReadWrite.All", "GroupMember.Read.All", "Group.Read.All", "DeviceManagementApps.Read.All", "DeviceManagementRBAC.Read.All", "Organization.Read.All",
        "User.Read.All", "DeviceManagementManagedDevices.Read.All",
    ]

    public init(clientID: String, secret: String? = nil) {
        self.clientID = clientID
        self.secret = secret
    }
}
