import JSONSource

/// An `iosEasEmailProfileConfiguration` from Intune or from a tool's export, while it is read.
///
/// A value whose meaning is clear is read, with a warning where Intune would write it differently. Nothing is ignored without a
/// diagnostic. Not `Sendable`: one thread makes and uses it.
public final class GraphObject {
    /// The value of a setting in the object.
    public enum Found {
        case value(SettingValue)
        /// Absent or null: Intune leaves out what is at its default.
        case absent
        /// Unknown: navigation properties are there only if the request asked for them.
        case unknown
    }

    public let value: JSONValue
    /// Its properties by name, since every setting looks for its own.
    public let properties: [String: JSONValue]
    /// Finds the name of an id, or the id of a name.
    private let names: any ReferenceNames
    public private(set) var diagnostics: [Diagnostic] = []

    public init(_ value: JSONValue, names: any ReferenceNames) {
        self.value = value
        properties = Dictionary(value.members.compactMap { member in member.key.string.map { ($0, member.value) } }, uniquingKeysWith: { first, _ in first })
        self.names = names
    }

    // MARK: For the catalogue

    func has(_ property: String) -> Bool { member(property) != nil }

    /// Whether a setting has an effect in this object.
    func isInEffect(_ setting: Setting) -> Bool {
        guard let condition = setting.inEffect, let other = Catalogue.setting(condition.path) else { return true }
        // What is odd about the other setting is noted when it is read for itself.
        let noted = diagnostics
        defer { diagnostics = noted }
        if case .value(let value) = other.graph.read(self, other) { return value == condition.value }
        return other.restingValue == condition.value
    }

    /// The string of a property; nil where there is none.
    func text(_ property: String) -> String? {
        guard let value = member(property) else { return nil }
        if let text = value.string { return text }
        tell(value, .unreadableLiveValue, "\(property) must be a string")
        return nil
    }

    /// Reads a property that has the setting's own value.
    func value(_ property: String, _ setting: Setting) -> Found {
        guard let value = member(property) else { return .absent }
        return setting.type.live(self, property, value)
    }

    /// Reads a property that holds a GUID.
    func reference(_ property: String, _ section: TenantSection) -> Found {
        guard let id = text(property)?.trimmed, !id.isEmpty, !Self.isEmptyGUID(id) else { return .absent }
        guard StringForm.guid.accepts(id) else {
            tell(properties[property] ?? value, .unreadableLiveValue, "\(property) \(Self.shown(id)) is not a GUID, so it does not identify a \(section.noun)")
            return .absent
        }
        return .value(.reference(names.reference(section, id: id, name: nil)))
    }

    /// Reads a navigation property: an address in `@odata.bind`, or an expanded object.
    func navigation(_ property: String, _ section: TenantSection?) -> Found {
        var id: String?
        var name: String?
        var place: JSONValue?
        if let bound = properties[property + "@odata.bind"] {
            if bound.isNull { return .value(.none) }
            place = bound
            // …/deviceConfigurations('GUID')
            let parts = (bound.string ?? "").split(separator: "'", omittingEmptySubsequences: false)
            id = parts.count == 3 ? String(parts[1]) : (bound.string ?? "").split(separator: "/").last.map(String.init)
        } else if let expanded = properties[property] {
            if expanded.isNull { return .value(.none) }
            place = expanded
            id = expanded["id"]?.string
            name = expanded["displayName"]?.string
        }
        guard let place else { return named(property, section) }
        guard let id, StringForm.guid.accepts(id) else {
            tell(place, .unreadableLiveValue, "\(property) does not give the id of an object")
            return .unknown
        }
        guard let section else { return .value(.reference(Reference(name: name ?? id.lowercased(), id: id))) }
        return .value(.reference(names.reference(section, id: id, name: name)))
    }

    /// IntuneManagement does not write the id of what a navigation property leads to, but `name|:|type`.
    private func named(_ property: String, _ section: TenantSection?) -> Found {
        guard let section, let text = properties[Self.customReference + property]?.string, case let name = text.before("|:|"), !name.isEmpty else { return .unknown }
        return names.reference(section, named: name).map { .value(.reference($0)) } ?? .unknown
    }

    /// What the name of a property begins with in which IntuneManagement writes a name.
    public static let customReference = "#CustomRef_"

    /// Whether a navigation property leads to something, as far as the object says.
    public static func isBound(_ property: String, in value: JSONValue) -> Bool {
        [property + "@odata.bind", property, customReference + property].contains { key in value[name: key].map { !$0.isNull && !$0.isString("") } ?? false }
    }

    /// The id of a scope tag that the object names; the name itself where somebody must define it; nil where it is unknown.
    func scopeTag(named name: String) -> String? {
        guard let found = names.reference(.scopeTags, named: name) else { return name == "Default" ? "0" : nil }
        return StringForm.digits.accepts(found.id) ? found.id : found.name
    }

    /// Notes something about a property.
    func tell(_ property: String, _ code: DiagnosticCode, _ message: String) { tell(properties[property] ?? value, code, message) }

    /// A text from an export, for a message.
    public static func shown(_ text: String) -> String { JSON.string(String(text.prefix(80))).compact }

    // MARK: Parts

    private func member(_ property: String) -> JSONValue? {
        guard let member = properties[property], !member.isNull else { return nil }
        return member
    }

    /// Notes something about a value.
    func tell(_ value: JSONValue, _ code: DiagnosticCode, _ message: String, help: String? = nil) {
        diagnostics.append(Diagnostic(code, severity: code == .unreadableLiveValue ? .error : .warning, at: value, message, help: help))
    }

    static func isEmptyGUID(_ text: String) -> Bool { text.allSatisfy { $0 == "0" || $0 == "-" } }
}

/// Finds the names and ids of groups, filters and profiles.
public protocol ReferenceNames {
    /// The reference to the object with this id.
    ///
    /// - Parameter name: its name in the export.
    func reference(_ section: TenantSection, id: String, name: String?) -> Reference
    /// The reference to an object of which only the name is known; nil where the name is unknown.
    func reference(_ section: TenantSection, named name: String) -> Reference?
}

extension String {
    /// What is before the first of these marks; the whole text where there is none.
    fileprivate func before(_ mark: String) -> String { firstRange(of: mark).map { String(self[..<$0.lowerBound]) } ?? self }

    /// Without white space at both ends.
    var trimmed: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(self[first...last])
    }
}
