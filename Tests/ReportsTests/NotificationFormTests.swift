import Foundation
import Live
import Reports
import Testing

/// The forms of notifications for chats: what their receivers document, whatever stands in a config repository.
@Suite struct NotificationFormTests {
    /// Names that would be a mention, a link, bold or the end of a code span.
    private static let hostile = "<!channel> & <https://evil.example|here> *bold* `code` [a](https://evil.example) \u{202E}\n::error::"

    private func message(_ count: Int, _ text: String = hostile) -> NotificationMessage {
        var message = NotificationMessage(command: "drift", exitCode: 2, text: "Drift: \(count) modified \(text)")
        message.error = text
        message.failed = [text]
        message.source = .init(repository: "https://git.example.com/\(text)", ref: "main", commit: nil)
        message.news = .init(
            new: (0..<count).map { .init(tenant: "contoso", profile: "p\($0)-\(text)", displayName: text, path: "/account/oauth", kind: .modified) }, newCount: count + 7,
            resolved: [], resolvedCount: 0)
        return message
    }

    private func object(_ bytes: [UInt8]) throws -> [String: Any] { try #require(JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]) }

    @Test(arguments: [0, 1, 30, 200]) func slackTakesIt(_ count: Int) throws {
        let long = String(repeating: "&👨‍👩‍👧", count: 2000)
        for text in [Self.hostile, long] {
            let bytes = NotificationFormat.slack.body(of: message(count, text))
            #expect(bytes.count <= 40_000)
            let body = try object(bytes)
            let blocks = try #require(body["blocks"] as? [[String: Any]])
            #expect((1...50).contains(blocks.count) && Set(body.keys) == ["blocks", "text"])
            for block in blocks {
                let content = try #require(block["text"] as? [String: Any])
                let shown = try #require(content["text"] as? String)
                if block["type"] as? String == "header" {
                    #expect(content["type"] as? String == "plain_text" && shown.utf16.count <= 150)
                } else {
                    #expect(block["type"] as? String == "section" && content["type"] as? String == "mrkdwn" && (1...3000).contains(shown.utf16.count))
                    #expect(!shown.contains("<") && !shown.contains(">") && shown.matches(of: /`/).count % 2 == 0, "\(shown)")
                }
            }
            #expect(try !#require(body["text"] as? String).contains("<"))
            if count > 0 { #expect(String(decoding: bytes, as: UTF8.self).contains(/and [0-9]+ more/), "what is not listed is counted") }
        }
    }

    @Test(arguments: [0, 1, 30, 200]) func teamsTakesIt(_ count: Int) throws {
        let bytes = NotificationFormat.teams.body(of: message(count))
        #expect(bytes.count <= 28 * 1024)
        let body = try object(bytes)
        #expect(body["type"] as? String == "message")
        let attachment = try #require((body["attachments"] as? [[String: Any]])?.first)
        #expect(attachment["contentType"] as? String == "application/vnd.microsoft.card.adaptive")
        let card = try #require(attachment["content"] as? [String: Any])
        #expect(card["type"] as? String == "AdaptiveCard" && card["version"] as? String == "1.4")
        var runs = 0
        for element in try #require(card["body"] as? [[String: Any]]) {
            switch element["type"] as? String {
            // Markdown counts here.
            case "TextBlock": #expect(try #require(element["text"] as? String).contains(/^(New differences|Resolved|Tenants with errors) \([0-9]+\)$|^and [0-9]+ more$/))
            case "RichTextBlock":
                let inlines = try #require(element["inlines"] as? [[String: Any]])
                #expect(inlines.allSatisfy { $0["type"] as? String == "TextRun" })
                runs += 1
            default: Issue.record("an element that was not asked for: \(element)")
            }
        }
        #expect(runs >= 2)
        #expect(!String(decoding: bytes, as: UTF8.self).contains("\u{202E}"))
    }
}
