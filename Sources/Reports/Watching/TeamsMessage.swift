import JSONSource

/// A notification for a workflow of Microsoft Teams ("When a Teams webhook request is received"), which posts the Adaptive Card that it is sent.
/// A message has 28 KB at most (https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using).
///
/// Texts of a config repository are in text runs, in which Adaptive Cards know no markup. What is in a `TextBlock` is Markdown, and easel's own.
enum TeamsMessage {
    static let byteLimit = 28 * 1024

    static func body(of message: NotificationMessage) -> [UInt8] {
        ChatLines.fitting(message, byteLimit) { lines in
            var body = [text(ChatLines.cut(lines.heading, 300), ["size": "Large", "weight": "Bolder"]), text(ChatLines.cut(lines.text, 2000))]
            if let error = lines.error { body.append(text(ChatLines.cut(error, 1000), ["color": "Attention"])) }
            for list in lines.lists {
                body.append(["type": "TextBlock", "text": .string(list.title), "weight": "Bolder", "wrap": true])
                body += list.items.map { text("• " + ChatLines.cut($0, 400)) }
                if let rest = list.rest { body.append(["type": "TextBlock", "text": .string(rest), "wrap": true]) }
            }
            let card: JSON = [
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.4", "body": .array(body),
                "fallbackText": .string(ChatLines.cut(lines.text, 500)), "msteams": ["width": "Full"],
            ]
            let attachment: JSON = ["contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": .null, "content": card]
            let whole: JSON = ["type": "message", "attachments": [attachment]]
            return Array(whole.compact.utf8)
        }
    }

    private static func text(_ text: String, _ style: [String: JSON] = [:]) -> JSON {
        let run: [String: JSON] = ["type": "TextRun", "text": .string(text)]
        return ["type": "RichTextBlock", "inlines": [.object(run.merging(style) { own, _ in own })]]
    }
}
