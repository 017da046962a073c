/// Text for `man`, in the macros that both groff and mandoc know.
enum Roff {
    /// Running text. Nothing in it is a request or an escape.
    static func text(_ text: String) -> String {
        var result = ""
        // A line that begins with one of these would be a request.
        if let first = text.first, first == "." || first == "'" { result = "\\&" }
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\e"
            // A hyphen-minus that can be copied, and no hyphen of typography.
            case "-": result += "\\-"
            case "~": result += "\\(ti"
            case "^": result += "\\(ha"
            case "`": result += "\\(ga"
            case "'": result += "\\(aq"
            case "\"": result += "\\(dq"
            case _ where scalar.isASCII: result.unicodeScalars.append(scalar)
            default:
                let hex = String(scalar.value, radix: 16, uppercase: true)
                result += "\\[u\(String(repeating: "0", count: max(0, 4 - hex.count)))\(hex)]"
            }
        }
        return result
    }

    static func bold(_ text: String) -> String { "\\fB\(self.text(text))\\fR" }
    static func italic(_ text: String) -> String { "\\fI\(self.text(text))\\fR" }

    /// Lines that keep their form.
    static func code(_ code: String) -> [String] {
        [".PP", ".RS 4", ".nf"] + code.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "\\&" : text(String($0)) } + [".fi", ".RE"]
    }

    /// A name with its explanation below it.
    static func entry(_ name: String, _ about: String) -> [String] { [".TP", name, about.isEmpty ? "\\&" : text(about)] }
}
