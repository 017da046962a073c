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

    /// What waits for an approval of its own does not close a limit that it merely does not fit at the moment.
    @Test func whatIsTooLargeForOneLimitDoesNotFillAnother() throws {
        var run = Run(limits(people: 20), approvals: try book())
        run.tenantPolicies["t"] = limits(people: 50, .tenant(id: "t", file: "tenants/t/policy.json"))
        let proposals = [("a", 15), ("b", 45), ("c", 5)].map { proposal("t", $0.0, .reinstall, .atMost($0.1)) }
        #expect(held(run, proposals) == ["t/b limit:peoplePerRun"])
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

    /// An approval passes no limit: it lets what is larger than a whole limit take its turn, as the first of a run.
    @Test func anApprovedProfileTakesItsTurn() throws {
        let large = proposal("t", "a", .reinstall, .atMost(99))
        let unknown = proposal("t", "b", .reinstall, .unknown)
        let small = proposal("t", "c", .reinstall, .atMost(1))
        #expect(held(Run(limits(people: 10), approvals: try book([large.fingerprint])), [large, small]) == ["t/c limit:peoplePerRun"])
        #expect(held(Run(limits(people: 10), approvals: try book([unknown.fingerprint])), [unknown, small]) == ["t/c limit:peoplePerRun"])
        // Approved, and still in line.
        #expect(held(Run(limits(people: 10), approvals: try book([large.fingerprint, small.fingerprint])), [large, small]) == ["t/c limit:peoplePerRun"])
        let first = proposal("s", "a", .reinstall, .atMost(1))
        #expect(
            held(Run(limits(people: 10), approvals: try book([large.fingerprint])), [first, large, small])
                == ["t/a limit:peoplePerRun", "t/c limit:peoplePerRun"])
        let many = (0..<4).map { proposal("t\($0)", "a", .reinstall, .atMost(5)) }
        #expect(held(Run(limits(people: 10), approvals: try book(many.map(\.fingerprint))), many) == ["t2/a limit:peoplePerRun", "t3/a limit:peoplePerRun"])
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
        #expect(tally.gates.map(\.source) == ["policy.json", "tenants/t/policy.json", "tenants/t/policy.json"])
        #expect(tally.gates.map(\.held) == [["v/a"], ["t/d"], ["t/b", "t/c"]])
        #expect(tally.gates.map(\.isWaiting) == [true, false, true])
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

    @Test func tenantsAreCountedOnceEach() throws {
        let run = Run(Policy(source: atRoot, limits: GatesTests.limits(tenants: 2), defaultsOff: true), approvals: try book())
        let plan = ["s/a", "s/b", "t/a", "t/b", "u/a", "v/a"].map { name in
            let parts = name.split(separator: "/").map(String.init)
            return proposal(parts[0], parts[1], .update, .unknown, parts[0] == "v" ? [.consoleOnly] : [.credentialReentry])
        }
        #expect(held(run, plan) == ["u/a limit:tenantsPerRun"])
    }

    @Test func aDayCountsItsEarlierRuns() throws {
        var run = Run(Policy(source: atRoot, limits: GatesTests.limits(day: 20), defaultsOff: true), approvals: try book())
        run.tenantPolicies["t"] = Policy(source: .tenant(id: "t", file: "tenants/t/policy.json"), limits: GatesTests.limits(day: 10))
        let plan = [proposal("s", "a", .update, .atMost(8)), proposal("t", "a", .update, .atMost(4)), proposal("t", "b", .update, .atMost(4))]
        #expect(held(run, plan).isEmpty)
        run.today = 6
        #expect(held(run, plan) == ["t/b limit:peoplePerDay"])
        (run.today, run.todayByTenant) = (0, ["t": 7])
        #expect(held(run, plan) == ["t/a limit:peoplePerDay", "t/b limit:peoplePerDay"])
        // Approved, of unknown size: only as the first of the day, and it fills it.
        let unknown = proposal("r", "a", .reinstall, .unknown)
        (run.todayByTenant, run.approvals) = ([:], try book([unknown.fingerprint]))
        #expect(held(run, [unknown] + plan) == ["s/a", "t/a", "t/b"].map { "\($0) limit:peoplePerDay" })
        run.today = 1
        #expect(held(run, [unknown] + plan).first == "r/a limit:peoplePerDay")
        var ledger = DayLedger()
        for day in 10...20 { ledger.enter(day, on: "2026-11-\(day)") }
        ledger.enter(unknown.peopleOfTheDay, on: "2026-11-20")
        #expect(ledger.days.count == DayLedger.length && ledger.people(on: "2026-11-19") == 19 && ledger.people(on: "2026-11-20") == DayLedger.full)
    }
}
