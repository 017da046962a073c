import Basics
import JSONSource

/// What an iOS email profile may contain, as the service's metadata (beta) says: the emulator's own copy, so that it does not share an error with
/// what is tested against it.
enum Schema {
    static let namespace = "#microsoft.graph."
    static let email = "microsoft.graph.iosEasEmailProfileConfiguration"

    enum Kind {
        case text(limit: Int, isNullable: Bool)
        case flag
        case choice(Set<String>, isNullable: Bool)
        /// A set of names in one text, with commas.
        case flags(Set<String>)
        case texts
        case guid
    }

    private static let source: Set<String> = ["userPrincipalName", "primarySmtpAddress"]
    private static let certificateType: Set<String> = ["none", "certificate", "derivedCredential"]

    static let properties: [String: Kind] = [
        "displayName": .text(limit: 1000, isNullable: false), "description": .text(limit: 5000, isNullable: true), "roleScopeTagIds": .texts,
        "customDomainName": .text(limit: 1000, isNullable: true), "userDomainNameSource": .choice(["fullDomainName", "netBiosDomainName"], isNullable: true),
        "usernameAADSource": .choice(source.union(["samAccountName"]), isNullable: true), "usernameSource": .choice(source, isNullable: false),
        "accountName": .text(limit: 1000, isNullable: false), "hostName": .text(limit: 1000, isNullable: false),
        "authenticationMethod": .choice(["usernameAndPassword", "certificate", "derivedCredential"], isNullable: false), "emailAddressSource": .choice(source, isNullable: false),
        "durationOfEmailToSync": .choice(["userDefined", "oneDay", "threeDays", "oneWeek", "twoWeeks", "oneMonth", "unlimited"], isNullable: false),
        "easServices": .flags(["none", "calendars", "contacts", "email", "notes", "reminders"]),
        "signingCertificateType": .choice(certificateType, isNullable: true), "encryptionCertificateType": .choice(certificateType, isNullable: true), "perAppVPNProfileId": .guid,
        "blockMovingMessagesToOtherEmailAccounts": .flag, "blockSendingEmailFromThirdPartyApps": .flag, "blockSyncingRecentlyUsedEmailAddresses": .flag, "easServicesUserOverrideEnabled": .flag,
        "requireSmime": .flag, "requireSsl": .flag, "smimeEnablePerMessageSwitch": .flag, "smimeEncryptByDefaultEnabled": .flag, "smimeEncryptByDefaultUserOverrideEnabled": .flag,
        "smimeEncryptionCertificateUserOverrideEnabled": .flag, "smimeSigningCertificateUserOverrideEnabled": .flag, "smimeSigningEnabled": .flag, "smimeSigningUserOverrideEnabled": .flag,
        "useOAuth": .flag,
    ]

    static let readOnly: Set<String> = ["id", "createdDateTime", "lastModifiedDateTime", "version", "supportsScopeTags"]
    /// Navigation property → the collection that it leads to.
    static let navigation = [
        "identityCertificate": "deviceConfigurations", "smimeSigningCertificate": "deviceConfigurations", "smimeEncryptionCertificate": "deviceConfigurations",
        "derivedCredentialSettings": "derivedCredentials",
    ]
    /// What a property is where nobody has set it.
    static let defaults: [String: JSON] = Dictionary(
        uniqueKeysWithValues: properties.map { name, kind in
            switch kind {
            case .flag: (name, .bool(false))
            case .texts: (name, ["0"])
            case .flags: (name, "none")
            case .choice(let names, let isNullable): (name, isNullable ? .null : .string(names.contains("userDefined") ? "userDefined" : names.contains("userPrincipalName") ? "userPrincipalName" : "usernameAndPassword"))
            case .text, .guid: (name, .null)
            }
        })

    static func check(_ name: String, _ value: JSON) throws(Refusal) {
        guard let kind = properties[name] else {
            if readOnly.contains(name) { throw .badRequest("Property '\(name)' is read-only and cannot be set.") }
            throw .badRequest("The property '\(name)' does not exist on type '\(email)'. Make sure to only use property names that are defined by the type.")
        }
        let wrong = Refusal.badRequest("Cannot convert the value of property '\(name)' to the type of the property on '\(email)'.")
        switch (kind, value) {
        case (.flag, .bool): break
        case (.text(_, true), .null), (.choice(_, true), .null), (.guid, .null): break
        case (.text(let limit, _), .string(let text)): if text.count > limit { throw .intune("\(name) must have at most \(limit) characters.") }
        case (.choice(let names, _), .string(let text)): if !names.contains(text) { throw .badRequest("Requested value '\(text)' was not found.") }
        case (.flags(let names), .string(let text)):
            let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            guard parts.allSatisfy(names.contains), Set(parts).count == parts.count else { throw .badRequest("Requested value '\(text)' was not found.") }
        case (.texts, .array(let elements)): if elements.contains(where: { $0.string == nil }) { throw wrong }
        case (.guid, .string(let text)): if !isGUID(text) { throw wrong }
        default: throw wrong
        }
    }
}

func isGUID(_ text: String) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    return parts.map(\.count) == [8, 4, 4, 4, 12] && parts.allSatisfy { $0.utf8.allSatisfy(isHexDigit) }
}

func randomGUID() -> String {
    let digits = hexadecimal((0..<16).map { _ in UInt8.random(in: .min ... .max) })
    var rest = digits[...]
    return [8, 4, 4, 4, 12].map { count in
        defer { rest = rest.dropFirst(count) }
        return String(rest.prefix(count))
    }.joined(separator: "-")
}
