import JSONSource

/// One `iosEasEmailProfileConfiguration` as the service returns it, or as a tool has written it down, while it is read.
///
/// A value whose meaning is beyond doubt is read, with a warning where the service itself would not write it so; nothing is passed
/// over in silence. Not `Sendable`: made and used by one thread.
public final class GraphObject {
    /// What a setting is in the object.
    public enum Found {
        case value(SettingValue)
        /// Not there, or null: the service leaves out what is at its default.
        case absent
        /// This kind of object does not say: navigation properties come only when they are asked for.
        case unknown
    }

    public let value: JSONValue
    /// What it has, by name: every setting asks for its own.
    public let properties: [String: JSONValue]
    /// Gives an id its name; where only a name is known, its id.
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

    /// A text; nil where it is not there.
    func text(_ property: String) -> String? {
        guard let value = member(property) else { return nil }
        if let text = value.string { return text }
        tell(value, .unreadableLiveValue, "\(property) must be a text")
        return nil
    }

    /// A property whose value is the setting's own.
    func value(_ property: String, _ setting: Setting) -> Found {
        guard let value = member(property) else { return .absent }
        return setting.type.live(self, property, value)
    }

    /// A property that holds a GUID.
    func reference(_ property: String, _ section: TenantSection) -> Found {
        guard let text = text(property), !text.trimmed.isEmpty, !Self.isEmptyGUID(text) else { return .absent }
        return .value(.reference(names.reference(section, id: text.trimmed, name: nil)))
    }

    /// A navigation property: as an address in `@odata.bind`, or expanded.
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
        guard let place else { return .unknown }
        guard let id, StringForm.guid.accepts(id) else {
            tell(place, .unreadableLiveValue, "\(property) names no object by its id")
            return .unknown
        }
        guard let section else { return .value(.reference(Reference(name: name ?? id.lowercased(), id: id))) }
        return .value(.reference(names.reference(section, id: id, name: name)))
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
    func tell(_ value: JSONValue, _ code: DiagnosticCode, _ message: String) {
        diagnostics.append(Diagnostic(code, severity: code == .unreadableLiveValue ? .error : .warning, at: value, message))
    }

    static func isEmptyGUID(_ text: String) -> Bool { text.allSatisfy { $0 == "0" || $0 == "-" } }
}

/// Tells names and ids of groups, filters and profiles from each other.
public protocol ReferenceNames {
    /// The reference to the object with this id.
    ///
    /// - Parameter name: what the export calls it.
    func reference(_ section: TenantSection, id: String, name: String?) -> Reference
    /// The reference to an object of which only a name is known; nil where nobody knows the name.
    func reference(_ section: TenantSection, named name: String) -> Reference?
}

extension String {
    /// Without white space at both ends.
    var trimmed: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(self[first...last])
    }
}
