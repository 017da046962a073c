/// Works on items at the same time, and gives the results in the order of the items.
///
/// - Parameters:
///   - width: items that are worked on at the same time, for work that waits for somebody else, such as a server.
///   - isCancelled: asked before each item.
///   - progress: called with how many items are done, of how many.
/// - Throws: the first error of `work`; `CancellationError` where it was cancelled.
public func concurrently<Item: Sendable, Result: Sendable>(
    _ items: [Item], width: Int = 16, isCancelled: @Sendable () -> Bool = { false }, progress: @Sendable (Int, Int) -> Void = { _, _ in },
    work: @escaping @Sendable (Item) async throws -> Result
) async throws -> [Result] {
    try await withThrowingTaskGroup(of: (Int, Result).self) { group in
        var results = [Result?](repeating: nil, count: items.count)
        var (started, done) = (0, 0)
        while done < items.count {
            if isCancelled() { throw CancellationError() }
            if started < items.count, started - done < width {
                let (position, item) = (started, items[started])
                group.addTask { (position, try await work(item)) }
                started += 1
            } else if let (position, result) = try await group.next() {
                results[position] = result
                done += 1
                progress(done, items.count)
            }
        }
        return results.compactMap(\.self)
    }
}
