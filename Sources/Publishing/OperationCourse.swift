import Basics
import JSONSource
import Live
import Payloads
import Profiles

/// Decides what to send next for one operation, after each answer: a value that knows no network and no clock.
///
/// Before a creation the tenant is asked by type and name, so that one that was sent and not heard is found and not made twice. Before any
/// other write the live profile is compared with what was applied. What is there already is not sent again. Afterwards the profile is read
/// back.
struct OperationCourse {
    enum Step: Equatable {
        case list
        case look(id: String)
        case wait(seconds: Double)
        case send(ServiceRequest)
        case finished(PublishingOutcome)
    }

    enum Event {
        case begun
        /// The tenant's profiles, as the service lists them.
        case listed([JSONValue])
        /// Nil where there is none.
        case looked(JSONValue?)
        case waited
        case accepted(JSONValue?)
        case failed(ServiceFailure)
        /// easel is asked to stop; nothing more may be sent.
        case stopped(why: String)
    }

    private enum Stage {
        case listing
        /// The candidates that are left to look at.
        case looking([String])
        case sending
        case readingBack
    }

    private let task: PublishingTask
    private let names: TenantNames
    private let justification: String
    /// Ids of the tenant's other profiles: no namesake of theirs is meant.
    private let taken: Set<String>
    private var stage = Stage.listing
    private var id: String?
    private var queue: [ServiceRequest] = []
    /// How often the service was asked for what it may not show yet.
    private var waits = 0
    /// Whether a creation was sent, by this run or by an earlier one, of which nobody knows whether it arrived.
    private var mayExist: Bool
    private var hasSent = false
    /// Whether the service may have executed a request of which nobody knows.
    private var isUncertain = false
    /// Why the creation that may have arrived has no answer.
    private var doubt: ServiceFailure?

    /// Seconds between looks for what the service has accepted and may not show yet.
    static let pauses: [Double] = [1, 2, 4, 8]

    init(_ task: PublishingTask, names: TenantNames, taken: Set<String>, justification: String) {
        (self.task, self.names, self.taken, self.justification) = (task, names, taken, justification)
        mayExist = task.mayHaveBeenSent && task.operation.action == .create
    }

    /// Whether everything that was sent before this run began must be visible by now.
    var hasWaited: Bool { mayExist && !hasSent && doubt == nil && waits >= Self.pauses.count }

    /// Navigation properties to look at.
    var references: Set<String> { Set(task.references.keys) }

    private var name: String { (task.before ?? task.after)?.displayName ?? task.operation.displayName }
    private var cloud: Tenant.Cloud { task.operation.cloud }

    mutating func step(after event: Event) -> Step {
        switch (stage, event) {
        case (_, .begun): return begin()
        case (_, .stopped(let why)): return stop(why)
        case (.listing, .listed(let objects)): return choose(among: objects)
        case (.listing, .waited): return .list
        case (.looking, .waited): return begin()
        case (.looking(let rest), .looked(let object)): return judge(object, rest)
        case (.sending, .waited): return next()
        case (.sending, .accepted(let answer)): return advance(answer)
        case (.sending, .failed(let failure)): return react(to: failure)
        case (.readingBack, .waited): return id.map { .look(id: $0) } ?? published(nil)
        case (.readingBack, .looked(let object)): return readBack(object)
        case (.readingBack, .failed): return published(nil)
        case (_, .failed(let failure)): return fail(failure)
        default: return fail(ServiceFailure(.refused, message: "the service answered something else than it was asked"))
        }
    }

    // MARK: Which profile it is

    private mutating func begin() -> Step {
        guard let known = task.operation.graphID?.lowercased() else { return .list }
        stage = .looking([])
        return .look(id: known)
    }

    private mutating func choose(among objects: [JSONValue]) -> Step {
        let names = Set([task.before?.displayName ?? task.after?.displayName, task.operation.displayName].compactMap(\.self))
        let known = task.operation.graphID?.lowercased()
        let found = objects.filter { $0["displayName"]?.string.map(names.contains) == true }
            .compactMap { object in object["id"]?.string.map { (id: $0.lowercased(), created: object["createdDateTime"]?.string ?? "") } }
            .filter { !taken.contains($0.id) && $0.id != known }.sorted { ($0.created, $0.id) < ($1.created, $1.id) }.map(\.id)
        guard let first = found.first else { return absent() }
        stage = .looking(Array(found.dropFirst()))
        return .look(id: first)
    }

    /// The tenant has no such profile, as far as it shows.
    private mutating func absent() -> Step {
        switch task.operation.action {
        case .remove: return .finished(.done(PublishingResult(.published)))
        case .create where mayExist && waits < Self.pauses.count: return pause(.listing)
        case .create:
            if let doubt {
                return end(
                    PublishingResult(
                        .failed, code: doubt.code, message: "\(doubt.message). Nobody knows whether the profile was created; the next run looks for it", help: doubt.help))
            }
        case .update, .reinstall:
            return .finished(.changedLive(why: "'\(name)' was applied, and Intune no longer has it"))
        }
        guard let after = task.after else { return finish(.failed, ServiceFailure(.refused, message: "nothing is known of the profile")) }
        queue = [Assessment.create(after, cloud)]
        stage = .sending
        return next()
    }

