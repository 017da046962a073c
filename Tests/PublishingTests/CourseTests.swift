import JSONSource
import Live
import Payloads
import Profiles
import TestSupport
import Testing

@testable import Publishing

/// What is sent next after each answer: no network, no clock.
@Suite struct CourseTests {
    private let id = "99999999-0000-4000-8000-000000000001"

    private func live(_ members: [String: JSON], groups: [Int] = [1], version: Int = 1) throws -> JSONValue {
        try document(
            .object(members.merging(["id": .string(id), "version": .integer(version), "lastModifiedDateTime": "2026-11-26T00:00:00Z", "assignments": .array(groups.map(target))]) { $1 }))
    }

    private func method(_ step: OperationCourse.Step) -> String {
        switch step {
        case .list: "list"
        case .look: "look"
        case .wait: "wait"
        case .send(let request): request.isAssign ? "assign" : request.method.rawValue
        case .finished(.changedLive): "changed"
        case .finished(.done(let result)): result.status.rawValue
        }
    }

    @Test func aCreationIsAskedForFirstAndReadBack() throws {
        var course = course(try task(to: profile(members())))
        #expect(method(course.step(after: .begun)) == "list")
        #expect(method(course.step(after: .listed([]))) == "POST")
        #expect(method(course.step(after: .accepted(try live(members(), groups: [])))) == "assign")
        #expect(method(course.step(after: .accepted(nil))) == "look")
        #expect(course.step(after: .looked(try live(members()))) == .finished(.done(PublishingResult(.published, live: LiveVersion(graphID: id, version: 1, lastModified: "2026-11-26T00:00:00Z")))))
    }

    @Test func aCreationThatNobodyHeardIsFoundAndFinished() throws {
        var course = course(try task(to: profile(members())))
        _ = course.step(after: .begun)
        #expect(method(course.step(after: .listed([try live(members(), groups: [])]))) == "look")
        // Only the assignment is missing.
        #expect(method(course.step(after: .looked(try live(members(), groups: [])))) == "assign")
    }

