import Foundation
import Git
import TestSupport
import Testing

@testable import AppliedState

/// The state branches that released versions have left are read, with everything that they say.
@Suite struct ReleasedStateTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().path + "/Formats"
    private static let versions: [String] = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.first?.isNumber == true }.sorted()

    @Test(arguments: versions) func isRead(_ version: String) throws {
        let shop = try Shop()
        try shop.git("fetch", "--quiet", "\(Self.folder)/\(version)/repository.bundle", "refs/heads/easel/applied:refs/heads/easel/applied")
        let state = try shop.snapshot()
        #expect(try state.isRun() && state.isState())
        #expect(state.tenantIDs.sorted() == ["adatum", "contoso", "fabrikam", "northwind"])
        let root = try state.rootState()
        #expect(root.held == ["adatum", "fabrikam", "northwind"] && root.failed.isEmpty && root.approved.count == 1)
        #expect(root.shards.keys.sorted() == ["1/1"] && root.shards["1/1"]?.profileCount == 9 && root.shards["1/1"]?.tenantCount == 4)
        let northwind = try #require(try state.tenant("northwind"))
        #expect(northwind.state.displayName == "northwind & Söhne" && northwind.state.held == ["board", "staff"])
        let profiles = try northwind.profiles()
        #expect(profiles.keys.sorted() == ["board", "shop-floor", "staff"])
        // A profile that was renamed keeps the identifiers that it was born with.
        #expect(northwind.birth(of: "shop-floor") == Birth(tenant: "northwind", profile: "kiosk"))
        #expect(northwind.state.profiles["staff"]?.digest == profiles["staff"]?.digest)
        let adatum = try #require(try state.tenant("adatum"))
        #expect(try adatum.files("payloads").keys.contains("staff.mobileconfig") && adatum.files("payloads").keys.contains("staff.graph.json"))
        let contoso = try #require(try state.tenant("contoso"))
        #expect(contoso.state.serial == 3 && contoso.state.profiles["staff"]?.action == .reinstall)
        // It is carried on from there.
        try shop.apply(["contoso": ["staff": "Staff mail"]])
        #expect(try shop.snapshot().tenant("contoso")?.profiles().keys.sorted() == ["staff"] && shop.snapshot().tenant("northwind") != nil)
    }

    @Test func thereIsAtLeastOne() { #expect(Self.versions.contains("0.1.0")) }
}
