import JSONSource
import Time

extension Approval {
    /// Whether a text is a fingerprint: 16 characters, 0-9 and a-f.
    public static func isFingerprint(_ text: String) -> Bool { text.utf8.count == 16 && text.utf8.allSatisfy(isFingerprintDigit) }

    /// Whether a text is a date like `2027-01-31`.
    public static func isDay(_ text: String) -> Bool { CivilDate(text) != nil }

    /// The content of an approval file.
    ///
    /// - Parameters:
    ///   - expires: the last day on which it counts, such as `2027-01-31`.
    ///   - comment: what the fingerprints are, for whoever reviews the file.
    public static func file(fingerprints: [String], reason: String, approvedBy: String, expires: String?, comment: String?) -> JSON {
        var members: [String: JSON] = [
            "kind": "approval", "fingerprints": .array(fingerprints.map(JSON.string)), "reason": .string(reason), "approvedBy": .string(approvedBy),
        ]
        if let expires { members["expires"] = .string(expires) }
        if let comment { members["$comment"] = .string(comment) }
        return .object(members)
    }
}
