import Foundation
import Testing

@testable import Git

@Suite struct RepositoryTests {
    @Test func opensFromInside() throws {
        let scratch = try Scratch()
        let first = try scratch.makeRepository()
        let repository = try Repository.open(path: scratch("work/tenants"))
        #expect(repository.workTree == scratch("work"))
        #expect(repository.path == scratch("work/.git"))
        #expect(!repository.isBare && !repository.isShallow)
        let head = try repository.head()
        #expect(head.refName == "refs/heads/main" && head.commit.description == first)
        try scratch.git("checkout", "-q", "--detach", in: scratch("work"))
        #expect(try repository.head().refName == "HEAD")
    }

    @Test func foreignOwner() throws {
        // Only root can change the owner of a file.
        guard geteuid() == 0 else { return }
        let scratch = try Scratch()
        _ = try scratch.makeRepository()
        chown(scratch("work"), 12345, 12345)
        let error = try gitError { _ = try Repository.open(path: scratch("work")) }
        #expect(error.kind == .ownership)
        #expect(error.description.contains("\(scratch("work")) belongs to user 12345, but easel runs as root (0)"))
        #expect(error.description.contains("--trust-repository-owner"))
        let trusted = try Repository.open(path: scratch("work"), trustOwner: true)
        #expect(trusted.workTree == scratch("work"))
        // Trust applies to one call only.
        #expect(throws: GitError.self) { try Repository.open(path: scratch("work")) }
        chown(scratch("work"), 0, 0)
        chown(scratch("work/.git"), 12345, 12345)
        let inner = try gitError { _ = try Repository.open(path: scratch("work/tenants")) }
        #expect(inner.kind == .ownership && inner.message.contains("work/.git belongs to"))
    }

    @Test func unreadableFormats() throws {
        let scratch = try Scratch()
        try scratch.git("init", "-q", "--object-format=sha256", scratch("long"))
        let long = try gitError { _ = try Repository.open(path: scratch("long")) }
        #expect(long.kind == .unsupported && long.message.contains("SHA-256"))
        _ = try scratch.makeRepository()
        try scratch.git("config", "core.repositoryformatversion", "1", in: scratch("work"))
        try scratch.git("config", "extensions.partialClone", "origin", in: scratch("work"))
        let partial = try gitError { _ = try Repository.open(path: scratch("work")) }
        #expect(partial.kind == .unsupported && partial.description.contains("--filter"))
    }

    /// Since Git 2.24 a partial clone has no extension, and what is missing there is no damage.
    @Test func whatAPartialCloneLacksIsNamed() throws {
        let scratch = try Scratch()
        let commit = try id(try scratch.makeRepository())
        try scratch.git("config", "uploadpack.allowFilter", "true", in: scratch("work"))
        try scratch.git("clone", "-q", "--filter=blob:none", "--no-checkout", "file://" + scratch("work"), scratch("part"))
        let repository = try Repository.open(path: scratch("part"))
        #expect(repository.isPartial)
        let entry = try #require(try repository.entry(atPath: "tenants/contoso/tenant.json", inTree: repository.tree(ofCommit: commit)))
        let error = try gitError { _ = try repository.blobSize(entry.id) }
        #expect(error.kind == .notFound && error.description.contains("partial clone") && error.description.contains("--filter") && !error.description.contains("fsck"))
        #expect(!(try Repository.open(path: scratch("work")).isPartial))
    }

    @Test func aBareRepositoryWhoseWorktreeHasSettingsIsBare() throws {
        let scratch = try Scratch()
        _ = try scratch.makeRepository()
        try scratch.git("clone", "-q", "--bare", scratch("work"), scratch("bare.git"))
        try scratch.git("worktree", "add", "-q", scratch("linked"), "main", in: scratch("bare.git"))
        try scratch.git("sparse-checkout", "set", "none", in: scratch("linked"))
        #expect(try scratch.git("config", "--file", "config.worktree", "core.bare", in: scratch("bare.git")) == "true")
        let bare = try Repository.open(path: scratch("bare.git"))
        #expect(bare.isBare && bare.workTree == nil)
        let linked = try Repository.open(path: scratch("linked"))
        #expect(linked.workTree == scratch("linked"))
        #expect(try linked.skippedFiles().map(\.nameText) == ["tenants/contoso/tenant.json"])
    }

