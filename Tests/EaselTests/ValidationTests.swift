import Foundation
import Testing

/// What is wrong in a repository, told as people and programs read it.
@Suite struct ValidationTests {
    @Test func allProblemsOfAllFilesInOneRun() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        try shop.edit("tenants/contoso/profiles/staff.json", #""accountName": "Mail""#, #""accountName": "Mail", "oAuth": true"#)
        try shop.edit("tenants/contoso/profiles/staff.json", #""group": "staff""#, #""group": "staf""#)
        try shop.edit("tenants/fabrikam/tenant.json", #""online""#, #""onlin""#)
        try shop.edit("bases/online.json", "outlook.office365.com", "https://outlook.office365.com/")
        try shop.write("{\n  \"kind\": \"iosEmailProfile\",\n}\n", to: "config/tenants/northwind/profiles/board.json")
        let (report, status) = try shop.report("validate", in: "config")
        #expect(status == 1 && report.command == "validate" && report.source.commit == nil, "the working files, not a commit")
        func found(_ code: String, _ file: String) -> Report.Diagnostic? { report.diagnostics.first { $0.code == code && $0.file == file } }
        let key = try #require(found("CFG001", "tenants/contoso/profiles/staff.json"))
        #expect(key.message == "Unknown key 'oAuth'. Did you mean 'oauth'?" && key.line == 5 && key.column == 39 && key.pointer == "/account/oAuth")
        let name = try #require(found("CFG010", "tenants/contoso/profiles/staff.json"))
        #expect(name.message == "Tenant contoso has no group 'staf'. Did you mean 'staff'?" && name.pointer == "/assignments/include/0/group")
        #expect(found("CFG003", "tenants/fabrikam/tenant.json") != nil)
        let base = try #require(report.diagnostics.first { $0.file == "bases/online.json" })
        #expect(base.pointer == "/account/server" && base.line == 4 && base.usedBy?.hasPrefix("tenants/") == true)
        #expect(report.diagnostics.count { $0.file == "bases/online.json" } == 1, "once, however many use it")
        let comma = try #require(found("JSON004", "tenants/northwind/profiles/board.json"))
        #expect(comma.line == 2 && comma.severity == "error")
    }

    @Test func aDeepFileIsAnErrorAndNoCrash() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        try shop.write(String(repeating: "[", count: 100_000), to: "config/tenants/contoso/profiles/deep.json")
        let (report, status) = try shop.report("validate", in: "config")
        #expect(status == 1 && report.diagnostics.map(\.code) == ["JSON010"])
    }

    @Test func filesAreReadAsTheyLieAndACommitOnRequest() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        try shop.write("profiles/draft.json\n", to: "config/tenants/contoso/.gitignore")
        try shop.write("no JSON", to: "config/tenants/contoso/profiles/draft.json")
        #expect(try shop.easel("validate", in: "config").lastLine == "Valid: 9 profiles in 3 tenants.", "what .gitignore names is not there")
        try shop.write("no JSON", to: "config/tenants/contoso/profiles/new.json")
        #expect(try shop.easel("validate", in: "config").status == 1, "untracked files count")
        #expect(try shop.easel("validate", "--ref", "main", in: "config").status == 0)
        #expect(try shop.easel("plan", "--worktree", in: "config").status == 1)
        #expect(try shop.easel("plan", in: "config").status == 0)
        #expect(try shop.easel("plan", "--worktree", "--ref", "main", in: "config").status == 64)
    }

