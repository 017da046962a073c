import Testing

@testable import Gates
@testable import Impact

@Suite struct DefaultGateTests {
    @Test(arguments: [(10, 10, false), (11, 11, true), (11, 54, true), (11, 55, false), (12, 59, true), (12, 60, false), (0, 0, false)])
    func massRemoval(_ removals: Int, _ applied: Int, _ expected: Bool) {
        #expect(GateKeeper.isMassRemoval(removals: removals, applied: applied) == expected)
    }

    @Test func keepHoldingWhatTheyHeld() throws {
        let removal = proposal("t", "a", .remove, .atMost(1), [.accountRemoved])
        let other = proposal("t", "b", .remove, .atMost(1), [.accountRemoved])
        var run = Run(approvals: try book())
        run.removalsHeld = ["t": ["mass-removal": ["a"]]]
        #expect(run.heldBy([removal, other]) == ["t/a": ["mass-removal"], "t/b": []])
        // Only a removal is remembered, and only that of this profile.
        #expect(run.heldBy([proposal("t", "a", .update), proposal("u", "a", .remove, .atMost(1), [.accountRemoved])]) == ["t/a": [], "u/a": []])
    }

    @Test func rememberAlsoWhileApproved() throws {
        let removal = proposal("t", "a", .remove, .atMost(1), [.accountRemoved])
        let facts = PlanFacts(tenantIsEmptied: true, removalsHeld: ["mass-removal": ["a"]])
        for approved in [[], [removal.fingerprint]] {
            let verdict = GateKeeper(repository: nil, approvals: try book(approved)).judge(removal, facts: facts)
            #expect(verdict.remembers == ["tenant-removal", "mass-removal"])
            #expect(verdict.holds.names == (approved.isEmpty ? verdict.remembers : []))
        }
        #expect(GateKeeper(repository: nil, approvals: try book()).judge(proposal("t", "b", .update), facts: facts).remembers.isEmpty)
    }

    @Test func holdRemovalsAndNothingElse() throws {
        let proposals = [
            proposal("t", "a", .remove, .atMost(1), [.accountRemoved]), proposal("t", "b", .create, .atMost(1), [.firstInstall]),
            proposal("u", "a", .remove, .atMost(1), [.accountRemoved]), proposal("u", "b", .update),
        ]
        var run = Run(approvals: try book())
        run.emptied = ["t"]
        #expect(run.heldBy(proposals) == ["t/a": ["tenant-removal"], "t/b": [], "u/a": [], "u/b": []])
        run.massRemoval = true
        #expect(run.heldBy(proposals) == ["t/a": ["tenant-removal", "mass-removal"], "t/b": [], "u/a": ["mass-removal"], "u/b": []])
        run.approvals = try book([proposals[0].fingerprint])
        #expect(run.heldBy(proposals) == ["t/a": [], "t/b": [], "u/a": ["mass-removal"], "u/b": []])
        run.repository = Policy(source: atRoot, defaultsOff: true)
        #expect(run.through(proposals).count == 4)
    }
}