    @Test func aSparseCheckoutSaysWhatItLeavesOut() throws {
        let scratch = try Scratch()
        _ = try scratch.makeRepository()
        try scratch.write("{}", to: "work/bases/a.json")
        try scratch.commit("base")
        #expect(try Repository.open(path: scratch("work")).skippedFiles().isEmpty)
        try scratch.git("sparse-checkout", "set", "tenants", in: scratch("work"))
        try scratch.git("config", "core.repositoryformatversion", "1", in: scratch("work"))
        #expect(try scratch.git("config", "extensions.worktreeConfig", in: scratch("work")) == "true")
        #expect(try Repository.open(path: scratch("work")).skippedFiles().map(\.nameText) == ["bases/a.json"])
        try scratch.git("sparse-checkout", "set", "--sparse-index", "tenants", in: scratch("work"))
        let error = try gitError { _ = try Repository.open(path: scratch("work")).skippedFiles() }
        #expect(error.kind == .unsupported && error.help?.contains("--no-sparse-index") == true, "\(error)")
    }

    @Test func nothingThere() throws {
        let scratch = try Scratch()
        let absent = try gitError { _ = try Repository.open(path: scratch("none")) }
        #expect(absent.kind == .notFound && absent.message == "there is no such folder")
        let plain = try gitError { _ = try Repository.open(path: scratch.path) }
        #expect(plain.kind == .notFound && plain.message.contains("neither this path nor a folder above"))
        #expect(throws: GitError.self) { try Repository.openBare(path: scratch.path) }
    }

    @Test func resolvesEverythingThatAPersonWrites() throws {
        let scratch = try Scratch()
        let first = try scratch.makeRepository()
        let second = try scratch.commit("second")
        let work = scratch("work")
        try scratch.git("tag", "light", first, in: work)
        try scratch.git("tag", "-a", "-m", "x", "v1.0", first, in: work)
        try scratch.git("branch", "feature/oauth", first, in: work)
        try scratch.git("update-ref", "refs/remotes/origin/release", first, in: work)
        let repository = try Repository.open(path: work)
        for revision in [
            "light", "v1.0", "refs/tags/v1.0", "feature/oauth", "refs/heads/feature/oauth", "origin/release", first,
            String(first.prefix(8)), "main~1",
        ] {
            #expect(try repository.resolve(revision).description == first, "\(revision)")
        }
        #expect(try repository.resolve("HEAD").description == second)
        let near = try gitError { _ = try repository.resolve("mian") }
        #expect(near.kind == .notFound && near.help == "Did you mean 'main'?")
        #expect(try gitError { _ = try repository.resolve("oauth") }.help == "Did you mean 'feature/oauth'?")
        let far = try gitError { _ = try repository.resolve("zzzzzzzzz") }
        #expect(far.help == "Choose one of 'feature/oauth', 'light', 'main', 'origin/release', 'v1.0'.")
        let blob = try scratch.git("rev-parse", "HEAD:tenants/contoso/tenant.json", in: work)
        #expect(try gitError { _ = try repository.resolve(blob) }.kind == .invalid)
        #expect(try gitError { _ = try repository.resolve("") }.kind != .other)
        #expect(try gitError { _ = try repository.resolve("a..b") }.kind != .other)
        try scratch.git("tag", "main", first, in: work)
        #expect(try gitError { _ = try repository.resolve("main") }.help == "Use refs/heads/main or refs/tags/main.")
    }

    @Test func emptyAndShallow() throws {
        let scratch = try Scratch()
        try scratch.git("init", "-q", "-b", "main", scratch("empty"))
        let empty = try Repository.open(path: scratch("empty"))
        #expect(try gitError { _ = try empty.resolve("main") }.message == "the repository has no commits yet")
        #expect(try gitError { _ = try empty.head() }.kind == .notFound)
        let first = try scratch.makeRepository()
        try scratch.commit("second")
        try scratch.git("clone", "-q", "--depth", "1", "file://" + scratch("work"), scratch("shallow"))
        let shallow = try Repository.open(path: scratch("shallow"))
        #expect(shallow.isShallow)
        #expect(try gitError { _ = try shallow.resolve(first) }.description.contains("--unshallow"))
        #expect(try gitError { _ = try shallow.commit(id(first)) }.description.contains("--unshallow"))
        let head = try shallow.head().commit
        let base = try gitError { _ = try shallow.mergeBase(head, id(first)) }
        #expect(base.kind == .notFound, "\(base)")
    }

