import Glibc

/// A value behind a lock of pthread's.
///
/// Not `Mutex`: its slow path lies in a library that the thread sanitizer does not see into, so that a lock that had to be waited
/// for looks to it like none at all.
///
/// @unchecked: the value is only reached while the lock is held.
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
