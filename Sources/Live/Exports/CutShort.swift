import JSONSource
import Profiles

/// A place in an export where PowerShell's ConvertTo-Json has written a text in place of an object or list, because its -Depth was reached.
struct CutShort {
    /// The text.
    let place: JSONValue
    /// The property of the object in which it is.
    let property: String

    static let help = "Export again with ConvertTo-Json -Depth 20"

    /// The first one in an object's properties that are not texts of people; nil where there is none.
    init?(_ object: JSONValue) {
        for member in object.members {
            guard let key = member.key.string, !Self.texts.contains(key), let place = Self.find(in: member.value, depth: 8) else { continue }
            self.place = place
            property = key
            return
        }
        return nil
    }

    /// Properties in which anything may be written.
    private static let texts: Set<String> = ["displayName", "description", "accountName", "customDomainName"]

    private static func find(in value: JSONValue, depth: Int) -> JSONValue? {
        if isCut(value) { return value }
        guard depth > 0 else { return nil }
        for element in value.elements { if let found = find(in: element, depth: depth - 1) { return found } }
        for member in value.members { if let found = find(in: member.value, depth: depth - 1) { return found } }
        return nil
    }

    /// Whether a value is such a text.
    static func isCut(_ value: JSONValue) -> Bool {
        guard let text = value.string else { return false }
        return text.hasPrefix("@{") && text.hasSuffix("}") || text.hasPrefix("System.Object[]") || text.hasPrefix("System.Collections.") || text.hasPrefix("System.Management.Automation.")
    }

    /// The diagnostics of the object with this one, and without those that follow from it.
    func explain(_ found: [Diagnostic]) -> [Diagnostic] {
        let pointer = "/" + escapedForPointer(property)
        let rest = found.filter { !($0.severity == .error && isBelow($0.pointer, pointer)) }
        return [Diagnostic(.unreadableLiveValue, at: place, "\(property) is cut off: ConvertTo-Json reached its -Depth and wrote a text in place of an object or list", help: Self.help)] + rest
    }

    /// Whether a pointer leads into the property, of an object at any place of its file.
    private func isBelow(_ pointer: String, _ property: String) -> Bool {
        pointer.hasSuffix(property) || pointer.contains(property + "/")
    }
}
