import JSONSource
import TestSupport
import Testing
import Time

@testable import Gates
@testable import Impact

/// Rings as pure functions, and what must hold for every rollout over them.
@Suite struct RingJudgeTests {
    static let seeds = Array(0..<200)

    /// Invented tenants with edits of bases that have not gone out everywhere.
    private struct World {
        var policies: [Policy] = []
        var bases: [String: Set<String>] = [:]
        /// Tenant → bases whose edit it does not have yet.
        var pending: [String: Set<String>] = [:]
        var recorded: [String: [String: Instant]] = [:]
        var limit: [String: Int] = [:]

        init(_ random: inout Seeded) throws {
            for number in 0..<Int.random(in: 2...9, using: &random) {
                let own = Set(["a", "b", "c"].filter { _ in random.chance(1, in: 2) })
                bases["t\(number)"] = own
                pending["t\(number)"] = Set(own.filter { _ in random.chance(2, in: 3) })
            }
            let rings = (0..<Int.random(in: 1...3, using: &random)).map { ring in
                let tenants = bases.keys.sorted().filter { _ in random.chance(1, in: 3) } + (random.chance(1, in: 5) ? ["*"] : ["t0"])
                return Ring(name: "r\(ring)", tenants: tenants.compactMap(Glob.init), soakHours: Int.random(in: 0...48, using: &random))
            }
            limit = random.chance(1, in: 2) ? limits(tenants: Int.random(in: 1...3, using: &random)) : [:]
            policies = [Policy(source: atRoot, limits: limit, rings: rings)]
        }

        func tenants() -> [RingTenant] {
            bases.keys.sorted().map { RingTenant(id: $0, bases: bases[$0] ?? [], pending: pending[$0] ?? [], recorded: recorded[$0] ?? [:]) }
        }

        /// One run; returns the names of what goes out, and all holds.
        mutating func run(at now: Instant) throws -> (out: [(tenant: String, bases: Set<String>)], holds: [Hold]) {
            let keeper = GateKeeper(repository: policies[0], approvals: try book(now: now))
            let judge = keeper.ringJudge(tenants())
            var walk = keeper.limitWalk()
            var (out, holds): ([(tenant: String, bases: Set<String>)], [Hold]) = ([], [])
            for id in keeper.order.sorted(bases.keys) {
                guard let open = pending[id], !open.isEmpty else { continue }
                let change = proposal(id, "p", .update, bases: open)
                let by = walk.admit(change, heldBy: keeper.judge(change, facts: PlanFacts()).holds + judge.holds(change), facts: PlanFacts())
                holds += by
                if by.isEmpty { out.append((id, open)) }
            }
            for (id, edits) in out {
                pending[id] = []
                for base in edits { recorded[id, default: [:]][base] = now }
            }
            return (out, holds)
        }
    }