    @Test func treesBlobsAndBases() throws {
        let scratch = try Scratch()
        let first = try scratch.makeRepository()
        try scratch.git("checkout", "-q", "-b", "side", in: scratch("work"))
        let side = try scratch.commit("side")
        try scratch.git("checkout", "-q", "main", in: scratch("work"))
        let main = try scratch.commit("main")
        try scratch.git("checkout", "-q", "--orphan", "other", in: scratch("work"))
        let other = try scratch.commit("other")
        let repository = try Repository.open(path: scratch("work"))
        #expect(try repository.mergeBase(id(side), id(main))?.description == first)
        #expect(try repository.mergeBase(id(other), id(main)) == nil)

        let root = try repository.tree(ofCommit: id(first))
        #expect(try repository.entry(atPath: "tenants", inTree: root)?.kind == .tree)
        let file = try #require(try repository.entry(atPath: "tenants/contoso/tenant.json", inTree: root))
        #expect(file.kind == .blob)
        #expect(try repository.entry(atPath: "tenants/contoso/tenant.json/x", inTree: root) == nil)
        #expect(try repository.entry(atPath: "tenants/fabrikam", inTree: root) == nil)
        #expect(try repository.entry(atPath: "", inTree: root) == nil)
        #expect(try repository.blobSize(file.id) == 3)
        #expect(try repository.withBlob(file.id, limit: 3) { $0.count } == 3)
        #expect(try gitError { try repository.withBlob(file.id, limit: 2) { _ in } }.kind == .tooLarge)
        #expect(try gitError { try repository.withBlob(root, limit: 2) { _ in } }.kind == .invalid)
        #expect(try gitError { _ = try repository.entries(ofTree: file.id) }.kind == .invalid)
        let missing = try id("1234567890123456789012345678901234567890")
        #expect(try gitError { _ = try repository.entries(ofTree: missing) }.kind == .notFound)
        #expect(!repository.exists(missing) && repository.exists(root))
    }

    @Test func ignored() throws {
        let scratch = try Scratch()
        _ = try scratch.makeRepository()
        try scratch.write("*.tmp\nout/\n", to: "work/.gitignore")
        let repository = try Repository.open(path: scratch("work"))
        #expect(try repository.isIgnored("tenants/a.tmp"))
        #expect(try repository.isIgnored("out/"))
        #expect(try !repository.isIgnored("tenants/a.json"))
    }
}

@Suite struct ReferenceTests {
    @Test func compareAndSwap() throws {
        let scratch = try Scratch()
        let a = try id(scratch.makeRepository())
        let b = try id(scratch.commit("second"))
        let repository = try Repository.open(path: scratch("work"))
        let name = "refs/heads/easel/applied"
        #expect(try repository.reference(name) == nil)
        try repository.moveReference(name, from: nil, to: a, message: "create")
        let twice = try gitError { try repository.moveReference(name, from: nil, to: b, message: "create") }
        #expect(twice.kind == .refMoved && twice.message.hasSuffix(" was not expected to exist but is at \(a)"))
        try repository.moveReference(name, from: a, to: b, message: "move")
        #expect(try gitError { try repository.moveReference(name, from: a, to: b, message: "move") }.kind == .refMoved)
        #expect(try repository.reference(name) == b)
        #expect(try repository.references(prefix: "refs/heads/").map(\.name) == [name, "refs/heads/main"])
        let absent = try gitError {
            try repository.moveReference("refs/heads/gone", from: a, to: b, message: "move")
        }
        #expect(absent.kind == .refMoved)
        // Packed refs are compared, too.
        try scratch.git("pack-refs", "--all", in: scratch("work"))
        #expect(try gitError { try repository.moveReference(name, from: a, to: b, message: "") }.kind == .refMoved)
        try repository.moveReference(name, from: b, to: a, message: "back")
        #expect(try scratch.git("rev-parse", name, in: scratch("work")) == a.description)
        #expect(try scratch.git("reflog", "-1", "--format=%gs", name, in: scratch("work")) == "back")
    }

    @Test func lockInTheWay() throws {
        let scratch = try Scratch()
        let a = try id(scratch.makeRepository())
        let repository = try Repository.open(path: scratch("work"))
        try scratch.write("", to: "work/.git/refs/heads/x.lock")
        let error = try gitError { try repository.moveReference("refs/heads/x", from: nil, to: a, message: "") }
        #expect(error.kind == .locked)
        #expect(error.message.contains("refs/heads/x.lock, created "))
    }

    @Test func nameInTheWay() throws {
        let scratch = try Scratch()
        let a = try id(scratch.makeRepository())
        let repository = try Repository.open(path: scratch("work"))
        try repository.moveReference("refs/heads/easel", from: nil, to: a, message: "")
        let error = try gitError {
            try repository.moveReference("refs/heads/easel/applied", from: nil, to: a, message: "")
        }
        #expect(error.kind == .invalid)
        #expect(error.message.contains("refs/heads/easel exists, and Git cannot have both"))
    }
}
