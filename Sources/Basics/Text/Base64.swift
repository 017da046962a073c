import FoundationEssentials

/// Base64 of RFC 4648, section 4.
public enum Base64 {
    /// The bytes in base64, with or without padding (OpenSSH shows fingerprints without).
    public static func text(_ bytes: some Sequence<UInt8>, padded: Bool = true) -> String {
        let text = Data(bytes).base64EncodedString()
        return padded ? text : String(text.prefix { $0 != "=" })
    }

    /// The bytes that a text encodes; nil for an empty text and for anything that is not base64.
    ///
    /// - Parameter requiresPadding: false accepts a text without its padding, as known_hosts files in the wild have it.
    public static func bytes(_ text: some StringProtocol, requiresPadding: Bool = true) -> [UInt8]? {
        // Foundation accepts one "=" too many.
        guard !text.isEmpty, !requiresPadding || text.utf8.count.isMultiple(of: 4) else { return nil }
        let padding = requiresPadding ? "" : String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        return Data(base64Encoded: String(text) + padding).map { [UInt8]($0) }
    }
}
