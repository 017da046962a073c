import Basics
import Foundation
import GraphEmulator

/// `graph-emulator SCENARIO.json [--tls CHAIN.pem KEY.pem] [--port N]`: prints its address and runs until it is stopped. For every line on its standard
/// input it prints what was asked since the last one, as JSON on one line.
var arguments = Array(CommandLine.arguments.dropFirst())
var tls: (certificates: String, key: String)?
var port = 0

func text(_ path: String) throws -> String { String(decoding: try readFile(path, limit: 1 << 20, followsLinks: true), as: UTF8.self) }

if let index = arguments.firstIndex(of: "--tls"), arguments.count > index + 2 {
    tls = (try text(arguments[index + 1]), try text(arguments[index + 2]))
    arguments.removeSubrange(index...index + 2)
}
if let index = arguments.firstIndex(of: "--port"), arguments.count > index + 1, let number = Int(arguments[index + 1]) {
    port = number
    arguments.removeSubrange(index...index + 1)
}
guard arguments.count == 1, let path = arguments.first else { throw UsageError("usage: graph-emulator SCENARIO.json [--tls CHAIN.pem KEY.pem] [--port N]") }
let scenario = try Scenario(file: path, bytes: try readFile(path, limit: 256 << 20, followsLinks: true))
let emulator = try await GraphEmulator.start(scenario, tls: tls, port: port)
// At once, without a buffer: scripts read it from a pipe.
try writeAll(1, Array((emulator.url + "\n").utf8), path: "standard output")
Thread.detachNewThread {
    while readLine() != nil {
        let log = emulator.log
        emulator.clearLog()
        let (graph, refused) = (log.filter { !$0.isToken }, log.count { $0.status == 429 })
        let counts = ["tokens": log.count - graph.count, "reads": graph.count { $0.method == "GET" }, "writes": graph.count { $0.method != "GET" }, "refused": refused]
        let text = counts.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \($0.value)" }.joined(separator: ", ")
        do { try writeAll(1, Array("{\(text)}\n".utf8), path: "standard output") } catch { return }
    }
}
try await emulator.run()
