import Basics
import JSONSource

extension Tenant {
    /// Checks the content of a `tenant.json` against its shape, and its parts against each other.
    ///
    /// - Parameter targets: every target that there is.
    public static func check(_ root: JSONValue, targets: [TargetDescription], into diagnostics: inout [Diagnostic]) {
        shape(targets: targets).check(root, into: &diagnostics)
        checkManagedEmail(root, &diagnostics)
        checkKinds(root, &diagnostics)
        // Profiles refer to certificates by id, so two payloads for one id could not be distinguished.
        var known: [String: (name: String, scep: JSON?)] = [:]
        for member in root["certificateProfiles"].map({ Array($0.members) }) ?? [] {
            guard let name = member.key.string, let id = member.value["id"]?.string?.lowercased() else { continue }
            let scep = member.value["scep"].map { withoutComments($0.plain) }
            guard let other = known.updateValue((name, scep), forKey: id), other.scep != scep else { continue }
            diagnostics.append(
                Diagnostic(
                    .badCombination, at: member.key, "Certificate profile '\(name)' has the same id as '\(other.name)' but a different 'scep' block",
                    help: "Give both the same block, or each its own id"))
        }
    }

    /// The groups whose people need a managed email profile must be there.
    private static func checkManagedEmail(_ root: JSONValue, _ diagnostics: inout [Diagnostic]) {
        guard let required = root["managedEmailRequired"], required.kind == .array else { return }
        let known = Set((root["groups"].map { $0.members.compactMap(\.key.string) } ?? []) + ["allUsers"])
        let unknown = required.elements.lazy.compactMap { place in place.string.map { (place, $0) } }.filter { !known.contains($1) }
        for (place, name) in unknown.prefix(JSONLimits.problems) {
            diagnostics.append(
                Diagnostic(
                    .unresolvedName, at: place, "This tenant has no group '\(name.prefix(80))'\(didYouMean(name, among: known))",
                    help: "Add it to \"groups\", or remove it here"))
        }
    }

    /// Two names for one group cannot say that it holds people and that it holds devices.
    private static func checkKinds(_ root: JSONValue, _ diagnostics: inout [Diagnostic]) {
        var known: [String: (name: String, kind: String)] = [:]
        for member in root["groups"].map({ Array($0.members) }) ?? [] {
            guard let name = member.key.string, let id = member.value["id"]?.string?.lowercased(), let kind = member.value["kind"]?.string else { continue }
            guard let other = known.updateValue((name, kind), forKey: id), other.kind != kind else { continue }
            diagnostics.append(
                Diagnostic(
                    .badCombination, at: member.key, "Group '\(name)' has the same id as '\(other.name)' but a different 'kind'",
                    help: "Give both the same kind, or each its own id"))
        }
    }

    /// The value without the `$comment` of each object in it.
    static func withoutComments(_ value: JSON) -> JSON {
        switch value {
        case .object(let members): .object(members.filter { $0.key != "$comment" }.mapValues(withoutComments))
        case .array(let elements): .array(elements.map(withoutComments))
        default: value
        }
    }

    /// The shape of `tenant.json`.
    ///
    /// - Parameter targets: every target that there is.
    public static func shape(targets: [TargetDescription]) -> Shape {
        let field = Field(
            "targets", .array(of: .choice(targets.map { Choice($0.name, $0.meaning) }), isSet: true, minimum: 1),
            default: .array(targets.filter(\.isDefault).map { .string($0.name) }), "Which payloads to write.")
        // The other fields are made once, since every tenant is checked.
        return .object(ObjectShape("tenant", facts + [field] + names, isRoot: true))
    }

    /// The keys at the top of the file.
    static let keys: [String] = if case .object(let object) = shape(targets: []) { object.fields.map(\.name) } else { [] }

    private static let facts: [Field] = [
        Field("kind", .choice([Choice("tenant", "a tenant")]), required: true, "Says what this file is."),
        Field("tenantId", .string(.guid), required: true, "The tenant's id in Microsoft Entra ID.", example: exampleID),
        Field("displayName", .string(.line(1...255)), required: true, "The tenant's name in reports.", example: "Contoso"),
        Field(
            "cloud",
            .choice([
                Choice("global", "the worldwide cloud"), Choice("usGov", "US Government L4 (GCC High)"),
                Choice("usGovDoD", "US Government L5 (DOD)"), Choice("china", "operated by 21Vianet in China"),
            ]), default: "global", "The Microsoft cloud of the tenant."),
        Field(
            "exchange",
            .choice([
                Choice("online", "Exchange Online"), Choice("hybridModernAuth", "on-premises with hybrid modern authentication"),
                Choice("onPremises", "on-premises without hybrid modern authentication"), Choice("other", "another server"),
            ]), required: true, "Where the mailboxes are, which decides whether OAuth can work."),
        Field(
            "iosAccountsApp",
            .choice([
                Choice("granted", "the enterprise app \"iOS Accounts\" exists and users have access"), Choice("unknown", "nobody has checked"),
            ]), default: "unknown", "Whether people can consent to modern sign-in on iOS."),
        Field(
            "minimumOS", .string(.osVersion), default: .string(OSVersion.oldestSupported.description),
            "The oldest iOS/iPadOS in use. The default is the oldest that Intune supports.", example: "17.0"),
        Field(
            "managedEmailRequired", .array(of: .string(.name), isSet: true),
            "Groups by name, or \"allUsers\", whose compliance policy requires a managed email profile. Who loses theirs can lose access to every company app.",
            example: ["allUsers"]),
        Field(
            "adopt", .choice([Choice("first", "easel adopt comes before the first reconcile")]),
            "Set by easel import. While the applied state knows no profile of the tenant, its profiles are held (adopt-first), so that people do not get a second time what they already have. After that it means nothing."),
    ]

