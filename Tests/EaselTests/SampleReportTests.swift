import Foundation
import Testing

/// The reports in `examples/reports`, which show what a pull request gets: made by easel, and kept as easel makes them.
/// `EASEL_RECORD=1` writes them anew.
@Suite struct SampleReportTests {
    private static let folder = Workshop.package + "/examples/reports"
    /// Ending → format; what no ending asks for is printed.
    private static let files = [
        "txt": "text", "json": "json", "md": "markdown", "html": "html", "sarif": "sarif", "codequality.json": "gitlab", "junit.xml": "junit",
        "github.txt": "github", "azure.txt": "azure",
    ]

    /// The example repository with a policy; and a branch that turns OAuth on for the staff of one tenant, takes a profile
    /// away, renames another, and loosens the policy.
    private func repository() throws -> Workshop {
        let shop = try Workshop()
        try FileManager.default.copyItem(atPath: Workshop.package + "/examples/config", toPath: shop("config"))
        let policy = """
            {
              "kind": "policy",
              "gates": [
                { "name": "sign-in-storm", "when": { "consequences": ["credentialReentry"], "peopleOver": 50 }, "require": "approval" }
              ],
              "limits": { "removalsPerRun": 1 }
            }

            """
        try shop.write(policy, to: "config/policy.json")
        try shop.git("init", "--quiet", "--initial-branch", "main", "config")
        try shop.commit("Email profiles")
        try shop.git("checkout", "--quiet", "-b", "modern-sign-in", in: "config")
        try shop.write(String(contentsOfFile: Workshop.package + "/examples/edits/staff-mail-oauth.json", encoding: .utf8), to: "config/tenants/contoso/profiles/staff-mail.json")
        try shop.remove("tenants/northwind/profiles/drivers-mail.json")
        try shop.edit("tenants/fabrikam/profiles/office-mail.json", #""displayName": ""#, #""displayName": "Our "#)
        try shop.edit("policy.json", #""removalsPerRun": 1"#, #""removalsPerRun": 10"#)
        try shop.commit("Modern sign-in for Contoso's staff")
        return shop
    }

    private func hold(_ name: String, expecting status: Int32, _ make: (String) throws -> Workshop.Outcome) throws {
        let isRecording = ProcessInfo.processInfo.environment["EASEL_RECORD"] == "1"
        for (ending, format) in Self.files {
            let made = try make(format)
            #expect(made.status == status, "\(made.err)")
            let file = "\(Self.folder)/\(name).\(ending)"
            if isRecording { try made.out.write(toFile: file, atomically: true, encoding: .utf8) }
            #expect(try made.out == String(contentsOfFile: file, encoding: .utf8), "\(file); EASEL_RECORD=1 records it")
        }
    }

    @Test func reviewsAreWhatEaselMakes() throws {
        let shop = try repository()
        try hold("review", expecting: 3) { format in
            try shop.easel("review", "main...modern-sign-in", "--format", format, "--reproducible", "--now", "2026-11-24T02:00:00Z", in: "config")
        }
        #expect(Set(try FileManager.default.contentsOfDirectory(atPath: Self.folder)) == Set(["review", "drift"].flatMap { name in Self.files.keys.map { "\(name).\($0)" } }))
    }

    /// The two nights of `examples/nightly-drift.sh`, of which one difference is accepted.
    @Test func driftReportsAreWhatEaselMakes() throws {
        let shop = try Workshop()
        for folder in ["config", "exports"] { try FileManager.default.copyItem(atPath: "\(Workshop.package)/examples/\(folder)", toPath: shop(folder)) }
        try shop.git("init", "--quiet", "--initial-branch", "main", "config")
        try shop.commit("Email profiles")
        #expect(try shop.easel("adopt", "--live", "../exports/monday", in: "config").status == 0)
        #expect(try shop.easel("drift", "--live", "../exports/monday", "--report", "../monday.json", "--now", "2026-11-23T02:00:00Z", in: "config").status == 0)
        func night(_ arguments: String...) throws -> Workshop.Outcome {
            try shop.run([
                Workshop.binary, "drift", "--live", "../exports/tuesday", "--previous", "../monday.json", "--reproducible", "--now", "2026-11-24T02:00:00Z",
            ] + arguments, in: "config")
        }
        #expect(try night("--report", "../tuesday.json").status == 2)
        #expect(try shop.easel(
            "accept", "warehouse-calendar", "/mail/amountToSync", "--tenant", "fabrikam", "--report", "../tuesday.json", "--reason", "Shared devices, ticket 4711",
            "--accepted-by", "Ann", in: "config").status == 0)
        try shop.commit("Accepted")
        try hold("drift", expecting: 2) { try night("--format", $0) }
    }
}
