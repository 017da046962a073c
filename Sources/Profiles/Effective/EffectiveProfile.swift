import Basics
import JSONSource

/// One profile as it will be, or was, applied: every setting with its value, defaults filled in and names resolved.
public struct EffectiveProfile: Sendable {
    /// The manifest's file name without `.json`.
    public let id: String
    /// By position in `Catalogue.settings`.
    public let values: [SettingValue]

    public init(id: String, values: [SettingValue]) {
        self.id = id
        self.values = values
        digest = Self.digest(values)
    }

    public subscript(_ key: SettingKey) -> SettingValue { values[key.index] }

    public var displayName: String { self[.displayName].text ?? id }

    /// The settings that may call for the tenant's derived credential issuer.
    static let derivedCredentialKeys: [SettingKey] = [.method, .signingCertificateType, .encryptionCertificateType]

    public var usesDerivedCredentials: Bool { Self.derivedCredentialKeys.contains { self[$0].text == "derivedCredential" } }

    /// 64 hex digits of SHA-256 over everything that tells this profile from another; the names that people give to
    /// ids do not, and a setting at its default does not either, so that a new setting in a later easel changes none.
    public let digest: String

    private static func digest(_ values: [SettingValue]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(1024)
        for index in Catalogue.sortedIndices {
            let setting = Catalogue.settings[index]
            guard values[index] != setting.restingValue else { continue }
            text.append(contentsOf: setting.path.utf8)
            text.append(0)
            text.append(contentsOf: values[index].identity.utf8)
            text.append(0)
        }
        return sha256(text)
    }
}
