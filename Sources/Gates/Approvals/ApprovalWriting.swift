import JSONSource
import Time

extension Approval {
    /// Whether a text is a date like `2027-01-31`.
    public static func isDay(_ text: String) -> Bool { CivilDate(text) != nil }

    /// The content of an approval file.
    ///
    /// - Parameters:
    ///   - gates: the only gates that it passes; empty for every gate.
    ///   - expires: the last day on which it counts, such as `2027-01-31`.
    ///   - comment: what the fingerprints are, for whoever reviews the file.
    public static func file(fingerprints: [String], gates: [String], reason: String, approvedBy: String, expires: String?, comment: String) -> JSON {
        var members: [String: JSON] = [
            "$comment": .string(comment), "kind": "approval", "fingerprints": .array(fingerprints.map(JSON.string)), "reason": .string(reason), "approvedBy": .string(approvedBy),
        ]
        if !gates.isEmpty { members["gates"] = .array(gates.map(JSON.string)) }
        if let expires { members["expires"] = .string(expires) }
        return .object(members)
    }
}
