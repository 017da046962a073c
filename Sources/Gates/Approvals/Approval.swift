import Basics
import JSONSource
import Profiles
import Time

/// One approval file: changes that somebody has approved. Git says who committed it.
public struct Approval: Sendable, Hashable {
    /// Path in the config repository.
    public let file: String
    /// 16 hex digits each. Every fingerprint names exactly one change of one profile.
    public let fingerprints: [String]
    public let reason: String
    public let approvedBy: String
    /// The last day on which it counts, in UTC, such as `2027-01-31`.
    public let expires: String?
    /// The first moment at which it no longer counts.
    private let end: Instant?

    /// Whether it counts: until the end of its last day, UTC.
    public func isValid(at instant: Instant) -> Bool { end.map { instant < $0 } ?? true }

    /// Reads an approval file. Nil when anything is wrong with it, and the diagnostics say what.
    public static func read(_ document: JSONDocument) -> (approval: Approval?, diagnostics: [Diagnostic]) {
        var diagnostics = Diagnostic.problems(of: document)
        guard document.isComplete, let root = document.root else {
            if diagnostics.isEmpty { diagnostics.append(Diagnostic(.badPolicy, file: document.file, "This file is empty")) }
            return (nil, diagnostics)
        }
        shape.check(root, into: &diagnostics)
        for item in root["fingerprints"].map({ Array($0.elements) }) ?? [] {
            guard let text = item.string, text.unicodeScalars.count == 16, !text.utf8.allSatisfy(isFingerprintDigit) else { continue }
            diagnostics.append(
                Diagnostic(
                    .badFormat, at: item, "'\(text)' is not a fingerprint (16 characters, 0-9 and a-f)", help: "Copy it from a report, or use `easel approve`"))
        }
        var end: Instant?
        if let expires = root["expires"], let text = expires.string, text.unicodeScalars.count == 10 {
            end = Instant(endOfDay: text)
            if end == nil {
                diagnostics.append(Diagnostic(.badFormat, at: expires, "'\(text)' is not a date", help: "Write it like \"2027-01-31\""))
            }
        }
        guard !diagnostics.contains(where: { $0.severity == .error }), let reason = root["reason"]?.string,
            let approvedBy = root["approvedBy"]?.string, let fingerprints = root["fingerprints"]
        else { return (nil, diagnostics) }
        let approval = Approval(
            file: document.file, fingerprints: fingerprints.elements.compactMap(\.string), reason: reason, approvedBy: approvedBy,
            expires: root["expires"]?.string, end: end)
        return (approval, diagnostics)
    }

    static func isFingerprintDigit(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }

    private init(file: String, fingerprints: [String], reason: String, approvedBy: String, expires: String?, end: Instant?) {
        self.file = file
        self.fingerprints = fingerprints
        self.reason = reason
        self.approvedBy = approvedBy
        self.expires = expires
        self.end = end
    }
}

extension Approval {
    /// The shape of a file in `approvals/`.
    public static let shape = Shape.object(
        ObjectShape(
            "approval",
            [
                Field("kind", .choice([Choice("approval", "an approval")]), required: true, "Marks this file as an approval."),
                Field(
                    "fingerprints", .array(of: .string(.line(16...16)), isSet: true, minimum: 1), required: true,
                    "The approved changes, by their fingerprints in the report."),
                Field("reason", .string(.text(1...4096)), required: true, "Why these changes may go out."),
                Field("approvedBy", .string(.line(1...255)), required: true, "Who approves them."),
                Field("expires", .string(.line(10...10)), "The last day on which the approval counts (UTC), such as 2027-01-31."),
            ], isRoot: true))

    /// The JSON Schema of a file in `approvals/`.
    public static var schema: JSON {
        JSONSchema.document(shape, title: "easel approval: changes that somebody has approved")
            .giving(pattern: "^[0-9a-f]{16}$", at: ["properties", "fingerprints", "items"])
            .giving(pattern: "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$", at: ["properties", "expires"])
    }
}
