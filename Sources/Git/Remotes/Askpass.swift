import CGitSupport
import Glibc

/// Gives one passphrase to OpenSSH's programs, through a program that exists only in memory, and only as long as this object.
public final class Askpass {
    private let descriptor: Int32

    public init(_ passphrase: Secret) throws(GitError) {
        descriptor = easel_memory_program("#!/bin/sh\nprintf '%s\\n' \(quoted(passphrase.text))\n")
        if descriptor < 0 { throw .system(errno, "prepare the passphrase of a key") }
    }

    deinit { close(descriptor) }

    /// For the program's environment.
    public var environment: [String] { ["SSH_ASKPASS=/proc/\(getpid())/fd/\(descriptor)", "SSH_ASKPASS_REQUIRE=force"] }
}
