import Profiles

/// Addresses and type names of Microsoft Graph, as far as email profiles need them. No other file of easel spells them.
///
/// Everything is under `/beta`: `iosEasEmailProfileConfiguration` does not exist in v1.0.
public enum GraphNames {
    // MARK: Types

    /// The entity type of an email profile, without its namespace.
    public static let emailProfile = "iosEasEmailProfileConfiguration"
    /// The segment of an address that casts an object to it.
    public static let emailProfileCast = "microsoft.graph." + emailProfile
    /// The same as `@odata.type` names it.
    public static let emailProfileType = type(emailProfile)

    /// A type as `@odata.type` names it: `#microsoft.graph.` and its name.
    public static func type(_ name: String) -> String { "#microsoft.graph." + name }

    /// What else an export or a tenant holds that easel reads names from, without their namespace.
    public static let group = "group"
    public static let organization = "organization"
    public static let scopeTag = "roleScopeTag"
    /// Both types of assignment filters.
    public static let filters: Set<String> = ["deviceAndAppManagementAssignmentFilter", "payloadCompatibleAssignmentFilter"]

    /// The types of assignment targets, without their namespace.
    public enum AssignmentTargetType {
        public static let allUsers = "allLicensedUsersAssignmentTarget"
        public static let allDevices = "allDevicesAssignmentTarget"
        public static let group = "groupAssignmentTarget"
        public static let excludedGroup = "exclusionGroupAssignmentTarget"
    }

    // MARK: Keys

    public static let typeKey = "@odata.type"
    /// What a navigation property's name gets where a POST binds it to an address.
    public static let bindSuffix = "@odata.bind"
    public static let groupID = "groupId"
    public static let filterID = "deviceAndAppManagementAssignmentFilterId"
    /// What says where an assignment comes from, and its value for policy sets.
    public static let assignmentSource = "source"
    public static let policySets = "policySets"
    /// `include`, `exclude` or `none`.
    public static let filterMode = "deviceAndAppManagementAssignmentFilterType"

    // MARK: Addresses

    /// The collections below `deviceManagement`.
    public enum Collection: String, Sendable {
        case deviceConfigurations, derivedCredentials
    }

    /// `https://HOST/beta/deviceManagement/COLLECTION`.
    public static func address(_ collection: Collection, in cloud: Tenant.Cloud) -> String {
        "https://\(cloud.graphHost)/beta/deviceManagement/\(collection.rawValue)"
    }

    /// `https://HOST/beta/deviceManagement/COLLECTION('ID')`, the form of `@odata.bind` and of `$ref`.
    public static func address(_ collection: Collection, id: String, in cloud: Tenant.Cloud) -> String {
        address(collection, in: cloud) + "('\(id)')"
    }

    /// The address that binds a navigation property of the profile at another address: it needs the type's name.
    public static func reference(_ navigation: String, of profile: String) -> String { "\(profile)/\(emailProfileCast)/\(navigation)/$ref" }
}

extension Tenant.Cloud {
    /// The host that serves Microsoft Graph in this cloud.
    public var graphHost: String {
        switch self {
        case .global: "graph.microsoft.com"
        case .usGov: "graph.microsoft.us"
        case .usGovDoD: "dod-graph.microsoft.us"
        case .china: "microsoftgraph.chinacloudapi.cn"
        }
    }
}
