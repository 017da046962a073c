import Glibc

/// The three streams that every program expects to have.
enum StandardStreams {
    /// Makes sure that no file is ever opened as standard input, output or error, and that a reader who has gone is an error like any
    /// other. Called before anything else.
    ///
    /// The caller may have closed a stream (`>&-`). The next file to be opened would take its number, and the result would be written
    /// into that file: into a pack of the applied state, for example.
    static func secure() {
        signal(SIGPIPE, SIG_IGN)
        // Standard output can only be read then, so that writing to it fails.
        for (number, mode) in [(STDIN_FILENO, O_RDONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_WRONLY)] where fcntl(number, F_GETFD) < 0 {
            // A new file gets the lowest number that is free, which is this one.
            guard open("/dev/null", mode) == number else { _exit(1) }
        }
    }
}
