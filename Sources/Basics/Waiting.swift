import Dispatch
import Synchronization

/// Runs asynchronous work and blocks the calling thread until it has ended: the one place where synchronous code waits for
/// asynchronous code.
///
/// Never call it from asynchronous code: a blocked thread of the cooperative pool can block everybody else's work.
///
/// The calling thread runs the work itself while it waits, so that threads that read many tenants at once keep their own
/// processors, and none of them depends on a free thread in the pool.
///
/// - Throws: what `work` throws.
public func waiting<T: Sendable>(for work: @escaping @Sendable () async throws -> T) throws -> T {
    let thread = CallingThread()
    let outcome = Outcome<T>()
    Task(executorPreference: thread) {
        let result: Result<T, any Error>
        do { result = .success(try await work()) } catch { result = .failure(error) }
        outcome.result.withLock { $0 = result }
    }
    while true {
        thread.runNext()
        if let result = outcome.result.withLock({ $0 }) { return try result.get() }
    }
}

private final class Outcome<T: Sendable>: Sendable {
    let result = Mutex<Result<T, any Error>?>(nil)
}

/// Hands the steps of a task to the thread that waits for it.
private final class CallingThread: TaskExecutor {
    private let jobs = Mutex<[UnownedJob]>([])
    private let arrived = DispatchSemaphore(value: 0)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
        arrived.signal()
    }

    /// Waits for a step and runs it.
    func runNext() {
        arrived.wait()
        let job = jobs.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        job?.runSynchronously(on: asUnownedTaskExecutor())
    }
}
