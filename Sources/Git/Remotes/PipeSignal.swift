import Glibc

/// Runs `body` so that writing to a peer that has hung up is an error, and does not end the process with SIGPIPE.
///
/// libgit2 1.5 does not prevent that signal when it writes to sockets. Only this thread is concerned.
func withoutPipeSignal<Result>(_ body: () -> Result) -> Result {
    var signals = sigset_t()
    var before = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &signals, &before)
    defer {
        if sigismember(&before, SIGPIPE) == 0 {
            var atOnce = timespec()
            while sigtimedwait(&signals, nil, &atOnce) > 0 {}
            pthread_sigmask(SIG_SETMASK, &before, nil)
        }
    }
    return body()
}
