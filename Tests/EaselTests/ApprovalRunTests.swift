import Foundation
import Testing

/// Approvals over several runs, and who gives them.
@Suite struct ApprovalRunTests {
    static let asks = #"{"kind": "policy", "gates": [{"name": "all", "require": "approval"}]}"#

    private func turnOnOAuth(_ shop: Workshop) throws { try shop.edit("bases/online.json", #""oauth": false"#, #""oauth": true"#) }

    @Test func theIdenticalChangeAtALaterTimeNeedsANewApproval() throws {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        let manifest = try shop.read("config/tenants/contoso/profiles/staff.json")
        try shop.write(#"{"kind": "policy", "gates": [{"name": "removals", "when": {"actions": ["remove"]}, "require": "approval"}]}"#, to: "config/policy.json")
        func remove() throws -> Report.Profile? {
            try shop.remove("tenants/contoso/profiles/staff.json")
            try shop.commit("remove")
            return try shop.report("plan", in: "config").report.profiles["contoso/staff"]
        }
        func restore() throws {
            try shop.write(manifest, to: "config/tenants/contoso/profiles/staff.json")
            try shop.commit("restore")
            #expect(try shop.easel("reconcile", in: "config").status == 0)
        }
        let first = try #require(try remove()?.fingerprint)
        // People see the beginning of a fingerprint, and that is enough here.
        #expect(try shop.easel("approve", String(first.prefix(12)), "--reason", "r", in: "config").status == 0)
        try shop.commit("approve")
        let file = try shop.read("config/approvals/\(first.prefix(12)).json")
        #expect(file.contains(first))
        #expect(try shop.easel("reconcile", in: "config").status == 0)
        try restore()
        let again = try remove()
        #expect(again?.fingerprint == first && again?.heldBy == ["removals"])
        let (held, status) = try shop.report("reconcile", in: "config")
        #expect(status == 3 && held.summary.held == 1)
        let line = "approvals/\(first.prefix(12)).json was already used; the identical change needs a new approval"
        #expect(try shop.easel("plan", in: "config").out.contains(line))
        // Nor does it help to take the file away for a while, or to give it another name.
        try shop.remove("approvals/\(first.prefix(12)).json")
        try shop.commit("tidy")
        #expect(try shop.easel("reconcile", in: "config").status == 3)
        try shop.write(file, to: "config/approvals/renamed.json")
        try shop.commit("back")
        #expect(try shop.easel("reconcile", in: "config").status == 3)
        let outcome = try shop.easel("approve", first, "--reason", "r", in: "config")
        #expect(outcome.status == 0 && !outcome.out.contains("already approved"), "\(outcome.out)\(outcome.err)")
        try shop.commit("approve anew")
        #expect(try shop.easel("reconcile", in: "config").status == 0)
    }

    @Test func noCommitLetsItselfOut() throws {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        try shop.write(Self.asks, to: "outside.json")
        try shop.edit("tenants/contoso/profiles/staff.json", "Staff mail", "Mail for staff")
        #expect(try shop.easel("approve", "--gate", "all", "--policy", "../outside.json", "--reason", "r", in: "config").status == 0)
        try shop.commit("the change and its approval")
        let (held, status) = try shop.report("reconcile", "--policy", "../outside.json", in: "config")
        #expect(status == 3 && held.diagnostics.map(\.code) == ["CFG051"], "\(held.diagnostics)")
        #expect(held.diagnostics.first?.message.contains("also changes something outside approvals/") == true)
        #expect(try shop.easel("plan", "--worktree", "--policy", "../outside.json", in: "config").status == 3)
        #expect(try shop.easel("review", "HEAD^", "HEAD", "--policy", "../outside.json", in: "config").status == 3)
        // Without a policy from outside, the forge's own rules say who may commit approvals.
        #expect(try shop.easel("plan", in: "config").status == 0)
        // A checkout of depth 1 does not know which commit it was.
        let file = try #require(try FileManager.default.contentsOfDirectory(atPath: shop("config/approvals")).first)
        let text = try shop.read("config/approvals/\(file)")
        try shop.remove("approvals")
        try shop.commit("take it back")
        try shop.write(text, to: "config/approvals/\(file)")
        try shop.commit("the approval on its own")
        try shop.write("words", to: "config/README.md")
        try shop.commit("something else")
        try shop.git("clone", "--quiet", "--depth", "1", "file://" + shop("config"), "shallow")
        let shallow = try shop.report("plan", "--state", shop("config"), "--policy", "../outside.json", in: "shallow")
        #expect(shallow.status == 3 && shallow.report.diagnostics.first?.message.contains("history ends") == true, "\(shallow.report.diagnostics)")
        #expect(try shop.easel("reconcile", "--policy", "../outside.json", in: "config").status == 0)
    }

    @Test func onlyApproversApprove() throws {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        for name in ["ann", "bob"] {
            #expect(try shop.run(["/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", shop(name)]).status == 0)
        }
        try shop.write("ann@example.com " + shop.read("ann.pub"), to: "approvers")
        try shop.write(Self.asks, to: "config/policy.json")
        try shop.edit("tenants/contoso/profiles/staff.json", "Staff mail", "Mail for staff")
        try shop.commit("a change")
        #expect(try shop.easel("approve", "--gate", "all", "--reason", "r", in: "config").status == 0)
        func commit(_ arguments: String...) throws {
            try shop.git("add", "--all", in: "config")
            #expect(try shop.run(["/usr/bin/git"] + arguments + ["commit", "--quiet", "--message", "approve"], in: "config").status == 0)
        }
        func signed(_ key: String) -> [String] { ["-c", "gpg.format=ssh", "-c", "user.signingKey=\(shop(key))", "-c", "commit.gpgSign=true"] }
        func plan() throws -> (report: Report, status: Int32) { try shop.report("plan", "--approver-keys", "../approvers", in: "config") }
        try commit()
        #expect(try plan().status == 3 && plan().report.diagnostics.first?.message.contains("is not signed") == true)
        #expect(try shop.easel("plan", in: "config").status == 0)
        for (key, expected) in [("bob", 3), ("ann", 0)] as [(String, Int32)] {
            try shop.git("reset", "--quiet", "--soft", "HEAD^", in: "config")
            #expect(try shop.run(["/usr/bin/git"] + signed(key) + ["commit", "--quiet", "--message", "approve"], in: "config").status == 0)
            #expect(try plan().status == expected, "\(key)")
        }
        // What comes later does not matter, whoever signs it.
        try shop.write("words", to: "config/README.md")
        try commit()
        #expect(try plan().status == 0)
        let missing = try shop.easel("plan", "--approver-keys", "../nowhere", in: "config")
        #expect(missing.status != 0 && missing.err.contains("../nowhere"), "\(missing.err)")
    }

    /// A rollout of 445,000 people, all of it approved, still goes out in steps.
    @Test func approvalsPassNoLimit() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        for tenant in Fleet.tenants { try shop.edit("tenants/\(tenant)/tenant.json", #""members": 100"#, #""members": 148333"#) }
        try shop.commit("large")
        #expect(try shop.easel("reconcile", in: "config").status == 0)
        try shop.write(
            #"{"kind": "policy", "gates": [{"name": "storm", "when": {"peopleOver": 50}, "require": "approval"}], "limits": {"peoplePerRun": 150000}}"#, to: "config/policy.json")
        try turnOnOAuth(shop)
        try shop.commit("OAuth")
        #expect(try shop.easel("approve", "--gate", "storm", in: "config").status == 0)
        try shop.commit("approve")
        for (run, held) in [3, 1, 0].enumerated() {
            let (report, status) = try shop.report("reconcile", in: "config")
            #expect(report.summary.held == held && status == (held == 0 ? 0 : 3), "\(run)")
            #expect(report.gates.allSatisfy { $0.name == "limit:peoplePerRun" && $0.waiting })
        }
    }

    @Test func aDayIsCountedOverItsRuns() throws {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        try shop.write(#"{"kind": "policy", "limits": {"peoplePerDay": 110}}"#, to: "config/policy.json")
        try turnOnOAuth(shop)
        try shop.commit("OAuth")
        func held(_ time: String, _ command: String = "reconcile") throws -> Int { try shop.report(command, "--now", "2027-03-\(time):00Z", in: "config").report.summary.held }
        #expect(try held("25T10:00", "plan") == 4)
        #expect(try held("25T10:00") == 4)
        #expect(try held("25T23:59", "plan") == 4 && held("25T23:59") == 4)
        #expect(try held("26T00:00") == 2)
        #expect(try held("26T12:00") == 2)
        #expect(try held("27T12:00") == 0)
        #expect(try shop.applied("state.json").contains(#""2027-03-26": 107"#))
    }

    @Test func whatNothingCanApproveIsRefused() throws {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        try shop.write(
            """
            {"kind": "policy", "gates": [
              {"name": "closed", "when": {"tenants": ["contoso"]}, "require": "never"},
              {"name": "asks", "require": "approval"},
              {"name": "saturday", "window": {"days": ["sat"], "from": "22:00", "to": "23:00"}}], "limits": {"peoplePerRun": 1}}
            """, to: "config/policy.json")
        try turnOnOAuth(shop)
        try shop.commit("OAuth")
        #expect(try shop.easel("plan", "--now", "2026-11-25T12:00:00Z", "--report", "../report.json", in: "config").status == 3)
        for (gate, words) in [("closed", "There is nothing to approve"), ("saturday", "saturday opens on Saturday at 22:00; there is nothing to approve"), ("nobody", "no gate 'nobody'")] {
            let refused = try shop.easel("approve", "--gate", gate, "--report", "../report.json", in: "config")
            #expect(refused.status == 64 && refused.err.contains(words), "\(refused.err)")
        }
        #expect(!shop.exists("config/approvals"))
        #expect(try shop.easel("approve", "--gate", "asks", "--report", "../report.json", in: "config").status == 0)
        let file = try #require(try FileManager.default.contentsOfDirectory(atPath: shop("config/approvals")).first)
        #expect(try shop.read("config/approvals/\(file)").contains(#""asks""#) && shop.read("config/approvals/\(file)").contains("Ann <ann@example.com>"))
    }

    /// A base that leaves everybody without the profile removes it, whatever its file says.
    @Test func aBaseThatAssignsToNobodyRemoves() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        try shop.edit("bases/online.json", #""oauth": false"#, #""oauth": false }, "assignments": { "include": [ { "group": "staff" } ]"#)
        for tenant in Fleet.tenants {
            for number in 0..<5 {
                try shop.write(
                    #"{"kind": "iosEmailProfile", "extends": "bases/online.json", "displayName": "Extra \#(number)", "account": {"accountName": "Mail"}}"#,
                    to: "config/tenants/\(tenant)/profiles/extra-\(number).json")
            }
            try shop.remove("tenants/\(tenant)/profiles/kiosk.json")
        }
        try shop.commit("from the base")
        #expect(try shop.easel("reconcile", in: "config").status == 0)
        try shop.edit("bases/online.json", #"[ { "group": "staff" } ]"#, "[]")
        try shop.commit("to nobody")
        for command in ["plan", "reconcile", "reconcile"] {
            let (report, status) = try shop.report(command, in: "config")
            #expect(status == 3 && report.summary.held == 15 && report.gates.map(\.name) == ["mass-removal"], "\(command)")
        }
        #expect(try shop.report("review", "HEAD^", "HEAD", in: "config").report.gates.map(\.name) == ["mass-removal"])
        // The tenant's other profiles go the same way: nothing is left.
        for profile in ["board", "staff"] { try shop.remove("tenants/contoso/profiles/\(profile).json") }
        try shop.commit("and the rest of contoso")
        let (report, _) = try shop.report("plan", in: "config")
        #expect(report.profiles["contoso/extra-0"]?.heldBy == ["tenant-removal", "mass-removal"])
    }
}
