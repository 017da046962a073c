import Basics
import JSONSource

/// A profile as it will be applied or was applied: every setting has its value, defaults are filled in and names are resolved.
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

    /// The settings that can make the profile use derived credentials.
    static let derivedCredentialKeys: [SettingKey] = [.method, .signingCertificateType, .encryptionCertificateType]

    public var usesDerivedCredentials: Bool { Self.usesDerivedCredentials { self[$0] } }

    /// - Parameter value: of a setting; nil where it is unknown.
    public static func usesDerivedCredentials(_ value: (SettingKey) -> SettingValue?) -> Bool { derivedCredentialKeys.contains { value($0)?.text == "derivedCredential" } }

    /// The same profile with the values of `other` for all that `other` leaves to the service.
    public func withoutWhat(isLeftAloneBy other: EffectiveProfile) -> EffectiveProfile {
        var values = values
        for index in Catalogue.leftAlone(other.values) { values[index] = other.values[index] }
        return values == self.values ? self : EffectiveProfile(id: id, values: values)
    }

    /// 64 hex digits of SHA-256 over everything that distinguishes this profile from another. The names that people give to ids are
    /// left out, and so are settings at their default: a setting that a later easel adds changes no digest.
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