    private mutating func judge(_ object: JSONValue?, _ rest: [String]) -> Step {
        guard let object else {
            if let other = rest.first { return lookNext(other, rest) }
            // A removal is done when the profile is gone, and one answer may be out of date.
            if task.operation.action == .remove, task.operation.graphID != nil, waits == 0 { return pause(.looking([])) }
            return absent()
        }
        switch Assessment(object, task, names: names, cloud: cloud) {
        case .unreadable(let why): return finish(.failed, ServiceFailure(.refused, message: why, help: "Look at it in the Intune admin center"))
        case .changed(let why):
            if let other = rest.first { return lookNext(other, rest) }
            return .finished(.changedLive(why: why))
        case .ours(let requests):
            id = object["id"]?.string?.lowercased()
            queue = requests
            guard !requests.isEmpty else { return published(object) }
            stage = .sending
            return next()
        }
    }

    private mutating func lookNext(_ id: String, _ rest: [String]) -> Step {
        stage = .looking(Array(rest.dropFirst()))
        return .look(id: id)
    }

    // MARK: Sending

    private mutating func next() -> Step {
        guard var request = queue.first else { return lookBack() }
        request.approval = task.awaiting.flatMap { $0.request == request.identity ? .code($0.code) : nil } ?? .justification(justification)
        return .send(request)
    }

    private mutating func advance(_ answer: JSONValue?) -> Step {
        let request = queue.removeFirst()
        hasSent = true
        waits = 0
        guard request.method == .post, !request.isAssign, let after = task.after else { return next() }
        guard let created = answer?["id"]?.string, StringForm.guid.accepts(created) else {
            // It has accepted it, so it is there: its list says under which id.
            doubt = ServiceFailure(.refused, message: "the answer has no id")
            return searchForCreated()
        }
        id = created.lowercased()
        if !after[.include].targets.isEmpty || !after[.exclude].targets.isEmpty { queue = [Assessment.assign(after, created.lowercased(), cloud)] }
        return next()
    }

    private mutating func react(to failure: ServiceFailure) -> Step {
        guard let request = queue.first else { return fail(failure) }
        isUncertain = isUncertain || failure.mayHaveHappened
        switch failure.kind {
        case .notFound where request.method == .delete:
            return advance(nil)
        case .notFound where hasSent && waits < Self.pauses.count:
            // The service has just created it and does not know it everywhere yet.
            return pause(.sending)
        case .awaitsApproval(let code):
            return end(PublishingResult(.awaitingApproval, code: code, message: failure.message, help: failure.help, request: request.identity))
        case .refused, .notFound, .tenantUnavailable, .stopped:
            if request.method == .post, !request.isAssign, failure.mayHaveHappened {
                doubt = failure
                return searchForCreated()
            }
            return fail(failure)
        }
    }

    /// A creation may have arrived: the tenant's list decides.
    private mutating func searchForCreated() -> Step {
        mayExist = true
        waits = 0
        queue = []
        stage = .listing
        return .list
    }

    private mutating func pause(_ stage: Stage) -> Step {
        defer { waits += 1 }
        self.stage = stage
        return .wait(seconds: Self.pauses[waits])
    }

    // MARK: Reading back

    private mutating func lookBack() -> Step {
        guard task.after != nil, let id else { return published(nil) }
        stage = .readingBack
        return .look(id: id)
    }

    private mutating func readBack(_ object: JSONValue?) -> Step {
        if object == nil, waits < Self.pauses.count { return pause(.readingBack) }
        return published(object)
    }

    private func published(_ object: JSONValue?) -> Step {
        guard let after = task.after else { return .finished(.done(PublishingResult(.published))) }
        guard let object else {
            let live = id.map { LiveVersion(graphID: $0) }
            return .finished(.done(PublishingResult(.published, message: "Intune has accepted it, and it could not be read back", help: "Run easel drift --live graph", live: live)))
        }
        let drift = Assessment.drift(object, after, names: names)
        let message = drift.isEmpty ? nil : "Intune keeps other values than it was sent: \(drift.joined(separator: ", "))"
        return .finished(.done(PublishingResult(.published, message: message, help: drift.isEmpty ? nil : "Look at it in the Intune admin center", live: LiveVersion(object), drift: drift)))
    }

    // MARK: Ends

    private func stop(_ why: String) -> Step {
        if case .readingBack = stage { return published(nil) }
        return end(PublishingResult(.notSent, message: hasSent ? "\(why), after a part of it was sent" : why, help: "Run easel reconcile --publish graph again"))
    }

    private func fail(_ failure: ServiceFailure) -> Step {
        if failure.kind == .stopped, !failure.mayHaveHappened { return stop("easel was stopped") }
        return finish(.failed, failure)
    }

    private func finish(_ status: PublishingResult.Status, _ failure: ServiceFailure) -> Step {
        end(PublishingResult(status, code: failure.code, message: failure.message, help: failure.help))
    }

    /// Ends without a publication: what was sent until now is, or may be, in Intune.
    private func end(_ unpublished: PublishingResult) -> Step {
        var result = unpublished
        result.mayHaveArrived = hasSent || isUncertain || mayExist
        return .finished(.done(result))
    }
}

extension ServiceRequest {
    /// By what a request is known again that awaits approval.
    public var identity: String { String(sha256(Array("\(method.rawValue) \(url)\n".utf8) + body).prefix(32)) }
}
