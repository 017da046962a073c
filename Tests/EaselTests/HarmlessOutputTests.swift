import Foundation
import Testing

/// Whatever names a repository, a server or an argument has: no log takes a command from them, and no terminal or reader is misled.
@Suite struct HarmlessOutputTests {
    /// Commands of the logs of GitHub, Azure and TeamCity, escapes of a terminal, and a text that runs backwards.
    private static let hostile = "x\n::error::PWNED\n##vso[task.setvariable variable=PATH]/evil\n##[group]PWNED\u{1B}[31m\u{9B}31m\u{202E}\u{2066}\r"

    private func check(_ outcome: Workshop.Outcome, _ what: String) {
        #expect(outcome.status >= 0, "\(what): a crash")
        for text in [outcome.out, outcome.err] {
            let harmful = text.unicodeScalars.first { $0 != "\n" && ($0.properties.generalCategory == .control || $0.properties.generalCategory == .format) }
            #expect(harmful == nil, "\(what): \(text.debugDescription.prefix(2000))")
            for line in text.split(whereSeparator: \.isNewline).map({ $0.trimmingCharacters(in: .whitespaces) }) {
                let isCommand = line.hasPrefix("::") || line.contains("##vso[") || line.contains("##[") || line.contains("##teamcity[")
                let isOwn = ["::error file=", "::error title=", "::warning file=", "::warning title=", "::notice file=", "::notice title=", "##vso[task.logissue type="].contains { line.hasPrefix($0) }
                #expect(!isCommand || (isOwn && !line.dropFirst().contains("##")), "\(what): \(line.prefix(300))")
            }
        }
    }

