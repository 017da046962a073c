import Foundation
import TestSupport
import Testing

/// The impact of a change between two revisions, with no state.
@Suite struct ReviewTests {
    /// The fleet on `main`, and an edit on the branch `change`.
    private func changed(_ edit: (Workshop) throws -> Void) throws -> Workshop {
        let shop = try Workshop()
        try shop.makeFleet()
        try shop.git("checkout", "--quiet", "-b", "change", in: "config")
        try edit(shop)
        try shop.commit("edit")
        return shop
    }

    private func turnOnOAuth(_ shop: Workshop) throws { try shop.edit("bases/online.json", #""oauth": false"#, #""oauth": true"#) }

    @Test func saysWhatPlanSaysWhenTheBaseIsApplied() throws {
        let edits: [(Workshop) throws -> Void] = [
            turnOnOAuth,
            { try $0.remove("tenants/northwind") },
            { try $0.edit("tenants/contoso/tenant.json", "10000000", "19999999") },
            { try $0.edit("tenants/fabrikam/tenant.json", #""exchange": "online""#, #""exchange": "onPremises""#) },
            { try $0.edit("tenants/contoso/profiles/staff.json", "Staff mail", "Mail for staff") },
            { shop in
                try shop.write(Fleet.manifest("kiosk").replacingOccurrences(of: "Kiosk mail", with: "More"), to: "config/tenants/contoso/profiles/more.json")
                try shop.write(
                    #"{"kind": "policy", "gates": [{"name": "new", "when": {"actions": ["create"]}, "require": "approval"}]}"#,
                    to: "config/tenants/contoso/policy.json")
            },
        ]
        for (number, edit) in edits.enumerated() {
            let shop = try Workshop()
            try shop.makeAppliedFleet()
            try edit(shop)
            try shop.commit("edit")
            let (plan, planned) = try shop.report("plan", in: "config")
            let (review, reviewed) = try shop.report("review", "HEAD^", "HEAD", in: "config")
            #expect(planned == reviewed && plan.gates.map(\.held) == review.gates.map(\.held), "\(number)")
            #expect(plan.profiles.mapValues(\.fingerprint) == review.profiles.mapValues(\.fingerprint), "\(number)")
            #expect(plan.profiles.mapValues(\.heldBy) == review.profiles.mapValues(\.heldBy), "\(number)")
            #expect(plan.profiles.mapValues(\.people) == review.profiles.mapValues(\.people), "\(number)")
            #expect(plan.summary.consequences == review.summary.consequences && plan.summary.none == review.summary.none, "\(number)")
            #expect(plan.summary.tenants == review.summary.tenants && plan.summary.profiles == review.summary.profiles, "\(number)")
        }
    }

    @Test func aMassRemovalIsHeldAsInAPlan() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        for tenant in Fleet.tenants {
            for number in 0..<5 {
                try shop.write(Fleet.manifest("staff").replacingOccurrences(of: "Staff", with: "Extra \(number)"), to: "config/tenants/\(tenant)/profiles/extra-\(number).json")
            }
        }
        try shop.commit("more")
        #expect(try shop.easel("reconcile", in: "config").status == 0)
        for tenant in Fleet.tenants { for number in 0..<4 { try shop.remove("tenants/\(tenant)/profiles/extra-\(number).json") } }
        try shop.commit("fewer")
        let (review, status) = try shop.report("review", "HEAD^", "HEAD", in: "config")
        #expect(status == 3 && review.gates.map(\.name) == ["mass-removal"] && review.summary.held == 12)
        #expect(try shop.report("plan", in: "config").report.gates.first?.held == review.gates.first?.held)
    }

    @Test func threeDotsCompareWithWhereTheBranchBegan() throws {
        let shop = try changed(turnOnOAuth)
        try shop.git("checkout", "--quiet", "main", in: "config")
        try shop.edit("tenants/contoso/profiles/staff.json", "Staff mail", "Mail for staff")
        try shop.commit("meanwhile")
        let (three, _) = try shop.report("review", "main...change", in: "config")
        #expect(three.summary.reinstall == 6 && three.summary.update == 0)
        let (two, _) = try shop.report("review", "main", "change", in: "config")
        #expect(two.summary.reinstall == 6 && two.profiles["contoso/staff"]?.changes.count == 2)
        #expect(try shop.report("review", "change", in: "config").report.source.commit == two.source.commit.map { _ in try shop.git("rev-parse", "main", in: "config") })
    }

    @Test func worktreeReviewsWhatIsNotCommitted() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        #expect(try shop.easel("review", "--worktree", "--detailed-exitcode", in: "config").status == 0)
        try turnOnOAuth(shop)
        let (report, _) = try shop.report("review", "--worktree", in: "config")
        #expect(report.summary.reinstall == 6 && report.summary.none == 3 && report.source.commit == nil)
        #expect(try shop.easel("review", "--worktree", "--detailed-exitcode", in: "config").status == 2)
        #expect(try shop.tip() == nil, "a review records nothing")
    }

    @Test func onlyWhatDependsOnAnEditedBaseIsTold() throws {
        let shop = try changed { shop in
            try shop.edit("bases/online.json", #""kind""#, #""$comment": "words", "kind""#)
            try shop.write(Fleet.base, to: "config/bases/unused.json")
        }
        let outcome = try shop.easel("review", "main...change", in: "config")
        #expect(outcome.status == 0 && outcome.lastLine == "No change to profiles: 9 profiles in 3 tenants.")
    }

    @Test func policyChangesAreEntriesOfTheirOwnAndLooseningStandsOut() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        try shop.write(#"{"kind": "policy", "gates": [{"name": "storm", "when": {"peopleOver": 50}, "require": "approval"}]}"#, to: "config/policy.json")
        try shop.commit("policy")
        try turnOnOAuth(shop)
        try shop.edit("policy.json", #""peopleOver": 50"#, #""peopleOver": 5000"#)
        try shop.write(#"{"kind": "policy", "limits": {"peoplePerRun": 50}}"#, to: "config/tenants/fabrikam/policy.json")
        try shop.write(
            #"{"kind": "approval", "fingerprints": ["0123456789abcdef0123456789abcdef"], "reason": "r", "approvedBy": "Ann"}"#, to: "config/approvals/a.json")
        try shop.commit("loosen")
        let outcome = try shop.easel("review", "HEAD^", "HEAD", "--format", "json", in: "config")
        struct Changes: Decodable {
            struct Change: Decodable, Equatable { let file, kind, what: String; let loosens: Bool }
            let policyChanges: [Change]
        }
        let changes = try JSONDecoder().decode(Changes.self, from: Data(outcome.out.utf8)).policyChanges
        #expect(
            changes == [
                .init(file: "policy.json", kind: "loosened", what: "gate storm", loosens: true),
                .init(file: "approvals/a.json", kind: "added", what: "approval", loosens: true),
                .init(file: "tenants/fabrikam/policy.json", kind: "tightened", what: "limits.peoplePerRun", loosens: false),
            ])
        // Whatever tenants it is narrowed to: policies decide about what may go out at all.
        let narrow = try shop.easel("review", "HEAD^", "HEAD", "--tenant", "contoso", "--format", "json", in: "config")
        #expect(try JSONDecoder().decode(Changes.self, from: Data(narrow.out.utf8)).policyChanges == changes)
        let markdown = try shop.easel("review", "HEAD^", "HEAD", "--format", "markdown", in: "config").out
        let place = try #require(markdown.range(of: "Policies and approvals change"))
        #expect(markdown[place.upperBound...].contains("🔴 **loosens** `policy.json` `gate storm`"))
        // A policy from outside holds what the commit has freed itself of.
        try shop.write(#"{"kind": "policy", "gates": [{"name": "outside", "when": {"peopleOver": 50}, "require": "approval"}]}"#, to: "outside.json")
        let (held, status) = try shop.report("review", "HEAD^", "HEAD", "--policy", "../outside.json", in: "config")
        #expect(status == 3 && held.gates.first { $0.source == "--policy" }?.held.count == 3)
    }

    @Test func aShallowCloneIsToldWhatToChangeInThePipeline() throws {
        let shop = try changed(turnOnOAuth)
        let url = "file://" + shop("config")
        try shop.git("clone", "--quiet", "--depth", "1", "--branch", "change", url, "shallow")
        for arguments in [["main...HEAD"], ["origin/main", "HEAD"], ["HEAD^", "HEAD"], ["main", "HEAD"]] {
            let outcome = try shop.run([Workshop.binary, "review"] + arguments, in: "shallow")
            #expect(outcome.status == 1, "\(arguments)")
            for word in ["shallow", "fetch-depth: 0", "GIT_DEPTH", "fetchDepth: 0"] { #expect(outcome.err.contains(word), "\(arguments): \(outcome.err)") }
        }
        try shop.git("clone", "--quiet", "--branch", "change", url, "whole")
        #expect(try shop.report("review", "origin/main...HEAD", in: "whole").report.summary.reinstall == 6)
    }

    @Test(.enabled(if: geteuid() == 0, "only root may give files away")) func anotherUsersRepositoryNeedsAWord() throws {
        let shop = try changed(turnOnOAuth)
        #expect(try shop.run(["/bin/chown", "-R", "65534", shop("config")]).status == 0)
        let refused = try shop.easel("review", "main...change", "--repo", shop("config"))
        #expect(refused.status == 1 && refused.err.contains("--trust-repository-owner") && refused.err.contains("nobody"), "\(refused.err)")
        #expect(try shop.report("review", "main...change", "--repo", shop("config"), "--trust-repository-owner").report.summary.reinstall == 6)
    }

    @Test func aRemoteRepositoryIsReviewedToo() throws {
        let shop = try changed(turnOnOAuth)
        try shop.git("clone", "--quiet", "--bare", "config", "served/config.git")
        let daemon = try GitDaemon(shop("served"), environment: Workshop.environment)
        let (report, status) = try shop.report("review", "main...change", "--repo", daemon.url("config.git"), "--cache", "cache")
        #expect(status == 0 && report.summary.reinstall == 6)
    }

    @Test func aTenantThatWasBrokenIsToldAsUnknownAndStopsNobody() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        try shop.edit("tenants/contoso/profiles/staff.json", #""accountName""#, #""acountName""#)
        try shop.commit("broken")
        try shop.edit("tenants/contoso/profiles/staff.json", #""acountName""#, #""accountName""#)
        try shop.commit("mended")
        let (report, status) = try shop.report("review", "HEAD^", "HEAD", in: "config")
        #expect(status == 0 && report.profiles.isEmpty && report.diagnostics.map(\.code) == ["CFG034"])
        #expect(report.diagnostics.first?.message.contains("acountName") == true)
        let (broken, failed) = try shop.report("review", "HEAD~2", "HEAD^", in: "config")
        #expect(failed == 1 && broken.summary.failedTenants == 1)
    }

    @Test func whatIsNoRevisionIsAWordOnUsage() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        for arguments in [[], ["a", "b", "c"], ["a...b", "c"], ["a..b"], ["--worktree", "a", "b"], ["--tenant", "nobody", "HEAD", "HEAD"]] {
            #expect(try shop.run([Workshop.binary, "review"] + arguments, in: "config").status == 64, "\(arguments)")
        }
        let unknown = try shop.easel("review", "mian...HEAD", in: "config")
        #expect(unknown.status == 1 && unknown.err.contains("main"))
    }

    @Test func eachChangeStandsAtItsPlace() throws {
        let shop = try changed { shop in
            try self.turnOnOAuth(shop)
            try shop.edit("tenants/contoso/tenant.json", "10000000", "19999999")
            try shop.edit("tenants/contoso/profiles/kiosk.json", "Kiosk mail", "Kiosk")
        }
        struct Places: Decodable {
            struct Place: Decodable, Equatable { let file: String; let line, column: Int }
            struct Change: Decodable { let path: String; let at: Place }
            struct Profile: Decodable { let id: String; let changes: [Change] }
            struct Tenant: Decodable { let id: String; let profiles: [Profile] }
            let tenants: [Tenant]
        }
        let out = try shop.easel("review", "main...change", "--tenant", "contoso", "--format", "json", in: "config").out
        let report = try JSONDecoder().decode(Places.self, from: Data(out.utf8))
        let places = (report.tenants.first?.profiles ?? []).flatMap { profile in profile.changes.map { ("\(profile.id) \($0.path)", $0.at) } }
        #expect(
            Dictionary(uniqueKeysWithValues: places) == [
                "board /account/oauth": .init(file: "bases/online.json", line: 8, column: 14),
                "staff /account/oauth": .init(file: "bases/online.json", line: 8, column: 14),
                "staff /assignments/include": .init(file: "tenants/contoso/tenant.json", line: 9, column: 14),
                "kiosk /displayName": .init(file: "tenants/contoso/profiles/kiosk.json", line: 3, column: 18),
            ])
    }
}
