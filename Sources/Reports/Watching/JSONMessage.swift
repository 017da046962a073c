import JSONSource
import ReportModel

/// A notification in easel's own form, for receivers that are programs.
enum JSONMessage {
    static func body(of message: NotificationMessage) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("command", message.command)
            if let error = message.error { writer.member("error", error) }
            writer.member("exitCode", Int(message.exitCode))
            if !message.failed.isEmpty { writer.member("failed", .array(message.failed.map(JSON.string))) }
            writer.member("formatVersion", JSONReport.formatVersion)
            if let identity = message.identity { writer.member("id", identity.id) }
            if let news = message.news {
                writer.member("new", .array(news.new.map(\.json)))
                writer.member("newCount", news.newCount)
                writer.key("resolved")
                writer.array { writer in
                    for difference in news.resolved { writer.difference(difference) }
                }
                writer.member("resolvedCount", news.resolvedCount)
            }
            if let source = message.source {
                writer.member("source", ["commit": .orNull(source.commit), "ref": .orNull(source.ref), "repository": .orNull(source.repository)])
            }
            if let summary = message.summary {
                writer.key("summary")
                writer.summary(summary)
            }
            writer.member("text", message.text)
            if let identity = message.identity { writer.member("time", identity.time) }
            writer.member("tool", ["name": "easel", "version": .string(easelVersion)])
        }
        return writer.finish()
    }
}

extension NotificationMessage.Difference {
    fileprivate var json: JSON {
        [
            "displayName": .string(displayName), "drift": .string(kind.rawValue), "path": .string(path), "profile": .string(profile), "tenant": .string(tenant),
        ]
    }
}
