import AppliedState
import Basics
import ConfigRepository
import Git
import HandOff
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
    private let place: OutPlace?
    private let folder: OutFolder?

    init(_ prepared: Preparation, _ callers: [any ReportSink]) throws {
        let request = prepared.request
        if request.mode.stateUse == .write, let store = prepared.opened.store {
            writer = try StateWriter(store: store.store, branch: store.branch, base: prepared.snapshot, identity: request.places.stateIdentity)
        } else {
            writer = nil
        }
        stateReports = StateReports(writer == nil ? nil : request.documents.recorded)
        place = try request.delivery.out.map(OutPlace.init)
        try place?.check()
        folder = try place.map { try OutFolder($0, documents: request.documents.delivered) }
        steps = folder.map { _ in StepFiles() }
        sinks = callers + stateReports.sinks + (folder?.sinks ?? [])
    }

    func begin(_ head: ReportHead) throws { for sink in sinks { try sink.begin(head) } }

    /// Puts the folder of `--out` together, where there is one, so that `deliver` only has to put it in its place.
    func stage(_ tail: ReportTail, _ recording: Recording, _ request: RunRequest) throws {
        try folder?.stage(
            tail, commit: recording.commit, snapshot: recording.snapshot, selection: request.selection, steps: steps, deferral: recording.deferral
        ) { done, total in request.progress?(RunProgress(.writing, done, of: total)) }
    }

    func deliver(recorded: ObjectID? = nil) throws {
        do { try folder?.deliver() } catch {
            guard let recorded, let place else { throw error }
            throw RecordedButUnreported(commit: recorded.description, "not delivered: \(error). The next reconcile with --out \(place.path) delivers it first")
        }
    }

    /// For a run that records nothing: the last hand-off stays, or there is a first one. Returns what is missing of it.
    func keepOrDeliver(_ tail: ReportTail, _ recording: Recording, _ request: RunRequest) throws -> [String] {
        guard let place else { return [] }
        if !tail.isDeferred, let missing = try OutFolder.keep(place, recording.snapshot) { return missing }
        try stage(tail, recording, request)
        try deliver()
        return []
    }
}