    /// A fleet in which everything that has a name has a hostile one.
    private func makeHostileFleet() throws -> Workshop {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        let name = try String(decoding: JSONEncoder().encode(Self.hostile), as: UTF8.self)
        try shop.edit("tenants/contoso/profiles/staff.json", #""Staff mail""#, name)
        try shop.edit("tenants/contoso/tenant.json", #""displayName": ""#, #""displayName": "\u001b[31m\u202e::error::PWNED"#)
        try shop.write(#"{"kind": "policy", "gates": [{"name": \#(name), "when": {"actions": ["update", "reinstall"]}, "require": "approval"}]}"#, to: "config/policy.json")
        try shop.write(#"{"kind": "approval", "fingerprints": [\#(name)], "reason": \#(name), "approvedBy": \#(name)}"#, to: "config/approvals/a.json")
        try shop.write("{}", to: "config/tenants/contoso/profiles/\(Self.hostile.replacing("/", with: "")).json")
        try shop.write(#"{"kind": "iosEmailProfile", \#(name): 1, "assignments": {"include": [{"group": \#(name)}]}}"#, to: "config/tenants/fabrikam/profiles/board.json")
        try shop.write("{}", to: "config/bases/\(Self.hostile)/1/2/3/4/5/6/7/8/9/x.json")
        try shop.write(##"{"value": [{"@odata.type": "#microsoft.graph.iosEasEmailProfileConfiguration", "id": \##(name), "displayName": \##(name), "hostName": \##(name)}]}"##, to: "live/contoso/\(Self.hostile.replacing("/", with: "")).json")
        try shop.commit("hostile")
        return shop
    }

    @Test(arguments: ["text", "json", "markdown", "html", "github", "azure", "gitlab", "sarif", "junit"]) func everyFormatIsHarmless(_ format: String) throws {
        let shop = try makeHostileFleet()
        for withDeepFolder in [true, false] {
            if !withDeepFolder {
                try FileManager.default.removeItem(atPath: shop("config/bases/\(Self.hostile)"))
                try shop.commit("shallow")
            }
            for command in [["validate"], ["validate", "--ref", "HEAD"], ["plan"], ["review", "HEAD~1", "HEAD"], ["drift", "--live", "../live"], ["reconcile", "--out", "../out"], ["adopt", "--live", "../live"]] {
                let outcome = try shop.run([Workshop.binary] + command + ["--format", format], in: "config")
                check(outcome, "\(command) as \(format)")
            }
        }
    }

    @Test(arguments: ["text", "json"]) func everyOtherCommandIsHarmless(_ format: String) throws {
        let shop = try makeHostileFleet()
        _ = try shop.easel("plan", "--report", "../plan.json", in: "config")
        _ = try shop.easel("drift", "--live", "../live", "--report", "../drift.json", in: "config")
        let commands = [
            ["history"], ["history", Self.hostile], ["rollback", "--to", "easel/applied"], ["rollback", "--to", Self.hostile], ["rollback", "--to", "easel/applied", "--branch", Self.hostile],
            ["approve", Self.hostile, "--reason", "r"], ["approve", "--report", "../plan.json", "--gate", Self.hostile, "--reason", Self.hostile],
            ["accept", Self.hostile, "--tenant", "contoso", "--reason", Self.hostile], ["accept", "staff", Self.hostile, "--tenant", "contoso", "--report", "../drift.json", "--reason", "r"],
            ["confirm", Self.hostile], ["import", "../live", "--into", "../imported"], ["import", "../live/contoso", "--into", "../\(Self.hostile)", "--tenant", "contoso"],
            ["explain", Self.hostile], ["init", "../\(Self.hostile)-new"], ["schema", Self.hostile], [Self.hostile],
        ]
        for command in commands { check(try shop.run([Workshop.binary] + command + (command[0] == "schema" ? [] : ["--format", format]), in: "config"), "\(command)") }
    }

    @Test(arguments: ["text", "json"]) func errorsAndArgumentsAreHarmless(_ format: String) throws {
        let shop = try makeHostileFleet()
        let commands = [
            ["plan", "--\(Self.hostile)"], ["plan", Self.hostile], ["plan", "--format", Self.hostile], ["plan", "--tenant", Self.hostile], ["plan", "--shard", Self.hostile],
            ["plan", "--repo", Self.hostile], ["plan", "--repo", "git://127.0.0.1:1/\(Self.hostile)"], ["plan", "--ref", Self.hostile], ["plan", "--state", Self.hostile],
            ["plan", "--policy", Self.hostile], ["plan", "--token-env", Self.hostile], ["plan", "--now", Self.hostile], ["plan", "--previous", Self.hostile],
            ["review", Self.hostile, "HEAD"], ["drift", "--live", Self.hostile], ["plan", "--notify", Self.hostile], ["plan", "--report", "/nonexistent/\(Self.hostile).json"], ["plan"],
        ]
        for command in commands { check(try shop.run([Workshop.binary] + command + ["--log-format", format], in: "config"), "\(command)") }
    }

    /// The part of a host's name that says whose it is comes last.
    @Test(arguments: ["text", "json", "markdown", "html", "github", "azure", "gitlab", "sarif", "junit"]) func noHostIsCut(_ format: String) throws {
        let shop = try Workshop()
        try shop.makeFleet()
        let label = String(repeating: "a", count: 60)
        try shop.edit("bases/online.json", "outlook.office365.com", "outlook.office365.com.\(label).\(label).\(label).evil.example")
        try shop.commit("another server")
        let outcome = try shop.easel("review", "HEAD~1", "HEAD", "--format", format, in: "config")
        #expect(outcome.out.contains("outlook.office365.com.\(label).\(label).\(label).evil.example"), "\(outcome.out)")
        // Of other long values both ends are shown.
        try shop.edit("tenants/contoso/profiles/staff.json", #""Staff mail""#, #""Staff mail", "description": "BEGINS\#(String(repeating: " and so on", count: 80))ENDS""#)
        try shop.commit("another text")
        let text = try shop.easel("review", "HEAD~1", "HEAD", "--format", format, in: "config").out
        #expect(text.contains("BEGINS") && text.contains("ENDS"), "\(text)")
    }
}
