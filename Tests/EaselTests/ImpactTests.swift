import Foundation
import Testing

/// An edit in Git, and what easel says it does to people: from the command line to the report.
@Suite struct ImpactEndToEndTests {
    /// Applies the fleet, makes an edit, and gives what `plan` says of it.
    private func plan(_ edit: (Workshop) throws -> Void) throws -> Report {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        try edit(shop)
        try shop.commit("edit")
        let (report, status) = try shop.report("plan", in: "config")
        #expect(status == 0 || !report.gates.isEmpty)
        return report
    }

    @Test func oauthTurnedOnIsANewProfileAndASignIn() throws {
        let report = try plan { try $0.edit("tenants/contoso/profiles/staff.json", #""accountName": "Mail""#, #""accountName": "Mail", "oauth": true"#) }
        #expect(report.profiles.keys.sorted() == ["contoso/staff"])
        let staff = try #require(report.profiles["contoso/staff"])
        #expect(staff.action == "reinstall" && staff.people == 100)
        #expect(staff.rules == ["EAS001"])
        #expect(staff.consequences.contains("credentialReentry"))
        #expect(report.summary.consequences["credentialReentry"] == Report.Count(profiles: 1, people: 100, peopleUnknown: 0))
    }

    /// A number that tenant.json gives no more still counts where it is the only one: beside the change, and in a review. Once the tenant was
    /// recorded without it, it is not known.
    @Test(arguments: [false, true]) func aSizeThatIsNoLongerGivenCountsUntilThatIsRecorded(isReconciledBetween: Bool) throws {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        try shop.edit("tenants/contoso/tenant.json", #", "members": 100"#, "")
        if isReconciledBetween {
            try shop.commit("nobody knows how many")
            #expect(try shop.easel("reconcile", in: "config").status == 0)
            #expect(try !shop.applied("tenants/contoso/state.json").contains(": 100"))
        }
        try shop.edit("tenants/contoso/profiles/staff.json", #""accountName": "Mail""#, #""accountName": "Mail", "oauth": true"#)
        try shop.write(#"{"kind": "policy", "gates": [{"name": "storm", "when": {"peopleOver": 2000}, "require": "approval"}]}"#, to: "config/policy.json")
        try shop.commit("OAuth")
        let (report, status) = try shop.report("plan", in: "config")
        let staff = try #require(report.profiles["contoso/staff"])
        #expect(status == (isReconciledBetween ? 3 : 0) && staff.people == (isReconciledBetween ? nil : 100))
        #expect(staff.heldBy == (isReconciledBetween ? ["storm"] : []))
        let reviewed = try #require(try shop.report("review", "HEAD^", "HEAD", in: "config").report.profiles["contoso/staff"])
        #expect(reviewed.people == staff.people && reviewed.heldBy == staff.heldBy)
        // Of a group that the tenant does not name any more, what was known is all that there is.
        let other = try plan { shop in
            try shop.remove("tenants/contoso/profiles/staff.json")
            let tenant = try shop.object("config/tenants/contoso/tenant.json")
            var groups = try #require(tenant["groups"] as? Workshop.Object)
            groups["staff"] = nil
            try shop.write(tenant.merging(["groups": groups]) { $1 }, to: "config/tenants/contoso/tenant.json")
        }
        #expect(other.profiles["contoso/staff"]?.people == 100)
    }

    @Test func aBaseChangesEveryProfileThatExtendsItAndNoOther() throws {
        let report = try plan { try $0.edit("bases/online.json", #""oauth": false"#, #""oauth": true"#) }
        #expect(report.profiles.keys.sorted() == Fleet.tenants.flatMap { ["\($0)/board", "\($0)/staff"] })
        #expect(report.profiles.values.allSatisfy { $0.action == "reinstall" && $0.rules == ["EAS001"] })
        #expect(report.summary.none == 3 && report.summary.reinstall == 6)
    }

    /// An edit of a base that nobody follows is told, since whoever made it expects something.
    @Test func anEditOfABaseThatNobodyFollowsIsANote() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        for tenant in Fleet.tenants {
            for profile in ["staff", "board"] { try shop.edit("tenants/\(tenant)/profiles/\(profile).json", #""accountName": "Mail""#, #""accountName": "Mail", "oauth": true"#) }
        }
        try shop.commit("overrides")
        #expect(try shop.easel("reconcile", in: "config").status == 0)
        try shop.edit("bases/online.json", #""oauth": false"#, #""oauth": true, "ssl": true"#)
        try shop.commit("base")
        let note = "bases/online.json: /account/oauth is overridden by all 6 manifests that extend it: no effect."
        for command in [["plan"], ["review", "HEAD^", "HEAD"]] {
            let text = try shop.run([Workshop.binary] + command + ["--format", "json"], in: "config").out
            #expect(text.contains(note) && !text.contains("/account/ssl is"), "\(command): \(text.suffix(600))")
        }
        // One manifest follows: then it has an effect.
        try shop.edit("tenants/contoso/profiles/staff.json", #", "oauth": true"#, "")
        try shop.commit("follow")
        #expect(try !shop.easel("plan", in: "config").out.contains("no effect"))
    }

    @Test func whatSyncsIsANewProfile() throws {
        let report = try plan {
            try $0.edit("tenants/contoso/profiles/staff.json", #""assignments""#, #""sync": { "exchangeData": "emailOnly" }, "assignments""#)
        }
        let staff = try #require(report.profiles["contoso/staff"])
        #expect(staff.action == "reinstall" && staff.rules == ["EAS003"] && report.profiles.count == 1)
    }

    @Test func aDescriptionIsTheConsolesAffair() throws {
        let report = try plan {
            try $0.edit("tenants/contoso/profiles/staff.json", #""displayName""#, #""description": "For staff", "displayName""#)
        }
        let staff = try #require(report.profiles["contoso/staff"])
        #expect(staff.action == "update" && staff.rules == ["EAS020"] && staff.consequences == ["consoleOnly"] && staff.people == 0)
    }

    @Test func aDeletedManifestTakesTheAccountAway() throws {
        let report = try plan { try $0.remove("tenants/contoso/profiles/board.json") }
        let board = try #require(report.profiles["contoso/board"])
        #expect(board.action == "remove" && board.rules == ["EAS007"] && board.people == 7 && report.profiles.count == 1)
        #expect(board.changes.map(\.path) == [""])
    }

    @Test func anotherGroupIdMovesThoseWhoUseIt() throws {
        let report = try plan { try $0.edit("tenants/contoso/tenant.json", "10000000", "19999999") }
        #expect(report.profiles.keys.sorted() == ["contoso/staff"])
        let staff = try #require(report.profiles["contoso/staff"])
        #expect(staff.action == "update" && staff.rules == ["EAS007", "EAS008"])
        let change = try #require(staff.changes.first { $0.path == "/assignments/include" })
        #expect(change.joined?.count == 1 && change.left?.count == 1)
    }

    @Test func anotherCertificateConcernsThoseWhoSignInWithIt() throws {
        let report = try plan { try $0.edit("tenants/contoso/tenant.json", "40000000", "49999999") }
        #expect(report.profiles.keys.sorted() == ["contoso/kiosk"])
        #expect(report.profiles["contoso/kiosk"]?.rules.sorted() == ["EAS006", "EAS009"] && report.profiles["contoso/kiosk"]?.action == "update")
        #expect(report.profiles["contoso/kiosk"]?.people == .none, "the size of the group is not known")
        #expect(try plan { try $0.edit("tenants/contoso/tenant.json", "50000000", "59999999") }.profiles.isEmpty)
    }

    /// Other text, the same profiles: nothing to do, and yet the run says what it has read.
    @Test(arguments: [
        ("tenants/contoso/profiles/staff.json", #""kind": "iosEmailProfile","#, "\n\n   \"kind\":   \"iosEmailProfile\","),
        ("tenants/contoso/profiles/staff.json", #""account": { "accountName": "Mail" },"#, #""account": { "ssl": true, "accountName": "Mail" },"#),
        ("tenants/contoso/profiles/kiosk.json", "outlook.office365.com", "Outlook.Office365.COM"),
        ("tenants/contoso/profiles/staff.json", #""displayName""#, ##""$comment": "for staff", "displayName""##),
        ("bases/online.json", #""oauth": false"#, #""ssl": true"#),
        ("tenants/contoso/tenant.json", #""floor": {"#, #""added": { "id": "60000000-0000-4000-8000-000000000001" }, "floor": {"#),
    ])
    func otherTextAndTheSameProfilesIsNoChange(_ edit: (file: String, before: String, after: String)) throws {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        let before = try shop.tip()
        try shop.edit(edit.file, edit.before, edit.after)
        try shop.commit("edit")
        let plan = try shop.easel("plan", "--detailed-exitcode", in: "config")
        #expect(plan.status == 0 && plan.lastLine == "Nothing to do: 9 profiles in 3 tenants as applied.")
        #expect(try shop.tip() == before, "plan changes nothing")
        let outcome = try shop.easel("reconcile", in: "config")
        #expect(outcome.status == 0, "\(outcome.out)")
        let after = try shop.tip()
        #expect(after != before)
        #expect(try shop.git("log", "-1", "--format=%s", "easel/applied", in: "config").hasPrefix("record sources"))
        #expect(try shop.easel("reconcile", in: "config").status == 0)
        #expect(try shop.tip() == after, "nothing new is no commit")
    }

    @Test func aThousandTenantsWithOneChangeAreOneParagraph() throws {
        let shop = try Workshop()
        try shop.write(Fleet.base, to: "config/bases/online.json")
        for number in 0..<1000 {
            let digits = String(number + 1000)
            try shop.write(
                Fleet.tenant("contoso").replacingOccurrences(of: "0000000-0000-4000", with: "000\(digits)-0000-4000"),
                to: "config/tenants/t\(digits)/tenant.json")
            try shop.write(Fleet.manifest("staff"), to: "config/tenants/t\(digits)/profiles/staff.json")
        }
        try shop.git("init", "--quiet", "--initial-branch", "main", "config")
        try shop.commit("fleet")
        #expect(try shop.easel("reconcile", in: "config").lastLine.hasPrefix("Recorded 1,000 creates"))
        try shop.edit("bases/online.json", #""oauth": false"#, #""oauth": true"#)
        try shop.commit("OAuth")
        let outcome = try shop.easel("plan", in: "config")
        #expect(outcome.out.contains("± reinstall  1,000 profiles in 1,000 tenants\n    at most 100,000 people must enter their credentials\n"))
        #expect(outcome.out.components(separatedBy: "± reinstall").count == 2)
        #expect(outcome.out.utf8.count < 4000)
        #expect(outcome.lastLine == "Plan: 1,000 to reinstall, 0 unchanged. At most 100,000 people must enter their credentials.")
    }
}
