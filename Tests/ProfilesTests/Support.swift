import JSONSource
import Payloads
import TestSupport
import Testing

@testable import Profiles

extension Seeded {
    mutating func one<Value>(of values: [Value]) -> Value { values[below(values.count)] }
}

extension JSON {
    /// Reads a text that must be sound; null stands for one that is not, which no test expects.
    init(parsing text: String) {
        let document = JSONDocument(file: "test.json", bytes: Array(text.utf8))
        self = document.problems.isEmpty ? document.root?.plain ?? .null : .null
    }

    /// RFC 7396, section 2, to the letter.
    func patched(with patch: JSON) -> JSON {
        guard case .object(let changes) = patch else { return patch }
        var result = members
        for (key, value) in changes {
            if value == .null { result[key] = nil } else { result[key] = (result[key] ?? .null).patched(with: value) }
        }
        return .object(result)
    }

    var members: [String: JSON] { if case .object(let members) = self { members } else { [:] } }
    var elements: [JSON] { if case .array(let elements) = self { elements } else { [] } }
    var text: String? { if case .string(let text) = self { text } else { nil } }
    subscript(_ key: String) -> JSON? { members[key] }

    /// The value at a path as `account.oauth`.
    func at(_ path: String) -> JSON? { path.split(separator: ".").reduce(self as JSON?) { $0?[String($1)] } }

    /// A patch, or a document, that says one thing: `JSON.saying("account.oauth", true)`.
    static func saying(_ path: String, _ value: JSON) -> JSON {
        path.split(separator: ".").reversed().reduce(value) { .object([String($1): $0]) }
    }

    var pretty: String {
        var writer = JSONWriter()
        writer.value(self)
        return String(decoding: writer.finish(), as: UTF8.self)
    }
}

extension JSONValue {
    /// The value at an RFC 6901 pointer.
    func at(_ pointer: String) -> JSONValue? {
        pointer.split(separator: "/").reduce(self as JSONValue?) { value, token in
            guard let value else { return nil }
            let name = String(token).replacing("~1", with: "/").replacing("~0", with: "~")
            return value.kind == .array ? Int(name).flatMap { Array(value.elements)[$0] } : value[name: name]
        }
    }
}

/// What all tests patch: a tenant that defines something of everything, and a manifest that says only what it must.
enum Sample {
    static let staff = "cbf27734-ac10-4525-8b66-402800e03d2c"
    static let identity = "3f0c9931-918c-40bf-9670-c342c6cce996"
    static let issuer = "99999999-aaaa-4bbb-8ccc-dddddddddddd"

    static let tenant = JSON(
        parsing: """
            {
              "$schema": "../../schemas/tenant.json", "$comment": "the tenant of all tests",
              "kind": "tenant", "tenantId": "F3C95789-ACE1-4954-AC5D-6BAED2EAC902", "displayName": "Contoso", "exchange": "online",
              "groups": {
                "staff": { "id": "\(staff)", "members": 120 },
                "board": { "id": "e0a3a91f-2346-4c13-bc27-ed12b10877a9", "members": 7 },
                "leavers": { "id": "f1260ebc-7d56-4b56-b714-dc919b27dbdf" },
                "everyone": { "id": "\(staff.uppercased())", "members": 119 }
              },
              "allUsers": { "members": 130 },
              "filters": { "corporate": "6caf76a5-7035-48ae-8280-ad3729a6f2e7", "personal": "7caf76a5-7035-48ae-8280-ad3729a6f2e7" },
              "certificateProfiles": {
                "identity": { "id": "\(identity)", "type": "scep", "scep": {
                  "URL": "https://scep.contoso.com/scep", "Subject": [[["O", "Contoso"]], [["CN", "{{userprincipalname}}"]]], "Keysize": 2048, "Key Type": "RSA",
                  "Key Usage": 5, "CAFingerprint": "qrvM3Q==", "SubjectAltName": { "rfc822Name": "{{mail}}", "dNSName": ["a.contoso.com", "b.contoso.com"] } } },
                "signing": { "id": "4f0c9931-918c-40bf-9670-c342c6cce996", "type": "pkcs" }
              },
              "vpnProfiles": {
                "mail-vpn": { "id": "51111111-2222-4333-8444-555555555555", "vpnUUID": "61111111-aaaa-4333-8444-555555555555" },
                "old-vpn": { "id": "52111111-2222-4333-8444-555555555555" }
              },
              "derivedCredentials": { "id": "\(issuer)" }
            }
            """)

