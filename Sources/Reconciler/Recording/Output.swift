import AppliedState
import ConfigRepository
import ReportModel

/// Everything that a run writes into as it goes: the caller's reports, the state commit in the making, and the folder of `--out`.
final class Output {
    /// All of them, in the order in which they were asked for.
    let sinks: [any ReportSink]
    /// Nil for a run that records nothing.
    let writer: StateWriter?
    let stateReports: StateReports
    /// Files for the next step that only this run has; nil without `--out`.
    let steps: StepFiles?
    private let folder: OutFolder?

    init(_ prepared: Preparation, _ callers: [any ReportSink]) throws {
        let request = prepared.request
        if request.mode.stateUse == .write, let store = prepared.opened.store {
            writer = try StateWriter(store: store.store, branch: store.branch, base: prepared.snapshot)
        } else {
            writer = nil
        }
        stateReports = StateReports(writer == nil ? nil : request.documents.recorded)
        folder = try request.delivery.out.map { try OutFolder(path: $0, documents: request.documents.delivered) }
        steps = folder.map { _ in StepFiles() }
        sinks = callers + stateReports.sinks + (folder?.sinks ?? [])
    }

    func begin(_ head: ReportHead) throws { for sink in sinks { try sink.begin(head) } }

    /// Puts the folder of `--out` together, where there is one.
    func deliver(_ tail: ReportTail, _ recorded: Recording, _ request: RunRequest) throws {
        try folder?.finish(tail, snapshot: recorded.snapshot, selection: request.selection, steps: steps, deferral: recorded.deferral)
    }
}
