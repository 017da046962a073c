import Testing

@testable import Gates
@testable import Impact

@Suite struct DefaultGateTests {
    @Test(arguments: [(10, 10, false), (11, 11, true), (11, 54, true), (11, 55, false), (12, 59, true), (12, 60, false), (0, 0, false)])
    func massRemoval(_ removals: Int, _ applied: Int, _ expected: Bool) {
        #expect(GateKeeper.isMassRemoval(removals: removals, applied: applied) == expected)
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
