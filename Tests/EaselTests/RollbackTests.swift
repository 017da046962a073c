import Foundation
import Testing

/// Approvals written, history told, and the way back.
@Suite struct RollbackTests {
    private func fingerprints(_ report: Report, _ names: String...) throws -> [String] { try names.map { try #require(report.profiles[$0]?.fingerprint) } }

    @Test func anApprovalIsWrittenFromAReportAndLetsItThrough() throws {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        try shop.write(#"{"kind": "policy", "gates": [{"name": "storm", "when": {"peopleOver": 50}, "require": "approval"}]}"#, to: "config/policy.json")
        try shop.edit("bases/online.json", #""oauth": false"#, #""oauth": true"#)
        try shop.commit("OAuth")
        #expect(try shop.easel("plan", "--report", "../report.json", in: "config").status == 3)
        let typo = try shop.easel("approve", "--report", "../report.json", "--gate", "strom", in: "config")
        #expect(typo.status == 64 && typo.err.contains("Did you mean 'storm'?"))
        let outcome = try shop.easel(
            "approve", "--report", "../report.json", "--gate", "storm", "--reason", "Announced", "--approved-by", "Ann", "--expires", "2099-12-31", in: "config")
        #expect(outcome.status == 0)
        let file = try #require(try FileManager.default.contentsOfDirectory(atPath: shop("config/approvals")).first)
        let text = try shop.read("config/approvals/" + file)
        #expect(text.contains("contoso/staff: reinstall, at most 100 people") && text.contains(#""approvedBy": "Ann""#) && text.contains("2099-12-31"))
        #expect(try shop.easel("validate", in: "config").status == 0)
        try shop.commit("approve")
        let (report, status) = try shop.report("reconcile", in: "config")
        #expect(status == 0 && report.summary.reinstall == 6 && report.summary.held == 0)
    }

    @Test func anApprovalOfWhatNobodyPlansIsRefused() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        #expect(try shop.easel("plan", "--report", "../report.json", in: "config").status == 0)
        let (one, other, third, fourth) = ("0123456789abcdef0123456789abcdef", String(repeating: "a", count: 32), String(repeating: "b", count: 32), String(repeating: "c", count: 32))
        for arguments in [
            ["0123"], ["0123456789ABCDEF"], [], ["--gate", "storm"], [one, "--expires", "2027-02-30"], [one], [one, "--unseen", "--gate", "storm"], ["0123", "--unseen"],
            [one, "--report", "../report.json"], [one, "--report", "policy.json"], [one, "--unseen", "--reason", ""], [one, "--unseen", "--repo", "git://127.0.0.1/x"],
        ] {
            let outcome = try shop.run([Workshop.binary, "approve"] + arguments, in: "config")
            #expect(outcome.status != 0 && !shop.exists("config/approvals"), "\(arguments)")
        }
        func approve(_ arguments: String...) throws -> Workshop.Outcome { try shop.run([Workshop.binary, "approve", "--unseen"] + arguments, in: "config") }
        #expect(try approve(one).status == 0)
        let again = try approve(one, other)
        #expect(again.status == 0 && again.out.contains("already approved") && shop.exists("config/approvals/aaaaaaaaaaaa.json"))
        let late = try approve(third, "--expires", "2020-01-31")
        #expect(late.status == 64 && late.err.contains("2020-01-31 is in the past") && !shop.exists("config/approvals/bbbbbbbbbbbb.json"))
        // One that has expired approves nothing, and stays on record.
        let expired = try shop.read("config/approvals/0123456789ab.json").replacingOccurrences(of: #""fingerprints""#, with: #""expires": "2020-01-31", "fingerprints""#)
        try shop.write(expired, to: "config/approvals/0123456789ab.json")
        #expect(try approve(one).status == 0)
        #expect(try shop.read("config/approvals/0123456789ab.json") == expired && shop.exists("config/approvals/0123456789ab-2.json"))
        // One that counts for less long is not what was asked for.
        #expect(try approve(fourth, "--expires", "2098-12-31").status == 0)
        #expect(try approve(fourth, "--expires", "2097-12-31").out.contains("already approved"))
        #expect(try approve(fourth, "--expires", "2099-12-31").status == 0)
        #expect(try shop.read("config/approvals/cccccccccccc-2.json").contains("2099-12-31"))
    }

    @Test func historyTellsWhoWasChangedWhenAndHow() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        #expect(try shop.easel("history", in: "config").out == "Nothing has been recorded yet.\n")
        #expect(try shop.easel("reconcile", "--now", "2026-11-24T02:00:00Z", in: "config").status == 0)
        try shop.edit("bases/online.json", #""oauth": false"#, #""oauth": true"#)
        let source = try shop.commit("OAuth")
        #expect(try shop.easel("reconcile", "--now", "2026-11-25T02:00:00Z", in: "config").status == 0)
        try shop.edit("bases/online.json", #""kind""#, #""$comment": "no change", "kind""#)
        try shop.commit("comment")
        #expect(try shop.easel("reconcile", "--now", "2026-11-26T02:00:00Z", in: "config").status == 0)
        let text = try shop.easel("history", in: "config").out
        #expect(text.contains("2026-11-25T02:00:00Z") && text.contains("6 profiles in 3 tenants") && text.contains("2026-11-24T02:00:00Z"))
        #expect(!text.contains("2026-11-26"), "sources changed, and no profile")
        let one = try shop.easel("history", "contoso/staff", "--limit", "1", in: "config").out
        #expect(
            one.split(separator: "\n", omittingEmptySubsequences: false).dropFirst() == [
                "  contoso (source \(source.prefix(7)))", "    reinstall  staff  EAS001  at most 100 people must enter their credentials",
                "      /account/oauth  false → true",
                "      edited by Ann <ann@example.com> in \(source.prefix(7)) on 2025-10-09T08:53:20Z: OAuth", "", "",
            ])
        #expect(one.hasPrefix("2026-11-25T02:00:00Z  ") && one.contains("  1 profile in 1 tenant\n"))
        struct History: Decodable {
            struct Profile: Decodable { let id, action: String }
            struct Tenant: Decodable { let id: String; let profiles: [Profile] }
            struct Entry: Decodable { let commit, time: String; let tenants: [Tenant] }
            let entries: [Entry]
        }
        let json = try JSONDecoder().decode(History.self, from: Data(try shop.easel("history", "--tenant", "fabrikam", "--format", "json", in: "config").out.utf8))
        #expect(json.entries.map(\.time) == ["2026-11-25T02:00:00Z", "2026-11-24T02:00:00Z"])
        #expect(json.entries.first?.tenants.map(\.id) == ["fabrikam"] && json.entries.first?.tenants.first?.profiles.map(\.action) == ["reinstall", "reinstall"])
        #expect(try shop.easel("history", "contoso/staff/x", in: "config").status == 64)
    }

    @Test func theWayBackGivesTheProfilesBackAndIsReviewedLikeAnyChange() throws {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        let good = try #require(try shop.tip())
        func profiles(_ commit: String) throws -> String { try shop.git("ls-tree", "-r", commit, "--", "tenants", in: "config").split(separator: "\n").filter { $0.contains("/profiles/") || $0.contains(".graph.json") }.joined(separator: "\n") }
        // Everything there is: a base, an id behind a name, a name that goes, a profile that goes, one that comes.
        try shop.edit("bases/online.json", #""oauth": false"#, #""oauth": true"#)
        try shop.edit("tenants/contoso/tenant.json", "10000000", "19999999")
        try shop.remove("tenants/fabrikam/profiles/board.json")
        try shop.edit("tenants/fabrikam/tenant.json", "    \"board\": { \"id\": \"20000000-0000-4000-8000-000000000002\", \"members\": 7 },\n", "")
        try shop.write(Fleet.manifest("kiosk").replacingOccurrences(of: "Kiosk mail", with: "More"), to: "config/tenants/northwind/profiles/more.json")
        try shop.commit("a bad day")
        #expect(try shop.easel("reconcile", in: "config").status == 0)
        let head = try shop.git("rev-parse", "HEAD", in: "config")

        let outcome = try shop.easel("rollback", "--to", String(good.prefix(10)), "--branch", "back", in: "config")
        #expect(outcome.status == 0, "\(outcome.err)")
        #expect(try shop.git("rev-parse", "HEAD", in: "config") == head, "history is not rewritten")
        #expect(try shop.git("rev-parse", "back^", in: "config") == head)
        #expect(outcome.out.contains("removed  tenants/northwind/profiles/more.json") && outcome.out.contains("written  tenants/fabrikam/tenant.json"))
        #expect(!outcome.out.contains("kiosk.json"), "what is as it was is left alone")
        #expect(try shop.git("fsck", "--strict", in: "config") == "")
        let (review, _) = try shop.report("review", "main", "back", in: "config")
        let staff = try #require(review.profiles["contoso/staff"])
        #expect(staff.action == "reinstall" && staff.rules.isSuperset(of: ["EAS002", "EAS007", "EAS008"]))
        #expect(review.profiles["northwind/more"]?.action == "remove" && review.profiles["fabrikam/board"]?.action == "create")

        #expect(try shop.easel("reconcile", "--ref", "back", in: "config").status == 0)
        #expect(try profiles(shop.tip() ?? "") == profiles(good))
        let again = try shop.easel("rollback", "--to", good, "--ref", "back", "--branch", "again", in: "config")
        #expect(again.status == 0 && again.out.contains("Nothing to roll back"))
    }

    @Test func aTenantWhoseFolderIsGoneComesBack() throws {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        let good = try #require(try shop.tip())
        try shop.remove("tenants/northwind")
        try shop.commit("gone")
        let outcome = try shop.easel("rollback", "--to", good, "--tenant", "northwind", in: "config")
        #expect(outcome.status == 0, "\(outcome.err)")
        #expect(try shop.easel("plan", "--ref", "easel/rollback-\(good.prefix(7))", "--detailed-exitcode", in: "config").status == 0)
    }

    @Test func whatCannotBeGivenBackWholeIsNotWrittenAtAll() throws {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        let good = try #require(try shop.tip())
        try shop.edit("tenants/contoso/profiles/kiosk.json", #""device""#, #""signing""#)
        try shop.edit("tenants/contoso/tenant.json", #""device""#, #""other""#)
        try shop.commit("another certificate")
        let outcome = try shop.easel("rollback", "--to", good, in: "config")
        #expect(outcome.status == 1 && outcome.err.contains("contoso/kiosk: tenants/contoso/tenant.json no longer defines the certificate profile 'device'"))
        #expect(try shop.git("branch", "--list", "easel/rollback*", in: "config") == "")
        let wrong = try shop.easel("rollback", "--to", "main", in: "config")
        #expect(wrong.status == 64 && wrong.err.contains("easel history"))
    }

    private static let written = #"""
        {
          "$schema": "../../../schemas/manifest.schema.json",
          "extends": "bases/online.json", "kind": "iosEmailProfile",
          "$comment": "asked for by Ann",
          "displayName": "Staff mail", "account": { "accountName": "Mail" },
          "assignments": { "include": [ { "group": "staff" } ] }
        }

        """#

    /// An applied fleet in which a manifest is written as only people write.
    private func shopWithAHandWrittenManifest() throws -> (shop: Workshop, state: String) {
        let shop = try Workshop()
        try shop.makeFleet()
        try shop.write(Self.written, to: "config/tenants/contoso/profiles/staff.json")
        try shop.commit("by hand")
        try #require(try shop.easel("reconcile", in: "config").status == 0)
        return (shop, try #require(try shop.tip()))
    }

    private let file = "tenants/contoso/profiles/staff.json"

    @Test func aManifestComesBackAsItWasWritten() throws {
        let (shop, good) = try shopWithAHandWrittenManifest()
        // Once edited, once written without its base, once gone: the bases are what they were.
        for edit in ["edited", "detached", "gone"] {
            switch edit {
            case "edited": try shop.edit(file, #""accountName": "Mail""#, #""accountName": "Other", "oauth": true"#)
            case "detached": try shop.write(Fleet.manifest("kiosk").replacingOccurrences(of: "Kiosk mail", with: "Staff mail").replacingOccurrences(of: "floor", with: "staff"), to: "config/" + file)
            default: try shop.remove(file)
            }
            try shop.commit(edit)
            let outcome = try shop.easel("rollback", "--to", good, "--branch", edit, in: "config")
            #expect(outcome.status == 0 && outcome.out.hasPrefix("  written  \(file)\n\nCommitted on \(edit)."), "\(outcome.out)\(outcome.err)")
            #expect(try shop.git("show", "\(edit):\(file)", in: "config") + "\n" == Self.written)
        }
    }

    @Test func aProfileThatAGateHeldComesBackAsItWasWritten() throws {
        let (shop, _) = try shopWithAHandWrittenManifest()
        try shop.write(#"{"kind": "policy", "gates": [{"name": "staff", "when": {"consequences": ["credentialReentry"]}, "require": "never"}]}"#, to: "config/policy.json")
        try shop.edit(file, #""accountName": "Mail""#, #""accountName": "Mail", "oauth": true"#)
        try shop.edit("tenants/contoso/profiles/kiosk.json", #""accountName": "Kiosk""#, #""accountName": "Kiosks""#)
        try shop.commit("one of two is held")
        #expect(try shop.easel("reconcile", in: "config").status == 3)
        let state = try #require(try shop.tip())
        #expect(try shop.easel("rollback", "--to", state, "--branch", "back", in: "config").status == 0)
        #expect(try shop.git("show", "back:\(file)", in: "config") + "\n" == Self.written)
    }

    /// A base that has changed since concerns others, too: it stays, and so does the manifest's tie to it.
    @Test func aManifestKeepsItsBaseWhereThatHasChanged() throws {
        let (shop, good) = try shopWithAHandWrittenManifest()
        try shop.edit("bases/online.json", #""oauth": false"#, #""oauth": true, "ssl": false"#)
        try shop.commit("OAuth")
        let outcome = try shop.easel("rollback", "--to", good, "--tenant", "contoso", "--branch", "back", in: "config")
        #expect(
            outcome.status == 0
                && outcome.out.contains("  note: contoso/staff still extends bases/online.json, which no longer gives what was applied, so the manifest itself sets account.ssl, account.oauth\n"),
            "\(outcome.out)\(outcome.err)")
        let text = try shop.git("show", "back:\(file)", in: "config")
        #expect(text.contains(#""extends": "bases/online.json""#) && text.contains(#""$comment": "asked for by Ann""#) && text.contains(#""$schema""#))
        #expect(text.contains(#""oauth": false"#) && text.contains(#""ssl": true"#) && !text.contains("server"))
        #expect(try shop.git("diff", "--name-only", "main", "back", "--", "bases", in: "config") == "")
        #expect(try shop.easel("plan", "--ref", "back", "--tenant", "contoso", "--detailed-exitcode", in: "config").status == 0)
    }

    @Test func whatABaseNowAddsIsTakenAwayAgain() throws {
        let (shop, good) = try shopWithAHandWrittenManifest()
        try shop.edit(
            "bases/online.json", #""method": "usernameAndPassword" }"#, #""method": "certificate", "certificateProfile": "device" }, "usernameDomain": { "custom": "contoso.com" }"#)
        try shop.edit("bases/online.json", #""userPrincipalName""#, #""samAccountName""#)
        try shop.commit("certificates")
        let outcome = try shop.easel("rollback", "--to", good, "--branch", "back", in: "config")
        #expect(outcome.status == 0, "\(outcome.out)\(outcome.err)")
        let text = try shop.git("show", "back:\(file)", in: "config")
        #expect(text.contains(#""certificateProfile": null"#) && text.contains(#""extends""#))
        #expect(try shop.easel("plan", "--ref", "back", "--detailed-exitcode", in: "config").status == 0)
    }

    @Test func aBaseThatIsGoneComesBackWithItsManifests() throws {
        let (shop, good) = try shopWithAHandWrittenManifest()
        let base = try shop.read("config/bases/online.json")
        for tenant in Fleet.tenants { for profile in ["staff", "board"] { try shop.remove("tenants/\(tenant)/profiles/\(profile).json") } }
        try shop.remove("bases")
        try shop.commit("all gone")
        let outcome = try shop.easel("rollback", "--to", good, "--branch", "back", in: "config")
        #expect(outcome.status == 0 && outcome.out.contains("  written  bases/online.json\n"), "\(outcome.out)\(outcome.err)")
        #expect(try shop.git("show", "back:bases/online.json", in: "config") + "\n" == base && shop.git("show", "back:\(file)", in: "config") + "\n" == Self.written)
        #expect(try shop.easel("plan", "--ref", "back", "--detailed-exitcode", in: "config").status == 0)
    }

    /// A base that became unusable can give nothing back: then the manifest stands alone, and the output says so.
    @Test func aManifestThatLosesItsBaseSaysSo() throws {
        let (shop, good) = try shopWithAHandWrittenManifest()
        try shop.write("{", to: "config/bases/online.json")
        try shop.commit("broken")
        let outcome = try shop.easel("rollback", "--to", good, "--tenant", "contoso", "--branch", "back", in: "config")
        #expect(outcome.status == 0 && outcome.out.contains("  note: contoso/staff no longer extends bases/online.json"), "\(outcome.out)\(outcome.err)")
        #expect(try !shop.git("show", "back:\(file)", in: "config").contains("extends"))
        #expect(try shop.easel("plan", "--ref", "back", "--tenant", "contoso", "--detailed-exitcode", in: "config").status == 0)
    }

    @Test func aSecondRollbackSaysThatTheBranchIsThere() throws {
        let (shop, good) = try shopWithAHandWrittenManifest()
        try shop.edit(file, #""accountName": "Mail""#, #""accountName": "Other""#)
        try shop.commit("other")
        #expect(try shop.easel("rollback", "--to", good, in: "config").status == 0)
        let branch = "easel/rollback-\(good.prefix(7))"
        let first = try shop.git("rev-parse", branch, in: "config")
        let again = try shop.easel("rollback", "--to", good, in: "config")
        #expect(again.status == 0 && again.out.contains("Branch \(branch) already has this rollback, so nothing was written."), "\(again.out)\(again.err)")
        #expect(try shop.git("rev-parse", branch, in: "config") == first)
        try shop.edit(file, #""accountName": "Other""#, #""accountName": "Third""#)
        try shop.commit("third")
        let other = try shop.easel("rollback", "--to", good, in: "config")
        #expect(other.status == 1 && other.err.contains("it exists already at \(first.prefix(7))") && other.err.contains("--branch"), "\(other.err)")
        #expect(try shop.git("rev-parse", branch, in: "config") == first && shop.git("branch", "--list", "easel/rollback*", in: "config").split(separator: "\n").count == 1)
    }

    /// The same where the branch is on a remote, of which a mirror may not know yet.
    @Test func aSecondRollbackOfARemoteSaysThatTheBranchIsThere() throws {
        let (shop, good) = try shopWithAHandWrittenManifest()
        try shop.edit(file, #""accountName": "Mail""#, #""accountName": "Other""#)
        try shop.commit("other")
        try shop.git("clone", "--quiet", "--bare", "config", "origin.git")
        let url = "file://" + shop("origin.git")
        func rollback(_ more: String...) throws -> Workshop.Outcome { try shop.run([Workshop.binary, "rollback", "--repo", url, "--cache", "cache", "--to", good] + more) }
        #expect(try rollback().status == 0)
        let again = try rollback()
        #expect(again.status == 0 && again.out.contains("already has this rollback"), "\(again.out)\(again.err)")
        let other = try rollback("--tenant", "contoso", "--branch", "main")
        #expect(other.status == 1 && other.err.contains("cannot write branch main: it exists already"), "\(other.err)")
    }
}
