import Dispatch
import Glibc
import Synchronization

/// Works on items on all cores, and hands the results over in the order of the items.
///
/// - Parameters:
///   - width: items that are worked on at the same time where the work waits for somebody else, such as a server; no fewer than there are cores.
///   - worker: makes what one thread needs.
///   - begin: the first half of the work on an item.
///   - inOrder: called with each draft by one thread at a time, in the order of the items.
///   - finish: the second half.
///   - take: called by one thread at a time, in order, with a chunk of results and how many items are done.
public func workInOrder<Item: Sendable, Worker, Draft, Result>(
    _ items: [Item], width: Int = 1, worker: @Sendable () throws -> Worker, begin: @Sendable (Worker, Item) throws -> Draft, inOrder: (inout Draft) -> Void,
    finish: @Sendable (Worker, Draft) throws -> Result, take: ([Result], Int) throws -> Void
) throws {
    guard !items.isEmpty else { return }
    let cores = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    // Enough that threads seldom wait for each other, few enough for flat memory; and where servers are waited for, all of the width is of use.
    let chunk = width > cores ? max(1, min(8, items.count / width)) : 8
    let chunks = (items.count + chunk - 1) / chunk
    let threads = min(chunks, max(cores, width))
    let next = Mutex(0)
    let failure = Mutex<(any Error)?>(nil)
    let (middle, end) = (Turnstile(), Turnstile())
    try withoutActuallyEscaping(inOrder) { inOrder in
        try withoutActuallyEscaping(take) { take in
            let turns = TurnTakers(inOrder: inOrder, take: take)
            onThreads(threads, cores: cores) {
                do {
                    let worker = try worker()
                    while true {
                        let number = next.withLock { number in
                            defer { number += 1 }
                            return number
                        }
                        guard number < chunks, failure.withLock({ $0 == nil }) else { return }
                        let range = number * chunk..<min((number + 1) * chunk, items.count)
                        var drafts = try items[range].map { try begin(worker, $0) }
                        let passed: Void? = middle.pass(number) { for index in drafts.indices { turns.inOrder(&drafts[index]) } }
                        guard passed != nil else { return }
                        let results = try drafts.map { try finish(worker, $0) }
                        guard try end.pass(number, { try turns.take(results, range.upperBound) }) != nil else { return }
                    }
                } catch {
                    failure.withLock { $0 = $0 ?? error }
                    middle.close()
                    end.close()
                }
            }
            if let error = failure.withLock({ $0 }) { throw error }
        }
    }
}

/// Runs a body on so many threads, and returns when all of them have ended.
private func onThreads(_ count: Int, cores: Int, _ body: @Sendable () -> Void) {
    guard count > cores else { return DispatchQueue.concurrentPerform(iterations: count) { _ in body() } }
    // The call above uses no more threads than there are cores. A serial queue has a thread of its own while it is busy.
    withoutActuallyEscaping(body) { body in
        let group = DispatchGroup()
        for number in 0..<count { DispatchQueue(label: "easel.work.\(number)").async(group: group) { body() } }
        group.wait()
    }
}

/// What is called in the order of items.
///
/// @unchecked: each closure is only called inside its turnstile.
private final class TurnTakers<Draft, Result>: @unchecked Sendable {
    let inOrder: (inout Draft) -> Void
    let take: ([Result], Int) throws -> Void

    init(inOrder: @escaping (inout Draft) -> Void, take: @escaping ([Result], Int) throws -> Void) {
        self.inOrder = inOrder
        self.take = take
    }
}
