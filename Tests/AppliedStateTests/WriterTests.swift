import Dispatch
import Foundation
import Git
import Synchronization
import Testing

@testable import AppliedState

/// What a commit on the state branch contains, and what it does not change.
@Suite struct WriterTests {
    @Test func theTreeIsForPeopleToBrowse() throws {
        let shop = try Shop()
        let commit = try shop.apply(["contoso": ["staff": "Staff mail", "board": "Board mail"], "fabrikam": ["staff": "Staff mail"]])
        #expect(try shop.tip == commit)
        #expect(
            try shop.files() == [
                "report.json", "report.md", "state.json", "tenants/contoso/payloads/board.graph.json", "tenants/contoso/payloads/staff.graph.json",
                "tenants/contoso/profiles/board.json", "tenants/contoso/profiles/staff.json", "tenants/contoso/report.json",
                "tenants/contoso/state.json", "tenants/fabrikam/payloads/staff.graph.json", "tenants/fabrikam/profiles/staff.json",
                "tenants/fabrikam/report.json", "tenants/fabrikam/state.json",
            ])
        let shown = try shop.git("show", "-s", "--format=%an <%ae> %at%n%P%n%B", Shop.branch)
        #expect(shown == "easel <easel@localhost> 1700000000\n\n1 create (source abc)\n\nSource: abc")
        #expect(try shop.show("tenants/contoso/payloads/staff.graph.json") == "{\"displayName\": \"Staff mail\"}")
    }

    @Test func gitFindsNothingWrongAndOnePackACommit() throws {
        let shop = try Shop()
        for round in 1...3 {
            try shop.apply(Dictionary(uniqueKeysWithValues: (1...20).map { ("t\($0)", ["staff": "Mail \(round)", "board": "Board \(round)"]) }))
            let objects = try shop.objects()
            #expect(objects.packs == round && objects.loose == 0)
            #expect(try shop.git("rev-list", "--count", Shop.branch) == "\(round)")
        }
        #expect(try shop.git("fsck", "--strict", "--full", "--no-dangling") == "")
        let pack = try FileManager.default.contentsOfDirectory(atPath: shop.repository.path + "/objects/pack")
        #expect(pack.allSatisfy { $0.hasPrefix("pack-") }, "\(pack)")
    }

    @Test func sameInputSameCommit() throws {
        let (one, other) = (try Shop(), try Shop())
        #expect(try one.apply(["a": ["x": "X"], "b": ["y": "Y"]]) == other.apply(["b": ["y": "Y"], "a": ["x": "X"]]))
    }

    @Test func nothingIsVisibleBeforeTheCommit() throws {
        let shop = try Shop()
        let first = try shop.apply(["contoso": ["staff": "Staff mail"]])
        do {
            let writer = try shop.writer()
            #expect(writer.isEmpty)
            try writer.put("contoso", shop.tree("contoso", ["staff": "Other mail"]))
            try writer.put("fabrikam", shop.tree("fabrikam", ["staff": "Staff mail"]))
            #expect(!writer.isEmpty)
            #expect(try shop.tip == first && shop.objects() == (1, 0))
            #expect(try shop.git("fsck", "--strict", "--full") == "")
        }
        // A writer that is destroyed without a commit leaves nothing behind.
        let pack = try FileManager.default.contentsOfDirectory(atPath: shop.repository.path + "/objects/pack")
        #expect(pack.count { $0.hasPrefix("tmp_") } == 0 && pack.count { $0.hasSuffix(".pack") } == 1)
    }

    @Test func tenantsThatDoNotChangeStay() throws {
        let shop = try Shop()
        try shop.apply(["contoso": ["staff": "Staff mail"], "fabrikam": ["staff": "Staff mail"]])
        let before = try shop.snapshot().tree(ofTenant: "fabrikam")
        try shop.apply(["contoso": ["staff": "Other mail"]])
        #expect(try shop.snapshot().tree(ofTenant: "fabrikam") == before && before != nil)
    }

    @Test func aTenantWithoutProfilesLeaves() throws {
        let shop = try Shop()
        try shop.apply(["contoso": ["staff": "Staff mail"], "fabrikam": ["staff": "Staff mail"]])
        try shop.apply(["contoso": [:]])
        #expect(try shop.snapshot().tenantIDs.sorted() == ["fabrikam"])
        #expect(try !shop.files().contains { $0.hasPrefix("tenants/contoso") })
        try shop.apply(["fabrikam": [:]])
        #expect(try shop.files() == ["report.json", "report.md", "state.json"], "Git has no empty folders")
        #expect(try shop.git("fsck", "--strict", "--full", "--no-dangling") == "")
        // It can come back.
        try shop.apply(["contoso": ["staff": "Staff mail"]])
        #expect(try shop.snapshot().tenantIDs.sorted() == ["contoso"])
    }

    /// The tenant has a folder in the config repository, but no profile.
    @Test func emptyFoldersAreLeftOut() throws {
        let shop = try Shop()
        var builder = try TenantTreeBuilder()
        let writer = try shop.writer()
        let state = StateFile.bytes(Array("{}\n".utf8))
        try writer.put("contoso", builder.build(files: ["state.json": state], folders: ["profiles": [:], "payloads": [:]], known: []))
        try shop.finish(writer)
        #expect(try shop.files() == ["report.json", "report.md", "state.json", "tenants/contoso/state.json"])
    }

    @Test func blobsThatTheStateHasAreNotWrittenAgain() throws {
        let shop = try Shop()
        try shop.apply(["contoso": ["staff": "Staff mail"]])
        let tenant = try #require(try shop.snapshot().tenant("contoso"))
        let (name, blob) = try #require(tenant.files("profiles").first)
        var builder = try TenantTreeBuilder()
        let bytes = try tenant.bytes(blob)
        let folders: [String: [String: StateFile]] = ["profiles": [name: .bytes(bytes)], "payloads": ["x": .blob(blob)]]
        let again = try builder.build(files: ["report.json": .bytes(bytes)], folders: folders, known: [blob])
        #expect(again.objects.count == 3, "only the trees")
        let new = try builder.build(files: ["report.json": .bytes(bytes)], folders: ["profiles": [name: .bytes(bytes)]], known: [])
        #expect(new.objects.contains { $0.id == blob })
    }

    @Test func whatPeoplePutBesideStays() throws {
        let shop = try Shop()
        try shop.apply(["contoso": ["staff": "Staff mail"]])
        try shop.edit { folder in
            for file in ["README.md", "notes/on-call.md", "tenants/README.md"] {
                let parent = ("\(folder)/\(file)" as NSString).deletingLastPathComponent
                try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
                try "by hand\n".write(toFile: "\(folder)/\(file)", atomically: false, encoding: .utf8)
            }
            try "#!/bin/sh\n".write(toFile: "\(folder)/deploy.sh", atomically: false, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(folder)/deploy.sh")
            try FileManager.default.createSymbolicLink(atPath: "\(folder)/tenants/main", withDestinationPath: "contoso")
        }
        #expect(try shop.snapshot().tenantIDs.sorted() == ["contoso"], "a file is not a tenant")
        try shop.apply(["contoso": ["staff": "Other mail"], "fabrikam": ["staff": "Staff mail"]])
        let files = try shop.files()
        for file in ["README.md", "notes/on-call.md", "tenants/README.md", "deploy.sh", "tenants/main", "tenants/fabrikam/state.json"] {
            #expect(files.contains(file), "\(file)")
        }
        #expect(try shop.git("ls-tree", Shop.branch, "deploy.sh").hasPrefix("100755 blob"))
        #expect(try shop.git("ls-tree", Shop.branch, "tenants/main").hasPrefix("120000 blob"))
        #expect(try shop.git("fsck", "--strict", "--full", "--no-dangling") == "")
        // A tenant of that name replaces it.
        try shop.apply(["main": ["staff": "Staff mail"]])
        #expect(try shop.files().contains("tenants/main/state.json") && shop.snapshot().tenantIDs.contains("main"))
    }
}

