/// Whether a signature is what it should be, and if not, why not: told apart, because each is mended by somebody else.
public enum SignatureVerdict: Sendable, Hashable {
    /// By whom, as the trusted keys call them.
    case good(signer: String)
    case unsigned
    /// Made by a key that is not trusted; the key's fingerprint or id, and what kind it is.
    case unknownKey(String)
    /// Not a signature of these bytes by that key, or none that can be relied upon; why.
    case badSignature(String)
    /// A trusted key, or the signature, is no longer valid, or not yet.
    case expired(String)
    /// A trusted key that its owner has revoked.
    case revoked(String)
}