    @Test func aFolderNeedNotBeARepositoryAndARepositoryNeedNotHaveFiles() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        try shop.git("clone", "--quiet", "--bare", "config", "bare.git")
        try FileManager.default.removeItem(atPath: shop("config/.git"))
        #expect(try shop.easel("validate", "--repo", "config").lastLine == "Valid: 9 profiles in 3 tenants.")
        #expect(try shop.easel("validate", "--repo", "bare.git").lastLine == "Valid: 9 profiles in 3 tenants.")
        #expect(try shop.easel("plan", "--repo", "bare.git", "--worktree").status == 64)
        let outcome = try shop.easel("plan", "--repo", "config")
        #expect(outcome.status == 1 && outcome.err.contains("git init"))
    }

    @Test func warningsCountOnlyWhenAsked() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        try shop.edit(
            "tenants/contoso/profiles/kiosk.json", #""method": "certificate", "certificateProfile": "device" },"#, #""method": "derivedCredential" },"#)
        try shop.edit("tenants/contoso/profiles/kiosk.json", #""oauth": true"#, #""oauth": false"#)
        let outcome = try shop.easel("validate", in: "config")
        #expect(outcome.status == 0 && outcome.lastLine == "Valid: 9 profiles in 3 tenants; 1 warning.", "\(outcome.out)")
        #expect(outcome.out.contains(" [CFG041]\n"))
        #expect(try shop.easel("validate", "--warnings-as-errors", in: "config").status == 1)
    }

    /// What is wrong in one file does not hide what is wrong in another, or further on in the same.
    @Test func oneRoundIsEnough() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        try shop.edit("tenants/contoso/tenant.json", #""exchange""#, #""exchang""#)
        try shop.edit(
            "tenants/contoso/profiles/staff.json", #"[ { "group": "staff" } ]"#, #"[ { "group": "staf" }, { "gruop": "board" }, { "group": "board", "filter": "x", "filterMode": "include" }, "allusers" ]"#)
        try shop.edit("tenants/contoso/profiles/board.json", "Board mail", "Kiosk mail")
        try shop.write(Fleet.manifest("staff").replacingOccurrences(of: #""accountName""#, with: #""acountName""#), to: "config/tenants/contoso/profiles/More Mail.json")
        let (report, status) = try shop.report("validate", in: "config")
        #expect(
            status == 1 && report.diagnostics.map { "\($0.code) \($0.file) \($0.pointer)" }.sorted() == [
                "CFG001 tenants/contoso/profiles/More Mail.json /account/acountName", "CFG001 tenants/contoso/profiles/staff.json /assignments/include/1/gruop",
                "CFG001 tenants/contoso/tenant.json /exchang", "CFG003 tenants/contoso/profiles/staff.json /assignments/include/3",
                "CFG010 tenants/contoso/profiles/staff.json /assignments/include/0/group", "CFG010 tenants/contoso/profiles/staff.json /assignments/include/2/filter",
                "CFG012 tenants/contoso/profiles/kiosk.json /displayName", "CFG031 tenants/contoso/profiles/More Mail.json ",
            ])
    }

    /// Two profiles of which a device refuses one, and a profile that nobody gets, are valid and probably not meant.
    @Test func whatIsProbablyNotMeantIsAWarning() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        try shop.edit("tenants/contoso/profiles/board.json", #"{ "group": "board" }"#, #"{ "group": "staff" }"#)
        try shop.edit("tenants/fabrikam/profiles/board.json", #""include": [ { "group": "board" } ]"#, #""exclude": [ { "group": "board" } ]"#)
        try shop.edit("tenants/northwind/profiles/board.json", #"[ { "group": "board" } ]"#, "[]")
        let (report, status) = try shop.report("validate", in: "config")
        #expect(status == 0 && report.diagnostics.map { "\($0.severity) \($0.code) \($0.file) \($0.pointer)" } == [
            "warning EAS026 tenants/contoso/profiles/board.json /assignments/include", "warning CFG014 tenants/fabrikam/profiles/board.json /assignments/include",
        ])
        #expect(report.diagnostics[0].message.contains("tenants/contoso/profiles/staff.json") && report.diagnostics[0].tenant == "contoso")
        #expect(try shop.easel("validate", "--warnings-as-errors", in: "config").status == 1)
        // Another server is another account.
        try shop.edit("tenants/contoso/profiles/board.json", #""accountName": "Mail""#, #""accountName": "Mail", "server": "mail.contoso.com""#)
        try shop.edit("tenants/fabrikam/profiles/board.json", #""exclude""#, #""include": [], "exclude""#)
        #expect(try shop.easel("validate", "--warnings-as-errors", in: "config").status == 0)
    }
}
