import Foundation
import TestSupport
import Testing

/// A machine with the services of `deploy/systemd`: runs what their files say, as systemd would, in folders of a test.
final class Machine {
    let shop: Workshop
    /// What `/etc/easel/easel.env` has.
    var settings: [String: String]

    /// - Parameter shop: has a fleet, committed. Its folder `etc` is `/etc/easel`.
    init(in shop: Workshop, settings: [String: String]) throws {
        self.shop = shop
        self.settings = settings
        for folder in ["state/easel", "cache/easel", "credentials", "etc"] { try FileManager.default.createDirectory(atPath: shop(folder), withIntermediateDirectories: true) }
    }

    /// Starts a service, and waits until it has ended. What fails ends it, unless the service says that its exit code is a success.
    func start(_ service: String) async throws -> (status: Int32, said: String) {
        let folder = Workshop.package + "/deploy/systemd"
        let entries = try Self.entries("\(folder)/\(service).service") + Self.entries("\(folder)/credentials.conf.example")
        func values(_ key: String) -> [String] { entries.filter { $0.key == key }.map(\.value) }
        for credential in values("LoadCredential") {
            let parts = credential.split(separator: ":").map(String.init)
            let source = shop("etc/" + (parts[1] as NSString).lastPathComponent)
            // systemd refuses to start a service whose credential is missing; an admin leaves out its lines.
            if FileManager.default.fileExists(atPath: source) {
                try? FileManager.default.removeItem(atPath: shop("credentials/\(parts[0])"))
                try FileManager.default.copyItem(atPath: source, toPath: shop("credentials/\(parts[0])"))
            }
        }
        var environment = ["PATH": "/usr/bin:/bin", "CREDENTIALS_DIRECTORY": shop("credentials")]
        for (name, value) in values("Environment").flatMap(variables) {
            let credential = value.split(separator: " ").first { $0.hasPrefix(shop("credentials")) }
            if credential.map({ FileManager.default.fileExists(atPath: String($0)) }) ?? true { environment[name] = value }
        }
        environment.merge(settings) { $1 }
        let successes = values("SuccessExitStatus").compactMap { Int32($0) } + [0]
        var said = ""
        for command in values("ExecStartPre") + values("ExecStart") {
            let script = try #require(command.wholeMatch(of: /\/bin\/sh -c '([^']*)'/)).output.1
            let text = expanded(String(script)).replacing("$$", with: "$").replacing("/usr/bin/easel ", with: Workshop.binary + " ")
            let outcome = try await shop.start(["/bin/sh", "-c", text], in: expanded(values("WorkingDirectory").first ?? "/"), environment: environment).finished()
            said += outcome.out + outcome.err
            if !successes.contains(outcome.status) { return (outcome.status, said) }
        }
        return (0, said)
    }

    private func expanded(_ text: String) -> String {
        text.replacing("%S", with: shop("state")).replacing("%C", with: shop("cache")).replacing("%d", with: shop("credentials")).replacing("%%", with: "%")
    }

    /// The variables of an `Environment=`, which are quoted as a whole or not at all.
    private func variables(_ value: String) -> [(String, String)] {
        let parts = value.hasPrefix("\"") ? [value.dropFirst().dropLast()] : value.split(separator: " ")
        return parts.map { part in
            let name = part.prefix { $0 != "=" }
            return (String(name), expanded(String(part.dropFirst(name.count + 1))))
        }
    }

    /// Keys and values of a unit, whose lines may go on after a backslash.
    private static func entries(_ path: String) throws -> [(key: String, value: String)] {
        let lines = try String(contentsOfFile: path, encoding: .utf8).replacing("\\\n", with: " ").split(separator: "\n").filter { !$0.hasPrefix("#") && !$0.hasPrefix("[") }
        return lines.map { line in
            let key = line.prefix { $0 != "=" }
            return (String(key), String(line.dropFirst(key.count + 1)))
        }
    }
}
