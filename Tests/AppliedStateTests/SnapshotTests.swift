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
        #expect(profiles["board"]?.displayName == "Board mail")
        #expect(try profiles["board"]?.digest == effective("board", "Board mail").digest)
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

    /// Expects that the root names this place, and the commit before the edit.
    private func expectEdited(_ state: StateSnapshot, _ file: String, _ location: SourceLocation = #_sourceLocation) {
        #expect(sourceLocation: location) {
            try state.rootState()
        } throws: { error in
            guard case .edited(let named, let repair?)? = error as? StateError, let good = try state.repository?.commit(#require(state.tip)).parents.first else { return false }
            return named == file && repair.contains("\(good)")
        }
    }

    @Test func aProfileEditedByHandIsFound() throws {
        let state = try edited(Self.file) { $0.replacing("\"oauth\": true", with: "\"oauth\": false") }
        expectEdited(state, Self.file)
        #expect(throws: StateError.edited(file: "tenants/contoso")) { try state.tenant("contoso") }
        #expect("\(StateError.edited(file: Self.file))".contains("Revert that commit"))
    }

    @Test func aProfileThatIsNoneIsRefused() throws {
        for text in ["", "{}", "{ \"kind\": \"iosEmailProfile\" }", "<<<<<<< HEAD"] { expectEdited(try edited(Self.file) { _ in text }, Self.file) }
    }

    /// Each in turn, by an editor: every line of what a run writes.
    @Test(arguments: ["state.json", "tenants/contoso/state.json", "report.json", "report.md", "tenants/contoso/report.json", file, "tenants/contoso/payloads/staff.graph.json"])
    func everyLineThatSomebodyEditsIsFound(_ name: String) throws {
        let shop = try Shop()
        try shop.apply(["contoso": ["staff": "Staff mail"]])
        let lines = try shop.show(name).split(separator: "\n", omittingEmptySubsequences: false)
        for number in lines.indices {
            let state = try edited(name) { text in
                var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
                lines[number] = lines[number].contains("1") ? lines[number].replacing("1", with: "2") : lines[number] + " x"
                return lines.joined(separator: "\n")
            }
            // A format that this easel does not know is refused as such.
            do { _ = try state.rootState() } catch StateError.newerFormat { continue } catch {}
            expectEdited(state, name)
        }
    }

    /// Whatever is copied from an older commit bears a digest that fits.
    @Test(arguments: ["state.json", "tenants/contoso/state.json", "tenants/contoso", ".", "tenants"]) func whatIsCopiedFromAnOlderStateIsFound(_ what: String) throws {
        let shop = try Shop()
        let first = try shop.apply(["contoso": ["staff": "Staff mail"]])
        try shop.apply(["contoso": ["staff": "Other mail"], "fabrikam": ["staff": "Staff mail"]])
        try shop.edit { folder in
            let folder = (folder as NSString).lastPathComponent
            try shop.git("rm", "-rq", what, in: folder)
            try shop.git("checkout", "-q", "\(first)", "--", what, in: folder)
        }
        #expect(throws: StateError.self) { try shop.snapshot().rootState() }
        #expect(throws: StateError.self) { try shop.writer(on: shop.snapshot()).draft(root: { $0 }, files: [:], message: "", time: 1) }
        // Reverted in another commit, which no run has made.
        try shop.git("clone", "-q", "-b", "easel/applied", shop.path + "/state.git", "clone", in: ".")
        try shop.git("revert", "--no-edit", "HEAD", in: "clone")
        try shop.git("push", "-q", "origin", "easel/applied", in: "clone")
        #expect(try shop.snapshot().rootState().held == ["contoso", "fabrikam"] && !shop.snapshot().isRun())
        try shop.apply(["contoso": ["staff": "Third mail"]])
        #expect(try shop.snapshot().isRun())
    }

    @Test func theStatesOfTwoTenantsSwappedAreFound() throws {
        let shop = try Shop()
        try shop.apply(["contoso": ["staff": "Staff mail"], "fabrikam": ["staff": "Other mail"]])
        try shop.edit { folder in
            for (from, to) in [("contoso", "x"), ("fabrikam", "contoso"), ("x", "fabrikam")] {
                try FileManager.default.moveItem(atPath: "\(folder)/tenants/\(from)", toPath: "\(folder)/tenants/\(to)")
            }
        }
        expectEdited(try shop.snapshot(), "tenants/contoso/payloads/staff.graph.json")
    }

    @Test func aStateThatIsDeletedIsFound() throws {
        let shop = try Shop()
        try shop.apply(["contoso": ["staff": "Staff mail"]])
        try shop.edit { try shop.git("rm", "-rq", ".", in: ($0 as NSString).lastPathComponent) }
        expectEdited(try shop.snapshot(), "tenants/contoso")
    }

    /// Whoever cuts history off has a first commit, with none before it that it could contradict.
    @Test func aStateWithoutItsHistoryIsRead() throws {
        let shop = try Shop()
        try shop.apply(["contoso": ["staff": "Staff mail"]])
        try shop.apply(["contoso": ["staff": "Other mail"]])
        let alone = try shop.git("commit-tree", "\(Shop.branch)^{tree}", "-m", "cut")
        try shop.git("update-ref", Shop.branch, alone)
        #expect(try shop.snapshot().rootState().held == ["contoso"])
    }

    @Test func missingFilesAreNamed() throws {
        func removing(_ file: String) throws -> StateSnapshot {
            let shop = try Shop()
            try shop.apply(["contoso": ["staff": "Staff mail"]])
            try shop.edit { try FileManager.default.removeItem(atPath: "\($0)/\(file)") }
            shops.keep(shop)
            return try shop.snapshot()
        }
        expectEdited(try removing(Self.file), "tenants/contoso/profiles")
        expectEdited(try removing("tenants/contoso/payloads/staff.graph.json"), "tenants/contoso/payloads")
        #expect(throws: StateError.unreadable(file: "tenants/contoso/state.json", why: "it is missing")) {
            try removing("tenants/contoso/state.json").tenant("contoso")
        }
        expectEdited(try removing("state.json"), "state.json")
        expectEdited(try removing("report.md"), "report.md")
        expectEdited(try removing("tenants"), "tenants/contoso")
    }

    @Test func aBranchOfSomethingElseIsRefused() throws {
        let shop = try Shop()
        try shop.git("clone", "-q", shop.path + "/state.git", "clone", in: ".")
        try shop.git("checkout", "-q", "-B", "easel/applied", in: "clone")
        try "mine".write(toFile: shop.path + "/clone/thesis.txt", atomically: false, encoding: .utf8)
        try shop.git("add", ".", in: "clone")
        try shop.git("commit", "-q", "-m", "thesis", in: "clone")
        try shop.git("push", "-q", "origin", "easel/applied", in: "clone")
        #expect(throws: StateError.unreadable(file: "state.json", why: "it is missing, so this is not a state branch")) { try shop.snapshot().rootState() }
    }

    @Test func aNewerFormatIsRefused() throws {
        let root = try edited("state.json") { $0.replacing("\"formatVersion\": 1", with: "\"formatVersion\": 2") }
        #expect(throws: StateError.newerFormat(2)) { try root.rootState() }
        let tenant = try edited("tenants/contoso/state.json") { $0.replacing("\"formatVersion\": 1", with: "\"formatVersion\": 2") }
        #expect(throws: StateError.newerFormat(2)) { try tenant.tenant("contoso") }
    }
}
