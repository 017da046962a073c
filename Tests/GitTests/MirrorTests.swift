import Basics
import Foundation
import TestSupport
import Testing

@testable import Git

@Suite struct MirrorTests {
    /// A served bare repository `up.git`, a working clone `work` that pushes to it, and a mirror of it.
    struct Setting {
        let scratch: Scratch
        let daemon: GitDaemon
        let mirror: Mirror
        let first: ObjectID

        init() throws {
            scratch = try Scratch()
            first = try id(scratch.makeRepository())
            try scratch.git("init", "-q", "--bare", "-b", "main", scratch("up.git"))
            try scratch.git("remote", "add", "up", scratch("up.git"), in: scratch("work"))
            try scratch.git("push", "-q", "up", "main", in: scratch("work"))
            daemon = try GitDaemon(scratch.path, environment: Scratch.environment)
            mirror = try Mirror.open(url: daemon.url("up.git"), cacheDirectory: scratch("cache"))
        }

        /// Commits and fetches `count` times, and returns the last commit.
        @discardableResult
        func makePacks(_ count: Int) throws -> ObjectID {
            var last = first
            for number in 0..<count {
                last = try commitAndPush("commit \(number)")
                _ = try mirror.fetch(wanted: ["HEAD"])
            }
            return last
        }

        /// Writes a finished pack with a blob that no ref reaches.
        func writeUnreached() throws -> (blob: ObjectID, writer: PackWriter) {
            var encoder = try ObjectEncoder()
            let blob = encoder.encode(.blob, Array("not reached".utf8))
            let writer = try PackWriter(repository: repository())
            try writer.append(blob)
            _ = try writer.finish()
            return (blob.id, writer)
        }

        func commitAndPush(_ message: String) throws -> ObjectID {
            let commit = try id(scratch.commit(message))
            try scratch.git("push", "-q", "-f", "up", "HEAD", in: scratch("work"))
            return commit
        }

        private var supersededList: String { mirror.repositoryPath + "/easel-superseded-packs" }
        var hasSuperseded: Bool { fileStatus(supersededList) != nil }

        /// Makes the list of replaced packs look old enough for their removal.
        func age() {
            var times = [timeval(tv_sec: 1_700_000_000, tv_usec: 0), timeval(tv_sec: 1_700_000_000, tv_usec: 0)]
            chmod(supersededList, 0o644)
            utimes(supersededList, &times)
        }

        var packs: Int { get throws { try list(mirror.repositoryPath + "/objects/pack").count { $0.hasSuffix(".pack") } } }
        func repository() throws -> Repository { try Repository.openBare(path: mirror.repositoryPath) }

        /// Writes a commit on top of `parent` into the mirror, as a run does.
        func write(_ text: String, on parent: ObjectID?) throws -> ObjectID {
            let repository = try repository()
            var encoder = try ObjectEncoder()
            let writer = try PackWriter(repository: repository)
            let blob = encoder.encode(.blob, Array(text.utf8))
            let tree = encoder.encode(
                .tree, try encodeTree([TreeEntry(name: "state.json", mode: TreeEntry.fileMode, id: blob.id)]))
            let commit = encoder.encode(
                .commit,
                encodeCommit(
                    tree: tree.id, parents: parent.map { [$0] } ?? [], name: "easel", email: "easel@example.com",
                    time: 1_700_000_000, message: text))
            for object in [blob, tree, commit] { try writer.append(object) }
            _ = try writer.finish()
            return commit.id
        }
    }

