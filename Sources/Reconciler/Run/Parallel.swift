import Dispatch
import Glibc
import Synchronization

/// Works items off on all cores, and hands the results over in the order of the items.
///
/// - Parameters:
///   - worker: makes what one thread needs.
///   - take: called by one thread at a time, with a chunk of results and how many items are done.
func workInOrder<Item: Sendable, Worker, Result>(
    _ items: [Item], worker: @Sendable () throws -> Worker, work: @Sendable (Worker, Item) throws -> Result, take: ([Result], Int) throws -> Void
) throws {
    guard !items.isEmpty else { return }
    // Enough that threads seldom wait for each other, few enough for flat memory.
    let chunk = 8
    let chunks = (items.count + chunk - 1) / chunk
    let threads = min(chunks, max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    let next = Mutex(0)
    let failure = Mutex<(any Error)?>(nil)
    let order = Turnstile()
    try withoutActuallyEscaping(take) { take in
        let handOver = HandOver(take: take)
        DispatchQueue.concurrentPerform(iterations: threads) { _ in
            do {
                let worker = try worker()
                while true {
                    let number = next.withLock { number in
                        defer { number += 1 }
                        return number
                    }
                    guard number < chunks, failure.withLock({ $0 == nil }) else { return }
                    let range = number * chunk..<min((number + 1) * chunk, items.count)
                    let results = try items[range].map { try work(worker, $0) }
                    guard try order.pass(number, { try handOver.take(results, range.upperBound) }) != nil else { return }
                }
            } catch {
                failure.withLock { $0 = $0 ?? error }
                order.close()
            }
        }
        if let error = failure.withLock({ $0 }) { throw error }
    }
}

/// @unchecked: only called inside the turnstile.
private final class HandOver<Result>: @unchecked Sendable {
    let take: ([Result], Int) throws -> Void
    init(take: @escaping ([Result], Int) throws -> Void) { self.take = take }
}
