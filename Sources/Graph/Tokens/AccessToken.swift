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
    var tenantID: String? { claims?["tid"]?.string?.lowercased() }

    /// The application permissions that an administrator has granted (`roles`); nil where the token does not say. Graph decides by its own
    /// reading of the token: this is for advice.
    var roles: Set<String>? { claims.map { Set(($0["roles"].map { Array($0.elements) } ?? []).compactMap(\.string)) } }

    /// What a token says, where it is a JWT.
    private var claims: JSONValue? {
        let parts = secret.reveal().split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let claims = bytes(base64URL: parts[1]) else { return nil }
        let document = JSONDocument(file: "token", bytes: claims)
        return document.isComplete ? document.root : nil
    }
}
