import Basics
import JSONSource

/// A token for one tenant.
struct AccessToken: Sendable, Hashable {
    let secret: Secret
    /// When to get another, on the clock's `elapsed`: some time before it expires.
    let renewal: Double

    /// Reads an answer of the token endpoint; nil where it is not one.
    ///
    /// - Parameter now: on the clock's `elapsed`.
    init?(_ body: [UInt8], now: Double) {
        let document = JSONDocument(file: "token", bytes: body)
        guard document.isComplete, let root = document.root, let text = root["access_token"]?.string, !text.isEmpty, headerValue(text) != nil, !text.contains(" "),
            root["token_type"]?.string?.lowercased() == "bearer", let lifetime = root["expires_in"]?.integer ?? root["expires_in"]?.string.flatMap({ Int($0) })
        else { return nil }
        secret = Secret(text)
        let seconds = Double(max(0, min(lifetime, 86_400)))
        renewal = now + seconds - min(300, seconds / 2)
    }

    /// The tenant that a token is for, where it says so (`tid`). The signature is Graph's to check.
    var tenantID: String? {
        let parts = secret.reveal().split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let claims = bytes(base64URL: parts[1]) else { return nil }
        let document = JSONDocument(file: "token", bytes: claims)
        return document.isComplete ? document.root?["tid"]?.string?.lowercased() : nil
    }
}
