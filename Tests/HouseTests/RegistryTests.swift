import Foundation
import Testing

/// What is registered in a list is what has a file, and the other way round: a file that nobody registered does nothing, and says nothing.
@Suite struct RegistryTests {
    /// The text between the brackets of a list that begins after `opening`.
    private func list(_ opening: String, in file: String) throws -> Substring {
        let text = try House.text(file)
        let start = try #require(text.range(of: opening)?.upperBound, "\(file) has no '\(opening)'")
        var depth = 1
        return text[start...].prefix { character in
            if character == "[" { depth += 1 }
            if character == "]" { depth -= 1 }
            return depth > 0
        }
    }

    /// `Name` of each `Name()` in a list.
    private func instances(_ list: Substring) -> Set<String> { Set(list.matches(of: /([A-Z][A-Za-z0-9]*)\(\)/).map { String($0.output.1) }) }

    private func name(_ file: String) -> String { String(URL(filePath: file).lastPathComponent.dropLast(".swift".count)) }

    /// The types below a folder that are declared to conform to a protocol, and their files.
    private func types(conformingTo name: String, below folder: String) throws -> [String: String] {
        var found: [String: String] = [:]
        for file in try House.swiftFiles(below: folder) {
            for match in try House.text(file).matches(of: /\n(?:public |final |private |fileprivate )*(?:struct|class|enum|actor) (\w+): ([^{\n]+)\{/) {
                let parents = match.output.2.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces).replacing("any ", with: "") }
                if parents.contains(name) { found[String(match.output.1)] = file }
            }
        }
        return found
    }

    @Test func rules() throws {
        var files: Set<String> = []
        for file in try House.swiftFiles(below: "Sources/Impact/Rules") {
            guard let match = name(file).wholeMatch(of: /(EAS[0-9]{3})-[A-Z][A-Za-z0-9]+/) else {
                Issue.record("\(file) is not named for its rule, as EAS001-OAuthTurnedOn.swift is")
                continue
            }
            let id = String(match.output.1)
            #expect(files.insert(id).inserted, "\(id) has two files")
            #expect(try House.text(file).contains("id: \"\(id)\""), "\(file) describes another rule")
        }
        let entries = try list("all: [Rule] = [", in: "Sources/Impact/Rules.swift").matches(of: /\.(eas[0-9]{3})/).map { $0.output.1.uppercased() }
        #expect(Set(entries) == files && entries.count == files.count)
    }

