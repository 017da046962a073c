import Foundation
import TestSupport
import Testing

/// Help beyond a command's own: topics, manual pages, completions and the version.
@Suite struct ManualTests {
    private static let topics = ["config-repository", "gates", "state", "graph"]

    /// The commands that the help lists, and each one's options.
    private struct Tool: Decodable {
        struct Command: Decodable {
            struct Argument: Decodable {
                struct Name: Decodable { let name: String }
                let kind: String
                let valueName: String?
                let names: [Name]?
                let completionKind: Completion?
                let allValues: [String]?
                let shouldDisplay: Bool
            }
            struct Completion: Decodable { init(from decoder: any Decoder) {} }
            let commandName: String
            let shouldDisplay: Bool?
            let arguments: [Argument]?
            let subcommands: [Command]?
        }
        let command: Command

        static func read(_ shop: Workshop) throws -> [Command] {
            let tool = try JSONDecoder().decode(Tool.self, from: Data(shop.easel("--experimental-dump-help").out.utf8))
            return (tool.command.subcommands ?? []).filter { $0.shouldDisplay != false && $0.commandName != "help" }
        }
    }

    @Test func theVersionNamesWhatAReportOfAProblemNeeds() throws {
        let shop = try Workshop()
        let version = try shop.easel("--version").out.trimmingCharacters(in: .newlines)
        let json = try #require(JSONSerialization.jsonObject(with: Data(shop.easel("version", "--json").out.utf8)) as? Workshop.Object)
        #expect(json["version"] as? String == version && (json["libgit2"] as? String)?.hasPrefix("1.") == true)
        let formats = try #require(json["formats"] as? Workshop.Object)
        #expect(Set(formats.keys) == ["operations", "report", "results", "state"])
        // The state says the same of itself.
        try shop.makeFleet()
        #expect(try shop.easel("reconcile", "--repo", "config").status == 0)
        let state = try #require(JSONSerialization.jsonObject(with: Data(shop.git("show", "easel/applied:state.json", in: "config").utf8)) as? Workshop.Object)
        #expect(state["formatVersion"] as? Int == formats["state"] as? Int)
        #expect(try shop.easel("version").out == "easel \(version) (\(json["platform"] ?? ""), libgit2 \(json["libgit2"] ?? ""))\n")
    }

    @Test(arguments: topics) func everyTopicIsHelp(_ topic: String) throws {
        let shop = try Workshop()
        let help = try shop.easel("help", topic)
        #expect(help.status == 0 && help.out.split(separator: "\n").count > 20, "\(help.out)\(help.err)")
        #expect(try shop.easel("--help").out.replacing(/\s+/, with: " ").contains(topic))
        let near = try shop.easel("help", topic + "s")
        #expect(near.status == 64 && near.err.contains("Did you mean '\(topic)'"), "\(near.err)")
        #expect(try shop.easel(topic).status == 64, "a topic is no command")
    }