    @Test func aPostWithoutAnswerIsNeverSentAgain() throws {
        var course = course(try task(to: profile(members())))
        _ = course.step(after: .begun)
        _ = course.step(after: .listed([]))
        #expect(method(course.step(after: .failed(ServiceFailure(.tenantUnavailable, message: "no answer", mayHaveHappened: true)))) == "list")
        for _ in OperationCourse.pauses {
            #expect(method(course.step(after: .listed([]))) == "wait")
            #expect(method(course.step(after: .waited)) == "list")
        }
        guard case .finished(.done(let result)) = course.step(after: .listed([])) else { return #expect(Bool(false), "it goes on") }
        #expect(result.status == .failed && result.mayHaveArrived && result.message?.contains("the next run looks for it") == true)
    }

    @Test func aRefusedPostFailsAtOnce() throws {
        var course = course(try task(to: profile(members())))
        _ = course.step(after: .begun)
        _ = course.step(after: .listed([]))
        guard case .finished(.done(let result)) = course.step(after: .failed(ServiceFailure(.refused, code: "BadRequest", message: "no"))) else { return #expect(Bool(false), "it goes on") }
        #expect(result.status == .failed && !result.mayHaveArrived && result.code == "BadRequest")
    }

    @Test func whatIsBetweenAppliedAndDesiredIsOurs() throws {
        let (before, after) = (try profile(members()), try profile(members(host: "mail.example", account: "Contoso"), groups: [1, 2]))
        let known = LiveVersion(graphID: id, version: 1, lastModified: "2026-11-26T00:00:00Z")
        // One of two changed values is there already, and the assignments are: an earlier run was cut off.
        var half = course(try task(from: before, to: after, known: known))
        #expect(half.step(after: .begun) == .look(id: id))
        guard case .send(let request) = half.step(after: .looked(try live(members(host: "mail.example"), groups: [1, 2], version: 2))) else { return #expect(Bool(false), "nothing is sent") }
        #expect(request.method == .patch)
        #expect(method(half.step(after: .accepted(nil))) == "look")
        // All of it is there: nothing is sent.
        var whole = course(try task(from: before, to: after, known: known))
        _ = whole.step(after: .begun)
        #expect(method(whole.step(after: .looked(try live(members(host: "mail.example", account: "Contoso"), groups: [1, 2], version: 3)))) == "published")
        // A third value is somebody else's.
        var foreign = course(try task(from: before, to: after, known: known))
        _ = foreign.step(after: .begun)
        #expect(method(foreign.step(after: .looked(try live(members(host: "elsewhere.example"), version: 2)))) == "changed")
        // In a form that easel left there itself, it is none: the service keeps another value than it was sent.
        var kept = course(try task(from: before, to: after, known: known))
        _ = kept.step(after: .begun)
        #expect(method(kept.step(after: .looked(try live(members(host: "elsewhere.example"), version: 1)))) == "PATCH")
        // Assignments have no version.
        var assigned = course(try task(from: before, to: after, known: known))
        _ = assigned.step(after: .begun)
        #expect(method(assigned.step(after: .looked(try live(members(), groups: [1, 3], version: 1)))) == "changed")
    }

    @Test func anApprovalsCodeGoesWithItsOwnRequestAlone() throws {
        let after = try profile(members())
        var first = course(try task(to: after))
        _ = first.step(after: .begun)
        guard case .send(let request) = first.step(after: .listed([])) else { return #expect(Bool(false), "nothing is sent") }
        #expect(request.approval == .justification("test"))
        guard case .finished(.done(let result)) = first.step(after: .failed(ServiceFailure(.awaitsApproval(code: "c"), message: "waits"))) else { return #expect(Bool(false), "it goes on") }
        #expect(result.status == .awaitingApproval && result.code == "c")
        for (desired, approval) in [(after, ServiceRequest.Approval.code("c")), (try profile(members(account: "Other")), .justification("test"))] {
            var next = course(try task(to: desired, awaiting: .init(request: try #require(result.request), code: "c")))
            _ = next.step(after: .begun)
            guard case .send(let request) = next.step(after: .listed([])) else { return #expect(Bool(false), "nothing is sent") }
            #expect(request.approval == approval)
        }
    }

    @Test func whatIsGoneNeedsNoRemoval() throws {
        let before = try profile(members())
        var gone = course(try task(from: before, known: LiveVersion(graphID: id)))
        _ = gone.step(after: .begun)
        // One answer may be out of date.
        #expect(method(gone.step(after: .looked(nil))) == "wait")
        #expect(method(gone.step(after: .waited)) == "look")
        #expect(method(gone.step(after: .looked(nil))) == "published")
        var late = course(try task(from: before, known: LiveVersion(graphID: id)))
        _ = late.step(after: .begun)
        _ = late.step(after: .looked(nil))
        _ = late.step(after: .waited)
        #expect(method(late.step(after: .looked(try live(members())))) == "DELETE")
        var going = course(try task(from: before, known: LiveVersion(graphID: id)))
        _ = going.step(after: .begun)
        #expect(method(going.step(after: .looked(try live(members())))) == "DELETE")
        #expect(method(going.step(after: .failed(ServiceFailure(.notFound, message: "gone")))) == "published")
    }

    /// Runs that end anywhere, with answers that get lost and lists that lag: in the end there is one profile, as desired, and it was made once.
    @Test(arguments: 0..<300) func runsThatEndAnywhere(_ seed: Int) throws {
        var random = Seeded(UInt64(seed) + 1)
        var tenant = ModelTenant()
        tenant.lag = random.below(4)
        let forms = [members(), members(host: "mail.example"), members(usesCertificate: true), members(account: "Contoso", usesCertificate: true)]
        var applied: EffectiveProfile?
        var known: LiveVersion?
        for round in 0..<4 {
            let desired = try profile(forms[random.below(forms.count)], groups: [1 + random.below(3)])
            if applied?.digest == desired.digest { continue }
            var isDone = false
            var mayHaveBeenSent = false
            for _ in 0..<40 where !isDone {
                var task = try task(from: applied, to: desired, known: known)
                task.mayHaveBeenSent = mayHaveBeenSent
                mayHaveBeenSent = true
                var course = course(task)
                var event = OperationCourse.Event.begun
                // The run is killed after so many steps, the last request of which is executed.
                var left = random.below(14)
                steps: while true {
                    switch course.step(after: event) {
                    case .finished(.done(let result)) where result.status == .published:
                        (known, isDone) = (result.live, true)
                        break steps
                    case .finished(.done(let result)):
                        // An answer that got lost; only of a creation nobody knows whether it is there.
                        #expect(result.status == .failed && (result.mayHaveArrived || !tenant.objects.isEmpty), "\(result)")
                        break steps
                    case .finished(.changedLive(let why)):
                        Issue.record("\(seed)/\(round): \(why)")
                        return
                    case .list: event = .listed(try tenant.list())
                    case .look(let id): event = .looked(try tenant.look(id))
                    case .wait: event = .waited
                    case .send(let request):
                        if left == 1, random.below(2) == 0 { break steps }
                        do {
                            event = .accepted(try tenant.execute(request))
                            if random.below(6) == 0 { event = .failed(ServiceFailure(.tenantUnavailable, message: "no answer", mayHaveHappened: true)) }
                        } catch let failure as ServiceFailure { event = .failed(failure) }
                    }
                    left -= 1
                    if left <= 0, random.below(3) == 0 { break steps }
                }
            }
            #expect(isDone)
            applied = desired
            #expect(tenant.objects.count == 1, "\(seed)/\(round)")
            let live = try #require(tenant.objects.values.first)
            #expect(Assessment.drift(try document(.object(live)), desired, names: names).isEmpty)
            // The service would use a certificate again that is left over.
            if live["authenticationMethod"] != "certificate" { #expect(live["identityCertificate"] == nil, "\(seed)/\(round)") }
        }
    }
}
