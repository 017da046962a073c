import Glibc
import Synchronization

/// SIGINT and SIGTERM: the run ends at the next safe place, says what was recorded, and exits with 128 plus the signal's number.
/// A second signal ends it at once. The applied state is consistent at every moment.
enum Interruption {
    private static let signal = Atomic<Int32>(0)
    /// Seconds that the work has to end by itself.
    private static let patience = 30
    /// What somebody who has pressed Ctrl-C wants to know at once.
    private static let answer = "Stopping at the next safe place. The applied state stays as it is, unless it is being recorded now. A second signal ends the run at once."

    static var hasCome: Bool { signal.load(ordering: .relaxed) != 0 }

    /// 130 or 143; nil if no signal has come.
    static var exitCode: Int32? { hasCome ? 128 + signal.load(ordering: .relaxed) : nil }

    /// Starts a thread that waits for signals. Called once, before any other thread exists.
    static func watch() {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGINT)
        sigaddset(&signals, SIGTERM)
        // Every later thread inherits this, so that only the watcher gets the signals.
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        var thread = pthread_t()
        pthread_create(&thread, nil, { _ in
            var signals = sigset_t()
            sigemptyset(&signals)
            sigaddset(&signals, SIGINT)
            sigaddset(&signals, SIGTERM)
            var number: Int32 = 0
            while sigwait(&signals, &number) != 0 {}
            Interruption.signal.store(number, ordering: .relaxed)
            // The line of a progress bar makes room.
            if Console.isTerminal(STDERR_FILENO) { Console.writeError("\r\u{1B}[K") }
            Console.say(.notice, [Interruption.answer])
            // After a second signal, or too long a wait, the process ends now.
            var patience = timespec(tv_sec: Interruption.patience, tv_nsec: 0)
            let again = sigtimedwait(&signals, nil, &patience)
            _exit(128 + (again > 0 ? again : number))
        }, nil)
        pthread_detach(thread)
    }
}