    @Test func incrementalFetch() throws {
        let setting = try Setting()
        let state = "refs/heads/easel/applied"
        let first = try setting.mirror.fetch(wanted: ["HEAD"], optional: [state])
        #expect(first.head == "refs/heads/main")
        #expect(first.commits == ["HEAD": setting.first])
        #expect(first.names == ["HEAD": "refs/heads/main"])
        #expect(try setting.packs == 1)
        #expect(try setting.repository().resolve("HEAD") == setting.first)
        try setting.scratch.git("fsck", "--strict", in: setting.mirror.repositoryPath)

        // Without anything new, nothing is downloaded, by name or by id.
        #expect(try setting.mirror.fetch(wanted: ["main", setting.first.description]).commits["main"] == setting.first)
        #expect(try setting.packs == 1)

        let second = try setting.commitAndPush("second")
        try setting.scratch.git("push", "-q", "up", "main:\(state)", "main:unasked", in: setting.scratch("work"))
        let both = try setting.mirror.fetch(wanted: ["refs/heads/main"], optional: [state])
        #expect(both.commits == ["refs/heads/main": second, state: second])
        #expect(try setting.packs == 2)
        #expect(try setting.repository().references(prefix: "refs/").map(\.name) == [state, "refs/heads/main"])

        // The branch is rewritten, and another one is deleted.
        try setting.scratch.git("reset", "-q", "--hard", setting.first.description, in: setting.scratch("work"))
        let third = try setting.commitAndPush("third")
        try setting.scratch.git("push", "-q", "up", ":\(state)", in: setting.scratch("work"))
        let rewritten = try setting.mirror.fetch(wanted: ["main"], optional: [state])
        #expect(rewritten.commits == ["main": third])
        let repository = try setting.repository()
        #expect(try repository.reference("refs/heads/main") == third)
        #expect(try repository.reference(state) == nil)
        #expect(try repository.commit(third).parents == [setting.first])
    }

    @Test func namesOnTheRemote() throws {
        let setting = try Setting()
        let work = setting.scratch("work")
        try setting.scratch.git("tag", "-a", "-m", "x", "v1", in: work)
        let second = try setting.commitAndPush("second")
        try setting.scratch.git("push", "-q", "up", "v1", in: work)
        // A commit is found by id while the mirror is empty, because it is in the history of a branch.
        let byID = try setting.mirror.fetch(wanted: [setting.first.description, "v1"])
        #expect(byID.commits == [setting.first.description: setting.first, "v1": setting.first])
        #expect(byID.names == ["v1": "refs/tags/v1"])
        let error = try gitError { _ = try setting.mirror.fetch(wanted: ["mian"]) }
        #expect(error.kind == .notFound && error.help == "Did you mean 'main'?")
        let absent = try gitError { _ = try setting.mirror.fetch(wanted: [String(repeating: "12", count: 20)]) }
        #expect(absent.kind == .notFound && absent.message.contains("no branch or tag of the remote contains"))
        try setting.scratch.git("branch", "v1", in: work)
        try setting.scratch.git("push", "-q", "up", "refs/heads/v1", in: work)
        #expect(try gitError { _ = try setting.mirror.fetch(wanted: ["v1"]) }.kind == .invalid)
        #expect(try setting.mirror.fetch(wanted: ["refs/heads/v1"]).commits["refs/heads/v1"] == second)
        // A branch is replaced by a folder of branches.
        try setting.scratch.git("push", "-q", "up", ":refs/heads/v1", in: work)
        try setting.scratch.git("push", "-q", "up", "main:refs/heads/v1/x", in: work)
        #expect(try setting.mirror.fetch(wanted: ["v1/x"]).commits["v1/x"] == second)
    }

    @Test func headsThatLeadNowhere() throws {
        let setting = try Setting()
        let scratch = setting.scratch
        try scratch.git("init", "-q", "--bare", scratch("empty.git"))
        let empty = try Mirror.open(url: setting.daemon.url("empty.git"), cacheDirectory: scratch("cache"))
        #expect(try gitError { _ = try empty.fetch(wanted: ["HEAD"]) }.message.contains("no commits yet"))
        #expect(try empty.fetch(wanted: [], optional: ["refs/heads/x"]).commits.isEmpty)
        try scratch.git("symbolic-ref", "HEAD", "refs/heads/gone", in: scratch("up.git"))
        let unborn = try gitError { _ = try setting.mirror.fetch(wanted: ["HEAD"]) }
        #expect(unborn.kind == .notFound && unborn.description.contains("main"))
        try scratch.git("update-ref", "--no-deref", "HEAD", setting.first.description, in: scratch("up.git"))
        #expect(try setting.mirror.fetch(wanted: ["HEAD"]).commits["HEAD"] == setting.first)
    }

