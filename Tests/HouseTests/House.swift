import Foundation
import Testing

/// The project's own files, as text.
enum House {
    struct Target {
        let name: String
        let folder: String
        /// Modules: targets and products.
        let dependencies: Set<String>
        let isC: Bool
    }

    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    static func text(_ path: String) throws -> String { try String(contentsOfFile: "\(root)/\(path)", encoding: .utf8) }

    /// Paths from the root, in order.
    static func files(below folder: String, endingIn ending: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: "\(root)/\(folder)").filter { $0.hasSuffix(ending) }.sorted().map { "\(folder)/\($0)" }
    }

    static func swiftFiles(below folder: String) throws -> [String] { try files(below: folder, endingIn: ".swift") }

    /// The modules that a file imports.
    static func imports(of file: String) throws -> Set<String> {
        Set(
            try text(file).split(separator: "\n").compactMap { line in
                let words = line.split(separator: " ").drop { $0 == "@testable" }
                return line.hasPrefix("import ") || line.hasPrefix("@testable import ") ? words.last.map(String.init) : nil
            })
    }

    /// The targets of Package.swift, in its order.
    static func targets() throws -> [Target] {
        let manifest = try text("Package.swift")
        // Each target begins at a dot in its own column of the list.
        let starts = manifest.matches(of: /\n        \.(executableTarget|target|testTarget|systemLibrary)\(/).map(\.range.lowerBound)
        return zip(starts, starts.dropFirst() + [manifest.endIndex]).compactMap { start, end in
            let source = manifest[start..<end]
            guard let name = source.firstMatch(of: /name: "([^"]+)"/)?.output.1 else { return nil }
            var dependencies: Set<String> = []
            if let list = source.firstRange(of: "dependencies: [") {
                var depth = 1
                let inner = source[list.upperBound...].prefix { character in
                    if character == "[" { depth += 1 }
                    if character == "]" { depth -= 1 }
                    return depth > 0
                }
                dependencies = Set(inner.matches(of: /(package: )?"([^"]+)"/).compactMap { $0.output.1 == nil ? String($0.output.2) : nil })
            }
            let isTest = source.contains(".testTarget(")
            let folder = source.firstMatch(of: /path: "([^"]+)"/).map { String($0.output.1) } ?? (isTest ? "Tests/\(name)" : "Sources/\(name)")
            return Target(name: String(name), folder: folder, dependencies: dependencies, isC: name.hasPrefix("C"))
        }
    }
}
