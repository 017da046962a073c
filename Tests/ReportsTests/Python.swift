import Foundation

/// Somebody else's judgement: Debian's Python with its jsonschema and markdown-it.
enum Python {
    static let hasJSONSchema = (try? run("import jsonschema", [])) != nil
    static let hasMarkdown = (try? run("import markdown_it", [])) != nil

    struct Failed: Error {
        let output: String
    }

    /// Runs a script on a file with the text given; answers what it prints.
    static func run(_ script: String, on text: String) throws -> String {
        let path = "/tmp/easel-reports-tests-\(UUID().uuidString).json"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try text.write(toFile: path, atomically: false, encoding: .utf8)
        return try run(script, [path])
    }

    private static func run(_ script: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = ["-c", script] + arguments
        process.environment = ["PATH": "/usr/bin:/bin", "PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed(output: output) }
        return output
    }
}
