import AppliedState
import ConfigRepository
import Deferral
import Git
import Logging
import Profiles
import ReportModel

/// How the applied state stands when a run is over.
struct Recording {
    /// The commit on the state branch; nil when nothing was recorded.
    var commit: ObjectID?
    /// The state after the run; of a deferred run, as it will be once it is confirmed.
    var snapshot: StateSnapshot
    var deferral: Deferral?
}

/// Makes the one commit of a run on the state branch, or defers it.
struct Recorder {
    private let prepared: Preparation
    private let output: Output
    private let collector: Collector
    private let writer: StateWriter
    private let branch: String
    private let store: StateStore

    /// Nil for a run that records nothing.
    init?(_ prepared: Preparation, _ output: Output, _ collector: Collector) {
        guard let writer = output.writer, let store = prepared.opened.store else { return nil }
        (self.prepared, self.output, self.collector, self.writer) = (prepared, output, collector, writer)
        (branch, self.store) = (store.branch, store.store)
    }

    private var request: RunRequest { prepared.request }

    /// - Parameter tail: the end of the reports: those that become part of the commit, and those of `--out`, which name it.
    func record(_ tail: (ObjectID?) -> ReportTail) throws -> Recording {
        if case .adopt = request.mode { return try adopt(tail) }
        let update = RootUpdate(prepared, collector)
        var recording = Recording(snapshot: prepared.snapshot)
        if !writer.isEmpty || update.isNeeded {
            // The last moment at which nothing has happened.
            try request.checkCancelled()
            try output.stateReports.end(tail(nil))
            let message = CommitMessage(source: prepared.commit ?? "", actions: collector.goesOut, held: collector.summary.held, moved: collector.summary.moved)
            let entered = { (now: RootState) in try update.graft(on: now, branch: branch) }
            if request.delivery.defers {
                recording.snapshot = try writer.draft(root: entered, files: output.stateReports.files, message: message.text, time: time)
                recording.deferral = Deferral(
                    base: prepared.snapshot, draft: recording.snapshot, branch: branch, place: request.places.statePlace, selection: request.selection,
                    message: message, time: time)
                return recording
            }
            let written = try writer.commit(
                root: entered, files: output.stateReports.files, message: message.text, time: time, lookedAt: collector.processed
            ) { commit, snapshot in try output.stage(tail(commit), Recording(commit: commit, snapshot: snapshot), request) }
            (recording.commit, recording.snapshot) = (written.commit, written.snapshot)
        }
        if !request.delivery.defers { remember(recording.snapshot.tip) }
        if let commit = recording.commit { try output.deliver(recorded: commit) }
        return recording
    }

    private func adopt(_ tail: (ObjectID?) -> ReportTail) throws -> Recording {
        guard !writer.isEmpty else { return Recording(snapshot: prepared.snapshot) }
        try request.checkCancelled()
        try output.stateReports.end(tail(nil))
        let (adopted, tenants) = (collector.summary.adoption?.adopted ?? 0, collector.changes.count)
        let message = "Adopt \(adopted) profile\(adopted == 1 ? "" : "s") that \(tenants == 1 ? "a tenant" : "\(tenants) tenants") already had\n"
        let written = try writer.commit(
            root: { now in
                var root = now
                root.identify(collector.identities)
                root.note(collector.changes, beside: nil)
                return root
            }, files: output.stateReports.files, message: message, time: time)
        remember(written.commit)
        return Recording(commit: written.commit, snapshot: written.snapshot)
    }

    /// Of the state commit.
    private var time: Int64 { request.now.secondsSince1970 }

    /// Whether this can be noted decides about nothing but whether a later rewind is noticed.
    private func remember(_ tip: ObjectID?) {
        do { try store.remember(branch, at: tip) } catch {
            request.logger.warning("the place of the state branch was not noted", metadata: ["why": "\(error)"])
        }
    }
}
