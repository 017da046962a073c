import Foundation
import TestSupport
import Testing

/// What a run says, and how it ends, when the state branch has moved or a server refuses to move it.
@Suite struct RecordedRunTests {
    private static let canMount = (try? Program.output(["/usr/bin/unshare", "-rm", "/bin/mount", "-t", "tmpfs", "none", "/mnt"])) != nil

    /// Another run finds nothing to do: whoever saw only "an error" would take this one for a run that did nothing.
    @Test func aRunThatIsRecordedAndCannotReportEndsWith4() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        let outcome = try shop.easel(
            "reconcile", "--repo", "config", "--format", "github", "--report", "r.json", "--metrics", "m.prom", environment: ["GITHUB_STEP_SUMMARY": "/dev/full"])
        let tip = try #require(try shop.tip())
        #expect(outcome.status == 4 && outcome.err.contains("this run was recorded as \(tip.prefix(7)), but not everything was reported: ") && outcome.err.contains("No space left"), "\(outcome.err)")
        #expect(try JSONDecoder().decode(Report.self, from: shop.data("r.json")).applied == tip, "what can be written is")
        #expect(try shop.read("m.prom").contains(/easel_exit_code\{.*} 4\n/) && shop.read("m.prom").contains(/easel_profiles\{.*action="create"} 9\n/))
        #expect(try shop.easel("plan", "--repo", "config", "--detailed-exitcode").status == 0)
        // Where nothing was recorded, it is an error like any other.
        #expect(try shop.easel("plan", "--repo", "config", "--format", "github", environment: ["GITHUB_STEP_SUMMARY": "/dev/full"]).status == 1)
    }

    @Test(.enabled(if: canMount, "needs a namespace to mount in")) func aFullDiskUnderAReportIsTold() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        let outcome = try shop.run([
            "/usr/bin/unshare", "-rm", "/bin/bash", "-c",
            "mkdir disk; mount -t tmpfs -o size=4k none disk; \(Workshop.binary) reconcile --repo config --report disk/report.html --report report.md; code=$?; ls -A disk; exit $code",
        ])
        let tip = try #require(try shop.tip())
        #expect(outcome.status == 4 && outcome.err.contains("recorded as \(tip.prefix(7)), but") && outcome.err.contains("No space left on device"), "\(outcome.status) \(outcome.err)")
    }

    @Test(.enabled(if: canMount, "needs a namespace to mount in")) func aFolderThatCannotBeReplacedIsToldAndFilledLater() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        let easel = "\(Workshop.binary) reconcile --repo config --state state.git --out out"
        let outcome = try shop.run([
            "/usr/bin/unshare", "-rm", "/bin/bash", "-c",
            """
            mkdir out store; mount --bind store out; \(easel) >/dev/null 2>&1 || exit 9
            sed -i 's/"Mail"/"Other"/' config/tenants/contoso/profiles/staff.json; git -C config commit --quiet --all --message edit
            mount --bind out/tenants out/tenants; \(easel); code=$?; umount out/tenants; \(easel) | tail -n 1; exit $code
            """,
        ])
        #expect(outcome.status == 4 && outcome.err.contains("but not delivered: ") && outcome.err.contains("The next reconcile with --out "), "\(outcome.status) \(outcome.err)")
        #expect(outcome.lastLine.hasPrefix("Delivered ") && shop.exists("store/tenants/contoso/payloads/staff.patch.json"), "\(outcome.out)")
    }

    @Test func aShardWithoutChangesMakesNoCommit() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        func round() throws -> String {
            for shard in 1...4 { #expect(try shop.easel("reconcile", "--repo", "config", "--state", "state.git", "--shard", "\(shard)/4").status == 0) }
            return try shop.git("rev-list", "--count", "easel/applied", in: "state.git")
        }
        let first = try #require(Int(try round()))
        #expect(first <= 3, "a shard without tenants has nothing to record")
        try shop.edit("tenants/contoso/profiles/staff.json", #""Mail""#, #""Other""#)
        try shop.commit("one tenant")
        #expect(try round() == "\(first + 1)")
        #expect(try round() == "\(first + 1)")
        // What the others have not recorded, they still find.
        for tenant in Fleet.tenants.dropFirst() { try shop.edit("tenants/\(tenant)/profiles/staff.json", #""Mail""#, #""Other""#) }
        try shop.remove("tenants/contoso/profiles/kiosk.json")
        try shop.commit("the others")
        _ = try round()
        #expect(try shop.easel("plan", "--repo", "config", "--state", "state.git", "--detailed-exitcode").status == 0)
        let shards = try shop.easel("reconcile", "--repo", "config", "--state", "state.git")
        #expect(shards.lastLine.hasPrefix("Nothing to do"), "\(shards.out)")
        #expect(try shop.git("fsck", "--strict", in: "state.git") == "")
    }

    /// A hook can print what it was sent, and anything that a terminal or a pipeline's log takes for a command.
    @Test(.enabled(if: HTTPSServer.isInstalled, "needs openssl and nginx, which Tests/run.sh installs"), arguments: ["text", "json"])
    func aServersWordsAreHarmlessAndKeepNoSecret(_ format: String) throws {
        let shop = try Workshop()
        try shop.makeFleet()
        try shop.git("clone", "--quiet", "--bare", "config", "served/config.git")
        try shop.git("config", "http.receivepack", "true", in: "served/config.git")
        let basic = Data("x-access-token:s3cret".utf8).base64EncodedString()
        try shop.write(
            """
            #!/bin/sh
            printf 'token s3cret, Basic \(basic)\\n::error::taken\\n##vso[task.setvariable variable=x]y\\n\\033[2Jhttps://ann:hunter2@host/?key=abc\\rend\\n' >&2
            exit 1

            """, to: "served/config.git/hooks/pre-receive")
        #expect(chmod(shop("served/config.git/hooks/pre-receive"), 0o755) == 0)
        let server = try HTTPSServer(shop("https"), repositories: shop("served"))
        let outcome = try shop.easel(
            "reconcile", "--repo", server.url("basic/config.git"), "--ca-file", server.caFile, "--cache", "cache", "--token-env", "TOKEN", "--log-format", format, environment: ["TOKEN": "s3cret"])
        #expect(outcome.status == 1 && outcome.err.contains("pre-receive hook declined"), "\(outcome.err)")
        #expect(outcome.err.contains("token ***, Basic ***"), "\(outcome.err)")
        for bad in ["s3cret", basic, "hunter2", "key=abc", "##vso", "\u{1B}", "\r", "\n::"] { #expect(!outcome.err.contains(bad), "\(bad): \(outcome.err)") }
        if format == "text" { #expect(!outcome.err.contains(" ::error")) }
    }
}
