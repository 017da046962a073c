import JSONSource
import Profiles

/// The text of `operations.json`: the same bytes for the same operations, in whatever order they come.
public enum OperationsFile {
    public static let name = "operations.json"
    public static let formatVersion = "1.0"

    public static func text(_ operations: [Operation]) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("formatVersion", formatVersion)
            writer.key("operations")
            writer.array { writer in
                for operation in operations.sorted(by: Operation.precedes) { write(operation, into: &writer) }
            }
        }
        return writer.finish()
    }

    private static func write(_ operation: Operation, into writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("action", operation.action.rawValue)
            writer.member("cloud", operation.cloud.rawValue)
            writer.member("displayName", operation.displayName)
            writer.member("fingerprint", operation.fingerprint)
            writer.member("graphId", operation.graphID.map(JSON.string) ?? .null)
            writer.member("profile", operation.profile)
            writer.key("requests")
            writer.array { writer in
                for request in operation.requests { write(request, into: &writer) }
            }
            writer.member("tenant", operation.tenant)
            writer.member("tenantId", operation.tenantID)
        }
    }

    private static func write(_ request: Operation.Request, into writer: inout JSONWriter) {
        writer.object { writer in
            switch request.body {
            case .none: writer.member("body", JSON.null)
            case .file(let path): writer.member("body", path)
            case .inline(let json): writer.member("body", json)
            }
            writer.member("method", request.method.rawValue)
            writer.member("url", request.url)
        }
    }
}

extension OperationsFile {
    /// The shape of the file.
    static let shape = Shape.object(
        ObjectShape(
            "operations",
            [
                Field("formatVersion", .choice([Choice(formatVersion, "this form")]), required: true, "The version of this form; it grows when a member changes its meaning or goes."),
                Field("operations", .array(of: operation, isSet: false), required: true, "In the order in which to run them: by tenant; in a tenant removals, then changes, then creations."),
            ]))

    private static let operation = Shape.object(
        ObjectShape(
            "operation",
            [
                Field("action", .choice(Operation.Action.allCases.map { Choice($0.rawValue, "\($0.rawValue)s the profile") }), required: true, "What happens to the profile."),
                Field("cloud", .choice(Tenant.Cloud.allCases.map { Choice($0.rawValue, "the cloud \($0.rawValue)") }), required: true, "The tenant's cloud; the addresses are in it."),
                Field("displayName", .string(.line(0...10_000)), required: true, "What the profile is called in Intune once the operation is done; of a removal, what it was called."),
                Field("fingerprint", .string(.line(32...32)), required: true, "The change, as in the report: 32 hex digits."),
                Field("graphId", .nullable(.string(.guid)), required: true, "The profile's id in Microsoft Graph; null where nobody knows it yet."),
                Field("profile", .string(.id), required: true, "The profile's id: the name of its manifest."),
                Field("requests", .array(of: request, isSet: false, minimum: 1), required: true, "What to send, in this order."),
                Field("tenant", .string(.id), required: true, "The tenant's id: the name of its folder."),
                Field("tenantId", .string(.guid), required: true, "The tenant's id in Microsoft Entra ID. Every tenant needs a token of its own."),
            ]))

    private static let request = Shape.object(
        ObjectShape(
            "request",
            [
                Field(
                    "body", .nullable(.word(.string(.line(1...4096)), or: .map(key: .line(1...255), value: .anything))), required: true,
                    "What to send: a path below the folder of this file, or the JSON itself; null for nothing."),
                Field("method", .choice(Operation.Method.allCases.map { Choice($0.rawValue, "the method \($0.rawValue)") }), required: true, "The HTTP method."),
                Field(
                    "url", .string(.line(1...4096)), required: true,
                    "The whole address. {id} in it stands for an id that nobody knows yet: take it from the answer to the POST, or look the profile up by its name."),
            ]))

    /// The JSON Schema of the file.
    public static var schema: JSON { JSONSchema.document(shape, title: "easel operations: what a publisher must send to Microsoft Graph") }
}
