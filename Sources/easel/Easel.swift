import ArgumentParser
import Basics
import Git
import Reconciler
import ReportModel

/// The command line: what is typed becomes a request, and how it ended an exit code. Everything else is elsewhere.
@main
struct Easel: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "easel",
        abstract: "Keeps the iOS/iPadOS email profiles of Intune tenants in Git, and says what a change does to people.",
        discussion: """
            Start with a config repository of your own:

              easel init mail-config

            or look at what the next reconcile of one would do:

              easel plan --repo https://git.example.com/mail/config.git

            Exit codes: 0 done; 1 an error; 2 differences (plan --detailed-exitcode); 3 something is held by a gate; 64 wrong
            usage. Where several apply, the first of 64, 1, 3, 2 wins.
            """,
        version: easelVersion,
        subcommands: [Init.self, Validate.self, Plan.self, Review.self, Reconcile.self, Confirm.self, DriftCommand.self, ImportCommand.self, Adopt.self, Accept.self, Approve.self, HistoryCommand.self, RollbackCommand.self, Explain.self, Schema.self])

    static func main() {
        Interruption.watch()
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch let code as ExitCode {
            exit(withError: code)
        } catch {
            // ArgumentParser's own: help, version, and usage errors, with its texts and exit codes.
            guard let status = status(of: error) else { exit(withError: error) }
            if let code = Interruption.exitCode {
                Console.fail(error is Interrupted ? describe(error) : "interrupted: \(describe(error))")
                exit(withError: ExitCode(code))
            }
            Console.fail(describe(error))
            exit(withError: ExitCode(status))
        }
    }

    /// The exit code of an error that is not the argument parser's.
    private static func status(of error: any Error) -> Int32? {
        switch error {
        case is UsageError: 64
        case is ValidationError, is CleanExit: nil
        // The parser's errors have no public type; they are those that know a full message of their own.
        default: exitCode(for: error) == .validationFailure || exitCode(for: error) == .success ? nil : 1
        }
    }

    private static func describe(_ error: any Error) -> String { redacted("\(error)") }
}
