import Foundation
import JSONSource
import Payloads
import Profiles
import Testing

@testable import Impact

/// The tenant, the profile and the cases of `Cases/impact.json`: every test patches these.
struct Sample: Sendable {
    let tenant: JSON
    let profile: JSON
    let cases: [JSON]

    static let shared = Result { try Sample() }

    private init() throws {
        let url = try #require(Bundle.module.url(forResource: "impact", withExtension: "json", subdirectory: "Cases"))
        let root = try parsed([UInt8](Data(contentsOf: url)))
        tenant = try #require(root["tenant"])
        profile = try #require(root["profile"])
        cases = try #require(root["cases"]?.elements)
    }
}

/// What a test compares: merge patches over the sample; nil: no such manifest.
struct Scenario: Sendable {
    var before: JSON? = [:]
    var after: JSON? = [:]
    var tenantBefore: JSON = [:]
    var tenantAfter: JSON = [:]
    /// Other profiles of the tenant.
    var others: [(before: JSON?, after: JSON?)] = []

    func impact() throws -> ProfileImpact {
        let old = try tenant(tenantBefore)
        let new = try tenant(tenantAfter)
        let applied = try before.map { try profile($0, in: old) }
        let desired = try after.map { try profile($0, in: new) }
        func side(_ own: EffectiveProfile?, _ tenant: Tenant, _ other: (Int) -> JSON?) throws -> TenantView {
            let rest = try others.indices.compactMap { index in try other(index).map { try profile($0, id: "other-\(index)", in: tenant) } }
            return TenantView(tenant.facts, [own].compactMap(\.self) + rest)
        }
        // The larger number counts, and where one is unknown the other.
        return try Impact.compare(
            tenant: new.id, before: applied, after: desired, was: side(applied, old) { others[$0].before }, is: side(desired, new) { others[$0].after }
        ) { [old.members(of: $0), new.members(of: $0)].compactMap(\.self).max() }
    }
}

/// The sample's tenant with a patch, read as easel reads it.
func tenant(_ patch: JSON = [:]) throws -> Tenant {
    let text = try Sample.shared.get().tenant.patched(with: patch).compact
    let document = JSONDocument(file: "tenants/contoso/tenant.json", bytes: Array(text.utf8))
    var diagnostics: [Diagnostic] = []
    Tenant.check(try #require(document.root), targets: PayloadTargets.descriptions, into: &diagnostics)
    try #require(diagnostics.isEmpty, "\(diagnostics.map(\.message))")
    return try #require(Tenant(id: "contoso", document, targets: PayloadTargets.descriptions))
}

/// The sample's profile with a patch, read as easel reads it.
func profile(_ patch: JSON = [:], id: String = "staff-mail", in tenant: Tenant) throws -> EffectiveProfile {
    let text = try Sample.shared.get().profile.patched(with: patch).compact
    let manifest = try Manifest(
        id: id, file: "tenants/contoso/profiles/\(id).json", bytes: Array(text.utf8), bases: Bases(), reader: { _ in nil })
    var diagnostics: [Diagnostic] = []
    let profile = manifest.resolve(in: tenant, diagnostics: &diagnostics)
    return try #require(profile, "\(diagnostics.map { "\($0.pointer): \($0.message)" })")
}

func parsed(_ bytes: [UInt8]) throws -> JSON {
    let document = JSONDocument(file: "test", bytes: bytes)
    try #require(document.problems.isEmpty)
    return try #require(document.root).plain
}

func parsed(_ text: String) throws -> JSON { try parsed(Array(text.utf8)) }

extension JSON {
    /// RFC 7396.
    func patched(with patch: JSON) -> JSON {
        guard case .object(let changes) = patch else { return patch }
        var members: [String: JSON] = [:]
        if case .object(let own) = self { members = own }
        for (key, value) in changes {
            members[key] = value == .null ? nil : (members[key] ?? .null).patched(with: value)
        }
        return .object(members)
    }

    subscript(key: String) -> JSON? { if case .object(let members) = self { members[key] } else { nil } }
    var elements: [JSON]? { if case .array(let elements) = self { elements } else { nil } }
    var members: [String: JSON]? { if case .object(let members) = self { members } else { nil } }
    var text: String? { if case .string(let text) = self { text } else { nil } }

    /// A number of people as the cases write it.
    var people: People? {
        switch self {
        case .integer(let number): .atMost(number)
        case .null: .unknown
        default: nil
        }
    }
}

extension ProfileImpact {
    /// The rules of changes, each once, in order.
    var rulesOfChanges: [String] { Set(changes.flatMap(\.rules)).sorted() }

    /// The rules at one path.
    func rules(at path: String) -> [String] { changes.filter { $0.path == path }.flatMap(\.rules) }
}
