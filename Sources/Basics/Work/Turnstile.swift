import Glibc

/// Lets threads through one by one, in the order of their numbers, however they arrive.
///
/// Numbers are handed out in order to running threads, so the one waited for is always on its way.
final class Turnstile: @unchecked Sendable {
    // @unchecked: all state is behind the mutex.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var next = 0
    private var isBroken = false

    init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        pthread_cond_destroy(condition)
        mutex.deallocate()
        condition.deallocate()
    }

    /// Runs `body` when everybody with a lower number has been here. Nil when another thread has failed meanwhile.
    func pass<Result>(_ number: Int, _ body: () throws -> Result) rethrows -> Result? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while next != number, !isBroken { pthread_cond_wait(condition, mutex) }
        if isBroken { return nil }
        defer {
            next += 1
            pthread_cond_broadcast(condition)
        }
        return try body()
    }

    /// Sends everybody home.
    func close() {
        pthread_mutex_lock(mutex)
        isBroken = true
        pthread_cond_broadcast(condition)
        pthread_mutex_unlock(mutex)
    }
}
