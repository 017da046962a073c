import Foundation
import JSONSource
import Payloads
import Profiles
import Testing

/// Files of this target, read where they lie in the source tree: golden files are recorded there too.
enum Files {
    static let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    static let golden = here.appendingPathComponent("Golden")

    static func reference(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: here.appendingPathComponent("Reference").appendingPathComponent(name)))
    }

    /// Bytes of a golden file, by its path below `Golden`; nil where there is none.
    static func golden(_ path: String) throws -> [UInt8]? {
        let url = golden.appendingPathComponent(path)
        return FileManager.default.fileExists(atPath: url.path) ? [UInt8](try Data(contentsOf: url)) : nil
    }
}

/// A profile as easel itself comes by it: parsed, checked and resolved, with nothing found wrong.
struct Resolved {
    let tenant: Tenant
    let profile: EffectiveProfile

    /// In manifests of this target `bases/NAME.json` is the manifest of the golden case NAME.
    init(manifest: [UInt8], tenant: Tenant) throws {
        var diagnostics: [Diagnostic] = []
        let manifest = try Manifest(
            id: "staff-mail", file: "tenants/\(tenant.id)/profiles/staff-mail.json", bytes: manifest, bases: Bases(),
            reader: { path in
                let name = path.dropFirst("bases/".count).dropLast(".json".count)
                return try Files.golden("\(name)/manifest.json").map { Bases.Source(bytes: $0, id: path) }
            })
        let profile = manifest.resolve(in: tenant, diagnostics: &diagnostics)
        try #require(diagnostics.isEmpty, "\(diagnostics.map(\.message))")
        self.profile = try #require(profile)
        self.tenant = tenant
    }
}

func readTenant(_ bytes: [UInt8], id: String = "contoso") throws -> Tenant {
    let document = JSONDocument(file: "tenants/\(id)/tenant.json", bytes: bytes)
    try #require(document.problems.isEmpty, "\(document.problems)")
    var diagnostics: [Diagnostic] = []
    Tenant.check(try #require(document.root), targets: PayloadTargets.descriptions, into: &diagnostics)
    try #require(diagnostics.isEmpty, "\(diagnostics.map(\.message))")
    return try #require(Tenant(id: id, document, targets: PayloadTargets.descriptions))
}

/// One folder of `Golden`: `manifest.json`, where it needs them its own `tenant.json` (else the one of all cases) and
/// `before.json` (else the manifest of `minimal`), and what easel makes of them.
struct GoldenCase: CustomTestStringConvertible, Sendable {
    let name: String
    var testDescription: String { name }

    static let all: [GoldenCase] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: Files.golden.path)) ?? []
        return names.filter { !$0.contains(".") }.sorted().map(GoldenCase.init)
    }()

    func tenant() throws -> Tenant {
        try readTenant(try #require(try Files.golden("\(name)/tenant.json") ?? Files.golden("tenant.json")))
    }

    func after() throws -> Resolved {
        try Resolved(manifest: try #require(try Files.golden("\(name)/manifest.json")), tenant: try tenant())
    }

    /// Resolved in the same tenant; nil for `minimal`, which is what the others come from.
    func before() throws -> Resolved? {
        if let own = try Files.golden("\(name)/before.json") { return try Resolved(manifest: own, tenant: try tenant()) }
        return name == "minimal" ? nil : try Resolved(manifest: try #require(try Files.golden("minimal/manifest.json")), tenant: try tenant())
    }

    /// Every file that easel makes, by the ending of its name.
    func payloads() throws -> [String: [UInt8]] {
        let after = try after()
        var files = PayloadTargets.files(for: after.profile, in: after.tenant, as: .init(of: after.profile, in: after.tenant, generation: 1))
        if after.tenant.asks(for: MobileconfigTarget().description) { #expect(MobileConfig.isPossible(after.profile)) }
        if let before = try before()?.profile { files += PayloadTargets.steps(from: before, to: after.profile, in: after.tenant) }
        return Dictionary(uniqueKeysWithValues: files.map { (String($0.ending.dropFirst()), $0.bytes) })
    }
}

extension JSON {
    /// The members of an object; none of anything else.
    var members: [String: JSON] { if case .object(let members) = self { members } else { [:] } }
    var elements: [JSON] { if case .array(let elements) = self { elements } else { [] } }
    var text: String? { if case .string(let text) = self { text } else { nil } }
}

/// Strict JSON, read back.
func read(_ bytes: [UInt8]) throws -> JSON {
    let document = JSONDocument(file: "payload", bytes: bytes)
    try #require(document.problems.isEmpty, "\(document.problems)")
    return try #require(document.root).plain
}

extension EffectiveProfile {
    /// The same profile but for one setting.
    func with(_ key: SettingKey, _ value: SettingValue) -> EffectiveProfile {
        var values = values
        values[key.index] = value
        return EffectiveProfile(id: id, values: values)
    }
}

extension PayloadIdentity {
    /// Of a profile that never moved.
    init(of profile: EffectiveProfile, in tenant: Tenant, generation: Int) { self.init(tenant: tenant.id, profile: profile.id, generation: generation) }
}

extension MobileConfig {
    static func profile(_ profile: EffectiveProfile, tenant: Tenant, generation: Int) -> [UInt8] {
        self.profile(profile, tenant: tenant, as: .init(of: profile, in: tenant, generation: generation))
    }
}
