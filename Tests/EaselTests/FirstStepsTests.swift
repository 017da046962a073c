import Foundation
import Testing

/// What a newcomer tries first: init, help, explain and schemas.
@Suite struct FirstStepsTests {
    @Test func aNewRepositoryWorksAtOnce() throws {
        let shop = try Workshop()
        #expect(try shop.easel("init", "mail").status == 0)
        #expect(try shop.easel("validate", in: "mail").lastLine == "Valid: 1 profile in 1 tenant.")
        try shop.commit("start", in: "mail")
        #expect(try shop.git("symbolic-ref", "--short", "HEAD", in: "mail") == "main")
        #expect(try shop.easel("reconcile", in: "mail").lastLine == "Recorded 1 create; 0 unchanged. Nothing was sent to Intune. At most 25 people must enter their credentials.")
        // What it wrote is what its own schemas accept, by somebody else's validator.
        let files = [
            ("bases/exchange-online.json", "manifest"), ("tenants/example/profiles/staff-mail.json", "manifest"),
            ("tenants/example/tenant.json", "tenant"), ("policy.json", "policy"),
        ]
        for (file, kind) in files {
            let checked = try shop.run([
                "/usr/bin/python3", "-c",
                "import json, jsonschema; jsonschema.Draft202012Validator(json.load(open('mail/schemas/\(kind).schema.json'))).validate(json.load(open('mail/\(file)')))",
            ])
            #expect(checked.status == 0, "\(file): \(checked.err)")
        }
        let settings = try #require(JSONSerialization.jsonObject(with: shop.data("mail/.vscode/settings.json")) as? [String: Any])
        #expect((settings["json.schemas"] as? [Any])?.count == 5)
    }

    @Test func initNeverOverwrites() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        try shop.write("mine", to: "config/schemas/tenant.schema.json")
        let before = try shop.git("status", "--porcelain", in: "config")
        #expect(try shop.easel("init", "config").status == 0)
        #expect(try shop.read("config/schemas/tenant.schema.json") == "mine")
        #expect(before != "" && shop.exists("config/schemas/manifest.schema.json"))
        #expect(!shop.exists("config/tenants/example"), "no example among somebody's tenants")
        #expect(try shop.easel("init", "config/schemas/tenant.schema.json").status == 64)
    }

    @Test(arguments: ["init", "validate", "plan", "review", "reconcile", "approve", "history", "rollback", "explain", "schema", "version"])
    func everyCommandHasHelpWithAnExample(_ command: String) throws {
        let shop = try Workshop()
        let outcome = try shop.easel(command, "--help")
        #expect(outcome.status == 0 && outcome.out.contains("\n  easel \(command)"), "\(outcome.out)")
        #expect(try shop.easel("--help").out.contains("  \(command)"))
    }

    /// What a command alone has comes first; what it shares with others is in groups with a title after it.
    @Test func helpBeginsWithTheCommandsOwnOptions() throws {
        let shop = try Workshop()
        for (command, own, groups) in [
            ("plan", "--worktree", ["CONFIG REPOSITORY", "APPLIED STATE", "GATES", "OUTPUT"]),
            ("reconcile", "--out", ["CONFIG REPOSITORY", "APPLIED STATE", "STATE COMMITS", "GATES", "OUTPUT"]),
            ("history", "--since", ["CONFIG REPOSITORY", "APPLIED STATE"]), ("review", "--detailed-exitcode", ["CONFIG REPOSITORY", "GATES", "OUTPUT"]),
        ] {
            let lines = try shop.easel(command, "--help").out.split(separator: "\n")
            let titles = lines.filter { $0.hasSuffix(":") && $0.allSatisfy { $0.isUppercase || $0 == " " || $0 == ":" } }.map { $0.dropLast() }
            #expect(titles.filter { $0 != "ARGUMENTS" && $0 != "MICROSOFT GRAPH" && $0 != "LIVE SOURCE" }.map(String.init) == ["OPTIONS"] + groups, "\(command): \(titles)")
            let (option, first) = (lines.firstIndex { $0.hasPrefix("  \(own) ") }, lines.firstIndex { $0.hasPrefix(groups[0]) })
            #expect(option ?? .max < first ?? 0, "\(command)")
            #expect(lines.allSatisfy { $0.count <= 80 }, "\(command)")
        }
    }

    @Test func rulesSettingsAndCodesAreExplained() throws {
        let shop = try Workshop()
        #expect(try shop.easel("explain", "EAS001").out.contains("Documented: "))
        #expect(try shop.easel("explain", "eas002").out.contains("Inferred: "))
        #expect(try shop.easel("explain", "account.oauth").out.contains("useOAuth"))
        #expect(try shop.easel("explain", "JSON003").status == 0)
        let unknown = try shop.easel("explain", "EAS100")
        #expect(unknown.status == 64 && unknown.err.contains("Did you mean 'EAS010'"))
        #expect(try shop.easel("explain", "peopleOver").out.contains("key of policy.json"))
        let setting = try shop.easel("explain", "oauth")
        #expect(setting.status == 64 && setting.err.contains("Did you mean 'account.oauth'?"))
        let all = try #require(JSONSerialization.jsonObject(with: Data(shop.easel("explain", "--format", "json").out.utf8)) as? [String: [Any]])
        #expect(all["rules"]?.count == 29)
        for kind in ["manifest", "tenant", "policy", "approval", "acceptedDrift", "report", "operations", "results"] {
            let schema = try #require(JSONSerialization.jsonObject(with: Data(shop.easel("schema", kind).out.utf8)) as? [String: Any])
            #expect(schema["$schema"] as? String == "https://json-schema.org/draft/2020-12/schema")
        }
        #expect(try shop.easel("schema", "other").status == 64)
    }

    @Test func aMisspeltCommandGetsASuggestion() throws {
        let shop = try Workshop()
        for arguments in [["valdiate"], ["valdiate", "--repo", "x"], ["help", "valdiate"]] {
            let outcome = try shop.run([Workshop.binary] + arguments)
            #expect(outcome.status == 64 && outcome.out.isEmpty && outcome.err.contains("There is no command 'valdiate'. Did you mean 'validate'?"), "\(arguments)")
        }
        #expect(try shop.easel("zzzzzz").err.contains("There is no command 'zzzzzz'. Run"))
        #expect(try shop.easel("help", "validate").status == 0 && shop.easel("help").status == 0 && shop.easel().status == 0)
    }
}
