import Git
import Live
import Testing
import Time

@testable import Health

/// What answers mean.
@Suite struct CheckTests {
    private func clock(_ seconds: Int) -> Check {
        let service = Instant(secondsSince1970: 1_790_000_000)
        return .clock((service, service.adding(seconds: seconds)))
    }

    @Test func clocksMayDifferALittle() {
        #expect(clock(0).what == "As Microsoft Graph's" && clock(1).what == "1 second ahead of Microsoft Graph's" && clock(-59).what == "59 seconds behind Microsoft Graph's")
        #expect([0, 59, -59].map { clock($0).outcome } == [.ok, .ok, .ok])
        #expect([60, -239].map { clock($0).outcome } == [.warning, .warning])
        #expect([240, -86_400].map { clock($0).outcome } == [.failed, .failed])
        #expect(Check.clock(nil).outcome == .skipped)
    }

    @Test func roomOnTheDisk() {
        func room(_ megabytes: UInt64, isFullOfFiles: Bool = false) -> Check { DiskChecks.room("cache", "/c", free: megabytes << 20, isFullOfFiles: isFullOfFiles) }
        #expect([49, 50, 499, 500, 5000].map { room($0).outcome } == [.failed, .warning, .warning, .ok, .ok])
        #expect(room(5000, isFullOfFiles: true).outcome == .failed && room(5000).what == "/c, with 4 GiB free")
    }

    @Test func placesThatDoNotExistYet() {
        #expect(DiskChecks.check("--out", "/tmp/new/er").what.hasPrefix("/tmp/new/er (to be made in /tmp)"))
        #expect(DiskChecks.check("--out", "/dev/null/x").outcome == .failed)
        #expect(DiskChecks.check("--out", "/proc/x").outcome == .failed)
    }

    @Test func whatATenantPermits() {
        func permission(_ name: String, _ isRequired: Bool, _ isGranted: Bool) -> TenantAccess.Permission { .init(name: name, use: "drift", isRequired: isRequired, isGranted: isGranted) }
        var access = TenantAccess()
        (access.credential, access.consentURL) = ("a client secret of app A", "https://consent")
        #expect(Check.tenant("t", access).map(\.outcome) == [.ok, .skipped, .ok], "the token does not say")
        access.permissions = [permission("Read", true, true), permission("Members", false, false)]
        #expect(Check.tenant("t", access).map(\.outcome) == [.ok, .ok, .warning, .ok])
        #expect(Check.tenant("t", access)[2] == Check("permission Members", tenant: "t", .warning, "Missing; needed for drift", fix: "An administrator of the tenant grants it after it was added to the app: https://consent"))
        access.permissions = [permission("Read", true, false), permission("Members", false, true)]
        #expect(Check.tenant("t", access)[2].outcome == .failed)
        access.permissions = [permission("Read", true, false), permission("Members", false, false)]
        access.reading = .init(message: "403", help: "Give it")
        #expect(Check.tenant("t", access).map(\.outcome) == [.ok, .failed, .failed])
        #expect(Check.tenant("t", access)[1].fix == "Add Read to the app. An administrator of the tenant grants it after it was added to the app: https://consent")
        access.signIn = .init(message: "no", help: "yes")
        #expect(Check.tenant("t", access) == [Check("sign-in", tenant: "t", .failed, "no", fix: "yes")])
        #expect(Check.tenant("t", nil).map(\.outcome) == [.skipped])
    }

    @Test func whatSSHNeeds() throws {
        var access = RemoteAccess()
        #expect(SSHSetup(url: "https://git.example/x.git", access: access) == nil)
        access.sshKey = "/nonexistent/key"
        let setup = try #require(SSHSetup(url: "ssh://git@git.example:2222/x.git", access: access))
        #expect(RepositoryChecks.key(setup).outcome == .failed && RepositoryChecks.hostKeys(setup).outcome == .failed)
        access.hostKey = "SHA256:abc"
        access.sshKey = "/dev/null"
        let pinned = try #require(SSHSetup(url: "git@git.example:x.git", access: access))
        #expect(RepositoryChecks.key(pinned).outcome == .ok && RepositoryChecks.hostKeys(pinned).outcome == .ok)
    }
}
