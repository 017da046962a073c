import Glibc

/// Does something during which a peer may hang up: to write to it then is an error like any other, and not the end of the process.
///
/// libgit2 1.5 writes to sockets without asking for that. Only this thread is concerned: what the process does with a closed standard
/// output stays as it is.
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
