import JSONSource
import Payloads
import Testing

@testable import Profiles

/// No problem hides another: whoever repairs all that one run reports has repaired everything.
@Suite struct AllAtOnceTests {
    @Test func everyElementOfAListIsChecked() throws {
        let include: JSON = [
            ["group": "staf"], ["gruop": "board"], ["group": "board", "filter": "Corprate", "filterMode": "include"], "allusers",
        ]
        let told = try resolve(patch: .saying("assignments.include", include)).diagnostics.sorted().map { "\($0.code) \($0.pointer): \($0.message)" }
        #expect(
            told == [
                "CFG010 /assignments/include/0/group: Tenant contoso has no group 'staf'. Did you mean 'staff'?",
                "CFG001 /assignments/include/1/gruop: Unknown key 'gruop'. Did you mean 'group'?",
                "CFG010 /assignments/include/2/filter: Tenant contoso has no filter 'Corprate'. Did you mean 'corporate'?",
                "CFG003 /assignments/include/3: 'allusers' is not allowed here. Did you mean 'allUsers'?",
            ])
        let tags = try resolve(patch: ["roleScopeTagIds": ["Defualt", "7", "7"]]).diagnostics.map { "\($0.code) \($0.pointer)" }.sorted()
        #expect(tags == ["CFG010 /roleScopeTagIds/0", "CFG013 /roleScopeTagIds/2"])
    }

    @Test func aMisspeltKeyIsNotMissingAsWell() throws {
        func codes(_ manifest: JSON) throws -> [String] { try resolve(manifest).told.map { String($0.split(separator: " ").first ?? "") + " " + ($0.split(separator: " ").last ?? "") } }
        let account = try #require(Sample.manifest["account"])
        #expect(try codes(Sample.manifest.patched(with: ["account": .null]).setting("acount", account)) == ["CFG001 /acount"])
        #expect(try codes(Sample.manifest.patched(with: ["account": ["server": .null, "sever": "a.b"]])) == ["CFG001 /account/sever"])
        #expect(try codes(Sample.manifest.patched(with: ["account": ["server": .null, "zzz": "a.b"]])) == ["CFG006 /account/server", "CFG001 /account/zzz"])
        #expect(tenantDiagnostics(["exchange": .null, "exchang": "online"]).map(\.pointer) == ["/exchang"])
    }

    @Test func aMissingBaseHidesNothingElse() throws {
        let outcome = try resolve([
            "extends": "bases/gone.json", "account": ["oauth": true, "authentication": ["method": "derivedCredential", "certificateProfile": "identity"]],
            "smime": ["enabled": false, "signing": ["enabled": true]], "assignments": ["include": [["group": "staf"]]],
        ])
        #expect(outcome.codes == ["CFG008", "CFG008", "CFG009", "CFG010", "CFG020"], "what a base could still say is not missing")
    }

    @Test func aCircleOfBasesHidesNothingElse() throws {
        let files = ["bases/a.json": #"{"extends": "bases/b.json", "acount": {}}"#, "bases/b.json": #"{"extends": "bases/a.json", "mail": {"x": 1}}"#]
        let found = try Bases().checkAll(files.keys.sorted()) { path in files[path].map { .init(bytes: Array($0.utf8), id: "") } }
        #expect(Set(found.map { "\($0.file) \($0.code)" }) == ["bases/a.json CFG021", "bases/a.json CFG001", "bases/b.json CFG001"])
    }

    /// The sample's tenant, read as far as it can be.
    private func broken(_ text: String) -> Tenant {
        let document = JSONDocument(file: "tenants/contoso/tenant.json", bytes: Array(text.utf8))
        return Tenant(id: "contoso", readableIn: document, problems: tenantDiagnostics(text), targets: PayloadTargets.descriptions)
    }

    private static let manifest = Sample.manifest.patched(with: [
        "mail": ["vpnProfile": "mail-vpm"], "assignments": ["include": [["group": "staf"], ["group": "board", "filter": "corporat", "filterMode": "include"]]],
    ])

    /// Manifests are checked in a tenant that has errors itself; only what its errors may be the cause of is not reported.
    @Test(arguments: [
        (#"{"exchange": "onlin"}"#, ["/assignments/include/0/group", "/assignments/include/1/filter", "/mail/vpnProfile"]),
        (#"{"groups": []}"#, ["/assignments/include/1/filter", "/mail/vpnProfile"]),
        (#"{"groups": {"staf": {"id": 5}}}"#, ["/assignments/include/1/filter", "/mail/vpnProfile"]),
        (#"{"filters": null, "fliters": {"corporat": "6caf76a5-7035-48ae-8280-ad3729a6f2e7"}}"#, ["/assignments/include/0/group", "/mail/vpnProfile"]),
        (#"{"vpnProfiles": null, "zzzzzzzzzz": {}}"#, ["/assignments/include/0/group", "/assignments/include/1/filter"]),
    ])
    func aBrokenTenantHidesNothingElse(_ patch: String, _ told: [String]) throws {
        let tenant = broken(Sample.tenant.patched(with: JSON(parsing: patch)).pretty)
        #expect(try resolve(Self.manifest, in: tenant).diagnostics.map(\.pointer).sorted() == told)
    }

    @Test func aTenantThatCannotBeReadSaysNothingAboutNames() throws {
        #expect(try resolve(Self.manifest, in: broken("{")).diagnostics.isEmpty)
        #expect(try resolve(Self.manifest.patched(with: ["account": ["server": .null]]), in: broken("[]")).codes == ["CFG006"])
    }

    @Test func whatAPayloadNeedsIsNotMissingWhereItIsBroken() throws {
        let certificate = Sample.manifest.patched(with: ["account": ["authentication": ["method": "certificate", "certificateProfile": "identity"]]])
        let text = Sample.tenant.patched(with: ["targets": ["mobileconfig"]])
        func told(_ patch: JSON) throws -> [String] { try resolve(certificate, in: broken(text.patched(with: patch).pretty)).codes }
        #expect(try told(["exchange": "onlin", "certificateProfiles": ["identity": ["scep": .null]]]) == ["CFG040"])
        #expect(try told(["certificateProfiles": ["identity": ["scep": .null, "spec": [:]]]]) == [])
        #expect(try told(["certificateProfiles": ["identity": ["scep": ["URL": 5]]]]) == [])
    }

    @Test func whoGetsItMustBeSaid() throws {
        func warning(_ patch: JSON, base: JSON? = nil) throws -> Diagnostic? {
            let manifest = base == nil ? Sample.manifest.patched(with: patch) : Sample.manifest.patched(with: patch).setting("extends", "bases/a.json")
            return try Manifest(id: "m", file: Sample.file, bytes: Array(manifest.pretty.utf8), bases: Bases()) { _ in base.map { .init(bytes: Array($0.pretty.utf8), id: "") } }.assignedToNobody
        }
        let found = try #require(try warning([:]))
        #expect(found.code == "CFG014" && found.severity == .warning && found.pointer == "/assignments/include" && found.profile == "m")
        #expect(try warning(["assignments": ["exclude": [["group": "board"]]]])?.code == "CFG014")
        #expect(try warning(["assignments": ["include": []]]) == nil, "nobody, and it is said")
        #expect(try warning([:], base: ["assignments": ["include": ["allUsers"]]]) == nil)
        #expect(try warning(["assignments": ["include": 5]]) == nil && warning(["assignments": ["include": ["everybody"]]]) == nil)
    }
}
