import JSONSource
import Payloads
import Profiles
import Time

/// One email profile as a tenant has it now.
public struct LiveProfile: Sendable {
    /// The service's id, in lower case; nil where the source leaves it out.
    public let graphID: String?
    public let displayName: String
    /// By position in `Catalogue.settings`; nil where the source does not say.
    public private(set) var values: [SettingValue?]
    /// What is odd about it. With an error, the profile cannot be trusted.
    public private(set) var diagnostics: [Diagnostic]
    /// The object that it was read from.
    public let object: JSONValue
    /// When it was last changed; nil where the source does not say.
    public let lastModified: Instant?

    public subscript(_ key: SettingKey) -> SettingValue? { values[key.index] }

    /// Whether it is known whom it is assigned to, be it nobody.
    public var saysAssignments: Bool { self[.include] != nil }

    var usesDerivedCredentials: Bool { EffectiveProfile.usesDerivedCredentials { self[$0] } }

    /// The whole profile. What the source does not say is taken from `other`, or else is the setting's default.
    public func effective(id: String, unknownAs other: EffectiveProfile?) -> EffectiveProfile {
        var whole = values.indices.map { index in
            let unsaid = other?.values[index] ?? Catalogue.settings[index].restingValue
            guard let value = values[index] else { return unsaid }
            // What a payload leaves to the service comes back as the service's own "none".
            return value == .text("none") && unsaid == .text("notConfigured") ? unsaid : value
        }
        for index in Self.withoutEffect(whole) { whole[index] = Catalogue.settings[index].restingValue }
        // Most profiles have not changed; `other` knows its digest.
        if let other, other.id == id, other.values == whole { return other }
        return EffectiveProfile(id: id, values: whole)
    }

    /// Positions of values that the service keeps although they have no effect.
    public static func withoutEffect(_ values: [SettingValue]) -> [Int] {
        Catalogue.withoutEffect(values).filter { values[$0] != Catalogue.settings[$0].restingValue }
    }

    /// Adds what another reading of the same profile says beyond this one, and its diagnostics. Where the two contradict each other,
    /// changes nothing and returns false.
    mutating func complete(with other: LiveProfile) -> Bool {
        for (mine, its) in zip(values, other.values) { if let mine, let its, mine != its { return false } }
        values = zip(values, other.values).map { $0 ?? $1 }
        let known = Set(diagnostics.map(\.message))
        diagnostics += other.diagnostics.filter { $0.severity == .error || !known.contains($0.message) }
        return true
    }

    /// The place of a setting's property; of the whole object where it has none.
    public func place(of index: Int) -> JSONValue {
        let setting = Catalogue.settings[index]
        let properties = setting.section == "assignments" ? ["assignments"] : setting.graph.properties.flatMap { [$0, $0 + "@odata.bind"] }
        return properties.lazy.compactMap { object[name: $0] }.first ?? object
    }
}

extension LiveProfile {
    /// Navigation properties that lead to certificate profiles.
    static let certificateProperties = Catalogue.settings.filter { $0.type.section == .certificateProfiles }.flatMap(\.graph.properties)

    /// Reads an object of the service.
    ///
    /// - Parameter assignments: those that the source has apart from the object.
    public init(_ object: JSONValue, assignments apart: JSONValue? = nil, names: any ReferenceNames) {
        let reading = GraphObject(object, names: names)
        var values: [SettingValue?] = []
        var missing: [Diagnostic] = []
        values.reserveCapacity(Catalogue.settings.count)
        var leftover: [Diagnostic] = []
        let assignments = Assignments(object["assignments"] ?? apart, names: names)
        for index in Catalogue.settings.indices {
            let setting = Catalogue.settings[index]
            switch index {
            case SettingKey.include.index: values.append(assignments.include.map(SettingValue.targets))
            case SettingKey.exclude.index: values.append(assignments.exclude.map(SettingValue.targets))
            default:
                // The service keeps values that have lost their meaning.
                if let condition = setting.condition, values[SettingKey(condition.path).index] != condition.value {
                    values.append(SettingValue.none)
                    leftover += Self.leftover(setting, condition, in: object)
                    continue
                }
                switch setting.graph.read(reading, setting) {
                case .value(let value): values.append(value)
                case .unknown: values.append(nil)
                case .absent:
                    if setting.fallback == nil, let property = setting.graph.properties.first {
                        missing.append(Diagnostic(.unreadableLiveValue, at: object, "The profile has no \(property)"))
                    }
                    values.append(setting.restingValue)
                }
            }
        }
        self.values = values
        self.object = object
        graphID = object["id"]?.string.flatMap { $0.isEmpty ? nil : $0.lowercased() }
        displayName = values[SettingKey.displayName.index]?.text ?? ""
        lastModified = object["lastModifiedDateTime"]?.string.flatMap(Self.moment)
        let cut = CutShort(object)
        if let id = object["id"], !id.isNull, !id.isString(""), id.string.map(StringForm.guid.accepts) != true {
            missing.append(Diagnostic(.unreadableLiveValue, at: id, "id \(GraphObject.shown(id.string ?? id.sourceText)) is not a GUID, so it does not identify a profile"))
        }
        let found = reading.diagnostics + missing + assignments.diagnostics + leftover
        diagnostics = (cut.map { $0.explain(found) } ?? found) + Self.unknownProperties(object)
    }

    /// PowerShell 5 writes `/Date(1767225600000)/`.
    private static func moment(_ text: String) -> Instant? {
        if let moment = Instant(text) { return moment }
        guard text.hasPrefix("/Date("), text.hasSuffix(")/"), let milliseconds = Int64(text.dropFirst(6).dropLast(2)) else { return nil }
        return Instant(secondsSince1970: milliseconds / 1000)
    }

    /// The service keeps a certificate that is no longer used; it is used again as soon as somebody changes the method or type back.
    private static func leftover(_ setting: Setting, _ condition: SettingCondition, in object: JSONValue) -> [Diagnostic] {
        guard setting.graph.isNavigation, let property = setting.graph.properties.first, GraphObject.isBound(property, in: object) else { return [] }
        let place = ["@odata.bind", ""].lazy.compactMap { object[name: property + $0] }.first { !$0.isNull } ?? object
        return [
            Diagnostic(
                .leftoverReference, severity: .warning, at: place, "\(property) still leads to a certificate profile, although \(condition.path) is not \(condition.word), so nothing uses it",
                help: "Remove the reference in Intune if nobody needs it")
        ]
    }

    /// Properties of a deviceConfiguration that are not settings: read-only, or about other platforms.
    private static let known: Set<String> = Set(Catalogue.settings.flatMap(\.graph.properties)).union([
        "id", "createdDateTime", "lastModifiedDateTime", "version", "supportsScopeTags", "assignments", "groupAssignments", "deviceStatuses",
        "userStatuses", "deviceStatusOverview", "userStatusOverview", "deviceSettingStateSummaries", "deviceManagementApplicabilityRuleOsEdition",
        "deviceManagementApplicabilityRuleOsVersion", "deviceManagementApplicabilityRuleDeviceMode",
    ])

    private static func unknownProperties(_ object: JSONValue) -> [Diagnostic] {
        object.members.compactMap { member in
            guard !member.value.isNull, let key = member.key.string, !key.utf8.contains(UInt8(ascii: "@")), !key.hasPrefix(GraphObject.customReference), !known.contains(key) else { return nil }
            return Diagnostic(.unknownProperty, severity: .warning, at: member.key, "Unknown property \(GraphObject.shown(key))")
        }
    }
}
