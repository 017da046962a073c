import JSONSource

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
