import Profiles
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

    /// Whatever its file says, a profile that reached somebody and now includes nobody is gone for its people.
    @Test func nobodyInTheAssignmentsIsARemoval() throws {
        func change(_ before: [AssignmentTarget], _ after: [AssignmentTarget]) -> Proposal {
            let change = ProfileImpact.Change(key: .include, before: .targets(before), after: .targets(after), rules: ["EAS007"])
            return Proposal(
                tenant: "t",
                impact: ProfileImpact(
                    profile: "a", displayName: "a", action: .update, changes: [change], advice: [], audiences: Audiences(each: [.accountRemoved: .atMost(9)], of: "a"),
                    fingerprint: fingerprint(tenant: "t", tenantID: nil, profile: "a", before: "a", after: "b")))
        }
        let everybody = AssignmentTarget(.allUsers)
        let gone = change([everybody], [])
        #expect(gone.isRemoval && !change([], [everybody]).isRemoval && !change([everybody], [everybody]).isRemoval)
        var run = Run(approvals: try book())
        run.emptied = ["t"]
        run.massRemoval = true
        #expect(run.heldBy([gone]) == ["t/a": ["tenant-removal", "mass-removal"]])
        let limited = Run(Policy(source: atRoot, limits: GatesTests.limits(removals: 0), defaultsOff: true), approvals: try book())
        #expect(limited.heldBy([gone]) == ["t/a": ["limit:removalsPerRun"]])
    }
}
