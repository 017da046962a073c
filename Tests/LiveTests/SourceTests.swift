import Basics
import Foundation
import JSONSource
import Profiles
import Testing

@testable import Live

/// A source that answers later, as one over HTTP does.
private struct SlowSource: LiveSource {
    let name = "Microsoft Graph"
    let objects: [String]

    func tenants() async throws -> (ids: [String], diagnostics: [Diagnostic]) {
        await Task.yield()
        return ([], [])
    }

    func objects(of tenant: LiveTenantQuery) async throws -> LiveObjects {
        try await Task.sleep(for: .milliseconds(1))
        var found = LiveObjects(LiveWording(noun: name, remedies: [.certificates: "Grant DeviceManagementConfiguration.Read.All"]))
        for (number, text) in objects.enumerated() {
            let document = JSONDocument(file: "\(tenant.tenantID ?? "unknown")/\(number)", bytes: Array(text.utf8))
            if let root = document.root { found.add(root) }
        }
        return found
    }
}

@Suite struct SourceTests {
    private func profile(_ number: Int, _ changes: [String: JSON?] = [:]) -> String {
        export(["id": .string("aaaaaaaa-0000-4000-8000-00000000000\(number)"), "displayName": .string("Mail \(number)")].merging(changes) { $1 })
    }

    @Test func aSourceIsAskedWithTheTenantsFacts() async throws {
        let source = SlowSource(objects: [profile(1), ##"{"@odata.type": "#microsoft.graph.group", "id": "X", "displayName": "Staff"}"##])
        let query = LiveTenantQuery(id: "contoso", tenantID: "0000000A-0000-4000-8000-000000000009", cloud: .usGov)
        let live = try await source.read(query) { TenantNames(nil, $0) }
        #expect(live.profiles.map(\.displayName) == ["Mail 1"] && live.others == ["group": 1] && live.directory.names == [.groups: ["x": "Staff"]])
        #expect(live.profiles.first?.object.document.file == "0000000a-0000-4000-8000-000000000009/0")
        #expect(LiveTenantQuery(id: "contoso", tenantID: "00000000-0000-0000-0000-000000000000", cloud: nil).tenantID == nil, "zeros: not known yet")
    }

    /// Unknown is never empty, and the sentence names the source.
    @Test func whatASourceLeavesOpenIsAValue() async throws {
        let source = SlowSource(objects: [
            profile(1, ["authenticationMethod": "certificate"]), profile(2, ["assignments": nil]),
            profile(3, ["assignments": nil, "requireSmime": true, "smimeSigningEnabled": true, "signingCertificateType": "certificate"]),
        ])
        let live = try await source.read(LiveTenantQuery(id: "contoso", tenantID: nil, cloud: nil)) { TenantNames(nil, $0) }
        #expect(live.unknown.map(\.part) == [.assignments, .certificates])
        #expect(live.unknown.map(\.sentence) == [
            "Microsoft Graph does not say whom 2 of 3 profiles are assigned to", "Microsoft Graph does not say which certificates 2 of 3 profiles use",
        ])
        #expect(live.unknown.map(\.remedy) == [nil, "Grant DeviceManagementConfiguration.Read.All"])
        #expect(live.unknown.map { $0.place["displayName"]?.string } == ["Mail 2", "Mail 1"])
        let complete = try await SlowSource(objects: [profile(1)]).read(LiveTenantQuery(id: "contoso", tenantID: nil, cloud: nil)) { TenantNames(nil, $0) }
        #expect(complete.unknown.isEmpty)
    }

    @Test func filesAreOneTenantsWhateverTheirPlace() throws {
        let folder = try Exported()
        try folder.write("a.json", profile(1, ["assignments": nil]))
        try folder.write("more/b.json", profile(2))
        let source = ExportFiles(paths: [folder.path + "/a.json", folder.path + "/more"], tenant: "contoso")
        #expect(try source.tenants().ids == ["contoso"])
        let found = try source.objects(of: LiveTenantQuery(id: "contoso", tenantID: nil, cloud: nil))
        let live = LiveTenant(found, names: TenantNames(nil, found.directory))
        #expect(live.profiles.count == 2 && live.diagnostics.isEmpty)
        #expect(live.unknown.map(\.sentence) == ["The export does not say whom 1 of 2 profiles is assigned to"] && live.unknown.first?.remedy == "Export with $expand=assignments (IntuneCD: without -e assignments)")
        #expect(throws: FileError.self) { try ExportFiles(paths: [folder.path + "/c.json"], tenant: "contoso").tenants() }
        #expect(throws: FileError.self) { try ExportFolder(path: folder.path + "/nowhere").tenants() }
    }
}
