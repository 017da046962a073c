import JSONSource
import Payloads
import Profiles
import Testing

@Suite struct TargetTests {
    @Test func namesAndEndingsAreUnique() {
        #expect(Set(PayloadTargets.descriptions.map(\.name)).count == PayloadTargets.all.count)
        #expect(Set(PayloadTargets.endings).count == PayloadTargets.endings.count && PayloadTargets.endings.allSatisfy { $0.hasPrefix(".") })
        #expect(PayloadTargets.descriptions.filter(\.isDefault).map(\.name) == ["graph"])
    }

    @Test func filesHaveTheEndingsThatAreDeclared() throws {
        for example in GoldenCase.all {
            let after = try example.after()
            for target in PayloadTargets.all where after.tenant.asks(for: target.description) {
                #expect(target.files(for: after.profile, in: after.tenant, as: .init(of: after.profile, in: after.tenant, generation: 1)).map(\.ending) == target.endings, "\(example.name)")
            }
        }
    }

    /// A step that posts what it finds would otherwise give people the account twice.
    @Test func onlyWhatATenantAsksForIsMade() throws {
        let everything = GoldenCase(name: "everything")
        let text = String(decoding: try #require(try Files.golden("everything/tenant.json") ?? Files.golden("tenant.json")), as: UTF8.self)
        let tenant = try readTenant(Array(text.replacing(/"targets": *\[[^\]]*\]/, with: #""targets": ["mobileconfig"]"#).utf8))
        let profile = try Resolved(manifest: try #require(try Files.golden("everything/manifest.json")), tenant: tenant).profile
        #expect(PayloadTargets.files(for: profile, in: tenant, as: .init(of: profile, in: tenant, generation: 1)).map(\.ending) == [".mobileconfig"])
        let before = profile.with(.ssl, .bool(!profile[.ssl].bool))
        #expect(PayloadTargets.steps(from: before, to: profile, in: tenant).isEmpty)
        #expect(try PayloadTargets.steps(from: before, to: profile, in: everything.tenant()).map(\.ending) == [".patch.json"])
    }

    /// A target that nobody here knows: the tenant's schema takes its name, and its needs are checked.
    @Test func aThirdTargetIsAskedForByName() throws {
        let third = TargetDescription(name: "paper", meaning: "a letter", needs: [.noDerivedCredentials])
        let text = #"{"kind": "tenant", "tenantId": "00000000-0000-4000-8000-000000000001", "displayName": "x", "exchange": "online", "targets": ["paper"]}"#
        let document = JSONDocument(file: "tenants/x/tenant.json", bytes: Array(text.utf8))
        let root = try #require(document.root)
        func diagnostics(_ targets: [TargetDescription]) -> [String] {
            var found: [Diagnostic] = []
            Tenant.check(root, targets: targets, into: &found)
            return found.map { "\($0.code) \($0.pointer)" }
        }
        #expect(diagnostics(PayloadTargets.descriptions + [third]) == [])
        #expect(diagnostics(PayloadTargets.descriptions) == ["CFG003 /targets/0"])
        let tenant = try #require(Tenant(id: "x", document, targets: PayloadTargets.descriptions + [third]))
        #expect(tenant.targets == [third] && tenant.asks(for: third))
        var found: [Diagnostic] = []
        let manifest = try Manifest(
            id: "mail", file: "tenants/x/profiles/mail.json",
            bytes: Array(
                #"{"kind": "iosEmailProfile", "displayName": "x", "account": {"server": "a.b", "accountName": "x", "usernameAttribute": "userPrincipalName", "emailAddressAttribute": "primarySmtpAddress", "authentication": {"method": "derivedCredential"}}}"#
                    .utf8), bases: Bases(), reader: { _ in nil })
        #expect(manifest.resolve(in: tenant, diagnostics: &found) == nil)
        #expect(found.filter { $0.severity == .error }.map(\.message) == ["Target paper does not support derived credentials"])
    }
}