    @Test(arguments: seeds) func everyRolloutEndsWhereOneWithoutRingsDoesAndInOrder(_ seed: Int) throws {
        var random = Seeded(seed)
        var world = try World(&random)
        let policy = world.policies[0]
        var now = noon
        for _ in 0..<400 where world.pending.contains(where: { !$0.value.isEmpty }) {
            let before = world
            let (out, holds) = try world.run(at: now)
            #expect(holds.allSatisfy { $0.isWaiting }, "waiting never needs an approval")
            for (id, edits) in out {
                for base in edits {
                    for (earlier, ring) in before.bases.keys.map({ ($0, policy.ring(of: $0)) }) where ring < policy.ring(of: id) && before.bases[earlier]?.contains(base) == true {
                        #expect(before.pending[earlier]?.contains(base) != true, "\(id) before \(earlier)")
                        if let time = before.recorded[earlier]?[base] { #expect(time.adding(seconds: policy.rings[ring].soak) <= now, "\(id) before \(earlier) has rested") }
                    }
                }
            }
            now = now.adding(seconds: Int.random(in: 1...24, using: &random) * 3600)
        }
        #expect(world.pending.allSatisfy { $0.value.isEmpty }, "everybody has everything in the end")
    }

    private func judge(_ tenants: [RingTenant], approvals: ApprovalBook? = nil) throws -> RingJudge {
        let rings = try policy(#"{"kind": "policy", "rings": [{"name": "pilot", "tenants": ["p*"], "soakHours": 2}, {"name": "early", "tenants": ["e*", "p9"], "soakHours": 1}]}"#)
        return RingJudge(policies: [rings], tenants: tenants, approvals: try approvals ?? book())
    }

    @Test func onlyWhatIsSharedAndNoticedIsStaged() throws {
        let judge = try judge([RingTenant(id: "p1", bases: ["x"], pending: ["x"])])
        #expect(judge.holds(proposal("z", "a", .update, bases: ["x"])).names == ["ring:pilot"])
        #expect(judge.holds(proposal("z", "a", .reinstall, bases: ["x", "y"])).names == ["ring:pilot"])
        #expect(judge.holds(proposal("z", "a", .update, bases: ["y"])).isEmpty && judge.holds(proposal("z", "a", .update)).isEmpty)
        #expect(judge.holds(proposal("z", "a", .create, bases: ["x"])).isEmpty && judge.holds(proposal("z", "a", .remove, bases: ["x"])).isEmpty)
        #expect(judge.holds(proposal("z", "a", .update, .atMost(3), [.advice], bases: ["x"])).isEmpty)
        #expect(judge.holds(proposal("p9", "a", .update, bases: ["x"])).isEmpty, "the first ring that names a tenant counts")
        #expect(judge.unstaged(["x", "y"]).map(\.base) == ["y"])
    }

    @Test func aRingOpensWhenItsHoursHavePassed() throws {
        func holds(_ seconds: Int) throws -> [Hold] {
            try judge([RingTenant(id: "p1", bases: ["x"], recorded: ["x": noon.adding(seconds: -seconds), "y": noon])]).holds(proposal("z", "a", .update, bases: ["x"]))
        }
        let (open, closed, later) = (try holds(7200), try holds(7199), try holds(7201))
        #expect(open.isEmpty && closed.names == ["ring:pilot"] && later.isEmpty)
        let ahead = try holds(-60)
        #expect(ahead.names == ["ring:pilot"], "a clock that was ahead opens nothing")
    }

    @Test func onlyAnApprovalThatNamesTheRingCounts() throws {
        let change = proposal("z", "a", .update, bases: ["x"])
        for (gates, passes) in [([], false), (["other"], false), (["ring:pilot"], true), (["ring:early"], false)] as [([String], Bool)] {
            let approvals = ApprovalBook([try approval([change.fingerprint], gates: gates)], now: noon)
            let judge = try judge([RingTenant(id: "p1", bases: ["x"], pending: ["x"])], approvals: approvals)
            #expect(judge.holds(change).isEmpty == passes, "\(gates)")
        }
    }

    @Test func ringsAreComparedByWhatTheyHold() {
        func ring(_ name: String, _ hours: Int) -> Ring { Ring(name: name, tenants: [], soakHours: hours) }
        let (a, b) = (ring("a", 2), ring("b", 2))
        #expect(Ring.direction(from: [], to: []) == .same && Ring.direction(from: [a], to: [a]) == .same)
        #expect(Ring.direction(from: [], to: [a]) == .tighter && Ring.direction(from: [a], to: []) == .looser)
        #expect(Ring.direction(from: [a], to: [ring("a", 3), b]) == .tighter && Ring.direction(from: [a], to: [ring("a", 1)]) == .looser)
        #expect(Ring.direction(from: [a], to: [ring("a", 1), b]) == .other && Ring.direction(from: [a, b], to: [b, a]) == .other)
    }

    @Test func namesOfRingsAreTheirOwn() {
        func problems(_ text: String, _ source: PolicySource = atRoot) -> [String] {
            Policy.read(JSON(parsing: text).document("policy.json"), source: source, zones: zones).diagnostics.map(\.message)
        }
        let twice = #"{"kind": "policy", "rings": [{"name": "a", "tenants": ["x"], "soakHours": 1}, {"name": "a", "tenants": ["y"], "soakHours": 1}]}"#
        #expect(problems(twice) == ["Duplicate ring name 'a'"])
        #expect(problems(#"{"kind": "policy", "gates": [{"name": "ring:a", "require": "never"}]}"#) == ["'ring:a' is the name of a built-in gate"])
        #expect(problems(#"{"kind": "policy", "rings": []}"#, .tenant(id: "t", file: "policy.json")) == ["'rings' is not allowed in a tenant's policy.json"])
        #expect(problems(#"{"kind": "policy", "rings": [{"name": "a", "tenants": ["x"], "soakHours": 1}]}"#, outside).isEmpty)
    }
}
