import Basics
import ReportModel

/// What a person in a chat reads of a notification: a heading, the outcome, and lists that are cut to what the receiver takes.
struct ChatLines {
    struct List {
        let title: String
        /// Each is one line of text from a config repository or a server: hostile until it is escaped for the receiver.
        var items: [String]
        /// How many there are in all.
        let count: Int

        /// Nil where all are listed.
        var rest: String? { count > items.count ? "and \(count - items.count) more" : nil }
    }

    let heading: String
    let text: String
    let error: String?
    private(set) var lists: [List] = []

    /// - Parameter limit: how many items a list has at most.
    init(_ message: NotificationMessage, limit: Int) {
        let where_ = message.source?.repository.map { " · \(harmless($0))" } ?? ""
        heading = "easel \(message.command)\(where_)"
        text = harmless(message.text)
        error = message.error.map(harmless)
        func add(_ title: String, _ items: [String], _ count: Int) {
            if count > 0 { lists.append(List(title: "\(title) (\(count))", items: items.prefix(limit).map(harmless), count: count)) }
        }
        if let news = message.news {
            add("New differences", news.new.map { Self.line($0.tenant, $0.profile, $0.path, $0.kind.rawValue) }, news.newCount)
            add("Resolved", news.resolved.map { Self.line($0.tenant, $0.profile, $0.path, $0.kind.rawValue) }, news.resolvedCount)
        }
        add("Tenants with errors", message.failed, message.summary?.failedTenants ?? message.failed.count)
    }

    private static func line(_ tenant: String, _ profile: String, _ path: String, _ kind: String) -> String { "\(tenant)/\(profile) \(path.isEmpty ? "" : "\(path) ")\(kind)" }

    /// The first body, of ever shorter lists, that a receiver takes.
    static func fitting(_ message: NotificationMessage, _ bytes: Int, _ body: (ChatLines) -> [UInt8]) -> [UInt8] {
        var limit = Notification.listed
        while true {
            let made = body(ChatLines(message, limit: limit))
            if made.count <= bytes || limit == 0 { return made }
            limit /= 2
        }
    }

    /// A text of at most so many UTF-16 units, by which receivers count. One character can be long.
    static func cut(_ text: String, _ limit: Int) -> String {
        guard text.utf16.count > limit else { return text }
        var result = ""
        var size = 1
        for character in text {
            size += character.utf16.count
            guard size <= limit else { break }
            result.append(character)
        }
        return result + "…"
    }
}
