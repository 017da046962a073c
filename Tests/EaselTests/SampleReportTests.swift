import Foundation
import Testing

/// The reports in `examples/reports`, which show what a pull request gets: made by easel, and kept as easel makes them.
/// `EASEL_RECORD=1` writes them anew.
@Suite struct SampleReportTests {
    private static let folder = Workshop.package + "/examples/reports"
    /// File → format; what no ending asks for is printed.
    private static let files = [
        "review.txt": "text", "review.json": "json", "review.md": "markdown", "review.html": "html", "review.sarif": "sarif",
        "review.codequality.json": "gitlab", "review.junit.xml": "junit", "review.github.txt": "github", "review.azure.txt": "azure",
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

    @Test func areWhatEaselMakes() throws {
        let shop = try repository()
        let isRecording = ProcessInfo.processInfo.environment["EASEL_RECORD"] == "1"
        for (file, format) in Self.files {
            let made = try shop.easel(
                "review", "main...modern-sign-in", "--format", format, "--reproducible", "--now", "2026-11-24T02:00:00Z", in: "config")
            #expect(made.status == 3, "\(made.err)")
            if isRecording {
                try FileManager.default.createDirectory(atPath: Self.folder, withIntermediateDirectories: true)
                try made.out.write(toFile: "\(Self.folder)/\(file)", atomically: true, encoding: .utf8)
            } else {
                #expect(try made.out == String(contentsOfFile: "\(Self.folder)/\(file)", encoding: .utf8), "\(file); EASEL_RECORD=1 records it")
            }
        }
        #expect(Set(try FileManager.default.contentsOfDirectory(atPath: Self.folder)) == Set(Self.files.keys))
    }
}
