import JSONSource
import Profiles

/// The Apple configuration profile of an email profile: an Exchange ActiveSync account, and a SCEP payload for each certificate that
/// the account uses.
///
/// The catalogue's `AppleMapping`s decide what the account's payload says; no code here knows a setting. Keys that Apple calls
/// deprecated are never written.
///
/// **Identity.** Identifiers depend only on the ids with which the profile was created (`PayloadIdentity`). UUIDs stay the same within a generation, so that a device
/// updates what it has; a new generation has new UUIDs, and the device gets new payloads. A certificate's UUID also depends on its id:
/// another certificate profile is another payload, even within a generation.
public enum MobileConfig {
    /// Whether `profile` has everything that its .mobileconfig needs: it was resolved from manifests for a tenant that asks for this
    /// target, and uses no derived credentials.
    ///
    /// A profile that was read from the applied state lacks the SCEP content, of which the state has only a digest.
    public static func isPossible(_ profile: EffectiveProfile) -> Bool {
        guard !profile[.tenantUserName].isNone, !profile[.tenantEmailAddress].isNone, !profile.usesDerivedCredentials else { return false }
        for source in order.sources {
            if let reference = profile.values[source.setting].reference, reference.attachment?.content == nil { return false }
        }
        return true
    }

    /// The XML property list of `profile`.
    ///
    /// Complete only where `isPossible`; otherwise what the profile lacks is left out, with the keys that would refer to it. Contains the
    /// tenant's SCEP challenges, which a .mobileconfig needs.
    public static func profile(_ profile: EffectiveProfile, tenant: Tenant, as identity: PayloadIdentity) -> [UInt8] {
        var list = PropertyList(reservingCapacity: 6144)
        list.beginDictionary()
        list.key("PayloadContent")
        list.beginArray()
        let certificates = account(profile, identity, into: &list)
        for certificate in certificates { scep(certificate, identity, into: &list) }
        list.endArray()
        if let description = profile[.description].text, !description.isEmpty { list.member("PayloadDescription", description) }
        list.member("PayloadDisplayName", profile.displayName)
        list.member("PayloadIdentifier", identity.identifier)
        list.member("PayloadOrganization", tenant.displayName)
        list.member("PayloadType", "Configuration")
        list.member("PayloadUUID", identity.uuid())
        list.member("PayloadVersion", 1)
        list.endDictionary()
        return list.finish()
    }

    // MARK: The account

    /// The keys of the account's payload that no setting writes.
    private static let accountKeys = ["PayloadIdentifier", "PayloadType", "PayloadUUID", "PayloadVersion"]

    private static let order = KeyOrder(Catalogue.settings.map(\.apple.keys), others: accountKeys)

    /// Writes the account's payload. Returns the certificates that it refers to, without duplicates, in the order of the catalogue.
    private static func account(_ profile: EffectiveProfile, _ identity: PayloadIdentity, into list: inout PropertyList) -> [Reference] {
        var slots = [AppleMapping.Item?](repeating: nil, count: order.keys.count)
        var certificates: [Reference] = []
        for source in order.sources {
            for item in Catalogue.settings[source.setting].apple.items(profile.values[source.setting]) {
                if case .certificate(_, let reference) = item {
                    guard reference.attachment?.content != nil else { continue }
                    // By id, since two names of one certificate profile are one payload.
                    if !certificates.contains(where: { $0.id == reference.id }) { certificates.append(reference) }
                }
                if let slot = order.slot(of: item.key, from: source) { slots[slot] = item }
            }
        }
        list.beginDictionary()
        for slot in slots.indices {
            switch slots[slot] {
            case .string(let key, let value): list.member(key, value)
            case .bool(let key, let value): list.member(key, value)
            case .integer(let key, let value): list.member(key, value)
            case .certificate(let key, let reference): list.member(key, identity.uuid(scep: reference))
            case nil:
                switch order.keys[slot] {
                case "PayloadIdentifier": list.member("PayloadIdentifier", identity.identifier + ".eas")
                case "PayloadType": list.member("PayloadType", "com.apple.eas.account")
                case "PayloadUUID": list.member("PayloadUUID", identity.uuid(account: "eas"))
                case "PayloadVersion": list.member("PayloadVersion", 1)
                default: break
                }
            }
        }
        list.endDictionary()
        return certificates
    }

    // MARK: Certificates

    /// Writes a certificate's payload. It has no display name: the tenant's name for it is for manifests, and renaming it changes no
    /// profile.
    private static func scep(_ certificate: Reference, _ identity: PayloadIdentity, into list: inout PropertyList) {
        guard let content = certificate.attachment?.content else { return }
        list.beginDictionary()
        list.key("PayloadContent")
        value(content, isData: false, into: &list)
        list.member("PayloadIdentifier", identity.identifier + ".scep." + certificate.id)
        list.member("PayloadType", "com.apple.security.scep")
        list.member("PayloadUUID", identity.uuid(scep: certificate))
        list.member("PayloadVersion", 1)
        list.endDictionary()
    }

    /// Writes a value of the SCEP block. The block was checked against its shape, so every value has the type that Apple requires, except
    /// for data, which JSON does not have.
    private static func value(_ value: JSON, isData: Bool, into list: inout PropertyList) {
        switch value {
        case .null: break
        case .bool(let value): list.bool(value)
        case .integer(let value): list.integer(value)
        case .string(let text): if isData { list.data(base64: text) } else { list.string(text) }
        case .array(let elements):
            list.beginArray()
            for element in elements { self.value(element, isData: false, into: &list) }
            list.endArray()
        case .object(let members):
            list.beginDictionary()
            for (key, value) in members.sorted(by: { JSONWriter.precedes($0.key, $1.key) }) {
                // Comments stay in tenant.json, and a property list has no null.
                if key == "$comment" || value == .null { continue }
                list.key(key)
                self.value(value, isData: key == "CAFingerprint", into: &list)
            }
            list.endDictionary()
        }
    }
}

extension AppleMapping.Item {
    var key: String {
        switch self {
        case .string(let key, _), .bool(let key, _), .integer(let key, _), .certificate(let key, _): key
        }
    }
}

extension PayloadIdentity {
    fileprivate var identifier: String { "easel.\(tenant).\(profile)" }

    fileprivate func uuid() -> String { payloadUUID(tenant, profile, String(generation)) }
    fileprivate func uuid(account kind: String) -> String { payloadUUID(tenant, profile, String(generation), kind) }
    fileprivate func uuid(scep certificate: Reference) -> String { payloadUUID(tenant, profile, String(generation), "scep", certificate.id) }
}
