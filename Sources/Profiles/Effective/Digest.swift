import Basics

/// The fingerprint of a change of one profile, by which an approval names it: 32 hex digits.
///
/// They come from SHA-256 over tenant id, tenantId, profile id, and the digests before and after; what is absent is empty. Fewer than
/// 128 bits would not do: with 64, whoever writes both manifests finds two changes of one fingerprint in minutes.
///
/// - Parameter tenantID: the tenant's GUID in lower case; nil where nobody knows it.
public func fingerprint(tenant: String, tenantID: String?, profile: String, before: String?, after: String?) -> String {
    let text = [tenant, tenantID ?? "", profile, before ?? "", after ?? ""].joined(separator: "\0")
    return String(sha256(Array(text.utf8)).prefix(Fingerprint.digits))
}

/// The forms of a fingerprint.
public enum Fingerprint {
    /// Digits of a whole one.
    public static let digits = 32
    /// Digits that reports for people show. `easel approve` takes any beginning that only one change has.
    public static let shown = 12

    /// The beginning that people see.
    public static func short(_ fingerprint: String) -> String { String(fingerprint.prefix(shown)) }

    /// Whether a text is a whole fingerprint.
    public static func isWhole(_ text: String) -> Bool { text.utf8.count == digits && text.utf8.allSatisfy(isDigitOfOne) }

    /// Whether a text may be the beginning of one.
    public static func isBeginning(_ text: String) -> Bool { (1...digits).contains(text.utf8.count) && text.utf8.allSatisfy(isDigitOfOne) }

    private static func isDigitOfOne(_ byte: UInt8) -> Bool { isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte) }
}
