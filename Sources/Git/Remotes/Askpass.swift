import Basics
import CGitSupport
import Glibc

/// A text that other programs of this user can read at its path, and that is on no disk. It exists as long as this object.
final class MemoryFile {
    private let descriptor: Int32

    var path: String { "/proc/\(getpid())/fd/\(descriptor)" }

    init(_ text: String, _ operation: @autoclosure () -> String) throws(GitError) {
        descriptor = easel_memory_program(text)
        if descriptor < 0 { throw .system(errno, operation()) }
    }

    deinit { close(descriptor) }
}

/// Gives one passphrase to OpenSSH's programs, through a program that exists only in memory, and only as long as this object.
public final class Askpass {
    private let program: MemoryFile

    public init(_ passphrase: Secret) throws(GitError) {
        program = try MemoryFile("#!/bin/sh\nprintf '%s\\n' \(quoted(passphrase.reveal()))\n", "prepare the passphrase of a key")
    }

    /// For the program's environment.
    public var environment: [String] { ["SSH_ASKPASS=\(program.path)", "SSH_ASKPASS_REQUIRE=force"] }
}
