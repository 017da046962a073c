import JSONSource

/// A notification for an incoming webhook of Slack, in Block Kit. Slack's limits: 50 blocks, 150 characters in a header, 3,000 in a section, 40,000
/// in the text that notifications on phones show (https://docs.slack.dev/reference/block-kit/blocks).
enum SlackMessage {
    static let blockLimit = 50
    static let sectionLimit = 3000
    static let headerLimit = 150
    private static let byteLimit = 40_000

    static func body(of message: NotificationMessage) -> [UInt8] {
        ChatLines.fitting(message, byteLimit) { lines in
            var blocks = [header(lines.heading), section(escaped(ChatLines.cut(lines.text, 500)))]
            if let error = lines.error { blocks.append(section(code(ChatLines.cut(error, 500)))) }
            for list in lines.lists { blocks += sections(list) }
            let shown = "\(escaped(ChatLines.cut(lines.heading, headerLimit))): \(escaped(ChatLines.cut(lines.text, 500)))"
            let body: JSON = ["blocks": .array(Array(blocks.prefix(blockLimit))), "text": .string(shown)]
            return Array(body.compact.utf8)
        }
    }

    /// A list in as many sections as its length needs.
    private static func sections(_ list: ChatLines.List) -> [JSON] {
        var texts = ["*\(list.title)*"]
        for line in list.items.map({ "• " + code(ChatLines.cut($0, 400)) }) + [list.rest].compactMap(\.self) {
            if texts[texts.count - 1].utf16.count + 1 + line.utf16.count > sectionLimit { texts.append(line) } else { texts[texts.count - 1] += "\n" + line }
        }
        return texts.map(section)
    }

    private static func header(_ text: String) -> JSON {
        ["type": "header", "text": ["type": "plain_text", "emoji": false, "text": .string(ChatLines.cut(text, headerLimit))]]
    }

    private static func section(_ text: String) -> JSON { ["type": "section", "text": ["type": "mrkdwn", "verbatim": true, "text": .string(text)]] }

    /// What Slack asks for: then no text can be a link, a mention (`<!channel>`) or the beginning of one.
    static func escaped(_ text: String) -> String { text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;") }

    /// A text in which no other markup counts. A backtick would end it, and there is no escape for one.
    private static func code(_ text: String) -> String { "`\(escaped(text.replacing("`", with: "'")))`" }
}
