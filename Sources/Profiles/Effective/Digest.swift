import Basics

/// The fingerprint of a change of one profile, by which an approval names it: 16 hex digits.
///
/// They come from SHA-256 over tenant id, profile id, and the digests before and after; an absent side is empty.
public func fingerprint(tenant: String, profile: String, before: String?, after: String?) -> String {
    let text = [tenant, profile, before ?? "", after ?? ""].joined(separator: "\0")
    return String(sha256(Array(text.utf8)).prefix(16))
}
