import Basics
import JSONSource
import Profiles
import Time

/// One approval file: changes that somebody has approved. Git says who committed it.
public struct Approval: Sendable, Hashable {
    /// Path in the config repository.
    public let file: String
    /// 32 hex digits each, never only the beginning of one. Every fingerprint names exactly one change of one profile.
    public let fingerprints: [String]
    /// The only gates that it passes; nil: every gate that an approval can pass.
    public let gates: Set<String>?
    public let reason: String
    public let approvedBy: String
    /// What its `$comment` says, such as what the changes are and when it was written.
    private let comment: String?
    /// The last day on which it counts, in UTC, such as `2027-01-31`.
    public let expires: String?
    /// The first moment at which it no longer counts.
    private let end: Instant?

    /// Whether it counts: until the end of its last day, UTC.
    public func isValid(at instant: Instant) -> Bool { end.map { instant < $0 } ?? true }

    /// Whether it passes a gate of this name, where an approval can pass it at all.
    func isFor(_ gate: String) -> Bool { gates?.contains(gate) ?? true }

    /// Names this approval of one change, so that the applied state can note it as used up: digits of the fingerprint, a colon, and digits
    /// that come from everything else the file says about the change.
    ///
    /// Not from the file's name or from other fingerprints in it: renaming the file or adding to it approves nothing anew.
    public func id(for fingerprint: String) -> String {
        let statement = ([reason, approvedBy, expires ?? "", comment ?? ""] + (gates?.sorted() ?? [])).joined(separator: "\0")
        return "\(fingerprint):\(sha256(Array(statement.utf8)).prefix(16))"
    }

    /// Reads an approval file. Nil when anything is wrong with it, and the diagnostics say what.
    public static func read(_ document: JSONDocument) -> (approval: Approval?, diagnostics: [Diagnostic]) {
        var diagnostics = Diagnostic.problems(of: document)
        guard document.isComplete, let root = document.root else {
            if diagnostics.isEmpty { diagnostics.append(Diagnostic(.badPolicy, file: document.file, "This file is empty")) }
            return (nil, diagnostics)
        }
        shape.check(root, into: &diagnostics)
        for item in root["fingerprints"].map({ Array($0.elements) }) ?? [] {
            guard let text = item.string, text.unicodeScalars.count == Fingerprint.digits, !Fingerprint.isWhole(text) else { continue }
            diagnostics.append(
                Diagnostic(
                    .badFormat, at: item, "'\(text)' is not a fingerprint (\(Fingerprint.digits) characters, 0-9 and a-f)", help: "Use `easel approve`, or copy it from a JSON report"))
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
            file: document.file, fingerprints: fingerprints.elements.compactMap(\.string), gates: root["gates"].map { Set($0.elements.compactMap(\.string)) },
            reason: reason, approvedBy: approvedBy, comment: root["$comment"]?.string, expires: root["expires"]?.string, end: end)
        return (approval, diagnostics)
    }

    private init(
        file: String, fingerprints: [String], gates: Set<String>?, reason: String, approvedBy: String, comment: String?, expires: String?, end: Instant?
    ) {
        self.file = file
        self.fingerprints = fingerprints
        self.gates = gates
        self.reason = reason
        self.approvedBy = approvedBy
        self.comment = comment
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
                    "fingerprints", .array(of: .string(.line(Fingerprint.digits...Fingerprint.digits)), isSet: true, minimum: 1), required: true,
                    "The approved changes, by their whole fingerprints in the JSON report.",
                    example: [.string(String(repeating: "0123456789abcdef", count: Fingerprint.digits / 16))]),
                Field(
                    "gates", .array(of: .string(.line(1...100)), isSet: true, minimum: 1),
                    "The names of the gates that it passes. Without it, it passes every gate that asks for an approval.",
                    example: ["sign-in-storm"]),
                Field("reason", .string(.text(1...4096)), required: true, "Why these changes may go out.", example: "Announced for Saturday"),
                Field("approvedBy", .string(.line(1...255)), required: true, "Who approves them.", example: "Ann <ann@contoso.com>"),
                Field("expires", .string(.line(10...10)), "The last day on which the approval counts (UTC), such as 2027-01-31.", example: "2027-01-31"),
            ], isRoot: true))

    /// The JSON Schema of a file in `approvals/`.
    public static var schema: JSON {
        JSONSchema.document(shape, title: "easel approval: changes that somebody has approved")
            .giving(pattern: "^[0-9a-f]{\(Fingerprint.digits)}$", at: ["properties", "fingerprints", "items"])
            .giving(pattern: "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$", at: ["properties", "expires"])
    }
}
