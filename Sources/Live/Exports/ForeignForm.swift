import JSONSource
import Payloads
import Profiles

/// A form in which another tool keeps email profiles, and which easel does not read. Read as anything else, the profiles would seem to be
/// gone.
struct ForeignForm {
    /// Where the profile is.
    let place: JSONValue
    let message: String
    let help: String

    private static let whatToDo = "Export GET https://graph.microsoft.com/beta/deviceManagement/deviceConfigurations?$expand=assignments as Graph returns it"

    /// Nil for an object that has no email profile in it.
    ///
    /// - Parameter object: one that is not an email profile itself.
    init?(_ object: JSONValue) {
        for member in object.members {
            guard let key = member.key.string else { continue }
            switch key.lowercased() {
            case "additionalproperties":
                guard let type = member.value[name: GraphNames.typeKey]?.string, LiveObjects.isConfiguration(LiveObjects.typeName(type)) else { continue }
                place = member.value
                message = "This is an object of Microsoft's PowerShell SDK, which keeps the settings in AdditionalProperties (\(GraphObject.shown(type))); easel does not read this form"
                help = Self.whatToDo + ": Invoke-MgGraphRequest -OutputType Json, without ConvertTo-Json"
                return
            case "rawjson":
                guard Self.holdsProfile(member.value) else { continue }
                place = member.value
                message = "This is a template of CIPP with an iOS email profile as a text in RAWJson; easel does not read this form"
                help = "\(Self.whatToDo). A template does not say what a tenant has"
                return
            default: break
            }
        }
        guard let (key, found) = Self.nested(in: object, depth: 8) else { return nil }
        place = found
        message = "This is a bundle of another tool with an iOS email profile (\(GraphNames.emailProfile)) in \(GraphObject.shown(key)); easel does not read this form"
        help = Self.whatToDo
    }

    /// The first profile in an object, as an object or as a text, and the property that it is in.
    private static func nested(in object: JSONValue, depth: Int) -> (key: String, place: JSONValue)? {
        for member in object.members {
            guard let found = profile(in: member.value, depth: depth), let key = member.key.string else { continue }
            return (key, found)
        }
        return nil
    }

    private static func profile(in value: JSONValue, depth: Int) -> JSONValue? {
        if isProfile(value) || holdsProfile(value) { return value }
        guard depth > 0 else { return nil }
        for element in value.elements { if let found = profile(in: element, depth: depth - 1) { return found } }
        for member in value.members { if let found = profile(in: member.value, depth: depth - 1) { return found } }
        return nil
    }

    private static func isProfile(_ value: JSONValue) -> Bool {
        guard value.kind == .object else { return false }
        return value[name: GraphNames.typeKey]?.string.map(LiveObjects.typeName) == GraphNames.emailProfile || LiveObjects.looksLikeProfile(value)
    }

    /// Whether a value is a text of JSON that has a profile in it.
    private static func holdsProfile(_ value: JSONValue) -> Bool {
        guard let text = value.string, let first = text.first(where: { !$0.isWhitespace }), first == "{" || first == "[" else { return false }
        return text.contains(GraphNames.emailProfile)
    }
}
