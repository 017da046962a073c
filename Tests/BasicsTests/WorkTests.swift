import Basics
import Dispatch
import Synchronization
import Testing

/// Work on many items at the same time.
@Suite struct WorkTests {
    /// Counts who is inside, and holds everybody until so many are.
    private final class Gathering: Sendable {
        private let state = Mutex((inside: 0, most: 0))
        private let full = DispatchSemaphore(value: 0)
        let size: Int

        init(_ size: Int) { self.size = size }

        var most: Int { state.withLock { $0.most } }

        /// False where the others did not come.
        func enter() -> Bool {
            let isLast = state.withLock { state in
                state.inside += 1
                state.most = max(state.most, state.inside)
                return state.inside == size
            }
            if isLast { for _ in 1..<size { full.signal() } }
            let came = isLast || full.wait(timeout: .now() + 20) == .success
            state.withLock { $0.inside -= 1 }
            return came
        }
    }

    /// More threads than this machine has cores work at once where somebody else is waited for, and the order stays.
    @Test func widthIsUsed() throws {
        let gathering = Gathering(24)
        var (seen, done, came) = ([Int](), [Int](), 0)
        try workInOrder(
            Array(0..<24), width: 24, worker: { gathering }, begin: { gathering, item in (item, gathering.enter()) }, inOrder: { draft in seen.append(draft.0) },
            finish: { _, draft in draft }, take: { results, count in
                came += results.count { $0.1 }
                done.append(count)
            })
        #expect(gathering.most == 24 && came == 24)
        #expect(seen == Array(0..<24) && done == Array(1...24))
    }

    @Test(arguments: [1, 24]) func theFirstErrorEndsIt(width: Int) {
        struct Broken: Error {}
        #expect(throws: Broken.self) {
            try workInOrder(
                Array(0..<1000), width: width, worker: {}, begin: { _, item in if item == 500 { throw Broken() } }, inOrder: { _ in }, finish: { _, _ in }, take: { _, count in #expect(count <= 500) })
        }
    }

    @Test func asynchronousWorkKeepsItsOrder() async throws {
        let state = Mutex((inside: 0, most: 0))
        let progress = Mutex<[Int]>([])
        let results = try await concurrently(Array(0..<50), width: 7, progress: { done, _ in progress.withLock { $0.append(done) } }) { item in
            state.withLock { state in
                state.inside += 1
                state.most = max(state.most, state.inside)
            }
            try await Task.sleep(for: .milliseconds(item % 5))
            state.withLock { $0.inside -= 1 }
            return item * 2
        }
        #expect(results == (0..<50).map { $0 * 2 } && progress.withLock { $0 } == Array(1...50))
        #expect((2...7).contains(state.withLock { $0.most }))
        await #expect(throws: CancellationError.self) { _ = try await concurrently([1, 2, 3], isCancelled: { true }) { $0 } }
    }
}
