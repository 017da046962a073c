/// Text in HTML. Everything that comes from the repository is hostile, and goes through `text`.
enum HTML {
    /// For content and for attributes in double quotes.
    static func text(_ text: String) -> String {
        Words.plain(text).escaped(["&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;", "'": "&#39;"])
    }

    static func code(_ content: String, limit: Int = 300) -> String { "<code>\(text(Words.shortened(content, to: limit)))</code>" }

    /// JSON for a `<script type="application/json">`: nothing in it can end the element, or begin a comment or another.
    static func data(_ json: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(json.count + json.count / 50)
        for byte in json {
            switch byte {
            // JSON has these only in strings, where the escape is valid.
            case UInt8(ascii: "<"): result += Array("\\u003c".utf8)
            case UInt8(ascii: ">"): result += Array("\\u003e".utf8)
            case UInt8(ascii: "&"): result += Array("\\u0026".utf8)
            default: result.append(byte)
            }
        }
        return result
    }

    /// A command with a button that copies it.
    static func command(_ command: String) -> String {
        "<span class=\"command\"><code>\(text(command))</code><button type=\"button\" class=\"copy\" aria-label=\"Copy the command\">Copy</button></span>"
    }
}
