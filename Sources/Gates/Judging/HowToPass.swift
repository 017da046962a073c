import Time

/// What a report tells an admin to do about a gate.
enum HowToPass {
    /// Fingerprints written out; the rest stand with their profiles in the report.
    private static let shown = 8

    static func approve(_ fingerprints: [String]) -> String {
        "Somebody must approve: run `\(command(fingerprints))` and commit the file that it writes."
    }

    static func never(_ source: String) -> String {
        "Nothing passes this gate: take the change back, or change the policy in \(source == "--policy" ? "the file given with --policy" : source)."
    }

    static func window(_ window: Window, _ now: Instant) -> String {
        if window.isOpen(at: now) { return "The window is open now: \(window.words)." }
        let next = window.wordsForNextOpening(after: now).map { ", next \($0)" } ?? ""
        return "Goes out in a run while the window is open: \(window.words)\(next)."
    }

    static func nextRun(_ limit: Limit, waiting: Int) -> String {
        "\(waiting == 1 ? "One profile waits" : "\(waiting) profiles wait") for the next run: at most \(amount(limit)) may go out in one."
    }

    static func tooLarge(_ limit: Limit, _ fingerprints: [String]) -> String {
        let subject = fingerprints.count == 1 ? "One profile is" : "\(fingerprints.count) profiles are"
        // The only removal that is more than a whole limit is one where none may go.
        let why = limit.kind == .peoplePerRun ? "larger than the whole limit of \(amount(limit)), or of unknown size" : "over the limit of \(amount(limit))"
        return "\(subject) \(why): run `\(command(fingerprints))` and commit the file that it writes."
    }

    private static func amount(_ limit: Limit) -> String {
        let scope = limit.tenant.map { " of \($0)" } ?? ""
        switch limit.kind {
        case .peoplePerRun: return "\(limit.limit) \(limit.limit == 1 ? "person" : "people")\(scope)"
        case .removalsPerRun: return "\(limit.limit) \(limit.limit == 1 ? "removal" : "removals")\(scope)"
        }
    }

    private static func command(_ fingerprints: [String]) -> String {
        let more = fingerprints.count - shown
        return "easel approve \(fingerprints.prefix(shown).joined(separator: " "))" + (more > 0 ? " … (\(more) more)" : "")
    }
}
