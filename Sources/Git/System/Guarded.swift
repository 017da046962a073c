import Glibc

/// A value that is protected by a pthread mutex.
///
/// This is not `Mutex`, because the slow path of `Mutex` is in a library that the thread sanitizer does not see: a lock that had to
/// be waited for would look like no lock at all.
///
/// @unchecked, because the value is only used while the lock is held.
final class Guarded<Value>: @unchecked Sendable {
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private var value: Value

    init(_ value: sending Value) {
        self.value = value
        pthread_mutex_init(lock, nil)
    }

    deinit {
        pthread_mutex_destroy(lock)
        lock.deallocate()
    }

    func withLock<Result>(_ body: (inout Value) -> Result) -> Result {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return body(&value)
    }
}