    @Test func unreachable() throws {
        let setting = try Setting()
        let none = try Mirror.open(url: setting.daemon.url("none.git"), cacheDirectory: setting.scratch("cache"))
        let absent = try gitError { _ = try none.fetch(wanted: ["HEAD"]) }
        #expect(absent.kind == .notFound, "\(absent)")
        let closed = "git://ann:secret@127.0.0.1:\(try freePort())/x"
        let mirror = try Mirror.open(url: closed, cacheDirectory: setting.scratch("cache"))
        let error = try gitError { _ = try mirror.fetch(wanted: ["HEAD"]) }
        #expect(error.kind == .network, "\(error)")
        #expect(!error.description.contains("secret"))
        let shown = try String(contentsOfFile: mirror.repositoryPath + "/easel-url", encoding: .utf8)
        #expect(shown.hasPrefix("git://ann:***@"))
        let file = try gitError { _ = try Mirror.open(url: "file://server/x", cacheDirectory: setting.scratch("cache")) }
        #expect(file.kind == .invalid)
        let scheme = try gitError {
            _ = try Mirror.open(url: "ftp://h/x", cacheDirectory: setting.scratch("cache")).fetch(wanted: ["HEAD"])
        }
        #expect(scheme.kind == .invalid && scheme.description.contains("https, http, ssh or git"))
    }

    @Test func progressAndCancel() throws {
        let setting = try Setting()
        let cancelled = try gitError {
            _ = try setting.mirror.fetch(wanted: ["HEAD"], options: FetchOptions(isCancelled: { true }))
        }
        #expect(cancelled.kind == .cancelled, "\(cancelled)")
        let seen = Seen()
        _ = try setting.mirror.fetch(wanted: ["HEAD"], options: FetchOptions(progress: { seen.note($0) }))
        #expect(seen.last.map { $0.objects == $0.totalObjects && $0.totalObjects == 5 } == true, "\(String(describing: seen.last))")
    }

    /// Keeps the last progress of a fetch.
    final class Seen: @unchecked Sendable {  // Written and read by the one thread that runs the test.
        private(set) var last: TransferProgress?
        func note(_ progress: TransferProgress) { last = progress }
    }

    @Test func pushForwards() throws {
        let setting = try Setting()
        let state = "refs/heads/easel/applied"
        let up = setting.scratch("up.git")
        _ = try setting.mirror.fetch(wanted: ["HEAD"], optional: [state])
        let one = try setting.write("one", on: nil)
        try setting.mirror.push(ref: state, commit: one, expected: nil)
        #expect(try setting.scratch.git("rev-parse", state, in: up) == one.description)
        let two = try setting.write("two", on: one)
        try setting.mirror.push(ref: state, commit: two, expected: one)
        try setting.mirror.push(ref: state, commit: two, expected: two)
        #expect(try setting.scratch.git("show", "\(state):state.json", in: up) == "two")
        try setting.scratch.git("fsck", "--strict", in: up)
        #expect(try setting.repository().references(prefix: "refs/").map(\.name) == [state, "refs/heads/main"])

        // In a race somebody else was faster, and that commit stays.
        let other = try setting.write("other", on: one)
        let raced = try gitError { try setting.mirror.push(ref: state, commit: other, expected: one) }
        #expect(raced.kind == .refMoved && raced.message.contains("is at \(two)"))
        #expect(try gitError { try setting.mirror.push(ref: state, commit: other, expected: nil) }.kind == .refMoved)
        // A commit that is not based on the current one is refused.
        let back = try gitError { try setting.mirror.push(ref: state, commit: other, expected: two) }
        #expect(back.kind == .rejected, "\(back)")
        #expect(try setting.scratch.git("rev-parse", state, in: up) == two.description)
    }

