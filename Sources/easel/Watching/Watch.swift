import Basics
import Glibc
import ReportModel
import Reports
import Time
import Webhook

/// Writes metrics and sends the notification when a command ends, however it ends.
final class Watch {
    private let command: String
    private let metricsFile: String?
    private let labels: [(name: String, value: String)]
    private let webhook: Webhook?
    private let format: NotificationFormat
    private let isReproducible: Bool
    private var metrics: MetricsReport
    private var notification = Notification()
    /// Whether everything that there was to say was delivered; nil while nothing was posted.
    private var isNotified: Bool?
    private let start = Watch.milliseconds()

    init(command: String, metricsFile: String?, labels: [(name: String, value: String)], webhook: Webhook?, format: NotificationFormat, isReproducible: Bool) {
        (self.command, self.metricsFile, self.labels) = (command, metricsFile, labels)
        (self.webhook, self.format, self.isReproducible) = (webhook, format, isReproducible)
        metrics = MetricsReport(command: command, labels: labels)
    }

    var notifies: Bool { webhook != nil }

    /// A run's sinks, and those of the watch among them. A run that begins again after a lost race asks for new ones.
    ///
    /// - Parameter exitCode: of a run whose report ends so. Where it is given, the notification goes out before the other reports end, which then say
    ///   whether it was delivered.
    func sinks(beside others: [any ReportSink], exitCode: ((ReportTail) -> Int32)?) -> [any ReportSink] {
        metrics = MetricsReport(command: command, labels: labels)
        notification = Notification()
        // In memory, these cannot fail: they come first, so that they know the whole report even if a file cannot be written.
        guard notifies, let exitCode else { return [metrics, notification] + others }
        return [metrics, notification, LastWord(to: others) { [self] tail in post(exitCode: exitCode(tail)) }]
    }

    /// What a command that makes no report has done.
    struct Result {
        var text: String
        /// Profiles by what became of them.
        var outcomes: [(outcome: String, profiles: Int)]
    }

    /// - Parameter error: what ended the command before its report, or after it was recorded.
    func tell(exitCode: Int32, error: (any Error)?, result: Result? = nil) {
        if error != nil || isNotified == nil { _ = post(exitCode: exitCode, error: error, text: result?.text) }
        guard let metricsFile else { return }
        var ending = MetricsReport.Ending(exitCode: exitCode, now: Int64(time(nil)), duration: Self.milliseconds() - start)
        ending.isNotified = isNotified
        ending.outcomes = result?.outcomes ?? []
        do { try write(ending, to: metricsFile) } catch { Console.warn("the metrics were not written: \(error)") }
    }

    /// Returns whether everybody knows: it was delivered, or there was nothing to say. Nil where there is nobody to notify.
    private func post(exitCode: Int32, error: (any Error)? = nil, text: String? = nil) -> Bool? {
        guard let webhook else { return nil }
        guard notification.isNews || error != nil else {
            isNotified = true
            return true
        }
        var message = notification.message(command: command, exitCode: exitCode, error: error.map { Console.shown("\($0)") }, text: text)
        if !isReproducible { message.identity = (Instant(secondsSince1970: Int64(time(nil))).description, Self.freshID()) }
        do {
            try webhook.post(format.body(of: message), isCancelled: Self.patience())
            isNotified = isNotified ?? true
        } catch {
            Console.warn("the notification was not delivered: \(error)")
            isNotified = false
        }
        return isNotified
    }

    /// A signal ends the attempts. After one, a receiver still has five seconds to hear of it.
    private static func patience() -> @Sendable () -> Bool {
        guard Interruption.hasCome else { return { Interruption.hasCome } }
        let end = milliseconds() + 5000
        return { milliseconds() > end }
    }

    private static func freshID() -> String { hexadecimal((0..<16).map { _ in UInt8.random(in: .min ... .max) }) }

    private func write(_ ending: MetricsReport.Ending, to file: String) throws {
        let earlier = kind(of: file) == .missing ? EarlierMetrics() : try EarlierMetrics(String(decoding: readFile(file, limit: 1 << 20, followsLinks: true), as: UTF8.self))
        // The collector may read at any moment.
        try replaceFile(file, Array(metrics.text(ending, earlier: earlier).utf8))
    }

    private static func milliseconds() -> Int {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return Int(now.tv_sec) * 1000 + Int(now.tv_nsec) / 1_000_000
    }
}

/// Ends reports only after somebody was notified, so that they can say whether that succeeded.
private final class LastWord: ReportSink {
    private let others: [any ReportSink]
    private let notify: (ReportTail) -> Bool?

    init(to others: [any ReportSink], _ notify: @escaping (ReportTail) -> Bool?) { (self.others, self.notify) = (others, notify) }

    func begin(_ head: ReportHead) throws { for sink in others { try sink.begin(head) } }
    func tenant(_ tenant: TenantReport) throws { for sink in others { try sink.tenant(tenant) } }
    func end(_ tail: ReportTail) throws {
        var tail = tail
        tail.isNotified = notify(tail)
        for sink in others { try sink.end(tail) }
    }
}
