import Impact
import JSONSource
import Live
import ReportModel

/// What easel posts to a webhook after a run: the summary, the outcome in one line, and for a drift run what is new and what is resolved.
public final class Notification: ReportSink {
    private var gathered = Gathered()
    private var tail: ReportTail?
    private var new: [JSON] = []
    private var newCount = 0
    private var failed: [String] = []

    /// How many are listed by name; all of them are counted.
    private static let listed = 200

    public init() {}

    public func begin(_ head: ReportHead) { gathered.head = head }

    public func tenant(_ tenant: TenantReport) {
        gathered.add(tenant)
        if tenant.status == .failed, failed.count < Self.listed { failed.append(tenant.id) }
        for profile in tenant.profiles {
            guard let drift = profile.drift else { continue }
            for (change, difference) in zip(profile.impact.changes, drift.differences) where difference.acceptance == nil && difference.isNew != false {
                newCount += 1
                guard new.count < Self.listed else { continue }
                new.append([
                    "displayName": .string(profile.impact.displayName), "drift": .string(difference.kind.rawValue), "path": .string(change.path),
                    "profile": .string(profile.impact.profile), "tenant": .string(tenant.id),
                ])
            }
        }
    }

    public func end(_ tail: ReportTail) { self.tail = tail }

    /// Whether there is anything to say. With an earlier report, the same drift again is not news.
    public var isNews: Bool {
        guard let tail, tail.summary.drift?.changes != nil else { return true }
        return newCount > 0 || !tail.resolved.isEmpty || tail.summary.failedTenants > 0 || tail.diagnostics.contains { $0.severity == .error }
    }

    /// The JSON to post.
    ///
    /// - Parameter error: why the run ended before it had anything to report.
    public func body(command: String, exitCode: Int32, error: String?) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("command", command)
            if let error { writer.member("error", error) }
            writer.member("exitCode", Int(exitCode))
            if !failed.isEmpty { writer.member("failed", .array(failed.map(JSON.string))) }
            writer.member("formatVersion", JSONReport.formatVersion)
            guard let tail else {
                writer.member("text", "easel \(command) failed")
                writer.member("tool", ["name": "easel", "version": .string(easelVersion)])
                return
            }
            if tail.summary.drift != nil {
                writer.member("new", .array(new))
                writer.member("newCount", newCount)
                writer.key("resolved")
                writer.array { writer in
                    for difference in tail.resolved.prefix(Self.listed) { writer.difference(difference) }
                }
            }
            let source = gathered.head.source
            writer.member("source", ["commit": .orNull(source.commit), "ref": .orNull(source.ref), "repository": .orNull(source.repository)])
            writer.key("summary")
            writer.summary(tail.summary)
            writer.member("text", gathered.verdict(tail).text)
            writer.member("tool", ["name": "easel", "version": .string(easelVersion)])
        }
        return writer.finish()
    }
}