    @Test func refusedByAHook() throws {
        let setting = try Setting()
        let state = "refs/heads/easel/applied"
        let hook = setting.scratch("up.git/hooks/pre-receive")
        try setting.scratch.write("#!/bin/sh\necho 'branch is protected by policy 7' >&2\nexit 1\n", to: "up.git/hooks/pre-receive")
        chmod(hook, 0o755)
        let one = try setting.write("one", on: nil)
        let error = try gitError { try setting.mirror.push(ref: state, commit: one, expected: nil) }
        #expect(error.kind == .rejected)
        #expect(error.message.contains("pre-receive hook declined"), "\(error)")
        #expect(error.message.contains("branch is protected by policy 7"), "\(error)")
        #expect(throws: Program.Failed.self) { try setting.scratch.git("rev-parse", "--verify", state, in: setting.scratch("up.git")) }
    }

    @Test func movedWhilePushing() throws {
        let setting = try Setting()
        let state = "refs/heads/easel/applied"
        let one = try setting.write("one", on: nil)
        try setting.mirror.push(ref: state, commit: one, expected: nil)
        // The hook moves the branch after the server has advertised it and before the server writes.
        let hook = "#!/bin/sh\nunset GIT_QUARANTINE_PATH\nprintf '%s\\n' \(setting.first) > refs/heads/easel/applied\n"
        try setting.scratch.write(hook, to: "up.git/hooks/pre-receive")
        chmod(setting.scratch("up.git/hooks/pre-receive"), 0o755)
        let two = try setting.write("two", on: one)
        let error = try gitError { try setting.mirror.push(ref: state, commit: two, expected: one) }
        #expect(error.kind == .refMoved, "\(error)")
        #expect(error.message.contains("is at \(setting.first)"))
    }

    @Test func killedProcessesLeaveNoHarm() throws {
        let setting = try Setting()
        _ = try setting.mirror.fetch(wanted: ["HEAD"])
        let path = setting.mirror.repositoryPath
        let folder = path + "/objects/pack"
        for leftover in [
            folder + "/pack_git2_abc123", folder + "/tmp_pack_xyz", folder + "/\(PackWriter.packPrefix)old",
            path + "/refs/heads/main.lock", path + "/packed-refs.lock",
        ] {
            try "half".write(toFile: leftover, atomically: false, encoding: .utf8)
        }
        var times = [timeval(tv_sec: 1_700_000_000, tv_usec: 0), timeval(tv_sec: 1_700_000_000, tv_usec: 0)]
        utimes("\(folder)/\(PackWriter.packPrefix)old", &times)
        // This writer is alive, however old its file is.
        let writer = try PackWriter(repository: setting.repository())
        for name in try list(folder) where name.hasPrefix(PackWriter.packPrefix) { utimes("\(folder)/\(name)", &times) }
        let second = try setting.commitAndPush("second")
        #expect(try setting.mirror.fetch(wanted: ["main"]).commits["main"] == second)
        let left = try list(folder).filter { !$0.hasPrefix("pack-") }
        #expect(left.count == 1 && left.allSatisfy { $0.hasPrefix(PackWriter.packPrefix) })
        #expect(try writer.finish() == nil)
    }

    @Test func oneFetchAtATime() throws {
        let setting = try Setting()
        let held = try setting.mirror.lock(FetchOptions())
        var options = FetchOptions()
        options.lockTimeout = 0
        let error = try gitError { _ = try setting.mirror.fetch(wanted: ["HEAD"], options: options) }
        #expect(error.kind == .locked)
        _ = held.descriptor
    }

