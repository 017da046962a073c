import Dispatch
import Synchronization
import Testing

@testable import Basics

@Suite struct WaitingTests {
    private struct Refused: Error {}

    private actor Counter {
        private(set) var count = 0
        func add() { count += 1 }
    }

    /// Runs a body on a thread that is not of the cooperative pool.
    private func onThread(_ body: @escaping @Sendable () throws -> Void) async throws {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result(catching: body)) }
        }
    }

    @Test func valuesAndErrorsComeBack() async throws {
        try await onThread {
            let seven = try waiting { 7 }
            #expect(seven == 7)
            #expect(throws: Refused.self) { try waiting { throw Refused() } as Void }
        }
    }

    @Test func workMaySleepHopAndFork() async throws {
        try await onThread {
            let sum = try waiting {
                let counter = Counter()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<50 {
                        group.addTask {
                            try await Task.sleep(for: .milliseconds(1))
                            await counter.add()
                        }
                    }
                    try await group.waitForAll()
                }
                return await counter.count
            }
            #expect(sum == 50)
        }
    }

    /// As the pipeline does it: every processor has a thread that waits, and none is left for the pool.
    @Test func manyThreadsMayWaitAtOnce() async throws {
        try await onThread {
            let done = Mutex(0)
            DispatchQueue.concurrentPerform(iterations: 64) { number in
                let value = try? waiting {
                    await Task.yield()
                    return number
                }
                if value == number { done.withLock { $0 += 1 } }
            }
            #expect(done.withLock { $0 } == 64)
        }
    }
}