    @Test func settings() throws {
        var sections: Set<String> = []
        for file in try House.swiftFiles(below: "Sources/Profiles/Catalogue") {
            sections.formUnion(try House.text(file).matches(of: /static let (\w+): \[Setting\] = \[/).map { String($0.output.1) })
        }
        let registry = try House.text("Sources/Profiles/Catalogue/Catalogue.swift")
        let entries = try #require(registry.firstMatch(of: /settings: \[Setting\] =\s+([\w\s+]+)\n\n/)?.output.1)
        #expect(Set(entries.split(separator: "+").map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }) == sections && sections.count > 3)
    }

    @Test func formats() throws {
        let registry = try House.text("Sources/Reports/ReportFormat.swift")
        let names = try #require(registry.firstMatch(of: /\n    case ([a-z, ]+)\n/)?.output.1.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) })
        let made = registry.matches(of: /\n        case \.(\w+): (\w+)\(/).map { (name: String($0.output.1), view: String($0.output.2)) }
        #expect(made.map(\.name).sorted() == names.sorted(), "a format without a view")
        var sinks: Set<String> = []
        for folder in ["Text", "Markdown", "HTML", "Pipelines"] {
            for parent in ["ReportSink", "FindingSink"] { sinks.formUnion(try types(conformingTo: parent, below: "Sources/Reports/\(folder)").keys) }
        }
        // The model's own form; and what findings in several formats have in common.
        #expect(Set(made.map(\.view)) == sinks.union(["JSONReport"]).subtracting(["FindingSink"]))
    }

    @Test func payloadTargets() throws {
        let files = try House.swiftFiles(below: "Sources/Payloads").map(name).filter { $0.hasSuffix("Target") && $0 != "PayloadTarget" }
        #expect(try instances(list("all: [any PayloadTarget] = [", in: "Sources/Payloads/PayloadTarget.swift")) == Set(files) && files.count > 1)
    }

    @Test func limits() throws {
        let files = try House.swiftFiles(below: "Sources/Gates/Limits").map(name).filter { $0.hasSuffix("Limit") && $0 != "Limit" }
        #expect(try instances(list("all: [any Limit] = [", in: "Sources/Gates/Limits/Limit.swift")) == Set(files) && files.count > 1)
    }

    @Test func defaultGates() throws {
        let gates = try types(conformingTo: "DefaultGate", below: "Sources/Gates")
        for (gate, file) in gates { #expect(name(file) == gate, "\(gate) is not in a file of its own") }
        #expect(try instances(list("all: [any DefaultGate] = [", in: "Sources/Gates/Judges/DefaultGate.swift")) == Set(gates.keys) && gates.count > 1)
    }

    @Test func liveSources() throws {
        let sources = try types(conformingTo: "LiveSource", below: "Sources")
        #expect(!sources.isEmpty)
        for (source, file) in sources {
            #expect(name(file) == source, "\(source) is not in a file of its own")
            let users = try (House.swiftFiles(below: "Sources/easel") + House.swiftFiles(below: "Sources/Importing")).filter { try House.text($0).contains("\(source)(") }
            #expect(!users.isEmpty, "nobody reads from \(source)")
        }
        let options = try House.swiftFiles(below: "Sources/easel").filter { try House.text($0).contains("struct LiveOptions") }
        #expect(options.count == 1)
        for file in options { #expect(try sources.keys.contains { try House.text(file).contains("\($0)(") }, "--live knows no source") }
    }

    @Test func topics() throws {
        let files = try House.swiftFiles(below: "Sources/Reports/Topics").map(name).filter { $0.hasSuffix("Topic") && $0 != "HelpTopic" }
        let entries = try list("-> [HelpTopic] {\n        [", in: "Sources/Reports/Topics/HelpTopic.swift").matches(of: /\b([a-z]\w+)(?=,|\(|$)/).map { $0.output.1.prefix(1).uppercased() + $0.output.1.dropFirst() + "Topic" }
        #expect(Set(entries) == Set(files) && files.count == 4)
    }

    @Test func commands() throws {
        let commands = try types(conformingTo: "ParsableCommand", below: "Sources/easel/Commands")
        let entries = try list("subcommands: [", in: "Sources/easel/Easel.swift").matches(of: /(\w+)\.self/).map { String($0.output.1) }
        #expect(Set(entries) == Set(commands.keys) && entries.count == commands.count)
    }

    /// A command prints once, through a view: what it says can then be tested, and had as JSON.
    @Test func commandsPrintThroughViews() throws {
        for file in try House.swiftFiles(below: "Sources/easel/Commands") {
            #expect(try !House.text(file).contains(/Console\.write\(|\bprint\(/), "\(file) prints by itself")
        }
        for file in try House.swiftFiles(below: "Sources") where !file.hasPrefix("Sources/easel/") {
            #expect(try !House.text(file).contains(/\n\s*print\(/), "\(file) prints, below easel")
        }
        let shown = try House.swiftFiles(below: "Sources/easel").map(House.text).joined()
        for file in try House.swiftFiles(below: "Sources/Reports/Commands") where name(file) != "CommandView" {
            #expect(shown.contains("\(name(file))("), "\(file) is shown by no command")
        }
    }

    /// A release is built from fixed versions of what `Package.swift` names.
    @Test func aReleaseHasAVersionOfEveryPackage() throws {
        struct Resolved: Decodable {
            struct Pin: Decodable {
                struct State: Decodable { let version, revision: String? }
                let identity: String
                let state: State
            }
            let pins: [Pin]
        }
        let pins = try JSONDecoder().decode(Resolved.self, from: Data(House.text("deploy/release/versions.json").utf8)).pins
        let versions = Dictionary(pins.map { ($0.identity, $0.state) }, uniquingKeysWith: { first, _ in first })
        let wanted = try House.text("Package.swift").matches(of: /\.package\(url: "[^"]*\/([^"\/]+)", from: "([0-9.]+)"\)/)
        #expect(wanted.count > 5)
        for package in wanted {
            let pinned = try #require(versions[String(package.output.1)]?.version, "no version of \(package.output.1)")
            let (least, own) = (package.output.2.split(separator: ".").compactMap { Int($0) }, pinned.split(separator: ".").compactMap { Int($0) })
            #expect(own.first == least.first && !own.lexicographicallyPrecedes(least), "\(package.output.1): \(pinned)")
        }
        for pin in pins { #expect(pin.state.revision?.count == 40, "\(pin.identity) can move") }
    }

    /// The map for newcomers names every module, and only files and folders that exist.
    @Test func theMapIsTrue() throws {
        let map = try House.text(".github/CONTRIBUTING.md")
        for target in try House.targets() where target.folder.hasPrefix("Sources/") { #expect(map.contains("`\(target.name)`"), "\(target.name) is not on the map") }
        let paths = map.matches(of: /`((?:Sources|Tests|examples|deploy)\/[\w\/.-]+)`/).map { String($0.output.1) }
        #expect(paths.count > 10)
        for path in paths where !FileManager.default.fileExists(atPath: "\(House.root)/\(path)") { Issue.record("the map names \(path), which does not exist") }
    }
}