    @Test func manyPacksBecomeOne() throws {
        let setting = try Setting()
        let last = try setting.makePacks(4)
        #expect(try setting.packs == 4)
        let reader = try setting.repository()
        try setting.mirror.upkeep.consolidate(setting.repository(), isOwn: true, limit: 3)
        #expect(try setting.packs == 5)
        setting.age()
        setting.mirror.upkeep.sweep()
        #expect(try setting.packs == 1 && !setting.hasSuperseded)
        try setting.scratch.git("fsck", "--strict", in: setting.mirror.repositoryPath)
        #expect(try setting.repository().commit(last).message == "commit 3\n")
        #expect(try reader.commit(setting.first).message == "first\n")
    }

    /// A pack whose run has yet to move its ref is kept, however long that takes.
    @Test func thePackOfALivingWriterStays() throws {
        let setting = try Setting()
        try setting.makePacks(3)
        var (blob, writer): (ObjectID, PackWriter?) = try setting.writeUnreached()
        #expect(writer != nil)
        try setting.mirror.upkeep.consolidate(setting.repository(), isOwn: true, limit: 2)
        setting.age()
        setting.mirror.upkeep.sweep()
        #expect(try setting.repository().exists(blob) && setting.packs == 2)
        // The pack of a dead writer is removed.
        writer = nil
        _ = try setting.commitAndPush("more")
        _ = try setting.mirror.fetch(wanted: ["HEAD"])
        try setting.mirror.upkeep.consolidate(setting.repository(), isOwn: true, limit: 2)
        setting.age()
        setting.mirror.upkeep.sweep()
        #expect(try !setting.repository().exists(blob) && setting.packs == 1)
    }

    /// A branch that was gone when packs were replaced, and that comes back before the old ones are removed.
    @Test func whatComesBackIsKept() throws {
        let setting = try Setting()
        _ = try setting.commitAndPush("one")
        _ = try setting.mirror.fetch(wanted: ["HEAD"])
        let feature = try setting.commitAndPush("feature")
        _ = try setting.mirror.fetch(wanted: ["HEAD"])
        // The branch goes back to where it was.
        try setting.scratch.git("push", "-q", "-f", "up", "HEAD~1:main", in: setting.scratch("work"))
        _ = try setting.mirror.fetch(wanted: ["HEAD"])
        try setting.mirror.upkeep.consolidate(setting.repository(), isOwn: true, limit: 1)
        try setting.scratch.git("push", "-q", "up", "HEAD:main", in: setting.scratch("work"))
        _ = try setting.mirror.fetch(wanted: ["HEAD"])
        setting.age()
        let last = try setting.commitAndPush("more")
        _ = try setting.mirror.fetch(wanted: ["HEAD"])
        #expect(try setting.repository().exists(feature) && setting.repository().commit(last).message == "more\n")
        try setting.scratch.git("fsck", "--strict", "--no-dangling", in: setting.mirror.repositoryPath)
    }

    /// In a bare repository that easel did not create, somebody may need what no ref reaches.
    @Test func inOthersRepositoriesNothingIsLost() throws {
        let setting = try Setting()
        try setting.makePacks(3)
        let blob = try setting.writeUnreached().blob
        try setting.mirror.upkeep.consolidate(setting.repository(), isOwn: false, limit: 2)
        setting.age()
        setting.mirror.upkeep.removeSuperseded()
        #expect(try setting.repository().exists(blob) && setting.packs == 2)
        try setting.scratch.git("fsck", "--strict", in: setting.mirror.repositoryPath)
    }

    @Test func foldersAreForThisUser() throws {
        let setting = try Setting()
        #expect(fileStatus(setting.scratch("cache/mirrors")).map { $0.st_mode & 0o777 } == 0o700)
        let name = try #require(setting.mirror.repositoryPath.split(separator: "/").last)
        #expect(name.count == 20 && name.hasSuffix(".git"))
        guard geteuid() == 0 else { return }
        chown(setting.mirror.repositoryPath, 12345, 12345)
        let error = try gitError {
            _ = try Mirror.open(url: setting.daemon.url("up.git"), cacheDirectory: setting.scratch("cache"))
        }
        #expect(error.kind == .ownership && error.description.contains("--cache"))
    }
}
