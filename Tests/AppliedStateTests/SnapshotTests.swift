import Foundation
import Git
import Testing

@testable import AppliedState

/// Which states are read, and which are refused because it is unknown what devices have.
@Suite struct SnapshotTests {
    @Test func beforeTheFirstReconcile() throws {
        for state in [try StateSnapshot(repository: nil, tip: nil), try Shop().snapshot()] {
            #expect(state.tip == nil && state.tenantIDs.isEmpty)
            #expect(try state.rootState() == RootState() && state.tenant("contoso") == nil)
        }
        #expect(throws: StateError.self) {
            try StateWriter(store: .local(path: "/nowhere"), branch: "x", base: StateSnapshot(repository: nil, tip: nil))
        }
    }

    @Test func whatWasAppliedIsRead() throws {
        let shop = try Shop()
        try shop.apply(["contoso": ["staff": "Staff mail", "board": "Board mail"], "fabrikam": ["staff": "Staff mail"]])
        let state = try shop.snapshot()
        #expect(state.tenantIDs.sorted() == ["contoso", "fabrikam"])
        let tenant = try #require(try state.tenant("contoso"))
        #expect(tenant.tree == state.tree(ofTenant: "contoso") && tenant.state.displayName == "Contoso")
        let profiles = try tenant.profiles()
        #expect(profiles.keys.sorted() == ["board", "staff"])
        #expect(profiles["board"]?.profile.displayName == "Board mail")
        #expect(try profiles["board"]?.profile.digest == effective("board", "Board mail").digest)
        let payload = try #require(tenant.files("payloads")["staff.graph.json"])
        #expect(String(decoding: try tenant.bytes(payload), as: UTF8.self) == "{\"displayName\": \"Staff mail\"}\n")
        #expect(try tenant.files("nothing").isEmpty && tenant.payloadsTree != nil && tenant.file("report.json") != nil)
        #expect(try state.rootState().held == ["contoso", "fabrikam"])
        // The same commit as another thread reads it.
        let other = StateSnapshot(state.listing, repository: try Repository.openBare(path: shop.repository.path))
        #expect(try other.tenant("contoso")?.profiles().keys.sorted() == ["board", "staff"] && other.tip == state.tip)
    }

    private func edited(_ name: String, _ change: (String) -> String) throws -> StateSnapshot {
        let shop = try Shop()
        try shop.apply(["contoso": ["staff": "Staff mail"]])
        try shop.edit { folder in
            let path = "\(folder)/\(name)"
            try change(String(contentsOfFile: path, encoding: .utf8)).write(toFile: path, atomically: false, encoding: .utf8)
        }
        let state = try shop.snapshot()
        // A snapshot reads on demand, so the repository must exist as long as it.
        shops.keep(shop)
        return state
    }

    private let shops = Kept()
    private final class Kept {
        private var shops: [Shop] = []
        func keep(_ shop: Shop) { shops.append(shop) }
    }

    private static let file = "tenants/contoso/profiles/staff.json"

    @Test func aProfileEditedByHandIsFound() throws {
        let state = try edited(Self.file) { $0.replacing("\"oauth\": true", with: "\"oauth\": false") }
        #expect(throws: StateError.edited(file: Self.file)) { try state.tenant("contoso")?.profiles() }
        #expect("\(StateError.edited(file: Self.file))".contains("Revert that commit"))
    }

    /// White space makes no difference to devices.
    @Test func otherWhiteSpaceIsNoEdit() throws {
        let state = try edited(Self.file) { $0.replacing("\n  ", with: "\n\t") }
        #expect(try state.tenant("contoso")?.profiles().count == 1)
    }

    @Test func aProfileThatIsNoneIsRefused() throws {
        for text in ["", "{}", "{ \"kind\": \"iosEmailProfile\" }", "<<<<<<< HEAD"] {
            let state = try edited(Self.file) { _ in text }
            #expect(throws: StateError.unreadable(file: Self.file, why: "it is not an effective profile")) { try state.tenant("contoso")?.profiles() }
        }
    }

    @Test func aDigestEditedByHandIsFound() throws {
        let state = try edited("tenants/contoso/state.json") { $0.replacing(/"digest": "[0-9a-f]{8}/, with: "\"digest\": \"00000000") }
        #expect(throws: StateError.edited(file: Self.file)) { try state.tenant("contoso")?.profiles() }
    }

    @Test func aRootWithoutItsRecordOfTheTenantsIsFound() throws {
        let state = try edited("state.json") { $0.replacing("\"tenantsTree\":", with: "\"tenantsTreeX\":") }
        #expect(throws: StateError.edited(file: "state.json")) { try state.rootState() }
    }

    @Test func missingFilesAreNamed() throws {
        func removing(_ file: String) throws -> StateSnapshot {
            let shop = try Shop()
            try shop.apply(["contoso": ["staff": "Staff mail"]])
            try shop.edit { try FileManager.default.removeItem(atPath: "\($0)/\(file)") }
            shops.keep(shop)
            return try shop.snapshot()
        }
        #expect(throws: StateError.unreadable(file: Self.file, why: "it is missing")) { try removing(Self.file).tenant("contoso")?.profiles() }
        #expect(throws: StateError.unreadable(file: "tenants/contoso/state.json", why: "it is missing")) {
            try removing("tenants/contoso/state.json").tenant("contoso")
        }
        #expect(throws: StateError.unreadable(file: "state.json", why: "it is missing, so this is not a state branch")) {
            try removing("state.json").rootState()
        }
    }

    @Test func aNewerFormatIsRefused() throws {
        let root = try edited("state.json") { $0.replacing("\"formatVersion\": 1", with: "\"formatVersion\": 2") }
        #expect(throws: StateError.newerFormat(2)) { try root.rootState() }
        let tenant = try edited("tenants/contoso/state.json") { $0.replacing("\"formatVersion\": 1", with: "\"formatVersion\": 2") }
        #expect(throws: StateError.newerFormat(2)) { try tenant.tenant("contoso") }
    }
}
