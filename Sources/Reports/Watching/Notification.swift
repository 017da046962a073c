import Impact
import JSONSource
import Live
import ReportModel

/// Gathers from a report what a notification says: the summary, the outcome in one line, and for a drift run what is new and what is
/// resolved.
public final class Notification: ReportSink {
    private var gathered = Gathered()
    private var tail: ReportTail?
    private var new: [NotificationMessage.Difference] = []
    private var newCount = 0
    private var failed: [String] = []

    /// How many are listed by name; all of them are counted.
    static let listed = 200

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
                new.append(.init(tenant: tenant.id, profile: profile.impact.profile, displayName: profile.impact.displayName, path: change.path, kind: difference.kind))
            }
        }
    }

    public func end(_ tail: ReportTail) { self.tail = tail }

    /// Whether there is anything to say. With an earlier report, the same drift again is not news.
    public var isNews: Bool {
        guard let tail, tail.summary.drift?.changes != nil else { return true }
        return newCount > 0 || !tail.resolved.isEmpty || tail.summary.failedTenants > 0 || tail.diagnostics.contains { $0.severity == .error }
    }

    /// What to say.
    ///
    /// - Parameters:
    ///   - error: why the run ended before it had anything to report.
    ///   - text: the outcome in one line, of a command that makes no report.
    public func message(command: String, exitCode: Int32, error: String? = nil, text: String? = nil) -> NotificationMessage {
        var message = NotificationMessage(command: command, exitCode: exitCode, text: text ?? "easel \(command) failed")
        message.error = error
        message.failed = failed
        guard let tail else { return message }
        message.text = gathered.verdict(tail).text
        message.summary = tail.summary
        message.source = gathered.head.source
        if tail.summary.drift != nil {
            message.news = .init(new: new, newCount: newCount, resolved: Array(tail.resolved.prefix(Self.listed)), resolvedCount: tail.resolved.count)
        }
        return message
    }
}

/// What a notification says, whatever the form of its receiver.
public struct NotificationMessage: Sendable {
    /// A difference of a tenant that is new.
    public struct Difference: Sendable {
        public var tenant: String
        public var profile: String
        public var displayName: String
        /// Of the setting; empty for the profile as a whole.
        public var path: String
        public var kind: DriftKind

        public init(tenant: String, profile: String, displayName: String, path: String, kind: DriftKind) {
            (self.tenant, self.profile, self.displayName, self.path, self.kind) = (tenant, profile, displayName, path, kind)
        }
    }

    /// What a drift run has found out. All are counted, and the first are listed.
    public struct News: Sendable {
        public var new: [Difference]
        public var newCount: Int
        public var resolved: [EarlierDrift.Difference]
        public var resolvedCount: Int

        public init(new: [Difference], newCount: Int, resolved: [EarlierDrift.Difference], resolvedCount: Int) {
            (self.new, self.newCount, self.resolved, self.resolvedCount) = (new, newCount, resolved, resolvedCount)
        }
    }

    public var command: String
    public var exitCode: Int32
    /// The outcome in one line.
    public var text: String
    public var error: String?
    /// Tenants with errors.
    public var failed: [String] = []
    public var summary: ReportSummary?
    public var source: ReportHead.Source?
    public var news: News?
    /// When it is sent, RFC 3339, UTC, and an id that no other message has: a receiver that checks both cannot be deceived by an old message that
    /// somebody sends again. Nil in a reproducible run.
    public var identity: (time: String, id: String)?

    public init(command: String, exitCode: Int32, text: String) { (self.command, self.exitCode, self.text) = (command, exitCode, text) }
}

/// The forms that receivers take; the raw value is the word on the command line.
public enum NotificationFormat: String, Sendable, CaseIterable {
    /// easel's own, the only one that is signed.
    case json
    /// An incoming webhook of Slack.
    case slack
    /// A workflow of Microsoft Teams that posts the Adaptive Card it is sent.
    case teams

    /// The body to post.
    public func body(of message: NotificationMessage) -> [UInt8] {
        switch self {
        case .json: JSONMessage.body(of: message)
        case .slack: SlackMessage.body(of: message)
        case .teams: TeamsMessage.body(of: message)
        }
    }
}
