import ArgumentParser
import Logging

enum LogFormat: String, ExpressibleByArgument, CaseIterable, Sendable { case text, json }

/// Log lines on stderr: text for people, or one JSON object per line for a log collector.
struct StandardErrorLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level

    init(format: LogFormat) {
        // People want what is unusual; a collector also wants what was done.
        logLevel = format == .json ? .info : .notice
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { Console.say(event.level, [event.message.description], metadata.merging(event.metadata ?? [:]) { _, own in own }) }
}
