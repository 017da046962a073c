import JSONSource
import Payloads
import Profiles

/// What a source has of one tenant: objects as the service returns them, and the names that it knows.
///
/// A source adds one object after another; what is not an email profile is counted, and gives its name.
public struct LiveObjects: Sendable {
    /// How messages speak of the source.
    public let wording: LiveWording
    /// Email profiles.
    public private(set) var profiles: [JSONValue] = []
    /// Position in `profiles` → its assignments, where a source has them apart.
    public private(set) var assignments: [Int: JSONValue] = [:]
    /// Objects of other types, by type: counted and skipped.
    public private(set) var others: [String: Int] = [:]
    /// The names that the source gives to ids, and what it says about the tenant itself.
    public private(set) var directory = LiveDirectory()
    /// What is wrong or odd. With an error nothing is known about the tenant.
    public var diagnostics: [Diagnostic] = []
    /// What an import should say of it, each a sentence without its full stop, the same for every tenant of which it is true.
    public var notes: [String] = []
    /// Files of the past, which were not read.
    public internal(set) var archived = 0
    /// When the newest of its files was written, seconds since 1970; nil of a source that is asked now.
    public internal(set) var writtenAt: Int64?

    public init(_ wording: LiveWording) { self.wording = wording }

    public var isBroken: Bool { diagnostics.contains { $0.severity == .error } }

    /// Whether one of the objects shows that this is a list of device configurations.
    var holdConfigurations: Bool { !profiles.isEmpty || others.keys.contains(where: Self.isConfiguration) }

    /// What objects without `@odata.type` are counted under.
    static let noType = "(no type)"

    /// The last part of `@odata.type`.
    static func typeName(_ type: String) -> String { type.split(separator: ".").last.map(String.init) ?? type }

    /// Whether a type belongs to the device configurations, as Graph names them. Apps and their configurations, enrollment, groups
    /// and compliance policies do not.
    static func isConfiguration(_ type: String) -> Bool {
        ["Configuration", "CertificateProfile", "Certificate"].contains(where: type.hasSuffix) && !type.hasSuffix("AppConfiguration") && !type.contains("Enrollment")
    }

    /// Whether an object without a type is an email profile by its properties: nothing else has a host name and services.
    static func looksLikeProfile(_ object: JSONValue) -> Bool {
        object["hostName"] != nil && (object["easServices"] != nil || object["emailAddressSource"] != nil)
    }

    /// Adds an object by its type.
    ///
    /// - Parameter collection: what its page is of, since Graph leaves out the type where all objects have the same.
    public mutating func add(_ object: JSONValue, of collection: String? = nil) {
        guard let type = object["@odata.type"]?.string else { return addUntyped(object, collection) }
        let name = Self.typeName(type)
        let isProfile = name.lowercased() == GraphNames.emailProfile.lowercased()
        if isProfile, name != GraphNames.emailProfile {
            diagnostics.append(Diagnostic(.oddLiveValue, severity: .warning, at: object, "@odata.type is \(GraphObject.shown(type)), which Intune writes \"\(GraphNames.emailProfileType)\"; it is read as that"))
        }
        switch name {
        case _ where isProfile:
            profiles.append(object)
            // Certificates that are expanded in it have a name and a type.
            for property in LiveProfile.certificateProperties { if let certificate = object[name: property] { directory.noteCertificate(certificate) } }
        case let other:
            others[other, default: 0] += 1
            switch other {
            case GraphNames.group: directory.note(.groups, object)
            case GraphNames.organization: noteOrganization(object)
            case GraphNames.scopeTag: directory.note(.scopeTags, object)
            case _ where GraphNames.filters.contains(other): directory.note(.filters, object)
            case _ where other.hasPrefix("ios") && other.hasSuffix("CertificateProfile"): directory.noteCertificate(object)
            case _ where other.hasPrefix("ios") && other.lowercased().contains("vpn"): directory.note(.vpnProfiles, object)
            default: break
            }
        }
    }

    private mutating func addUntyped(_ object: JSONValue, _ collection: String?) {
        guard !Self.looksLikeProfile(object) else {
            diagnostics.append(
                Diagnostic(.oddLiveValue, severity: .warning, at: object, "The object has no @odata.type; its properties are those of an iOS email profile, so it is read as one"))
            profiles.append(object)
            return
        }
        others[Self.noType, default: 0] += 1
        addName(object, of: collection)
    }

    /// Takes the name of an object that is not counted among those that a source has: it was asked for because of its name.
    ///
    /// - Parameter collection: `groups`, `organization`, `roleScopeTags` or `assignmentFilters`.
    public mutating func addName(_ object: JSONValue, of collection: String?) {
        switch collection {
        case "groups": directory.note(.groups, object)
        case "organization": noteOrganization(object)
        case "roleScopeTags": directory.note(.scopeTags, object)
        case "assignmentFilters": directory.note(.filters, object)
        default: if object["rule"] != nil, object["platform"] != nil { directory.note(.filters, object) }
        }
    }

    private mutating func noteOrganization(_ object: JSONValue) {
        if let id = object["id"], id.string.map(StringForm.guid.accepts) != true {
            diagnostics.append(Diagnostic(.unreadableLiveValue, at: id, "The id of the organization is not a GUID", help: "Export organization again, or remove this file and import with --tenant-id"))
        }
        directory.noteOrganization(object["id"], displayName: object["displayName"]?.string ?? "")
    }

    /// Adds the assignments of a profile that has none in itself.
    ///
    /// - Parameter isMeant: whether a profile is the one that they are of.
    mutating func join(_ list: JSONValue, where isMeant: (JSONValue) -> Bool) {
        for (position, profile) in profiles.enumerated() where profile["assignments"] == nil && isMeant(profile) { assignments[position] = list }
    }

    /// Takes the names in IntuneManagement's MigrationTable.json.
    mutating func addMigrationTable(_ table: JSONValue) {
        directory.noteOrganization(table["TenantId"], displayName: table["Organization"]?.string ?? "")
        for object in table["Objects"].map({ Array($0.elements) }) ?? [] where object["Type"]?.isString("Group") == true {
            directory.note(.groups, id: object["Id"]?.string, name: object["DisplayName"]?.string)
        }
    }
}
