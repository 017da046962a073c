import Testing

@testable import Gates
@testable import Impact

@Suite struct LimitTests {
    private func limits(people: Int? = nil, removals: Int? = nil, _ source: PolicySource = atRoot) -> Policy {
        Policy(source: source, limits: GatesTests.limits(people: people, removals: removals), defaultsOff: true)
    }

    private func held(_ run: Run, _ proposals: [Proposal]) -> [String] {
        run.heldBy(proposals).filter { !$0.value.isEmpty }.map { "\($0.key) \($0.value.joined(separator: " "))" }.sorted()
    }

    @Test func whatNobodyNoticesIsNotCounted() throws {
        let run = Run(limits(people: 10), approvals: try book())
        #expect(
            held(
                run,
                [
                    proposal("t", "a", .update, .unknown, [.advice]), proposal("t", "b", .update, .atMost(99), [.consoleOnly]),
                    proposal("t", "c", .update, .atMost(10)), proposal("t", "d", .update, .atMost(1)), proposal("t", "e", .update, .atMost(99), [.consoleOnly]),
                    // Noticeable, though nobody is affected: counted, so it waits behind the one that did not fit.
                    proposal("t", "f", .update, .atMost(0)),
                ]) == ["t/d limit:peoplePerRun", "t/f limit:peoplePerRun"])
    }

    @Test func whatIsTooLargeHoldsUpNobody() throws {
        let run = Run(limits(people: 10, removals: 5), approvals: try book())
        #expect(
            held(
                run,
                [
                    proposal("t", "a", .reinstall, .unknown), proposal("t", "b", .remove, .atMost(11), [.accountRemoved]),
                    proposal("t", "c", .reinstall, .atMost(10)),
                ]) == ["t/a limit:peoplePerRun", "t/b limit:peoplePerRun"])
    }

    @Test func whatIsTooLargeForOneLimitClosesNoOther() throws {
        let run = Run(limits(people: 10, removals: 1), approvals: try book())
        let proposals = [
            proposal("t", "a", .remove, .atMost(1), [.accountRemoved]), proposal("t", "b", .remove, .atMost(11), [.accountRemoved]),
            proposal("t", "c", .update, .atMost(9)),
        ]
        // b has too many people, and is also one removal too many.
        #expect(held(run, proposals) == ["t/b limit:peoplePerRun limit:removalsPerRun"])
        let (_, tally) = run.judge(proposals)
        #expect(tally.gates.map(\.name) == ["limit:peoplePerRun", "limit:removalsPerRun"])
    }

    @Test func limitsThatDoNotCountAProfileLetItPass() throws {
        let run = Run(limits(people: 10, removals: 1), approvals: try book())
        #expect(
            held(
                run,
                [
                    proposal("t", "a", .remove, .atMost(1), [.accountRemoved]), proposal("t", "b", .remove, .atMost(1), [.accountRemoved]),
                    proposal("t", "c", .update, .atMost(9)),
                ]) == ["t/b limit:removalsPerRun"])
    }

    @Test func anApprovedProfilePassesAndCounts() throws {
        let large = proposal("t", "a", .reinstall, .atMost(99))
        let unknown = proposal("t", "b", .reinstall, .unknown)
        let small = proposal("t", "c", .reinstall, .atMost(1))
        #expect(held(Run(limits(people: 10), approvals: try book([large.fingerprint])), [large, small]) == ["t/c limit:peoplePerRun"])
        #expect(held(Run(limits(people: 10), approvals: try book([unknown.fingerprint])), [unknown, small]) == ["t/c limit:peoplePerRun"])
        #expect(held(Run(limits(people: 10), approvals: try book([large.fingerprint, small.fingerprint])), [large, small]).isEmpty)
    }

    @Test func whatAGateHoldsTakesNothing() throws {
        var run = Run(limits(people: 10), approvals: try book())
        run.outside = [Policy(source: outside, gates: [Gate(name: "removals", when: Condition(actions: [.remove]), require: .never)])]
        #expect(held(run, [proposal("t", "a", .remove, .atMost(10), [.accountRemoved]), proposal("t", "b", .update, .atMost(10))]) == ["t/a removals"])
    }

    @Test func theSmallestOfSeveralCounts() throws {
        var run = Run(limits(people: 100, removals: 1), approvals: try book())
        run.outside = [limits(people: 10, outside), limits(people: 50, removals: 2, outside)]
        let (heldBy, tally) = run.judge([
            proposal("t", "a", .update, .atMost(10)), proposal("t", "b", .remove, .atMost(0), [.accountRemoved]), proposal("u", "c", .update, .atMost(1)),
        ])
        #expect(heldBy == ["t/a": [], "t/b": [], "u/c": ["limit:peoplePerRun"]])
        #expect(tally.gates.map(\.source) == ["--policy"])
    }

    @Test func aTenantsLimitCountsThatTenantAlone() throws {
        var run = Run(limits(people: 30), approvals: try book())
        run.tenantPolicies["t"] = limits(people: 10, .tenant(id: "t", file: "tenants/t/policy.json"))
        run.tenantPolicies["v"] = limits(people: 100, .tenant(id: "v", file: "tenants/v/policy.json"))
        let proposals = [
            proposal("s", "a", .update, .atMost(10)), proposal("t", "a", .update, .atMost(9)), proposal("t", "b", .update, .atMost(2)),
            proposal("t", "c", .update, .atMost(1)), proposal("t", "d", .update, .atMost(11)), proposal("u", "a", .update, .atMost(11)),
            proposal("v", "a", .update, .atMost(1)),
        ]
        // t/b does not fit the tenant's limit, so it uses nothing of the run's limit, and u/a just fits.
        #expect(
            held(run, proposals)
                == ["t/b limit:peoplePerRun", "t/c limit:peoplePerRun", "t/d limit:peoplePerRun", "v/a limit:peoplePerRun"])
        let (_, tally) = run.judge(proposals)
        #expect(tally.gates.map(\.source) == ["policy.json", "tenants/t/policy.json"])
        #expect(tally.gates.map(\.held) == [["v/a"], ["t/b", "t/c", "t/d"]])
    }

    @Test func aLimitOfNothingWaitsForApprovals() throws {
        let gone = proposal("t", "a", .remove, .atMost(0), [.accountRemoved])
        #expect(held(Run(limits(removals: 0), approvals: try book()), [gone]) == ["t/a limit:removalsPerRun"])
        #expect(held(Run(limits(removals: 0), approvals: try book([gone.fingerprint])), [gone]).isEmpty)
    }

    @Test func noChangeIsNotHeld() throws {
        let run = Run(Policy(source: atRoot, gates: [Gate(name: "all", require: .never)], limits: ["peoplePerRun": 0]), approvals: try book())
        #expect(held(run, [proposal("t", "a", .none, .atMost(10))]).isEmpty)
    }
}
