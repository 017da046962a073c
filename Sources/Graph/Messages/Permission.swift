import Basics

/// The application permission that a request needs, and which commands need it.
public struct Permission: Sendable, Hashable {
    public let name: String
    /// The commands that cannot work without it.
    public let commands: String
    /// Application permissions each of which is enough, itself among them.
    ///
    /// Source: the tables of permissions in Microsoft's reference of each request.
    let sufficient: Set<String>

    /// All that easel can use, for `doctor`.
    public static let all = [read, write, members, names, organization, scopeTags, audit, users, devices]

    public static let read = Permission(name: "DeviceManagementConfiguration.Read.All", commands: "drift, import and adopt", or: "DeviceManagementConfiguration.ReadWrite.All")
    public static let write = Permission(name: "DeviceManagementConfiguration.ReadWrite.All", commands: "reconcile --publish graph")
    public static let members = Permission(
        name: "GroupMember.Read.All", commands: "members", or: "GroupMember.ReadWrite.All", "Group.Read.All", "Group.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All")
    public static let names = Permission(
        name: "Group.Read.All", commands: "import, for the names of groups",
        or: "Group.ReadWrite.All", "GroupMember.Read.All", "GroupMember.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All")
    public static let audit = Permission(name: "DeviceManagementApps.Read.All", commands: "drift, to say who changed a profile", or: "DeviceManagementApps.ReadWrite.All")
    static let users = Permission(name: "User.Read.All", commands: "members, for the number of allUsers", or: "User.ReadWrite.All", "User.ReadBasic.All", "Directory.Read.All", "Directory.ReadWrite.All")
    static let devices = Permission(
        name: "DeviceManagementManagedDevices.Read.All", commands: "members, for the number of allDevices", or: "DeviceManagementManagedDevices.ReadWrite.All")
    static let organization = Permission(name: "Organization.Read.All", commands: "import, for the tenant's name", or: "Organization.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All")
    static let scopeTags = Permission(name: "DeviceManagementRBAC.Read.All", commands: "import, for the names of scope tags", or: "DeviceManagementRBAC.ReadWrite.All")

    private init(name: String, commands: String, or others: String...) {
        self.name = name
        self.commands = commands
        sufficient = Set(others + [name])
    }

    /// The one that a request needs.
    public init(_ request: GraphRequest) {
        let place = request.place
        self =
            if place.hasPrefix("/deviceManagement/auditEvents") { .audit }
            else if place.hasPrefix("/deviceManagement/roleScopeTags") { .scopeTags }
            else if place.hasPrefix("/groups"), place.lowercased().contains("members") { .members }
            else if place.hasPrefix("/groups") { .names }
            else if place.hasPrefix("/users") { .users }
            else if place.hasPrefix("/deviceManagement/managedDeviceOverview") { .devices }
            else if place.hasPrefix("/organization") { .organization }
            else if request.isWrite { .write }
            else { .read }
    }

    var help: String { "Give the app the application permission \(name) (needed for \(commands)), and an administrator's consent in this tenant" }
}
