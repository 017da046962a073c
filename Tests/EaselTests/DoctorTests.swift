import Foundation
import Testing

/// `doctor`, on this machine and against an emulator.
@Suite struct DoctorTests {
    private struct Found: Decodable {
        struct Check: Decodable {
            let name, outcome, what: String
            let tenant, fix: String?
        }
        let checks: [Check]
        let summary: [String: Int]

        init(_ outcome: Workshop.Outcome) throws { self = try JSONDecoder().decode(Found.self, from: Data(outcome.out.utf8)) }

        func check(_ name: String, _ tenant: String? = nil) -> Check? { checks.first { $0.name == name && $0.tenant == tenant } }
    }

    @Test func aSoundMachine() throws {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        let outcome = try shop.easel("doctor", "--repo", "config", "--out", "out")
        #expect(outcome.status == 0, "\(outcome.out)\(outcome.err)")
        for line in ["ok       libgit2: Version ", "ok       config repository: config, main at ", ", with 3 tenants\n", "ok       applied state: easel/applied at ", "ok       --out: out (to be made in .)", "skipped  clock: Not compared", "skipped  cache: No repository is remote"] {
            #expect(outcome.out.contains(line), "\(line): \(outcome.out)")
        }
        let found = try Found(shop.easel("doctor", "--repo", "config", "--format", "json"))
        #expect(found.summary["failed"] == 0 && found.checks.map(\.name).contains("time zones") && found.check("ssh-keygen")?.outcome == "ok")
        #expect(found.summary.values.reduce(0, +) == found.checks.count)
        #expect(!shop.exists("out"), "nothing is changed")
    }

    @Test func whatIsBrokenIsToldWithWhatToDo() throws {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        func doctor(_ arguments: String..., environment: [String: String] = [:]) throws -> (found: Found, status: Int32) {
            let outcome = try shop.run([Workshop.binary, "doctor", "--format", "json"] + arguments, environment: environment)
            return (try Found(outcome), outcome.status)
        }
        let nowhere = try doctor("--repo", "nowhere")
        #expect(nowhere.status == 1 && nowhere.found.check("config repository")?.outcome == "failed" && nowhere.found.check("applied state")?.outcome == "skipped")
        #expect(nowhere.found.check("config repository")?.fix != nil)

        let lost = try doctor("--repo", "config", "--state", "nowhere.git")
        #expect(lost.status == 1 && lost.found.check("config repository")?.outcome == "ok" && lost.found.check("applied state")?.outcome == "failed")
        #expect(lost.found.check("applied state")?.fix?.contains("--state") == true)

        let bare = try doctor("--repo", "config", environment: ["PATH": "/nonexistent"])
        #expect(bare.status == 0 && bare.found.check("gpgv")?.outcome == "warning" && bare.found.check("gpgv")?.fix?.contains("Debian: gpgv") == true)
        #expect(bare.found.check("git")?.outcome == "skipped")

        let remote = try doctor("--repo", "ssh://git@127.0.0.1:1/x.git", "--cache", "cache", "--timeout", "5")
        #expect(remote.status == 1 && remote.found.check("SSH host key of 127.0.0.1")?.outcome == "failed" && remote.found.check("SSH key for 127.0.0.1")?.outcome == "failed")
        #expect(remote.found.check("cache")?.outcome == "ok")

        // A state that somebody edited, and a root at which something has no place.
        try shop.git("checkout", "--quiet", "easel/applied", in: "config")
        try shop.write("{}", to: "config/tenants/contoso/state.json")
        try shop.commit("by hand")
        try shop.git("checkout", "--quiet", "main", in: "config")
        try shop.write("{}", to: "config/Policy.json")
        try shop.commit("misplaced")
        let edited = try doctor("--repo", "config")
        #expect(edited.status == 1 && edited.found.check("applied state")?.what.contains("edited by hand") == true, "\(edited.found.checks)")
        #expect(edited.found.check("config repository")?.what.contains("Policy.json") == true)
    }

    @Test func everyTenantIsAsked() throws {
        let shop = try Workshop.withGraphFleet()
        try shop.write("{", to: "config/tenants/broken/tenant.json")
        try shop.commit("broken")
        let scenario = try shop.scenario { tenant, emulated in
            if tenant == "fabrikam" { emulated.changeApp("consent", false) }
            if tenant == "northwind" { emulated.changeApp("permissions", ["DeviceManagementConfiguration.Read.All", "GroupMember.Read.All"]) }
        }
        try shop.emulating(scenario) { easel in
            let outcome = try easel(["doctor", "--repo", "config"])
            #expect(outcome.status == 1 && outcome.out.contains("1 tenant with nothing to do: contoso") && outcome.out.contains("ok       clock: "), "\(outcome.out)\(outcome.err)")
            let found = try Found(easel(["doctor", "--repo", "config", "--format", "json"]))
            #expect(found.check("sign-in", "fabrikam")?.outcome == "failed" && found.check("sign-in", "fabrikam")?.fix?.contains("/\(Workshop.tenantID(1))/adminconsent?client_id=\(Workshop.app)") == true)
            #expect(found.check("reading", "contoso")?.outcome == "ok" && found.check("sign-in", "contoso")?.what == "By a client secret of app \(Workshop.app)")
            let missing = found.checks.filter { $0.tenant == "northwind" && $0.outcome == "warning" }
            #expect(missing.map(\.name).contains("permission DeviceManagementConfiguration.ReadWrite.All") && missing.allSatisfy { $0.fix?.contains("adminconsent") == true }, "\(missing)")
            // One that another one covers is not missing.
            #expect(!missing.map(\.name).contains("permission Group.Read.All"))
            #expect(missing.first { $0.name == "permission DeviceManagementApps.Read.All" }?.what == "Missing; needed for drift, to say who changed a profile")
            #expect(found.check("sign-in", "broken")?.outcome == "skipped")
            #expect(try easel(["doctor", "--repo", "config", "--tenant", "contoso"]).status == 0)
        }
    }

    @Test func withoutACredential() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        let outcome = try shop.easel("doctor", "--repo", "config", "--live", "graph", "--tenant", "contoso", "--format", "json")
        let found = try Found(outcome)
        #expect(outcome.status == 1 && found.check("sign-in", "contoso")?.fix?.contains("AZURE_CLIENT_ID") == true, "\(outcome.out)")
        #expect(try shop.easel("doctor", "--repo", "config", "--live", "exports").status == 64)
    }
}
