import ArgumentParser
import Basics
import Glibc
import Profiles
import Reconciler
import ReportModel
import Reports
import Webhook

/// Metrics and notifications: for those who watch runs without reading each report.
struct WatchOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Also write Prometheus metrics to this file, for the textfile collector of node_exporter.", valueName: "file"))
    var metrics: String?

    @Option(help: ArgumentHelp("Also post the summary as JSON to this URL: https, or http to this machine. An unreachable receiver only causes a warning.", valueName: "url"))
    var notify: String?

    @Option(help: ArgumentHelp("Environment variable with the URL for --notify, if the URL itself is a secret.", valueName: "variable"))
    var notifyUrlEnv: String?

    @Option(help: ArgumentHelp("Environment variable with the secret that signs the notification (HMAC-SHA-256).", valueName: "variable"))
    var notifySecretEnv: String?

    @Option(help: ArgumentHelp("File with the secret that signs the notification.", valueName: "file"))
    var notifySecretFile: String?

    func validate() throws {
        if notify != nil, notifyUrlEnv != nil { throw ValidationError("--notify and --notify-url-env: choose one") }
        if notifySecretEnv != nil, notifySecretFile != nil { throw ValidationError("--notify-secret-env and --notify-secret-file: choose one") }
    }

    /// - Parameters:
    ///   - caFile: additional certificate authorities, also for the receiver.
    ///   - selection: names the shard in the metrics, so that those of several shards do not collide.
    func watch(caFile: String?, selection: Selection) throws -> Watch? {
        var url = notify
        if let name = notifyUrlEnv {
            guard let value = Environment.variable(name) else { throw UsageError("--notify-url-env: the variable \(name) is not set, or empty") }
            url = value
        }
        var secret: [UInt8]?
        if let name = notifySecretEnv {
            guard let value = Environment.variable(name) else { throw UsageError("--notify-secret-env: the variable \(name) is not set, or empty") }
            secret = try Self.secret(Array(value.utf8), from: "the variable \(name)")
        } else if let file = notifySecretFile {
            secret = try Self.secret(readFile(file, limit: 1 << 16, followsLinks: true), from: file)
        }
        guard metrics != nil || url != nil else { return nil }
        do {
            return Watch(metricsFile: metrics, shard: selection.shard.count > 1 ? selection.shardName : nil, webhook: try url.map { try Webhook(url: $0, secret: secret, caFile: caFile) })
        } catch let error as WebhookError { throw UsageError("--notify: \(error)") }
    }

    /// Without the line end that an editor or a pipeline's settings page leaves behind it: the receiver's secret has none.
    private static func secret(_ given: [UInt8], from place: String) throws -> [UInt8] {
        var bytes = given
        while bytes.last == 0x0A || bytes.last == 0x0D { bytes.removeLast() }
        guard !bytes.isEmpty else { throw Failure("cannot sign the notification: \(place) is empty") }
        return bytes
    }
}

/// Writes metrics and sends the notification when a run ends, however it ends.
final class Watch {
    private let metricsFile: String?
    private let webhook: Webhook?
    private let shard: String?
    private var metrics: MetricsReport
    private var notification = Notification()
    private let start = Watch.milliseconds()

    /// Seconds that a receiver has to answer.
    private static let patience = 15

    init(metricsFile: String?, shard: String?, webhook: Webhook?) {
        self.metricsFile = metricsFile
        self.shard = shard
        metrics = MetricsReport(shard: shard)
        self.webhook = webhook
    }

    /// Sinks for the run. A run that begins again after a lost race asks for new ones.
    var sinks: [any ReportSink] {
        metrics = MetricsReport(shard: shard)
        notification = Notification()
        return [metrics, notification]
    }

    /// - Parameter error: what ended a run before its report.
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
        let last = kind(of: file) == .missing ? nil : try MetricsReport.lastSuccess(in: String(decoding: readFile(file, limit: 1 << 20, followsLinks: true), as: UTF8.self))
        let text = metrics.text(
            command: command, exitCode: exitCode, now: Int64(time(nil)), duration: Self.milliseconds() - start, lastSuccess: last)
        // The collector may read at any moment.
        try replaceFile(file, Array(text.utf8))
    }

    private static func milliseconds() -> Int {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return Int(now.tv_sec) * 1000 + Int(now.tv_nsec) / 1_000_000
    }
}