/// Several runs at once: each is recorded completely or not at all.
@Suite struct RaceTests {
    @Test func onDifferentTenantsBothLand() throws {
        let shop = try Shop()
        try shop.apply(["contoso": ["staff": "Staff mail"]])
        let base = try shop.snapshot()
        let (slow, quick) = (try shop.writer(on: base), try shop.writer(on: base))
        try slow.put("contoso", shop.tree("contoso", ["staff": "Slow mail"]))
        try quick.put("fabrikam", shop.tree("fabrikam", ["staff": "Quick mail"]))
        let first = try shop.finish(quick, held: ["fabrikam"])
        let second = try shop.finish(slow, held: ["contoso"])
        #expect(try shop.tip == second)
        #expect(try shop.git("rev-list", Shop.branch).split(separator: "\n").prefix(2) == ["\(second)", "\(first)"], "one after the other")
        #expect(try shop.show("tenants/contoso/profiles/staff.json").contains("Slow mail"))
        #expect(try shop.show("tenants/fabrikam/profiles/staff.json").contains("Quick mail"))
        #expect(try shop.snapshot().rootState().held == ["contoso", "fabrikam"], "the root is made from the one at the tip")
        #expect(try shop.git("fsck", "--strict", "--full", "--no-dangling") == "")
    }

    /// Two runs make the first reconcile at the same time.
    @Test func onAnEmptyRepositoryBothLand() throws {
        let shop = try Shop()
        let (slow, quick) = (try shop.writer(), try shop.writer())
        try slow.put("contoso", shop.tree("contoso", ["staff": "Staff mail"]))
        try quick.put("fabrikam", shop.tree("fabrikam", ["staff": "Staff mail"]))
        try shop.finish(quick)
        try shop.finish(slow)
        #expect(try shop.snapshot().tenantIDs.sorted() == ["contoso", "fabrikam"])
    }

