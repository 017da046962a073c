import Basics
import Foundation
import TestSupport
import Testing

@testable import Git

/// A bare repository `up.git` with one commit, for a server.
struct Served {
    let scratch: Scratch
    let first: ObjectID

    init() throws {
        scratch = try Scratch()
        first = try id(scratch.makeRepository())
        try scratch.git("clone", "-q", "--bare", scratch("work"), scratch("up.git"))
        // Allows pushes, whatever user the server runs as.
        try scratch.git("config", "http.receivepack", "true", in: scratch("up.git"))
    }

    func mirror(_ url: String, _ change: (inout RemoteAccess) throws -> Void = { _ in }) throws -> Mirror {
        var access = RemoteAccess()
        access.deadline = Deadline(seconds: 30)
        try change(&access)
        return try Mirror.open(url: url, cacheDirectory: scratch("cache"), options: FetchOptions(access: access))
    }

    func fails(_ url: String, _ change: (inout RemoteAccess) throws -> Void = { _ in }) throws -> GitError {
        do {
            _ = try mirror(url, change).fetch(wanted: ["HEAD"])
        } catch let error as GitError { return error }
        Issue.record("it did not fail")
        return GitError(kind: .other, operation: "", message: "")
    }
}

@Suite(.enabled(if: SSHServer.isInstalled, "needs openssh-server, which Tests/run.sh installs")) struct SSHTests {
    private func keys(_ served: Served, _ kinds: [(String, String)], passphrase: String = "") throws -> [String] {
        try kinds.map { name, kind in
            _ = try Program.output(["/usr/bin/ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-f", served.scratch(name)])
            return try String(contentsOfFile: served.scratch(name + ".pub"), encoding: .utf8)
        }
    }

    @Test(arguments: ["ed25519", "ecdsa", "rsa"]) func aKeyFileAndAKnownHost(_ kind: String) throws {
        let served = try Served()
        let server = try SSHServer(served.scratch("ssh"), hostKeys: [kind], users: keys(served, [("ann", kind)]))
        try server.knownHosts(kind).write(toFile: served.scratch("known"), atomically: true, encoding: .utf8)
        let url = server.url(served.scratch("up.git"))
        let mirror = try served.mirror(url) {
            $0.sshKey = served.scratch("ann")
            $0.knownHosts = [served.scratch("known")]
        }
        #expect(try mirror.fetch(wanted: ["HEAD"]).commits["HEAD"] == served.first)
        try mirror.push(ref: "refs/heads/state", commit: served.first, expected: nil)
        #expect(try served.scratch.git("rev-parse", "state", in: served.scratch("up.git")) == served.first.description)
    }

    /// OpenSSH's client uses the RSA key.
    @Test(arguments: ["ed25519", "rsa"]) func aPassphraseIsAskedForOnce(_ kind: String) throws {
        let served = try Served()
        let server = try SSHServer(served.scratch("ssh"), users: keys(served, [("ann", kind)], passphrase: "it's open"))
        let url = server.url(served.scratch("up.git"))
        func access(_ passphrase: String?) -> (inout RemoteAccess) throws -> Void {
            { access in
                access.sshKey = served.scratch("ann")
                access.sshPassphrase = passphrase.map(Secret.init)
                access.hostKey = try server.fingerprint("ed25519")
            }
        }
        #expect(try served.mirror(url, access("it's open")).fetch(wanted: ["HEAD"]).commits["HEAD"] == served.first)
        for wrong in ["shut", nil] {
            let error = try served.fails(url, access(wrong))
            #expect(error.kind == .authentication && error.message.contains("passphrase") && !"\(error)".contains("shut"), "\(error)")
        }
    }

    @Test func theAgentIsAsked() throws {
        // One after the other, because the variable applies to the whole process. Other tests of this suite give a key file, which takes
        // precedence.
        for kind in ["ed25519", "rsa"] {
            let served = try Served()
            let server = try SSHServer(served.scratch("ssh"), users: keys(served, [("ann", kind)]))
            let socket = served.scratch("agent")
            let agent = try Program(["/usr/bin/ssh-agent", "-D", "-a", socket])
            defer {
                kill(agent.child, SIGTERM)
                _ = try? agent.finish()
            }
            for _ in 0..<200 where !FileManager.default.fileExists(atPath: socket) { usleep(10_000) }
            _ = try Program.output(["/usr/bin/ssh-add", "-q", served.scratch("ann")], environment: ["PATH": "/usr/bin", "SSH_AUTH_SOCK": socket])
            setenv("SSH_AUTH_SOCK", socket, 1)
            defer { unsetenv("SSH_AUTH_SOCK") }
            let mirror = try served.mirror(server.url(served.scratch("up.git"))) { $0.hostKey = try server.fingerprint("ed25519") }
            #expect(try mirror.fetch(wanted: ["HEAD"]).commits["HEAD"] == served.first)
        }
    }

    /// Errors of OpenSSH's client are as clear as those of libssh2, and come without delay.
    @Test func errorsOfOpenSSHAreClearToo() throws {
        let served = try Served()
        let server = try SSHServer(served.scratch("ssh"), hostKeys: ["rsa"], users: keys(served, [("ann", "rsa"), ("eve", "rsa")]))
        let other = try SSHServer(served.scratch("other"), hostKeys: ["rsa"], users: [])
        func error(_ repository: String, pinned: String) throws -> GitError {
            try served.fails(server.url(served.scratch(repository))) {
                $0.sshKey = served.scratch("ann")
                $0.hostKey = pinned
            }
        }
        let absent = try error("no'such%20%25x.git", pinned: server.fingerprint("rsa"))
        #expect(absent.kind == .notFound && absent.message.contains("no'such %x.git"), "\(absent)")
        let shown = try server.fingerprint("rsa")
        let stranger = try error("up.git", pinned: other.fingerprint("rsa"))
        #expect(stranger.kind == .certificate && stranger.message.contains(shown), "\(stranger)")
        let unknown = try served.fails(server.url(served.scratch("up.git"))) { $0.sshKey = served.scratch("ann") }
        #expect(unknown.kind == .certificate && unknown.message.contains("not known"), "\(unknown)")
    }

    @Test func aStrangersKeyIsOneClearError() throws {
        let served = try Served()
        let users = try keys(served, [("ann", "ed25519"), ("bob", "ed25519"), ("rsa", "rsa")])
        let server = try SSHServer(served.scratch("ssh"), users: [users[0]])
        let url = server.url(served.scratch("up.git"))
        for (key, word) in [("bob", "refused the SSH key"), ("missing", "cannot be read"), ("rsa", "refused the SSH key")] {
            let error = try served.fails(url) {
                $0.sshKey = served.scratch(key)
                $0.hostKey = try server.fingerprint("ed25519")
            }
            #expect(error.kind == .authentication && "\(error)".contains(word), "\(error)")
        }
    }

    @Test func hostKeysAreNeverTrustedSilently() throws {
        let served = try Served()
        let server = try SSHServer(served.scratch("ssh"), users: keys(served, [("ann", "ed25519")]))
        let other = try SSHServer(served.scratch("other"), users: [])
        let url = server.url(served.scratch("up.git"))
        let (shown, wrong) = (try server.fingerprint("ed25519"), try other.fingerprint("ed25519"))
        func refused(_ known: String?, pinned: String? = nil) throws -> GitError {
            try served.fails(url) {
                $0.sshKey = served.scratch("ann")
                $0.hostKey = pinned
                guard let known else { return }
                try known.write(toFile: served.scratch("known"), atomically: true, encoding: .utf8)
                $0.knownHosts = [served.scratch("known")]
            }
        }
        let line = try server.knownHosts("ed25519")
        let otherKey = try other.knownHosts("ed25519").split(separator: " ", maxSplits: 1)[1]
        for error in [try refused(nil), try refused(""), try refused("# nothing\n")] {
            #expect(error.kind == .certificate && error.message.contains("not known") && error.message.contains(shown), "\(error)")
        }
        let changed = try refused("[127.0.0.1]:\(server.port) \(otherKey)")
        #expect(changed.kind == .certificate && changed.message.contains("has changed") && changed.message.contains(shown) && changed.message.contains(wrong), "\(changed)")
        let revoked = try refused("@revoked * \(line.split(separator: " ", maxSplits: 1)[1])\(line)")
        #expect(revoked.message.contains("revoked"), "\(revoked)")
        let pinned = try refused(line, pinned: wrong)
        #expect(pinned.message.contains(shown) && pinned.message.contains(wrong) && pinned.kind == .certificate, "\(pinned)")
    }

    @Test(arguments: ["ed25519", "rsa"]) func aServerThatFallsSilentIsLeftAtTheDeadline(_ kind: String) throws {
        let served = try Served()
        let server = try SSHServer(served.scratch("ssh"), users: keys(served, [("ann", kind)]), settings: "ForceCommand /bin/sleep 60")
        let start = ContinuousClock.now
        let error = try served.fails(server.url(served.scratch("up.git"))) {
            $0.sshKey = served.scratch("ann")
            $0.hostKey = try server.fingerprint("ed25519")
            $0.deadline = Deadline(seconds: 2)
        }
        #expect(error.kind == .network && "\(error)".contains("--timeout"), "\(error)")
        #expect(ContinuousClock.now - start < .seconds(8))
    }

    @Test func namesOfHosts() throws {
        let served = try Served()
        let server = try SSHServer(served.scratch("ssh"), users: [])
        let key = try server.knownHosts("ed25519").split(separator: " ").map(String.init)
        let raw = try #require(Data(base64Encoded: String(key[2].prefix { $0 != "\n" }))).map { $0 }
        func verdict(_ names: String, _ host: String, _ port: Int = 22) -> HostKeys.Verdict {
            HostKeys(files: [("f", "\(names) \(key[1]) \(key[2])\n")], pinned: nil).judge(raw, of: .init(host: host, port: port))
        }
        for (names, host, port) in [
            ("git.example.com", "GIT.example.com", 22), ("a,git.example.com,b", "git.example.com", 22), ("*.example.com", "git.example.com", 22),
            ("[git.example.com]:2222", "git.example.com", 2222), ("git?.example.com", "git1.example.com", 22), ("git.example.com", "git.example.com", 2222),
        ] { #expect(verdict(names, host, port) == .known, "\(names)") }
        for (names, host, port) in [
            ("[git.example.com]:22", "git.example.com", 2222), ("*.example.com,!git.example.com", "git.example.com", 22), ("example.com", "git.example.com", 22),
            ("|1|AAAA|BBBB", "git.example.com", 22), ("@cert-authority *", "git.example.com", 22),
        ] { #expect(verdict(names, host, port) != .known, "\(names)") }
        // Names that ssh-keygen has hashed.
        try "git.example.com \(key[1]) \(key[2])\n".write(toFile: served.scratch("known"), atomically: true, encoding: .utf8)
        _ = try Program.output(["/usr/bin/ssh-keygen", "-q", "-H", "-f", served.scratch("known")])
        let hashed = try String(contentsOfFile: served.scratch("known"), encoding: .utf8)
        #expect(hashed.hasPrefix("|1|") && HostKeys(files: [("f", hashed)], pinned: nil).judge(raw, of: .init(host: "git.example.com", port: 22)) == .known)
    }
}

/// One after the other, because trusted authorities apply to the whole process.
@Suite(.serialized, .enabled(if: HTTPSServer.isInstalled, "needs nginx and fcgiwrap, which Tests/run.sh installs")) struct HTTPSTests {
    @Test func everyWayIn() throws {
        let served = try Served()
        let server = try HTTPSServer(served.scratch("web"), repositories: served.scratch.path)
        func reach(_ path: String, _ change: (inout RemoteAccess) throws -> Void = { _ in }) throws -> Mirror {
            try served.mirror(server.url(path)) {
                $0.caFile = server.caFile
                try change(&$0)
            }
        }
        #expect(try reach("open/up.git").fetch(wanted: ["HEAD"]).commits["HEAD"] == served.first)
        let basic = try reach("basic/up.git") {
            $0.userName = "ann"
            $0.token = Secret("s3cret")
        }
        #expect(try basic.fetch(wanted: ["HEAD"]).commits["HEAD"] == served.first)
        try basic.push(ref: "refs/heads/state", commit: served.first, expected: nil)
        #expect(try served.scratch.git("rev-parse", "state", in: served.scratch("up.git")) == served.first.description)
        let bearer = try reach("bearer/up.git") {
            $0.token = Secret("t0ken")
            $0.sendsBearer = true
        }
        #expect(try bearer.fetch(wanted: ["HEAD"]).commits["HEAD"] == served.first)
        try bearer.push(ref: "refs/heads/state2", commit: served.first, expected: nil)
        try "machine other login x password y\n# a comment\nmachine localhost\n  login ann password s3cret\n".write(
            toFile: served.scratch("netrc"), atomically: true, encoding: .utf8)
        #expect(try reach("basic/up.git") { $0.netrcFile = served.scratch("netrc") }.fetch(wanted: ["HEAD"]).commits["HEAD"] == served.first)
    }

    @Test func whatIsRefusedIsOneClearErrorWithoutTheSecret() throws {
        let served = try Served()
        let elsewhere = try HTTPSServer(served.scratch("elsewhere"), repositories: served.scratch.path)
        let server = try HTTPSServer(served.scratch("web"), repositories: served.scratch.path, elsewhere: elsewhere.url("open/").replacingOccurrences(of: "localhost", with: "127.0.0.1"))
        func error(_ path: String, _ change: (inout RemoteAccess) throws -> Void = { _ in }) throws -> GitError {
            try served.fails(server.url(path)) {
                $0.caFile = server.caFile
                try change(&$0)
            }
        }
        let none = try error("basic/up.git")
        #expect(none.kind == .authentication && "\(none)".contains("--token-env"), "\(none)")
        let start = ContinuousClock.now
        for bearer in [false, true] {
            let wrong = try error(bearer ? "bearer/up.git" : "basic/up.git") {
                $0.token = Secret("wr0ng")
                $0.sendsBearer = bearer
            }
            #expect(wrong.kind == .authentication && !"\(wrong)".contains("wr0ng"), "\(wrong)")
        }
        #expect(ContinuousClock.now - start < .seconds(10), "no loop")
        let moved = try error("moved/up.git") { $0.token = Secret("s3cret") }
        #expect(moved.kind == .rejected && "\(moved)".contains("redirect"), "\(moved)")
        #expect(try String(contentsOfFile: served.scratch("elsewhere/access.log"), encoding: .utf8) == "", "nothing went to the other host")
        let absent = try error("open/absent.git")
        #expect(absent.kind == .notFound, "\(absent)")
        let broken = try error("broken/up.git")
        #expect(broken.kind == .network && "\(broken)".contains("503"), "\(broken)")
        #expect(!"\(Secret("x"))".contains("x") && !String(reflecting: Secret("x")).contains("\"x\"") && !"\(RemoteAccess())".contains("text"))
    }

    @Test func aCertificateThatNobodyVouchesForIsRefused() throws {
        let served = try Served()
        let server = try HTTPSServer(served.scratch("web"), repositories: served.scratch.path)
        // Trusted authorities apply to the whole process, so this test uses another process.
        let outcome = try Program(
            [Self.binary, "plan", "--repo", server.url("open/up.git"), "--cache", served.scratch("other")], environment: ["PATH": "/usr/bin", "HOME": served.scratch.path]
        ).finish()
        #expect(outcome.status == 1 && outcome.err.contains("--ca-file") && outcome.err.contains("certificate"), "\(outcome.err)")
    }

    /// The easel that was built together with this test bundle, in the same folder.
    private static let binary = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appendingPathComponent("easel").path
}

@Suite struct NetrcTests {
    @Test func asCurlReadsIt() {
        let netrc = Netrc("machine a login x password y\nmacdef init\n cd /\n machine b password no\n\nmachine B.example\tlogin z\n account q password p#w\n# machine c password no\ndefault login d password e")
        #expect(netrc.entry(for: "a") == .init(machine: "a", login: "x", password: "y"))
        #expect(netrc.entry(for: "b.EXAMPLE") == .init(machine: "b.example", login: "z", password: "p#w"))
        #expect(netrc.entry(for: "c") == .init(machine: nil, login: "d", password: "e"))
        #expect(Netrc("machine").entries.isEmpty && Netrc("").entry(for: "a") == nil && Netrc("machine a login x password y machine a login z password w").entry(for: "a", user: "z")?.password == "w" && Netrc("machine a login x").entry(for: "a") == nil)
    }
}

/// A server that answers each connection with `bytes`, one every `pause` seconds, and a request that ends in `done` with `then`. After that
/// it is silent, or hangs up when it has received `limit` bytes.
private final class Mute {
    let port: UInt16
    private let program: Program

    init(_ bytes: String, pause: Double = 0, then: String = "", hangsUpAfter limit: Int = .max) throws {
        port = try freePort()
        func hex(_ text: String) -> String { text.utf8.map { String(format: "%02x", $0) }.joined() }
        let script = """
            import socket, sys, time, threading
            server = socket.socket(); server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            server.bind(("127.0.0.1", \(port))); server.listen(8)
            def serve(peer):
                try:
                    for byte in bytes.fromhex("\(hex(bytes))"):
                        peer.send(bytes([byte]))
                        time.sleep(\(pause))
                    heard = b""
                    # Not earlier: libgit2 discards what arrives together with the list of refs.
                    while "\(hex(then))" and b"done" not in heard: heard += peer.recv(4096) or b"done"
                    peer.sendall(bytes.fromhex("\(hex(then))"))
                    while "\(limit)" != "\(Int.max)":
                        heard += peer.recv(4096)
                        if len(heard) >= \(limit): return peer.close()
                except OSError: return
                time.sleep(60)
            while True: threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()
            """
        program = try Program(["/usr/bin/timeout", "3600", "/usr/bin/python3", "-c", script])
        try awaitServer(on: port)
    }

    deinit {
        kill(program.child, SIGTERM)
        _ = try? program.finish()
    }
}

/// A packet line of Git's protocol.
private func packet(_ text: String) -> String { String(format: "%04x", text.utf8.count + 4) + text }

/// Servers that stall.
@Suite struct StallTests {
    @Test(arguments: [("git", "", 0.0), ("git", "00ff0123456789abcdef0123456789abcdef", 0.3), ("ssh", "", 0.0), ("ssh", "SSH-2.0-x", 0.3), ("http", "", 0.0), ("http", "HTTP/1.1 200 OK", 0.3)])
    func aSilentServerIsLeftAtTheDeadline(_ how: (scheme: String, bytes: String, pause: Double)) throws {
        let served = try Served()
        let mute = try Mute(how.bytes, pause: how.pause)
        let start = ContinuousClock.now
        let error = try served.fails("\(how.scheme)://127.0.0.1:\(mute.port)/up.git") { $0.deadline = Deadline(seconds: 1) }
        let took = ContinuousClock.now - start
        #expect(error.kind == .network && error.message == "it did not finish within 1 s" && "\(error)".contains("--timeout"), "\(error)")
        #expect(took > .milliseconds(900) && took < .seconds(8), "\(took)")
    }

    @Test func aPackOfTooManyObjectsIsRefused() throws {
        let served = try Served()
        let id = served.first.description
        // The pack's header announces 0x20202020 objects.
        let server = try Mute(packet("\(id) HEAD\0ofs-delta\n") + packet("\(id) refs/heads/main\n") + "0000", pause: 0, then: packet("NAK\n") + "PACK\0\0\0\u{2}    ")
        let error = try served.fails("git://127.0.0.1:\(server.port)/x")
        #expect(error.kind == .tooLarge && error.message.contains("more than 50000000 objects"), "\(error)")
    }

    @Test func whoAsksToStopIsHeardThoughTheServerIsSilent() throws {
        let served = try Served()
        let mute = try Mute("", pause: 0)
        let start = ContinuousClock.now
        let mirror = try Mirror.open(
            url: "git://127.0.0.1:\(mute.port)/up.git", cacheDirectory: served.scratch("cache"), options: FetchOptions(isCancelled: { ContinuousClock.now - start > .milliseconds(500) }))
        #expect { try mirror.fetch(wanted: ["HEAD"]) } throws: { ($0 as? GitError)?.kind == .cancelled }
        #expect(ContinuousClock.now - start < .seconds(5))
    }
}

/// The peer hangs up while there is more to send.
@Suite struct PipeSignalTests {
    @Test func aPeerThatHangsUpIsAnErrorAndNotTheEnd() {
        var pair: [Int32] = [0, 0]
        #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
        close(pair[1])
        let code = withoutPipeSignal { write(pair[0], "x", 1) < 0 ? errno : 0 }
        close(pair[0])
        #expect(code == EPIPE)
    }

    @Test func aServerThatHangsUpInAPushIsAnError() throws {
        let served = try Served()
        var random = SystemRandomNumberGenerator()
        try Data((0..<500_000).flatMap { _ in withUnsafeBytes(of: random.next() as UInt64, Array.init) }).write(to: URL(fileURLWithPath: served.scratch("work/large")))
        try served.scratch.git("add", "large", in: served.scratch("work"))
        try served.scratch.git("commit", "-q", "-m", "large", in: served.scratch("work"))
        // The server reads the command and the beginning of the pack.
        let server = try Mute(packet(String(repeating: "0", count: 40) + " capabilities^{}\0report-status\n") + "0000", hangsUpAfter: 4096)
        let mirror = try served.mirror("git://127.0.0.1:\(server.port)/up.git")
        try served.scratch.git("fetch", "-q", served.scratch("work"), "main", in: mirror.repositoryPath)
        let large = try id(served.scratch.git("rev-parse", "main", in: served.scratch("work")))
        #expect { try mirror.push(ref: "refs/heads/state", commit: large, expected: nil) } throws: { ($0 as? GitError)?.kind == .network }
    }
}
