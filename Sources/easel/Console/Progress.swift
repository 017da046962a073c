import Git
import Reconciler
import Synchronization

/// One bar on a terminal over all that a run does, from the first object that is fetched to the last that is pushed; nothing elsewhere.
final class Progress: Sendable {
    /// In the order of a run.
    private enum Stage: Int, CaseIterable, Comparable {
        case fetching, reading, judging, working, publishing, writing, pushing

        /// Its part of the bar, measured against the others.
        var share: Int { [.fetching: 3, .reading: 1, .judging: 3, .working: 6, .publishing: 12, .writing: 3, .pushing: 1][self] ?? 0 }

        static func < (one: Stage, other: Stage) -> Bool { one.rawValue < other.rawValue }
    }

    private struct Shown {
        var time = ContinuousClock.now
        /// Stages that have begun: of those before them that have not, the run has none.
        var begun: Set<Stage> = []
        /// Of the bar's width.
        var filled = 0
        var isOnScreen = false
    }

    private let isShown: Bool
    /// The last stages that the run will have.
    private let ahead: Set<Stage>
    private let verb: String
    private let shown = Mutex(Shown())
    /// Short work needs no progress line.
    private let start = ContinuousClock.now
    private static let width = 24

    /// For a command that is no run.
    init(isShown: Bool) { (self.isShown, verb, ahead) = (isShown, "", []) }

    init(of mode: RunRequest.Mode, isShown: Bool) {
        self.isShown = isShown
        switch mode {
        case .validate: (verb, ahead) = ("Validating", [.working])
        case .plan, .review: (verb, ahead) = ("Planning", [.working])
        case .reconcile(let delivery): (verb, ahead) = delivery.publishing == nil ? ("Rendering", [.working, .writing]) : ("Planning", [.working, .publishing, .writing])
        case .drift: (verb, ahead) = ("Comparing", [.working])
        case .adopt: (verb, ahead) = ("Adopting", [.working, .writing])
        }
    }

    func show(_ progress: RunProgress) {
        switch progress.stage {
        case .reading: show(.reading, "Reading", progress.done, progress.total, "tenants")
        case .judging: show(.judging, "Judging", progress.done, progress.total, "tenants")
        case .rendering: show(.working, verb, progress.done, progress.total, "tenants")
        case .publishing: show(.publishing, "Publishing", progress.done, progress.total, "tenants")
        case .writing: show(.writing, "Writing", progress.done, progress.total, "tenants")
        }
    }

    func show(_ progress: TransferProgress) {
        switch progress.direction {
        case .receiving: show(.fetching, "Fetching", progress.objects, progress.totalObjects, "objects")
        case .sending: show(.pushing, "Pushing", progress.objects, progress.totalObjects, "objects")
        }
    }

    /// Of a command that reads tenants and is no run.
    func read(_ done: Int, of total: Int) { show(.reading, "Reading", done, total, "tenants") }

    /// Clears the line.
    func finish() {
        guard isShown else { return }
        shown.withLock { shown in
            if shown.isOnScreen { Console.writeError("\r\u{1B}[K") }
            shown.isOnScreen = false
            shown.time = .now
        }
    }

    private func show(_ stage: Stage, _ verb: String, _ done: Int, _ total: Int, _ noun: String) {
        guard isShown, total > 0 else { return }
        let now = ContinuousClock.now
        shown.withLock { shown in
            let isNew = shown.begun.insert(stage).inserted
            guard now - start > .milliseconds(300), isNew || now - shown.time > .milliseconds(100) else { return }
            shown.filled = max(shown.filled, filled(stage, done, total, shown.begun))
            (shown.time, shown.isOnScreen) = (now, true)
            let bar = String(repeating: "#", count: shown.filled) + String(repeating: ".", count: Self.width - shown.filled)
            Console.writeError("\r\(verb) [\(bar)] \(done) of \(total) \(noun)\u{1B}[K")
        }
    }

    /// How much of the bar is filled when a part of a stage is done.
    private func filled(_ stage: Stage, _ done: Int, _ total: Int, _ begun: Set<Stage>) -> Int {
        let stages = begun.union(ahead.filter { $0 > stage })
        let before = stages.filter { $0 < stage }.reduce(0) { $0 + $1.share }
        let all = stages.reduce(0) { $0 + $1.share }
        return min(Self.width, (before * total + stage.share * min(done, total)) * Self.width / (all * total))
    }
}