    private static let names: [Field] = [
        Field(
            "groups", .map(key: .name, value: .object(ObjectShape("group", [idField, membersField, kindField]))),
            "Groups of Microsoft Entra ID, by the names that manifests use.", example: ["staff": ["id": exampleID, "members": 120]]),
        Field("allUsers", .object(ObjectShape("allUsers", [membersField])), "The number of people in \"allUsers\"."),
        Field("allDevices", .object(ObjectShape("allDevices", [membersField])), "The number of people in \"allDevices\"."),
        Field("filters", .map(key: .name, value: .string(.guid)), "Assignment filters, by the names that manifests use.", example: ["corporate": exampleID]),
        Field(
            "scopeTags", .map(key: .name, value: .string(.digits)),
            "Ids of scope tags, by the names that manifests use. \"Default\" is always there and means \"0\".", example: ["Helpdesk": "7"]),
        Field(
            "certificateProfiles",
            .map(
                key: .name,
                value: .object(
                    ObjectShape(
                        "certificate profile",
                        [
                            idField,
                            Field(
                                "type", .choice([
                                    Choice("scep", "SCEP"), Choice("pkcs", "PKCS"), Choice("importedPkcs", "imported PKCS, for S/MIME only"),
                                ]), required: true,
                                "What kind of certificate profile it is."),
                            Field("scep", scepShape, "Apple's com.apple.security.scep keys. The mobileconfig target requires them."),
                        ]))), "SCEP, PKCS and imported PKCS certificate profiles, by the names that manifests use.",
            example: ["device": ["id": exampleID, "type": "scep"]]),
        Field(
            "vpnProfiles",
            .map(
                key: .name,
                value: .object(
                    ObjectShape(
                        "VPN profile", [idField, Field("vpnUUID", .string(.guid), "Apple's VPNUUID. The mobileconfig target requires it.", example: exampleID)]))),
            "Per-app VPN profiles, by the names that manifests use.", example: ["mail-vpn": ["id": exampleID]]),
        Field("derivedCredentials", .object(ObjectShape("derived credential issuer", [idField])), "The tenant's derived credential issuer."),
        Field(
            "mdmTokens",
            .object(
                ObjectShape(
                    "MDM tokens",
                    [
                        tokenField("userPrincipalName", default: "{{userprincipalname}}"), tokenField("primarySmtpAddress", default: "{{mail}}"),
                        tokenField("samAccountName"), tokenField("fullDomainName"), tokenField("netBiosDomainName"),
                    ])), "The tokens in a .mobileconfig that the MDM server replaces with a user's values."),
    ]

    private static let exampleID: JSON = "11111111-2222-4333-8444-555555555555"
    private static let idField = Field("id", .string(.guid), required: true, "Its id.", example: exampleID)
    private static let membersField = Field("members", .integer(0...100_000_000), "The number of people in it.", example: 120)

    private static let kindField = Field(
        "kind", .choice([Choice("users", "its members are people"), Choice("devices", "its members are devices")]),
        "What its members are. Without it, easel cannot warn about assignments to devices.")

    private static func tokenField(_ key: StaticString, default fallback: JSON? = nil) -> Field {
        Field(key, .string(.line(1...255)), default: fallback, "The token for this attribute.", example: .string("%\(key)%"))
    }

    /// An attribute of an X.500 name, or its OID, with its value.
    private static let scepPair = Shape.array(of: .string(.line(1...255)), isSet: false, minimum: 2, maximum: 2)

    /// The keys of `PayloadContent` in Apple's `com.apple.security.scep`.
    private static let scepShape = Shape.object(
        ObjectShape(
            "SCEP",
            [
                Field("URL", .string(.url), required: true, "The SCEP URL.", example: "https://scep.contoso.com/certsrv/mscep"),
                Field("Name", .string(.line(1...255)), "A name by which the SCEP server selects a certificate authority.", example: "contoso-ca"),
                Field(
                    "Subject", .array(of: .array(of: scepPair, isSet: false, minimum: 1), isSet: false),
                    "An X.500 name, as an array of pairs of OID and value."),
                Field("Challenge", .string(.line(1...1024)), "A preshared secret. Better use a token that the MDM server replaces."),
                Field("Keysize", .oneOf([1024, 2048, 4096]), "The key size in bits."),
                Field("Key Type", .choice([Choice("RSA", "the only type")]), "Always RSA."),
                Field("Key Usage", .oneOf([0, 1, 4, 5]), "A bitmask: 1 signing, 4 encryption."),
                Field("CAFingerprint", .string(.base64), "The fingerprint of the certificate authority's certificate, in base64."),
                Field("Retries", .integer(0...1000), "How often a device tries again while the server answers PENDING."),
                Field("RetryDelay", .integer(0...86400), "Seconds between tries."),
                Field(
                    "SubjectAltName",
                    .object(
                        ObjectShape(
                            "SubjectAltName",
                            [
                                Field("rfc822Name", .stringOrStrings(.line(1...255)), "The email address."),
                                Field("dNSName", .stringOrStrings(.line(1...255)), "The DNS name."),
                                Field("uniformResourceIdentifier", .stringOrStrings(.line(1...2048)), "The URI."),
                                Field("ntPrincipalName", .stringOrStrings(.line(1...255)), "The NT principal name."),
                            ])), "Alternative names for the certificate."),
                Field("KeyIsExtractable", .boolean, "Whether the private key may be exported."),
                Field("AllowAllAppsAccess", .boolean, "Whether all apps have access to the private key (macOS)."),
            ]))
}