    @Test(arguments: [["staff": "Slow mail"], [:]]) func onTheSameTenantTheLaterIsRefused(_ profiles: [String: String]) throws {
        let shop = try Shop()
        try shop.apply(["contoso": ["staff": "Staff mail"], "fabrikam": ["staff": "Staff mail"]])
        let base = try shop.snapshot()
        let (slow, quick) = (try shop.writer(on: base), try shop.writer(on: base))
        try slow.put("contoso", profiles.isEmpty ? .removed : shop.tree("contoso", profiles))
        try slow.put("fabrikam", shop.tree("fabrikam", ["staff": "Slow mail"]))
        try quick.put("contoso", shop.tree("contoso", ["staff": "Quick mail"]))
        let first = try shop.finish(quick)
        #expect(throws: StateError.contended(branch: Shop.branch)) { try shop.finish(slow) }
        #expect(try shop.tip == first && shop.show("tenants/fabrikam/profiles/staff.json").contains("Staff mail"), "nothing of it was recorded")
    }

    @Test func whoAddsTheSameTenantLaterIsRefused() throws {
        let shop = try Shop()
        let (slow, quick) = (try shop.writer(), try shop.writer())
        for writer in [slow, quick] { try writer.put("contoso", shop.tree("contoso", ["staff": "Staff mail"])) }
        let first = try shop.finish(quick)
        #expect(throws: StateError.contended(branch: Shop.branch)) { try shop.finish(slow) }
        #expect(try shop.tip == first)
    }

    /// Somebody moves the branch back while a run is under way: what the run has planned on is no longer recorded, even if no tenant of its
    /// own is concerned.
    @Test func aBranchThatWasMovedBackStops() throws {
        let shop = try Shop()
        try shop.apply(["contoso": ["staff": "Staff mail"]])
        let earlier = try #require(try shop.tip)
        try shop.apply(["fabrikam": ["staff": "Staff mail"]])
        let writer = try shop.writer()
        try writer.put("contoso", shop.tree("contoso", ["staff": "Other mail"]))
        try shop.git("update-ref", "refs/heads/easel/applied", "\(earlier)")
        #expect(throws: StateError.contended(branch: Shop.branch)) { try shop.finish(writer) }
        #expect(try shop.tip == earlier)
    }

    /// A colleague's note on the branch stops nobody, and stays.
    @Test func aCommitBesideIsBuiltUpon() throws {
        let shop = try Shop()
        try shop.apply(["contoso": ["staff": "Staff mail"]])
        let writer = try shop.writer()
        try writer.put("contoso", shop.tree("contoso", ["staff": "Other mail"]))
        try shop.edit { try "note\n".write(toFile: "\($0)/README.md", atomically: false, encoding: .utf8) }
        try shop.finish(writer)
        #expect(try shop.show("README.md") == "note" && shop.show("tenants/contoso/profiles/staff.json").contains("Other mail"))
    }

    /// A newer easel has written in between: this one must not overwrite what it does not understand.
    @Test func aNewerFormatInBetweenStops() throws {
        let shop = try Shop()
        try shop.apply(["contoso": ["staff": "Staff mail"]])
        let writer = try shop.writer()
        try writer.put("contoso", shop.tree("contoso", ["staff": "Other mail"]))
        try shop.edit { try "{\"formatVersion\": 2}\n".write(toFile: "\($0)/state.json", atomically: false, encoding: .utf8) }
        let before = try shop.tip
        #expect(throws: StateError.newerFormat(2)) { try shop.finish(writer) }
        #expect(try shop.tip == before)
    }

    @Test func manyAtOnceAllLand() throws {
        let shop = try Shop()
        try shop.apply(["contoso": ["staff": "Staff mail"]])
        let problems = Mutex<[String]>([])
        let path = shop.path
        DispatchQueue.concurrentPerform(iterations: 12) { number in
            do {
                // Each run shares only the folder with the others, like a process of its own.
                let repository = try Repository.openBare(path: path + "/state.git")
                let base = try StateSnapshot(repository: repository, tip: repository.reference(Shop.branch))
                let writer = try StateWriter(store: .local(path: repository.path), branch: Shop.branch, base: base)
                var builder = try TenantTreeBuilder()
                let state = StateFile.bytes(Array("{\"number\": \(number)}\n".utf8))
                try writer.put("t\(number)", builder.build(files: ["state.json": state], folders: [:], known: []))
                _ = try writer.commit(
                    root: { before in
                        var root = before
                        root.held.insert("t\(number)")
                        return root
                    }, files: [:], message: "run \(number)", time: 1)
            } catch {
                problems.withLock { $0.append("\(error)") }
            }
        }
        #expect(problems.withLock { $0 } == [])
        let state = try shop.snapshot()
        #expect(Set(state.tenantIDs) == Set((0..<12).map { "t\($0)" } + ["contoso"]))
        #expect(try state.rootState().held == Set((0..<12).map { "t\($0)" } + ["contoso"]))
        #expect(try shop.git("rev-list", "--count", Shop.branch) == "13")
        #expect(try shop.git("fsck", "--strict", "--full", "--no-dangling") == "")
    }
}
