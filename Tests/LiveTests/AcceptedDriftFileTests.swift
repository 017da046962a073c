import Basics
import Foundation
import JSONSource
import Testing

@testable import Live

@Suite struct AcceptedDriftFileTests {
    /// A work tree with the tenant contoso.
    private func workTree() throws -> Exported {
        let folder = try Exported()
        try folder.write("tenants/contoso/tenant.json", "{}")
        return folder
    }

    private func entries(_ folder: Exported) throws -> [JSONValue] {
        let path = folder.path + "/tenants/contoso/accepted-drift.json"
        let document = JSONDocument(file: path, bytes: Array(try Data(contentsOf: URL(fileURLWithPath: path))))
        return try #require(document.root?["entries"].map { Array($0.elements) })
    }

    private func accept(_ folder: Exported, _ difference: AcceptedDriftFile.Difference, reason: String = "They asked", expires: String? = nil) throws -> AcceptedDriftFile.Written {
        var file = try AcceptedDriftFile(tenant: "contoso", in: folder.path)
        file.accept(difference, reason: reason, acceptedBy: "Ann", expires: expires)
        return try file.write()
    }

    private let week = AcceptedDriftFile.Difference(profile: "staff", path: "/mail/amountToSync", live: "oneWeek", graphID: nil)

    @Test func oneDifferenceHasOneEntry() throws {
        let folder = try workTree()
        #expect(try accept(folder, week) == .init(path: "tenants/contoso/accepted-drift.json", added: 1, replaced: 0))
        #expect(try accept(folder, .init(profile: "staff", path: "", live: nil, graphID: nil)).added == 1)
        #expect(try accept(folder, .init(profile: "staff", path: "/mail/amountToSync", live: "oneDay", graphID: nil), expires: "2027-01-31").replaced == 1)
        let written = try entries(folder)
        #expect(written.map { $0["path"]?.string } == ["", "/mail/amountToSync"])
        #expect(written.last?["live"]?.string == "oneDay" && written.last?["expires"]?.string == "2027-01-31")
    }

    /// The profile id of an unmanaged profile is made from its name; the service's id is its own.
    @Test func unmanagedProfilesAreKnownByTheServicesID() throws {
        let folder = try workTree()
        func unmanaged(_ profile: String, _ number: Int) -> AcceptedDriftFile.Difference {
            .init(profile: profile, path: "", live: nil, graphID: "99999999-0000-4000-8000-00000000000\(number)")
        }
        #expect(try accept(folder, unmanaged("extra", 1)).added == 1)
        #expect(try accept(folder, unmanaged("extra-2", 2)).added == 1)
        #expect(try accept(folder, unmanaged("extra-2", 1)).replaced == 1)
        #expect(try entries(folder).map { $0["profile"]?.string } == ["extra-2", "extra-2"])
    }

    @Test func whatIsThereStays() throws {
        let folder = try workTree()
        try folder.write(
            "tenants/contoso/accepted-drift.json",
            #"{"$comment": "Ask Ann", "kind": "acceptedDrift", "entries": [{"profile": "board", "path": "", "reason": "Gone", "acceptedBy": "Bob"}]}"#)
        #expect(try accept(folder, week).added == 1)
        #expect(try entries(folder).map { $0["profile"]?.string } == ["board", "staff"])
        let text = try String(contentsOfFile: folder.path + "/tenants/contoso/accepted-drift.json", encoding: .utf8)
        #expect(text.contains(#""$comment": "Ask Ann""#))
    }

    @Test func whatEaselWouldRefuseIsNotWritten() throws {
        let folder = try workTree()
        let path = "tenants/contoso/accepted-drift.json"
        #expect(throws: UsageError.self) { try accept(folder, week, reason: "") }
        #expect(throws: UsageError.self) { try accept(folder, .init(profile: "staff", path: "/mail/amount", live: 1, graphID: nil)) }
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/" + path))
        try folder.write(path, "{")
        #expect(throws: UsageError.self) { try accept(folder, week) }
        #expect(try String(contentsOfFile: folder.path + "/" + path, encoding: .utf8) == "{")
        let missing = #expect(throws: UsageError.self) { try AcceptedDriftFile(tenant: "contosa", in: folder.path) }
        #expect(missing?.description == "\(folder.path) has no tenant 'contosa'. Did you mean 'contoso'?")
    }
}
