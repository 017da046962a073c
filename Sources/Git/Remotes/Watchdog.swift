import Basics
import Glibc

/// Ends a conversation with a server at a deadline, or when the caller asks to stop. libgit2 would wait without limit.
///
/// libgit2 1.5 has no timeouts, and it makes callbacks only while bytes arrive. So the sockets of the conversation are shut down while
/// it uses them: its blocked call returns at once with an error, and it cleans up as after any broken connection. Those sockets are
/// recognized by when they were opened and by the port of their peer, behind a proxy only by the former. So a process should have only
/// one conversation at a time.
final class Watchdog: Sendable {
    enum Bite: Sendable { case deadline, stopped }

    private struct State {
        var isOver = false
        var bite: Bite?
        /// No socket had the server's port when the conversation was ended first: then it goes through a proxy.
        var isProxied = false
        /// Where a program carries the conversation: the socket to it, or -1 while there is none.
        var program: Int32?
    }

    private let state = Guarded(State())
    private let ownSockets: Set<String>
    private let port: Int
    private let deadline: Deadline
    private let isStopped: (@Sendable () -> Bool)?

    init(_ deadline: Deadline, server: RemoteURL, isStopped: (@Sendable () -> Bool)?) {
        self.deadline = deadline
        port = server.port ?? ["http": 80, "https": 443, "git": 9418][server.scheme] ?? 22
        self.isStopped = isStopped
        ownSockets = Set(Self.sockets().map(\.name))
        guard deadline.instant != nil || isStopped != nil else { return }
        let watcher = Unmanaged.passRetained(self)
        var thread = pthread_t()
        let code = pthread_create(&thread, nil, { pointer in
            guard let pointer else { return nil }
            Unmanaged<Watchdog>.fromOpaque(pointer).takeRetainedValue().watch()
            return nil
        }, watcher.toOpaque())
        if code == 0 { pthread_detach(thread) } else { watcher.release() }
    }

    /// Why the conversation was ended, if it was.
    var bite: Bite? { state.withLock(\.bite) }

    /// The conversation is over.
    func end() { state.withLock { $0.isOver = true } }

    /// A program carries the conversation from now on, through this socket; -1 just before the socket is closed.
    func converses(through socket: Int32) { state.withLock { $0.program = socket } }

    private func watch() {
        while true {
            usleep(20_000)
            // Under the lock, so that no socket of a later conversation is ever shut down for this one.
            let isDone = state.withLock { state -> Bool in
                if state.isOver { return true }
                let isFirst = state.bite == nil
                if isFirst {
                    if isStopped?() == true { state.bite = .stopped } else if deadline.hasPassed { state.bite = .deadline }
                }
                guard state.bite != nil else { return false }
                if let program = state.program {
                    if program >= 0 { shutdown(program, Int32(SHUT_RDWR)) }
                    return false
                }
                // In every round: it may try another address.
                let new = Self.sockets().filter { !ownSockets.contains($0.name) }
                if isFirst { state.isProxied = !new.contains { Self.peerPort($0.descriptor) == port } }
                for socket in new where state.isProxied || Self.peerPort(socket.descriptor) == port { shutdown(socket.descriptor, Int32(SHUT_RDWR)) }
                return false
            }
            if isDone { return }
        }
    }

    /// Nil for a socket that is not connected.
    private static func peerPort(_ descriptor: Int32) -> Int? {
        var address = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(descriptor, $0, &length) }
        }
        guard code == 0, address.ss_family == AF_INET || address.ss_family == AF_INET6 else { return nil }
        // In both families the port comes after the family, in network order.
        return withUnsafeBytes(of: &address) { Int($0[2]) << 8 | Int($0[3]) }
    }

    /// The process's open sockets; no two sockets ever have the same name.
    private static func sockets() -> [(descriptor: Int32, name: String)] {
        ((try? list("/proc/self/fd")) ?? []).compactMap { name in
            guard let descriptor = Int32(name) else { return nil }
            var buffer = [CChar](repeating: 0, count: 128)
            let length = readlink("/proc/self/fd/\(name)", &buffer, buffer.count - 1)
            guard length > 0 else { return nil }
            let target = String(decoding: buffer[..<length].map(UInt8.init(bitPattern:)), as: UTF8.self)
            return target.hasPrefix("socket:") ? (descriptor, target) : nil
        }
    }
}
