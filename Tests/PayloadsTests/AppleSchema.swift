import Foundation
import Testing

/// A key of a payload, as Apple's schema (github.com/apple/device-management) describes it.
struct AppleKey {
    var name: String
    var type = ""
    var isRequired = false
    var isDeprecatedInIOS = false
    var range: [String] = []
    /// A regular expression.
    var format: String?
    var subkeys: [AppleKey] = []
}

/// The `payloadkeys` of one of Apple's files.
///
/// Reads the little YAML that those files are written in, line by line: lists of mappings that begin with `- key:`, and of
/// their members those that a payload can be held against.
struct AppleSchema {
    private(set) var keys: [AppleKey] = []
    private let lines: [(indent: Int, text: String)]
    private var index = 0

    init(_ file: String) throws {
        lines = String(decoding: try Files.reference(file), as: UTF8.self).split(separator: "\n").map { line in
            (line.prefix { $0 == " " }.count, line.trimmingCharacters(in: .whitespaces))
        }
        index = try #require(lines.firstIndex { $0.indent == 0 && $0.text == "payloadkeys:" }) + 1
        keys = list(indent: 0)
        #expect(index == lines.count && !keys.isEmpty && keys.allSatisfy { !$0.type.isEmpty }, "\(file) is written in another way")
    }

    private mutating func list(indent: Int) -> [AppleKey] {
        var keys: [AppleKey] = []
        while index < lines.count, lines[index].indent == indent, let name = value(lines[index].text, of: "- key") {
            index += 1
            keys.append(key(name, indent: indent + 2))
        }
        return keys
    }

    private mutating func key(_ name: String, indent: Int) -> AppleKey {
        var key = AppleKey(name: name)
        while index < lines.count, lines[index].indent >= indent {
            let text = lines[index].text
            index += 1
            // Deeper lines belong to a member that was read, or that is of no interest here.
            guard lines[index - 1].indent == indent else { continue }
            if let type = value(text, of: "type") { key.type = type.trimmingCharacters(in: CharacterSet(charactersIn: "<>")) }
            if let presence = value(text, of: "presence") { key.isRequired = presence == "required" }
            if let format = value(text, of: "format") { key.format = format }
            switch text {
            case "supportedOS:": key.isDeprecatedInIOS = supportedOS(indent: indent + 2)
            case "rangelist:":
                while index < lines.count, lines[index].indent == indent, lines[index].text.hasPrefix("- ") {
                    key.range.append(String(lines[index].text.dropFirst(2)))
                    index += 1
                }
            case "subkeys:": key.subkeys = list(indent: indent)
            default: break
            }
        }
        return key
    }

    private mutating func supportedOS(indent: Int) -> Bool {
        var system = ""
        var isDeprecated = false
        while index < lines.count, lines[index].indent >= indent {
            if lines[index].indent == indent { system = lines[index].text }
            if system == "iOS:", value(lines[index].text, of: "deprecated") != nil { isDeprecated = true }
            index += 1
        }
        return isDeprecated
    }

    private func value(_ line: String, of key: String) -> String? {
        line.hasPrefix(key + ": ") ? String(line.dropFirst(key.count + 2)) : nil
    }
}
