import Foundation
import Synchronization

/// `git daemon` on loopback for the repositories in a folder; they accept pushes.
public final class GitDaemon: Server {
    public init(_ folder: String, environment: [String: String]) throws {
        let port = try freePort()
        var environment = environment
        environment["PATH"] = "/usr/lib/git-core:/usr/bin:/bin"
        // git-daemon itself, not `git daemon`: that is a second process, which outlives a kill of the first.
        try super.init(
            [
                "/usr/lib/git-core/git-daemon", "--listen=127.0.0.1", "--port=\(port)", "--reuseaddr", "--export-all", "--enable=receive-pack",
                "--base-path=\(folder)", "--informative-errors", folder,
            ], port: port, environment: environment)
    }

    public func url(_ name: String) -> String { "git://127.0.0.1:\(port)/\(name)" }
}

private func withAddress<R>(_ port: UInt16, _ body: (UnsafeMutablePointer<sockaddr>, socklen_t) -> R) -> R {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
}

/// A port of loopback on which nobody listens, and that no other test gets.
///
/// It is below the ports that the kernel assigns to outgoing connections: one of those could be in use before the server has it.
public func freePort() throws -> UInt16 {
    for _ in 0..<1000 {
        let port = UInt16(10_000 + nextPort.wrappingAdd(1, ordering: .relaxed).oldValue % 20_000)
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        if withAddress(port, { bind(descriptor, $0, $1) }) == 0 { return port }
    }
    throw Program.Failed(description: "no free port")
}

// Two test runs at the same time begin at different ports.
private let nextPort = Atomic(UInt32(getpid()) &* 97)

/// Waits until a server listens there; throws when it has not come up within 20 seconds.
public func awaitServer(on port: UInt16) throws {
    for _ in 0..<2000 {
        if answers(port) { return }
        usleep(10_000)
    }
    throw Program.Failed(description: "nothing listens on port \(port)")
}

/// Whether somebody listens there.
public func answers(_ port: UInt16) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    return withAddress(port) { connect(descriptor, $0, $1) } == 0
}