    static let manifest = JSON(
        parsing: """
            {
              "kind": "iosEmailProfile", "displayName": "Staff mail",
              "account": {
                "server": "outlook.office365.com", "accountName": "Contoso mail", "usernameAttribute": "userPrincipalName",
                "emailAddressAttribute": "primarySmtpAddress", "authentication": { "method": "usernameAndPassword" }
              }
            }
            """)

    static let file = "tenants/contoso/profiles/staff-mail.json"
    /// `tenant`, read once.
    static let readTenant = Result { try ProfilesTests.tenant() }
}

/// What is wrong with a `tenant.json`.
func tenantDiagnostics(_ text: String) -> [Diagnostic] {
    let document = JSONDocument(file: "tenants/contoso/tenant.json", bytes: Array(text.utf8))
    var diagnostics = Diagnostic.problems(of: document)
    if let root = document.root { Tenant.check(root, targets: PayloadTargets.descriptions, into: &diagnostics) }
    return diagnostics
}

func tenantDiagnostics(_ patch: JSON) -> [Diagnostic] { tenantDiagnostics(Sample.tenant.patched(with: patch).pretty) }

/// The sample's tenant with a patch; it must be sound.
func tenant(_ patch: JSON = [:]) throws -> Tenant { try tenant(Sample.tenant.patched(with: patch).pretty) }

func tenant(_ text: String) throws -> Tenant {
    try #require(tenantDiagnostics(text).map(\.message) == [])
    return try #require(Tenant(id: "contoso", JSONDocument(file: "tenants/contoso/tenant.json", bytes: Array(text.utf8)), targets: PayloadTargets.descriptions))
}

/// What a manifest comes to in a tenant.
struct Outcome {
    let profile: EffectiveProfile?
    let diagnostics: [Diagnostic]

    /// `CFG001 5:3 /account/oAuth`; another file's name first, when it is another's.
    var told: [String] {
        diagnostics.sorted().map { ($0.file == Sample.file ? "" : $0.file + " ") + "\($0.code) \($0.line):\($0.column) \($0.pointer)" }
    }

    var codes: [String] { diagnostics.map(\.code).sorted() }
    var errors: [Diagnostic] { diagnostics.filter { $0.severity == .error } }

    /// A setting's value, as the applied state has it.
    func value(_ path: String) -> JSON? { profile.flatMap { profile in Catalogue.indexOfPath[path].map { profile.values[$0].json } } }
}

/// Resolves a manifest's text over bases by path.
func resolve(_ text: String, bases: [String: String] = [:], in tenant: Tenant? = nil, store: Bases = Bases()) throws -> Outcome {
    let manifest = try Manifest(id: "staff-mail", file: Sample.file, bytes: Array(text.utf8), bases: store) { path in
        bases[path].map { Bases.Source(bytes: Array($0.utf8), id: "id of " + path) }
    }
    var diagnostics: [Diagnostic] = []
    let profile = manifest.resolve(in: try tenant ?? Sample.readTenant.get(), diagnostics: &diagnostics)
    return Outcome(profile: profile, diagnostics: diagnostics)
}

func resolve(_ manifest: JSON, bases: [String: JSON] = [:], in tenant: Tenant? = nil) throws -> Outcome {
    try resolve(manifest.pretty, bases: bases.mapValues(\.pretty), in: tenant)
}

/// The sample's manifest with a patch.
func resolve(patch: JSON, in tenant: Tenant? = nil) throws -> Outcome { try resolve(Sample.manifest.patched(with: patch), in: tenant) }

