import Foundation
import TestSupport
import Testing

@testable import Git

/// Servers with several host keys, as real ones are, of which the files have some.
@Suite(.enabled(if: SSHServer.isInstalled, "needs openssh-server, which Tests/run.sh installs")) struct HostKeyTests {
    private static let kinds = ["ed25519", "ecdsa", "rsa"]

    private func served() throws -> (Served, user: String) {
        let served = try Served()
        _ = try Program.output(["/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", served.scratch("ann")])
        return (served, try String(contentsOfFile: served.scratch("ann.pub"), encoding: .utf8))
    }

    private func access(_ served: Served, _ known: String, pinned: String? = nil) throws -> (inout RemoteAccess) throws -> Void {
        { access in
            access.sshKey = served.scratch("ann")
            access.hostKey = pinned
            try known.write(toFile: served.scratch("known"), atomically: true, encoding: .utf8)
            access.knownHosts = [served.scratch("known")]
        }
    }

    /// Whatever kind the server likes best, the one that is known decides: by a file, hashed or not, and by a fingerprint.
    @Test func oneKnownKeyOfThreeIsEnough() throws {
        let (served, user) = try served()
        let server = try SSHServer(served.scratch("ssh"), hostKeys: Self.kinds, users: [user])
        let url = server.url(served.scratch("up.git"))
        for kind in Self.kinds {
            let line = try server.knownHosts(kind)
            #expect(try served.mirror(url, access(served, line)).fetch(wanted: ["HEAD"]).commits["HEAD"] == served.first, "\(kind)")
            _ = try Program.output(["/usr/bin/ssh-keygen", "-q", "-H", "-f", served.scratch("known")])
            let hashed = try String(contentsOfFile: served.scratch("known"), encoding: .utf8)
            #expect(hashed.hasPrefix("|1|"))
            #expect(try served.mirror(url, access(served, hashed)).fetch(wanted: ["HEAD"]).commits["HEAD"] == served.first, "\(kind), hashed")
            #expect(try served.mirror(url, access(served, "", pinned: server.fingerprint(kind))).fetch(wanted: ["HEAD"]).commits["HEAD"] == served.first, "\(kind), pinned")
        }
        try served.mirror(url, access(served, server.knownHosts("ed25519"))).push(ref: "refs/heads/state", commit: served.first, expected: nil)
        #expect(try served.scratch.git("rev-parse", "state", in: served.scratch("up.git")) == served.first.description)
    }

    /// Two servers on one host are two servers; a key that the files have for the bare name counts at every port, as with OpenSSH.
    @Test func portsAreToldApart() throws {
        let (served, user) = try served()
        let one = try SSHServer(served.scratch("one"), hostKeys: Self.kinds, users: [user])
        let two = try SSHServer(served.scratch("two"), hostKeys: Self.kinds, users: [user])
        let both = try one.knownHosts("ed25519") + two.knownHosts("rsa")
        for server in [one, two] {
            #expect(try served.mirror(server.url(served.scratch("up.git")), access(served, both)).fetch(wanted: ["HEAD"]).commits["HEAD"] == served.first)
        }
        let unknown = try served.fails(two.url(served.scratch("up.git")), access(served, one.knownHosts("ed25519")))
        #expect(unknown.kind == .certificate && unknown.message.contains("not known"), "\(unknown)")
        let bare = try two.knownHosts("ed25519").replacing("[127.0.0.1]:\(two.port)", with: "127.0.0.1")
        #expect(try served.mirror(two.url(served.scratch("up.git")), access(served, bare)).fetch(wanted: ["HEAD"]).commits["HEAD"] == served.first)
    }

    @Test func noneOfThreeIsRefused() throws {
        let (served, user) = try served()
        let server = try SSHServer(served.scratch("ssh"), hostKeys: Self.kinds, users: [user])
        let other = try SSHServer(served.scratch("other"), hostKeys: Self.kinds, users: [])
        let url = server.url(served.scratch("up.git"))
        for kind in Self.kinds {
            let strange = try other.knownHosts(kind).split(separator: " ", maxSplits: 1)[1]
            let changed = try served.fails(url, access(served, "[127.0.0.1]:\(server.port) \(strange)"))
            let shown = try server.fingerprint(kind)
            #expect(changed.kind == .certificate && changed.message.contains("has changed") && changed.message.contains(shown), "\(kind): \(changed)")
            let pinned = try served.fails(url, access(served, server.knownHosts("ed25519"), pinned: other.fingerprint(kind)))
            #expect(pinned.kind == .certificate && pinned.message.contains("not the expected one"), "\(pinned)")
        }
        // A kind that the server does not have.
        let rsaOnly = try SSHServer(served.scratch("rsa"), hostKeys: ["rsa"], users: [user])
        let known = try other.knownHosts("ed25519").split(separator: " ", maxSplits: 1)[1]
        let absent = try served.fails(rsaOnly.url(served.scratch("up.git")), access(served, "[127.0.0.1]:\(rsaOnly.port) \(known)"))
        #expect(absent.kind == .certificate && "\(absent)".contains("ssh-keyscan"), "\(absent)")
        withExtendedLifetime(rsaOnly) {}
        let revoked = try served.fails(url, access(served, server.knownHosts("ed25519") + "@revoked * \(server.knownHosts("ecdsa").split(separator: " ", maxSplits: 1)[1])"))
        #expect(revoked.message.contains("revoked"), "\(revoked)")
    }

    /// libssh2 does not know host certificates; OpenSSH's client checks authority, name and time.
    @Test func anAuthorityVouchesForAServer() throws {
        let (served, user) = try served()
        let url: (SSHServer) -> String = { $0.url(served.scratch("up.git")) }
        func server(_ folder: String, _ kinds: [String]) throws -> SSHServer {
            try SSHServer(served.scratch(folder), hostKeys: kinds, users: [user], settings: "HostCertificate \(served.scratch(folder))/host_ed25519-cert.pub")
        }
        let authority = try SSHServer.certify("ed25519", in: served.scratch("good"), name: "127.0.0.1", by: "ca")
        let good = try server("good", ["ed25519", "ecdsa"])
        #expect(try served.mirror(url(good), access(served, authority)).fetch(wanted: ["HEAD"]).commits["HEAD"] == served.first)
        let pattern = authority.replacing("@cert-authority 127.0.0.1", with: "@cert-authority 127.*")
        #expect(try served.mirror(url(good), access(served, pattern)).fetch(wanted: ["HEAD"]).commits["HEAD"] == served.first)
        for (folder, name, validity) in [("expired", "127.0.0.1", "20200101:20200201"), ("misnamed", "git.example.com", "always:forever")] {
            let line = try SSHServer.certify("ed25519", in: served.scratch(folder), name: name, by: "ca", validity: validity).replacing(name, with: "127.0.0.1")
            let bad = try server(folder, ["ed25519"])
            let error = try served.fails(url(bad), access(served, line))
            #expect(error.kind == .certificate, "\(folder): \(error)")
            withExtendedLifetime(bad) {}
        }
        // Another authority, and the authority's key revoked.
        let other = try SSHServer.certify("ed25519", in: served.scratch("other"), name: "127.0.0.1", by: "ca")
        for line in [other, authority + "@revoked * " + authority.split(separator: " ").dropFirst(2).joined(separator: " ") + "\n"] {
            let error = try served.fails(url(good), access(served, line))
            #expect(error.kind == .certificate, "\(error)")
        }
        withExtendedLifetime(good) {}
    }
}
