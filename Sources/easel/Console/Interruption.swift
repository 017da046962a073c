import Glibc
import Synchronization

/// SIGINT and SIGTERM: the run ends at the next safe place, says what was applied, and exits with 128 and the signal's number.
/// A second signal ends it at once; the state is whole at every moment.
enum Interruption {
    private static let signal = Atomic<Int32>(0)
    /// Seconds for the work to end by itself.
    private static let patience = 30

    static var hasCome: Bool { signal.load(ordering: .relaxed) != 0 }

    /// 130 or 143; nil where no signal has come.
    static var exitCode: Int32? { hasCome ? 128 + signal.load(ordering: .relaxed) : nil }

    /// From now on signals are waited for, by a thread of their own; once in a process, before any other thread.
    static func watch() {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGINT)
        sigaddset(&signals, SIGTERM)
        // Inherited by every thread that comes later: none but the watcher sees them.
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
            // Whoever waits longer, or asks twice, wants it now. The state is whole at every moment.
            var patience = timespec(tv_sec: Interruption.patience, tv_nsec: 0)
            let again = sigtimedwait(&signals, nil, &patience)
            _exit(128 + (again > 0 ? again : number))
        }, nil)
        pthread_detach(thread)
    }
}
