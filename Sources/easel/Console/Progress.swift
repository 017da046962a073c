import Synchronization
import Time

/// One line on a terminal that shows the progress of long work; nothing elsewhere.
final class Progress: Sendable {
    private let isShown: Bool
    private let last = Mutex<(time: ContinuousClock.Instant, text: String)>((.now, ""))
    /// Short work needs no progress line.
    private let start = ContinuousClock.now

    init(isShown: Bool) { self.isShown = isShown }

    func fetched(_ received: Int, of total: Int) { show("Fetching", received, total, "objects") }
    func worked(_ done: Int, of total: Int) { show("Rendering", done, total, "tenants") }

    /// Clears the line.
    func finish() {
        guard isShown else { return }
        last.withLock { last in
            if !last.text.isEmpty { Console.writeError("\r\u{1B}[K") }
            last = (.now, "")
        }
    }

    private func show(_ verb: String, _ done: Int, _ total: Int, _ noun: String) {
        guard isShown, total > 0 else { return }
        let now = ContinuousClock.now
        last.withLock { last in
            guard now - start > .milliseconds(300), now - last.time > .milliseconds(100) else { return }
            let width = 24
            let filled = min(width, done * width / total)
            let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled)
            last = (now, "\(verb) [\(bar)] \(done) of \(total) \(noun)")
            Console.writeError("\r\(last.text)\u{1B}[K")
        }
    }
}
