enum GraphTypes {
    static let profile = "iosEasEmailProfileConfiguration"
    static let allUsersTarget = "allLicensedUsersAssignmentTarget"
    static let allDevicesTarget = "allDevicesAssignmentTarget"
    static let groupTarget = "groupAssignmentTarget"
    static let exclusionTarget = "exclusionGroupAssignmentTarget"
    static let group = "group"
    static let filters: Set<String> = ["deviceAndAppManagementAssignmentFilter", "payloadCompatibleAssignmentFilter"]
    static let organization = "organization"
    static let deviceConfigurations = "deviceConfigurations"
}
