import ArgumentParser
import Basics
import Profiles

/// A command that has `WatchOptions`.
protocol WatchedCommand: ParsableCommand {}

/// An error that the watch has told already.
struct ToldError: Error {
    let error: any Error
}

enum Watching {
    /// Does a command's work and tells the watch how it ended.
    ///
    /// - Parameter work: returns the exit code and, for a command that makes no report, what it has done.
    /// - Throws: the exit code, or a `ToldError`.
    static func run(_ watch: Watch?, _ work: () throws -> (code: Int32, result: Watch.Result?)) throws {
        do {
            let (code, result) = try work()
            watch?.tell(exitCode: code, error: nil, result: result)
            if code != 0 { throw ExitCode(code) }
        } catch let error where !(error is ExitCode) {
            guard let watch else { throw error }
            watch.tell(exitCode: ExitStatus.of(error), error: error)
            throw ToldError(error: error)
        }
    }

    /// Tells whoever watches of a command that could not begin. Its arguments are wrong, or something that they name is, so only what belongs to the
    /// watch is read from them. What cannot be read there, nobody can be told by; the error itself is on stderr all the same.
    static func tell(_ error: any Error, exitCode: Int32, arguments: [String], commands: [any ParsableCommand.Type]) {
        let watched = commands.filter { $0 is any WatchedCommand.Type }.map { $0._commandName }
        let name = arguments.first { !$0.hasPrefix("-") } ?? ""
        // A command that does not exist may have been meant for one of them.
        guard watched.contains(name) || !commands.contains(where: { $0._commandName == name }) else { return }
        let command = watched.contains(name) ? name : "unknown"
        for watch in watches(command, arguments) { watch.tell(exitCode: exitCode, error: error) }
    }

    private static let metrics = ["metrics", "metrics-label"]
    private static let notification = ["notify", "notify-url-env", "notify-format", "notify-secret-env", "notify-secret-file", "ca-file"]
    private static let labels = ["repo", "tenant", "shard"]

    /// The metrics and the receiver; one for both, or one for each where the other is what is wrong.
    private static func watches(_ command: String, _ arguments: [String]) -> [Watch] {
        func watch(_ names: [String]) -> Watch? {
            guard let options = try? LooseOptions.parse(picked(names, from: arguments)) else { return nil }
            return try? options.watch.watch(command, repo: options.repo, selection: options.selection, caFile: options.caFile)
        }
        if let both = watch(metrics + notification + labels) { return [both] }
        return [watch(metrics + labels) ?? watch(["metrics", "repo"]), watch(notification)].compactMap(\.self)
    }

    /// `--name value` and `--name=value` of some options.
    private static func picked(_ names: [String], from arguments: [String]) -> [String] {
        var result: [String] = []
        let own = arguments.prefix { $0 != "--" }
        for (argument, next) in zip(own, own.dropFirst().map(Optional.init) + [nil]) {
            guard argument.hasPrefix("--") else { continue }
            let name = argument.dropFirst(2).prefix { $0 != "=" }
            guard names.contains(String(name)) else { continue }
            if argument.contains("=") { result.append(argument) } else if let next, !next.hasPrefix("--") { result += [argument, next] }
        }
        return result
    }

    private struct LooseOptions: ParsableArguments {
        @OptionGroup var watch: WatchOptions
        @Option var repo = "."
        @Option(name: .customLong("tenant")) var tenants: [TenantID] = []
        @Option var shard: Shard?
        @Option var caFile: String?

        var selection: Selection {
            var selection = shard?.selection ?? Selection()
            selection.tenants = Set(tenants.map(\.id))
            return selection
        }
    }
}