    /// Topics are made from what validates and judges, so what is added there is in them.
    @Test func topicsNameEveryKeyLimitAndCredential() throws {
        let shop = try Workshop()
        func properties(_ schema: Workshop.Object) -> [String] {
            let own = schema["properties"] as? Workshop.Object ?? [:]
            let deeper = own.values.compactMap { $0 as? Workshop.Object }.flatMap { value in properties(value) + properties(value["items"] as? Workshop.Object ?? [:]) }
            return own.keys.filter { !$0.hasPrefix("$") } + deeper
        }
        for (topic, kinds) in [("gates", ["policy", "approval"]), ("config-repository", ["tenant"])] {
            let help = try shop.easel("help", topic).out
            for kind in kinds {
                let schema = try #require(JSONSerialization.jsonObject(with: Data(shop.easel("schema", kind).out.utf8)) as? Workshop.Object)
                let names = properties(schema)
                #expect(names.count > 4)
                for name in names { #expect(help.contains(name), "\(topic) has no \(name)") }
            }
        }
        let graph = try shop.easel("help", "graph").out
        let source = try String(contentsOfFile: Workshop.package + "/Sources/Graph/Credentials/CredentialChoice.swift", encoding: .utf8)
        let names = source.matches(of: /"([A-Z][A-Z_]{7,})"/).map { String($0.output.1) }
        #expect(names.count > 6)
        for name in names { #expect(graph.contains(name), "no \(name)") }
    }

    @Test func everyCommandAndOptionHasAPlaceInTheManual() throws {
        let shop = try Workshop()
        #expect(try shop.easel("manual", "man", "--date", "2026-11-26").status == 0)
        #expect(try shop.easel("manual", "again", "--date", "2026-11-26").status == 0)
        #expect(try shop.tree("man") == shop.tree("again"))
        #expect(try shop.easel("manual", "man", "--date", "today").status == 64)
        let commands = try Tool.read(shop)
        #expect(commands.count > 14)
        #expect(try Set(shop.tree("man").keys) == Set(["easel.1"] + commands.map { "easel-\($0.commandName).1" } + Self.topics.map { "easel-\($0).7" }))
        for command in commands {
            let page = try shop.read("man/easel-\(command.commandName).1")
            for argument in command.arguments ?? [] where argument.shouldDisplay && argument.kind != "positional" {
                for name in argument.names ?? [] where name.name.count > 1 {
                    #expect(page.contains("\\fB\\-\\-\(name.name.replacing("-", with: "\\-"))\\fR"), "\(command.commandName): --\(name.name)")
                }
            }
        }
    }

    @Test(.enabled(if: Server.has("/usr/bin/man", "/usr/bin/mandoc", "/usr/bin/groff"), "needs man, groff and mandoc, which Tests/run.sh installs")) func bothMansReadThePages() throws {
        let shop = try Workshop()
        #expect(try shop.easel("manual", "man", "--date", "2026-11-26").status == 0)
        for page in try shop.tree("man").keys.sorted() {
            let man = try shop.run(["/usr/bin/man", "--warnings=w,mac", "--encoding=UTF-8", "--troff-device=utf8", "--ditroff", "--local-file", "man/\(page)"])
            #expect(man.status == 0 && man.err.isEmpty, "\(page): \(man.err)")
            let mandoc = try shop.run(["/usr/bin/mandoc", "-T", "lint", "-W", "warning", "man/\(page)"])
            #expect(mandoc.status == 0 && mandoc.out.isEmpty, "\(page): \(mandoc.out)")
        }
        // What it says is what the help says.
        let text = try shop.run(["/usr/bin/mandoc", "-T", "utf8", "-O", "width=200", "man/easel-review.1"]).out.replacing(/.\u{8}/, with: "")
        #expect(text.contains("easel review --worktree\n") && text.contains("--detailed-exitcode\n") && text.contains("easel-gates(7)"), "\(text)")
    }

    /// Every value that is a file or a folder is completed as one.
    @Test func filesAndFoldersAreCompleted() throws {
        let shop = try Workshop()
        for command in try Tool.read(shop) {
            for argument in command.arguments ?? [] where ["file", "dir", "path-or-url", "url-or-path-or-remote", "source"].contains(argument.valueName) && argument.kind == "option" {
                #expect(argument.completionKind != nil, "\(command.commandName) \(argument.names?.first?.name ?? "")")
            }
        }
    }

    @Test func bashCompletes() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        try shop.write(shop.easel("--generate-completion-script", "bash").out, to: "easel.bash")
        #expect(try shop.run(["/bin/bash", "-n", "easel.bash"]).status == 0)
        // As readline calls it for the last word.
        let script = """
            PATH=\((Workshop.binary as NSString).deletingLastPathComponent):/usr/bin:/bin
            . ../easel.bash
            COMP_LINE="$*" COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); COMP_POINT=${#COMP_LINE}
            _easel easel "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
            printf '%s\\n' "${COMPREPLY[@]}" | sort
            """
        for (words, completions) in [
            (["rec"], ["reconcile"]), (["plan", "--wo"], ["--worktree"]), (["drift", "--log-format", ""], ["json", "text"]), (["plan", "--tenant", "f"], ["fabrikam"]),
            (["explain", "EAS001"], ["EAS001"]), (["plan", "--policy", "ten"], ["tenants"]), (["plan", "--repo", "ten"], ["tenants"]),
        ] {
            let outcome = try shop.run(["/bin/bash", "-c", script, "bash", "easel"] + words, in: "config")
            #expect(outcome.out.split(separator: "\n").map(String.init) == completions, "\(words): \(outcome.out)\(outcome.err)")
        }
    }

    @Test(.enabled(if: Server.has("/usr/bin/zsh", "/usr/bin/fish"), "needs zsh and fish, which Tests/run.sh installs")) func zshAndFishReadTheirCompletions() throws {
        let shop = try Workshop()
        for (shell, check) in [("zsh", "-n"), ("fish", "--no-execute")] {
            try shop.write(shop.easel("--generate-completion-script", shell).out, to: "easel.\(shell)")
            let outcome = try shop.run(["/usr/bin/\(shell)", check, "easel.\(shell)"])
            #expect(outcome.status == 0 && outcome.err.isEmpty, "\(shell): \(outcome.err)")
        }
        let path = (Workshop.binary as NSString).deletingLastPathComponent
        let completed = try shop.run(["/usr/bin/fish", "--no-config", "-c", "set PATH \(path) /usr/bin /bin; source easel.fish; complete --do-complete 'easel reconc'"])
        #expect(completed.out.hasPrefix("reconcile\t"), "\(completed.out)\(completed.err)")
    }
}
