import ArgumentParser
import Basics
import Profiles
import Reports
import Webhook

/// Metrics and notifications: for those who watch runs without reading each report.
struct WatchOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Also write Prometheus metrics to this file, for the textfile collector of node_exporter. It is written however the command ends.", valueName: "file"), completion: .file())
    var metrics: String?

    @Option(name: .customLong("metrics-label"), help: ArgumentHelp("One more label for every metric, for example customer=contoso. Can be repeated.", valueName: "name=value"))
    var metricsLabels: [MetricsLabel] = []

    @Option(
        help: ArgumentHelp(
            "Also post the outcome to this URL: https, or http to this machine. If the receiver cannot be reached after four attempts, a warning says so; drift stays new until it was delivered.",
            valueName: "url"))
    var notify: String?

    @Option(help: ArgumentHelp("Environment variable with the URL for --notify, if the URL itself is a secret.", valueName: "variable"))
    var notifyUrlEnv: String?

    @Option(help: "What the receiver takes: json (easel's own form, which can be signed), slack (an incoming webhook) or teams (a workflow that posts an Adaptive Card).")
    var notifyFormat = NotificationFormat.json

    @Option(help: ArgumentHelp("Environment variable with the secret that signs the notification (HMAC-SHA-256).", valueName: "variable"))
    var notifySecretEnv: String?

    @Option(help: ArgumentHelp("File with the secret that signs the notification.", valueName: "file"), completion: .file())
    var notifySecretFile: String?

    func validate() throws {
        if notify != nil, notifyUrlEnv != nil { throw ValidationError("--notify and --notify-url-env: choose one") }
        if notifySecretEnv != nil, notifySecretFile != nil { throw ValidationError("--notify-secret-env and --notify-secret-file: choose one") }
        if notifyFormat != .json, notifySecretEnv != nil || notifySecretFile != nil {
            throw ValidationError("--notify-format \(notifyFormat.rawValue) is not signed, since its receiver checks no signature: omit the secret, and keep the URL secret with --notify-url-env")
        }
        let names = metricsLabels.map(\.name)
        if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) { throw ValidationError("--metrics-label \(twice) is given twice") }
    }

    /// Nil where nobody watches.
    ///
    /// - Parameters:
    ///   - command: as on the command line.
    ///   - repo: of `--repo`; names the config repository in the metrics.
    ///   - selection: names the tenants or the shard in the metrics.
    ///   - caFile: additional certificate authorities, also for the receiver.
    func watch(_ command: String, repo: String, selection: Selection, caFile: String?, isReproducible: Bool = false) throws -> Watch? {
        var url = notify
        if let name = notifyUrlEnv {
            guard let value = Environment.variable(name) else { throw UsageError("--notify-url-env: the variable \(name) is not set, or empty") }
            url = value
        }
        let secret = try RemoteOptions.secretText("--notify-secret-env", notifySecretEnv, "--notify-secret-file", notifySecretFile)
        guard metrics != nil || url != nil else { return nil }
        let labels = runLabels(repo: repo, selection: selection) + metricsLabels.map { ($0.name, $0.value) }.sorted { $0.0 < $1.0 }
        do {
            return Watch(
                command: command, metricsFile: metrics, labels: labels, webhook: try url.map { try Webhook(url: $0, secret: secret.map { Array($0.utf8) }, caFile: caFile) },
                format: notifyFormat, isReproducible: isReproducible)
        } catch let error as WebhookError { throw UsageError("--notify: \(error)") }
    }
}

extension NotificationFormat: ExpressibleByArgument {}

/// `NAME=VALUE`, a label that Prometheus takes and easel does not use itself.
struct MetricsLabel: ExpressibleByArgument {
    let name: String
    let value: String

    init?(argument: String) {
        guard let parts = argument.wholeMatch(of: /([a-zA-Z_][a-zA-Z0-9_]{0,62})=(\P{Cc}{1,200})/)?.output else { return nil }
        (name, value) = (String(parts.1), String(parts.2))
        // Names with two underscores are Prometheus' own.
        guard !name.hasPrefix("__"), !MetricsReport.reservedLabels.contains(name) else { return nil }
    }
}
