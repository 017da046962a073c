import Foundation
import Testing

/// What a pipeline shows beside its log.
@Suite struct PipelineFormatTests {
    private func edited() throws -> Workshop {
        let shop = try Workshop()
        try shop.makeFleet()
        try shop.write(#"{"kind": "policy", "gates": [{"name": "storm", "when": {"peopleOver": 50}, "require": "approval"}]}"#, to: "config/policy.json")
        try shop.commit("policy")
        try shop.edit("bases/online.json", #""oauth": false"#, #""oauth": true"#)
        return shop
    }

    @Test func githubAnnotatesTheLineOfTheBaseAndFillsTheStepSummary() throws {
        let shop = try edited()
        try shop.write("earlier\n", to: "summary.md")
        let outcome = try shop.easel("review", "--worktree", "--format", "github", in: "config", environment: ["GITHUB_STEP_SUMMARY": shop("summary.md")])
        #expect(outcome.status == 3)
        let lines = outcome.out.split(separator: "\n")
        #expect(lines.first == "::error file=policy.json,line=1,col=1,title=Gate storm::The gate storm (policy.json) holds 3 profiles. " + (lines.first?.split(separator: ". ", maxSplits: 1).last ?? ""))
        let base = lines.filter { $0.hasPrefix("::warning file=bases/online.json,line=8,col=14,title=EAS001 OAuth is turned on::") }
        #expect(base.count == 2, "what is held, and what is not: \(outcome.out)")
        #expect(base.contains { $0.contains("Reinstall of 3 profiles in 3 tenants, held by a gate. At most 300 people must enter their credentials;") })
        #expect(lines.last == "Review: 3 to reinstall, 3 held, 3 unchanged. At most 21 people must enter their credentials; at most 300 more are held.")
        let summary = try shop.read("summary.md")
        #expect(summary.hasPrefix("earlier\n### Review: 3 to reinstall, 3 held") && summary.contains("| at most 21 people |"))
    }

    @Test func githubPointsAtBrokenFiles() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        try shop.edit("tenants/contoso/profiles/staff.json", #""accountName""#, #""acountName""#)
        let outcome = try shop.easel("validate", "--format", "github", in: "config")
        #expect(outcome.status == 1)
        #expect(outcome.out.hasPrefix("::error file=tenants/contoso/profiles/staff.json,line=5,col=16,title=CFG001::Unknown key 'acountName'. Did you mean 'accountName'?"), "\(outcome.out)")
    }

    @Test func azureLogsIssuesAndUploadsASummary() throws {
        let shop = try edited()
        let outcome = try shop.easel(
            "review", "--worktree", "--format", "azure", in: "config", environment: ["TF_BUILD": "True", "AGENT_TEMPDIRECTORY": shop.path])
        #expect(outcome.out.contains("##vso[task.logissue type=error;sourcepath=policy.json;linenumber=1;columnnumber=1;code=gate;]Gate storm: "))
        #expect(outcome.out.contains("##vso[task.logissue type=warning;sourcepath=bases/online.json;linenumber=8;columnnumber=14;code=EAS001;]EAS001 OAuth is turned on: "))
        let upload = try #require(outcome.out.split(separator: "\n").last { $0.hasPrefix("##vso[task.uploadsummary]") })
        #expect(try shop.read(String(upload.dropFirst("##vso[task.uploadsummary]".count))).hasPrefix("### Review"))
        #expect(!(try shop.easel("review", "--worktree", "--format", "azure", in: "config").out.contains("uploadsummary")), "not outside Azure")
    }

    @Test func filesTellTheirFormatByTheirEnding() throws {
        let shop = try edited()
        let names = ["r.sarif", "r.codequality.json", "R.JUNIT.XML", "r.json", "r.md"]
        let arguments = names.flatMap { ["--report", shop($0)] }
        #expect(try shop.run([Workshop.binary, "review", "--worktree"] + arguments, in: "config").status == 3)
        for (name, word) in zip(names, [#""version": "2.1.0""#, #""check_name""#, "<testsuites", #""formatVersion": "1.0""#, "### Review"]) {
            #expect(try shop.read(name).contains(word), "\(name)")
        }
        let unknown = try shop.easel("review", "--worktree", "--report", "x.yaml", in: "config")
        #expect(unknown.status == 64 && unknown.err.contains(".junit.xml"))
    }
}
