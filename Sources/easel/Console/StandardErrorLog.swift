import ArgumentParser
import Gates
import Glibc
import JSONSource
import Logging
import Time

enum LogFormat: String, ExpressibleByArgument, CaseIterable, Sendable { case text, json }

/// Log lines on stderr: text for people, or one JSON object per line for a log collector.
struct StandardErrorLog: LogHandler {
    let format: LogFormat
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level

    init(format: LogFormat) {
        self.format = format
        // People want what is unusual; a collector also wants what was done.
        logLevel = format == .json ? .info : .notice
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let merged = metadata.merging(event.metadata ?? [:]) { _, own in own }
        switch format {
        case .text:
            let details = merged.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
            Console.writeError("\(event.level.rawValue): \(event.message)\(details)\n")
        case .json: Console.writeError(Self.line(level: event.level, message: event.message.description, metadata: merged))
        }
    }

    static func line(level: Logger.Level, message: String, metadata: Logger.Metadata) -> String {
        let members = metadata.mapValues { JSON.string($0.description) }
        let time = Instant(secondsSince1970: Int64(time(nil))).description
        let own: [String: JSON] = ["level": .string(level.rawValue), "message": .string(message), "time": .string(time)]
        return JSON.object(members.merging(own) { _, own in own }).compact + "\n"
    }
}
