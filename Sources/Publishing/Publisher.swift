import Live
import Payloads
import Profiles

/// Executes operations through a service, and says what became of each.
///
/// Tenants are independent: one that fails, hangs or is throttled holds up nobody. Within a tenant operations run one after the other, in
/// their order. When it is asked to stop, it sends nothing new and waits for what is under way.
public struct Publisher: Sendable {
    private let service: any PublishingService
    /// Tenants at a time. The service has its own limits for requests.
    public var width = 32
    /// Why the change is made, for whoever has to approve it in the service.
    public var reason = "easel reconcile"
    /// Nil as long as the run may go on; else why it may not, as a sentence without its end. Asked before every write and several times a second.
    public var mayNotGoOn: @Sendable () -> String? = { nil }
    /// Called before the first write.
    public var willSend: @Sendable () -> Void = {}
    /// Tenants done.
    public var progress: @Sendable (Int) -> Void = { _ in }
    public var sleep: @Sendable (Double) async throws -> Void = { try await Task.sleep(nanoseconds: UInt64($0 * 1_000_000_000)) }

    public init(_ service: any PublishingService) { self.service = service }

    /// - Returns: tenant id → profile id → what became of its operation.
    public func publish(_ tenants: [TenantPublication]) async -> [String: [String: PublishingOutcome]] {
        await withTaskGroup(of: (String, [String: PublishingOutcome])?.self) { group in
            var waiting = tenants[...]
            var outcomes: [String: [String: PublishingOutcome]] = [:]
            group.addTask {
                // Ends pauses and waits of the service when the run may not go on; writes that are under way go on.
                while !Task.isCancelled, mayNotGoOn() == nil { try? await Task.sleep(nanoseconds: 100_000_000) }
                return nil
            }
            for _ in 0..<width { if let tenant = waiting.popFirst() { group.addTask { (tenant.id, await publish(tenant)) } } }
            while outcomes.count < tenants.count, let next = await group.next() {
                guard let (id, outcome) = next else {
                    group.cancelAll()
                    continue
                }
                outcomes[id] = outcome
                progress(outcomes.count)
                // A cancelled group takes no more tasks that do anything, and each says so of itself.
                if let tenant = waiting.popFirst() { group.addTask { (tenant.id, await publish(tenant)) } }
            }
            group.cancelAll()
            return outcomes
        }
    }

    private func publish(_ tenant: TenantPublication) async -> [String: PublishingOutcome] {
        let session: any TenantService
        do { session = try service.tenant(tenant.id, tenantID: tenant.tenantID, cloud: tenant.cloud) } catch { return Self.unsent(tenant.tasks, after: error) }
        var outcomes: [String: PublishingOutcome] = [:]
        var hasWaited = false
        for (position, wanted) in tenant.tasks.enumerated() {
            var task = wanted
            // What an earlier run has created shows by now.
            if hasWaited { task.mayHaveBeenSent = false }
            let others = tenant.tasks.filter { $0.operation.profile != task.operation.profile }.compactMap { $0.operation.graphID?.lowercased() }
            let made = outcomes.values.compactMap { outcome in if case .done(let result) = outcome { result.live?.graphID } else { nil } }
            let course = OperationCourse(
                task, names: tenant.names, taken: tenant.taken.union(others).union(made),
                justification: "\(reason): \(task.operation.action.rawValue) '\(task.operation.displayName)' (\(task.operation.fingerprint.prefix(12)))")
            let (outcome, failure, waited) = await run(course, session)
            hasWaited = hasWaited || waited
            outcomes[task.operation.profile] = outcome
            if let failure, failure.kind == .tenantUnavailable {
                let rest = Array(tenant.tasks[(position + 1)...])
                for task in rest { outcomes[task.operation.profile] = .done(PublishingResult(.notSent, message: "an earlier operation of the tenant failed: \(failure.message)", help: failure.help)) }
                break
            }
        }
        return outcomes
    }

    /// Of a tenant for which nothing can be sent.
    private static func unsent(_ tasks: [PublishingTask], after failure: ServiceFailure) -> [String: PublishingOutcome] {
        Dictionary(
            tasks.map { ($0.operation.profile, .done(PublishingResult(.failed, code: failure.code, message: failure.message, help: failure.help))) },
            uniquingKeysWith: { first, _ in first })
    }

    /// - Returns: also the failure that ended it, and whether it has waited for what earlier runs may have sent.
    private func run(_ start: OperationCourse, _ session: any TenantService) async -> (PublishingOutcome, ServiceFailure?, hasWaited: Bool) {
        var course = start
        var failure: ServiceFailure?
        var hasWaited = false
        var event = mayNotGoOn().map(OperationCourse.Event.stopped) ?? .begun
        while true {
            let step = course.step(after: event)
            hasWaited = hasWaited || course.hasWaited
            do throws(ServiceFailure) {
                switch step {
                case .finished(let outcome): return (outcome, failure, hasWaited)
                case .list: event = .listed(try await session.profiles())
                case .look(let id): event = .looked(try await session.profile(id, references: course.references))
                case .wait(let seconds):
                    // Cancelled: the next look finds that the run may not go on.
                    try? await sleep(seconds)
                    event = mayNotGoOn().map(OperationCourse.Event.stopped) ?? .waited
                case .send(let request):
                    if let why = mayNotGoOn() {
                        event = .stopped(why: why)
                        continue
                    }
                    willSend()
                    event = .accepted(try await session.send(request))
                }
                failure = nil
            } catch {
                failure = error
                event = error.kind == .stopped && !error.mayHaveHappened ? .stopped(why: mayNotGoOn() ?? error.message) : .failed(error)
            }
        }
    }
}
