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

            Exit codes: 0 success; 1 an error; 2 differences (drift; plan and review with --detailed-exitcode); 3 a gate holds \
            something; 64 wrong usage. If several apply, the first of 64, 1, 3, 2 is used.
            """,
        version: easelVersion,
        subcommands: [Init.self, Validate.self, Plan.self, Review.self, Reconcile.self, Deliver.self, Confirm.self, DriftCommand.self, ImportCommand.self, Adopt.self, Accept.self, Approve.self, HistoryCommand.self, RollbackCommand.self, Explain.self, Schema.self])

    static func main() {
        StandardStreams.secure()
        Interruption.watch()
        var status = runCommand()
        if let problem = Console.outputProblem, status != 64, status != 1 {
            Console.say(.error, [problem])
            status = 1
        }
        exit(withError: ExitCode(status))
    }

    private static func runCommand() -> Int32 {
        do {
            if let problem = unknownCommand(Array(CommandLine.arguments.dropFirst())) { throw problem }
            var command = try parseAsRoot()
            try command.run()
            return 0
        } catch let code as ExitCode {
            return code.rawValue
        } catch {
            guard let status = status(of: error) else { return sayWhatTheParserSays(error) }
            if let code = Interruption.exitCode {
                Console.fail(error, prefix: error is Interrupted ? "" : "interrupted: ")
                return code
            }
            Console.fail(error)
            return status
        }
    }

    /// What to say about a command that does not exist, of which the parser would say "unexpected argument"; nil where there is one, or none
    /// is named.
    private static func unknownCommand(_ arguments: [String]) -> UsageError? {
        let names = configuration.subcommands.map { $0._commandName }
        guard let name = arguments.first(where: { $0 != "help" }), !name.hasPrefix("-"), !names.contains(name) else { return nil }
        let near = didYouMean(name, among: names)
        return UsageError("There is no command '\(name)'\(near.isEmpty ? "." : near) Run \"easel --help\" to list them all")
    }

    /// The exit code of an error; nil for the argument parser's own.
    private static func status(of error: any Error) -> Int32? {
        switch error {
        case is UsageError: 64
        case is ValidationError, is CleanExit: nil
        // The parser's errors have no public type; only they have an exit code of their own.
        default: exitCode(for: error) == .validationFailure || exitCode(for: error) == .success ? nil : 1
        }
    }

    /// Prints help, the version, or an error of the argument parser, and gives its exit code. The errors quote arguments, which in a
    /// pipeline may be somebody else's text.
    private static func sayWhatTheParserSays(_ error: any Error) -> Int32 {
        let code = exitCode(for: error)
        guard code != .success else {
            Console.write(fullMessage(for: error) + "\n")
            return code.rawValue
        }
        let message = message(for: error)
        // The parser lists the values that an option takes on lines of their own, after what it quotes.
        let lines = message.split(separator: "\n", omittingEmptySubsequences: false)
        let choices = lines.reversed().prefix { $0.hasPrefix("  - ") }.reversed()
        let quoted = lines.dropLast(choices.count).joined(separator: "\n")
        // What comes after the message is the parser's own: usage and help.
        let rest = fullMessage(for: error).utf8.dropFirst("Error: ".utf8.count + message.utf8.count)
        let said = ["Error: " + harmless(redacted(quoted))] + choices.map { harmless(String($0)) }
        Console.writeError(said.joined(separator: "\n") + harmlessLines(String(decoding: rest, as: UTF8.self)) + "\n")
        return code.rawValue
    }
}
