import ArgumentParser
import Basics
import Git
import Reconciler
import ReportModel

/// The command line: turns arguments into a request, and the outcome into an exit code. Everything else is elsewhere.
@main
struct Easel: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "easel",
        abstract: "Keeps the iOS/iPadOS email profiles of Intune tenants in Git, and shows what each change does to people.",
        discussion: """
            Start with a config repository of your own:

              easel init mail-config

            Or see what the next reconcile of an existing one would do:

              easel plan --repo https://git.example.com/mail/config.git

            Help on a subject: "easel help TOPIC", where TOPIC is config-repository, gates, state or graph.

            Exit codes: 0 success; 1 an error; 2 differences (drift; plan and review with --detailed-exitcode); 3 a gate holds \
            something; 4 recorded, but a report or the folder of --out could not be written; 64 wrong usage. If several apply, the first of 64, \
            4, 1, 3, 2 is used.
            """,
        version: easelVersion,
        subcommands: [Init.self, Validate.self, Plan.self, Review.self, Reconcile.self, Deliver.self, Confirm.self, DriftCommand.self, ImportCommand.self, Adopt.self, Accept.self, Approve.self, Members.self, Doctor.self, HistoryCommand.self, RollbackCommand.self, Explain.self, Schema.self, Version.self, Manual.self])

    static func main() {
        StandardStreams.secure()
        Interruption.watch()
        var status = runCommand(Array(CommandLine.arguments.dropFirst()))
        if let problem = Console.outputProblem, ![64, 1, ExitStatus.recorded].contains(status) {
            Console.say(.error, [problem])
            status = 1
        }
        exit(withError: ExitCode(status))
    }

    private static func runCommand(_ arguments: [String]) -> Int32 {
        do {
            if let topic = Topics.asked(arguments) {
                Console.show(topic, as: .text)
                return 0
            }
            if let problem = unknownCommand(arguments) { throw problem }
            var command = try parseAsRoot()
            try command.run()
            return 0
        } catch let code as ExitCode {
            return code.rawValue
        } catch {
            let told = error as? ToldError
            let error = told?.error ?? error
            let status = say(error)
            let said: any Error = ExitStatus.parserStatus(of: error) == nil ? error : Failure(message(for: error))
            if told == nil, status != 0 { Watching.tell(said, exitCode: status, arguments: arguments, commands: configuration.subcommands) }
            return status
        }
    }

    /// Says why a command failed, and returns its exit code.
    private static func say(_ error: any Error) -> Int32 {
        guard ExitStatus.parserStatus(of: error) == nil else { return sayWhatTheParserSays(error) }
        Console.fail(error, prefix: Interruption.hasCome && !(error is Interrupted) ? "interrupted: " : "")
        return ExitStatus.of(error)
    }

    /// What to say about a command that does not exist, of which the parser would say "unexpected argument"; nil where there is one, or none
    /// is named.
    private static func unknownCommand(_ arguments: [String]) -> UsageError? {
        let isHelp = arguments.first == "help"
        let names = configuration.subcommands.map { $0._commandName } + (isHelp ? Topics.all.map(\.name) : [])
        guard let name = arguments.first(where: { $0 != "help" }), !name.hasPrefix("-"), !names.contains(name) else { return nil }
        let near = didYouMean(name, among: names)
        return UsageError("There is no command '\(name)'\(near.isEmpty ? "." : near) Run \"easel --help\" to list them all")
    }

    /// Prints help, the version, or an error of the argument parser, and gives its exit code. The errors quote arguments, which in a
    /// pipeline may be somebody else's text.
    private static func sayWhatTheParserSays(_ error: any Error) -> Int32 {
        let code = exitCode(for: error)
        guard code != .success else {
            Console.write(HelpText.ordered(fullMessage(for: error)) + "\n")
            return code.rawValue
        }
        let message = message(for: error)
        // The parser lists the values that an option takes on lines of their own, after what it quotes.
        let lines = message.split(separator: "\n", omittingEmptySubsequences: false)
        let choices = lines.reversed().prefix { $0.hasPrefix("  - ") }.reversed()
        let quoted = lines.dropLast(choices.count).joined(separator: "\n")
        // What comes after the message is the parser's own: usage and help.
        let rest = fullMessage(for: error).utf8.dropFirst("Error: ".utf8.count + message.utf8.count)
        let said = ["Error: " + harmless(Console.shown(quoted))] + choices.map { harmless(String($0)) }
        Console.writeError(said.joined(separator: "\n") + harmlessLines(String(decoding: rest, as: UTF8.self)) + "\n")
        return code.rawValue
    }
}
