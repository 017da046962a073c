import ArgumentParser
import Basics
import Glibc
import Profiles
import Reconciler
import ReportModel
import Reports
import Webhook

/// Who is told of a run beside the one who reads its report.
struct WatchOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Also write Prometheus metrics to this file, for node_exporter's textfile collector.", valueName: "file"))
    var metrics: String?

    @Option(help: ArgumentHelp("Also post the summary as JSON to this URL: https, or http to this machine. A receiver that is down fails nothing.", valueName: "url"))
    var notify: String?

    @Option(help: ArgumentHelp("Variable that holds the URL of --notify, where the URL itself is a secret.", valueName: "variable"))
    var notifyUrlEnv: String?

    @Option(help: ArgumentHelp("Variable that holds the secret that signs the notification (HMAC-SHA-256).", valueName: "variable"))
    var notifySecretEnv: String?

    @Option(help: ArgumentHelp("File that holds that secret.", valueName: "file"))
    var notifySecretFile: String?

    func validate() throws {
        if notify != nil, notifyUrlEnv != nil { throw ValidationError("give --notify or --notify-url-env, not both") }
        if notifySecretEnv != nil, notifySecretFile != nil { throw ValidationError("give --notify-secret-env or --notify-secret-file, not both") }
    }

    /// - Parameters:
    ///   - caFile: authorities of one's own, for the receiver too.
    ///   - selection: of the run: the metrics of several shards can lie side by side.
    func watch(caFile: String?, selection: Selection) throws -> Watch? {
        var url = notify
        if let name = notifyUrlEnv {
            guard let value = Environment.variable(name) else { throw UsageError("--notify-url-env: the variable \(name) is not set") }
            url = value
        }
        var secret: [UInt8]?
        if let name = notifySecretEnv {
            guard let value = Environment.variable(name) else { throw UsageError("--notify-secret-env: the variable \(name) is not set") }
            secret = Array(value.utf8)
        } else if let file = notifySecretFile {
            var bytes = try readFile(file, limit: 1 << 16)
            while bytes.last == 0x0A || bytes.last == 0x0D { bytes.removeLast() }
            guard !bytes.isEmpty else { throw UsageError("--notify-secret-file: \(file) is empty") }
            secret = bytes
        }
        guard metrics != nil || url != nil else { return nil }
        do {
            return Watch(metricsFile: metrics, shard: selection.shard.count > 1 ? selection.shardName : nil, webhook: try url.map { try Webhook(url: $0, secret: secret, caFile: caFile) })
        } catch let error as WebhookError { throw UsageError("--notify: \(error)") }
    }
}

/// Tells those who watch how a run ended, whatever the end.
final class Watch {
    private let metricsFile: String?
    private let webhook: Webhook?
    private let shard: String?
    private var metrics: MetricsReport
    private var notification = Notification()
    private let start = Watch.milliseconds()

    /// Seconds that a receiver has.
    private static let patience = 15

    init(metricsFile: String?, shard: String?, webhook: Webhook?) {
        self.metricsFile = metricsFile
        self.shard = shard
        metrics = MetricsReport(shard: shard)
        self.webhook = webhook
    }

    /// Sinks for the run; anew when a lost race makes it begin again.
    var sinks: [any ReportSink] {
        metrics = MetricsReport(shard: shard)
        notification = Notification()
        return [metrics, notification]
    }

    /// - Parameter error: of a run that ended before its report.
    func tell(command: String, exitCode: Int32, error: String?) {
        if let metricsFile {
            do { try writeMetrics(metricsFile, command, exitCode) } catch { Console.warn("the metrics were not written: \(error)") }
        }
        guard let webhook, notification.isNews || error != nil else { return }
        do { try webhook.post(notification.body(command: command, exitCode: exitCode, error: error), timeout: Self.patience) } catch {
            Console.warn("the notification was not delivered: \(error)")
        }
    }

    private func writeMetrics(_ file: String, _ command: String, _ exitCode: Int32) throws {
        let last = kind(of: file) == .missing ? nil : try MetricsReport.lastSuccess(in: String(decoding: readFile(file, limit: 1 << 20), as: UTF8.self))
        let text = metrics.text(
            command: command, exitCode: exitCode, now: Int64(time(nil)), duration: Self.milliseconds() - start, lastSuccess: last)
        // The collector reads at any moment.
        try replaceFile(file, Array(text.utf8))
    }

    private static func milliseconds() -> Int {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return Int(now.tv_sec) * 1000 + Int(now.tv_nsec) / 1_000_000
    }
}
