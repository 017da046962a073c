import Basics
import TestSupport
import Testing
import Time

@testable import Gates
@testable import Impact

/// What must hold for every plan and every policy.
@Suite struct PropertyTests {
    static let seeds = Array(0..<300)

    func plan(_ random: inout Seeded) -> [Proposal] {
        (0..<Int.random(in: 1...40, using: &random)).map { number in
            let action = [Action.create, .update, .reinstall, .remove].randomElement(using: &random) ?? .update
            let consequences: [Consequence] =
                action == .remove ? [.accountRemoved] : Consequence.allCases.filter { _ in random.chance(1, in: 5) }
            return proposal(
                "t\(Int.random(in: 0...4, using: &random))", "p\(padded(number, 2))", action,
                random.chance(1, in: 12) ? .unknown : .atMost(Int.random(in: 0...30, using: &random)), consequences,
                rules: Rules.all.map(\.id).filter { _ in random.chance(1, in: 8) },
                counts: [.newProfile: .atMost(Int.random(in: 0...30, using: &random)), .advice: .atMost(Int.random(in: 0...60, using: &random))])
        }
    }

    func gate(_ name: String, _ random: inout Seeded) -> Gate {
        func some<Element: Hashable>(_ all: [Element], _ random: inout Seeded) -> Set<Element>? {
            random.chance(1, in: 2) ? nil : Set(all.filter { _ in random.chance(1, in: 3) })
        }
        let when = Condition(
            consequences: some(Consequence.allCases, &random), actions: some(Action.allCases, &random), rules: some(Rules.all.map(\.id), &random),
            tenants: random.chance(1, in: 3) ? ["t1", "*3", "t*", "t?", "?3"].filter { _ in random.chance(1, in: 2) }.compactMap(Glob.init) : nil,
            peopleOver: random.chance(1, in: 3) ? Int.random(in: 0...30, using: &random) : nil)
        let window = Window(
            days: Set(Weekday.allCases.filter { _ in random.chance(1, in: 2) }), from: Int.random(in: 0..<1440, using: &random),
            to: Int.random(in: 0..<1440, using: &random), zone: .utc)
        return Gate(
            name: name, when: when, require: [nil, .approval, .never].randomElement(using: &random) ?? nil, window: random.chance(1, in: 2) ? window : nil)
    }

    private func run(_ random: inout Seeded, _ plan: [Proposal], limit: Bool) throws -> Run {
        let gates = (0..<Int.random(in: 0...4, using: &random)).map { gate("g\($0)", &random) }
        var run = Run(
            Policy(
                source: atRoot, gates: gates, limits: limits(people: limit ? Int.random(in: 0...40, using: &random) : nil), defaultsOff: random.chance(1, in: 2)),
            approvals: try book(plan.filter { _ in random.chance(1, in: 4) }.map(\.fingerprint)))
        run.emptied = ["t2"]
        run.massRemoval = random.chance(1, in: 4)
        return run
    }

    /// Without limits: with them, what one more gate holds would leave room for profiles that wait behind it.
    @Test(arguments: seeds) func oneMoreGateNeverLetsMoreThrough(_ seed: Int) throws {
        var random = Seeded(seed)
        let plan = plan(&random)
        let run = try run(&random, plan, limit: false)
        let before = run.through(plan)
        let more = gate("more", &random)
        var (inRepository, inTenants, fromOutside) = (run, run, run)
        if let policy = run.repository {
            inRepository.repository = Policy(source: atRoot, gates: policy.gates + [more], defaultsOff: policy.defaultsOff)
        }
        for tenant in 0...4 {
            inTenants.tenantPolicies["t\(tenant)"] = Policy(source: .tenant(id: "t\(tenant)", file: "t\(tenant)"), gates: [more])
        }
        fromOutside.outside = [Policy(source: outside, gates: [more])]
        #expect(inRepository.through(plan).isSubset(of: before))
        // A gate holds the same profiles wherever it is defined.
        #expect(inTenants.through(plan) == inRepository.through(plan))
        #expect(fromOutside.through(plan) == inRepository.through(plan))
    }

    @Test(arguments: seeds) func anApprovalNeverFreesAnotherProfile(_ seed: Int) throws {
        var random = Seeded(seed)
        let plan = plan(&random)
        var run = try run(&random, plan, limit: random.chance(1, in: 2))
        let approved = run.approvals.approvals.flatMap(\.fingerprints)
        let before = run.through(plan)
        guard let one = plan.filter({ !approved.contains($0.fingerprint) }).randomElement(using: &random) else { return }
        run.approvals = try book(approved + [one.fingerprint])
        #expect(run.through(plan).subtracting([one.name]).isSubset(of: before))
    }

    /// In several runs, everything goes out except what is larger than a whole limit and needs an approval; and no run exceeds
    /// a limit.
    @Test(arguments: seeds) func stepsEndWhereOneRunDoes(_ seed: Int) throws {
        var random = Seeded(seed)
        let plan = plan(&random)
        var limited = Run(approvals: try book())
        let (people, removals) = (Int.random(in: 1...40, using: &random), Int.random(in: 1...3, using: &random))
        limited.repository = Policy(source: atRoot, limits: limits(people: people, removals: removals), defaultsOff: true)
        let own = Int.random(in: 1...40, using: &random)
        limited.tenantPolicies["t1"] = Policy(source: .tenant(id: "t1", file: "t1"), limits: limits(people: own))

        var rest = plan
        for _ in 0...plan.count {
            let out = limited.through(rest)
            if out.isEmpty { break }
            let gone = rest.filter { out.contains($0.name) }
            let noticed = gone.filter { $0.impact.consequences.keys.contains(where: \.isNoticed) }
            #expect(noticed.compactMap(\.impact.people.number).reduce(0, +) <= people)
            #expect(noticed.filter { $0.tenant == "t1" }.compactMap(\.impact.people.number).reduce(0, +) <= own)
            #expect(gone.filter { $0.impact.action == .remove }.count <= removals)
            rest.removeAll { out.contains($0.name) }
        }
        #expect(
            Set(rest.map(\.name))
                == Set(
                    plan.filter { one in
                        guard one.impact.consequences.keys.contains(where: \.isNoticed) else { return false }
                        guard let number = one.impact.people.number else { return true }
                        return number > (one.tenant == "t1" ? min(people, own) : people)
                    }.map(\.name)))
        // Once they are approved, these go out too: each in a run in which it is the first that its limits count.
        limited.approvals = try book(rest.map(\.fingerprint))
        for _ in 0...rest.count {
            let out = limited.through(rest)
            #expect(rest.isEmpty || !out.isEmpty)
            rest.removeAll { out.contains($0.name) }
        }
        #expect(rest.isEmpty)
    }
}
