import Foundation
import TestSupport
import Testing

/// `--out`: what is recorded is delivered, whatever ends a run, and nothing of anybody else's is ever deleted.
@Suite struct HandOffTests {
    private func reconcile(_ shop: Workshop) throws -> Workshop.Outcome { try shop.easel("reconcile", "--repo", "config", "--out", "out") }

    /// The folder as a run leaves it that is ended between the record and the delivery: the next hand-off beside it, complete.
    private func abandon(_ shop: Workshop, commit: String, as name: String = ".out.easel-4711-1") throws {
        try FileManager.default.moveItem(atPath: shop("out"), toPath: shop(name))
        try shop.write(#"{"commit": "\#(commit)", "folder": "\#(name)"}"#, to: name + "/.easel-pending.json")
    }

    private func litter(_ shop: Workshop) throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: shop.path).filter { $0.hasPrefix(".") } }

    /// A hand-off of one run, and the changes of the next one in the config repository.
    private func shop() throws -> Workshop {
        let shop = try Workshop()
        try shop.makeFleet()
        #expect(try reconcile(shop).status == 0)
        try shop.edit("tenants/contoso/profiles/staff.json", "Staff mail", "Mail for staff")
        try shop.commit("edit")
        return shop
    }

    @Test(arguments: [true, false]) func whatAnEndedRunRecordedIsDeliveredByTheNextOne(isFirst: Bool) throws {
        let shop = try shop()
        try FileManager.default.copyItem(atPath: shop("out"), toPath: shop("before"))
        #expect(try reconcile(shop).status == 0)
        let new = try shop.tree("out")
        #expect(new.keys.contains("tenants/contoso/payloads/staff.patch.json"))
        let tip = try #require(try shop.tip())
        try abandon(shop, commit: tip)
        if !isFirst { try FileManager.default.moveItem(atPath: shop("before"), toPath: shop("out")) }
        // It does only that, also when there is more to do.
        try shop.edit("tenants/fabrikam/profiles/staff.json", "Staff mail", "Mail for staff")
        try shop.commit("more")
        let (report, status) = try shop.report("reconcile", "--repo", "config", "--out", "out")
        #expect(status == 0 && report.delivered == tip && report.applied == nil && report.tenants.isEmpty)
        #expect(try shop.tree("out") == new && litter(shop) == [] && shop.tip() == tip)
        #expect(try reconcile(shop).lastLine == "Recorded 1 update; 8 unchanged. Nothing was sent to Intune.")
        #expect(try shop.tip() != tip && !shop.exists("out/tenants/contoso/payloads/staff.patch.json") && shop.exists("out/tenants/fabrikam/payloads/staff.patch.json"))
    }

    @Test func severalAreDeliveredOneAfterTheOther() throws {
        let shop = try shop()
        #expect(try reconcile(shop).status == 0)
        let first = try #require(try shop.tip())
        try abandon(shop, commit: first, as: ".out.easel-9-9")
        try shop.edit("tenants/fabrikam/profiles/staff.json", "Staff mail", "Mail for staff")
        try shop.commit("more")
        #expect(try shop.easel("reconcile", "--repo", "config", "--out", "elsewhere").status == 0)
        let second = try #require(try shop.tip())
        try FileManager.default.moveItem(atPath: shop("elsewhere"), toPath: shop("out"))
        try abandon(shop, commit: second, as: ".out.easel-1-1")
        for commit in [first, second] { #expect(try reconcile(shop).lastLine == "Delivered \(commit.prefix(7)), which an earlier run had recorded.") }
        #expect(try reconcile(shop).lastLine.hasPrefix("Nothing to do") && litter(shop) == [])
    }

    @Test func whatWasNotRecordedIsThrownAway() throws {
        let shop = try shop()
        let old = try shop.tip()
        #expect(try reconcile(shop).status == 0)
        let lost = try #require(try shop.tip())
        try FileManager.default.copyItem(atPath: shop("out"), toPath: shop("kept"))
        try abandon(shop, commit: lost)
        try FileManager.default.moveItem(atPath: shop("kept"), toPath: shop("out"))
        try shop.git("update-ref", "refs/heads/easel/applied", old ?? "", in: "config")
        try shop.git("update-ref", "-d", "refs/easel/seen/heads/easel/applied", in: "config")
        #expect(try reconcile(shop).lastLine == "Recorded 1 update; 8 unchanged. Nothing was sent to Intune.")
        #expect(try litter(shop) == [])
    }

    /// In the folder, at every depth, and beside it.
    @Test(arguments: [
        "thesis.txt", "tenants/notes.txt", "tenants/contoso/notes.txt", "tenants/contoso/payloads/mine.graph.json", "tenants/mine/payloads/x.graph.json",
        "report.pdf", ".easel-out.json.bak", "tenants/contoso/payloads/deep/er.txt",
    ]) func nothingOfAnybodyElsesIsDeleted(_ file: String) throws {
        let shop = try shop()
        try shop.write("mine", to: "out/" + file)
        let (tip, before) = (try shop.tip(), try shop.tree("out"))
        for more in [[], ["--defer"]] {
            let outcome = try shop.run([Workshop.binary, "reconcile", "--repo", "config", "--out", "out"] + more)
            #expect(outcome.status == 64 && outcome.err.contains("'\(file.hasPrefix("tenants/mine") ? "tenants/mine" : file.hasPrefix("tenants/contoso/payloads/deep") ? "tenants/contoso/payloads/deep" : file)'"), "\(outcome.err)")
        }
        #expect(try shop.tip() == tip && shop.tree("out") == before && litter(shop) == [])
    }

    /// A run can be killed before its new folder is marked as a hand-off, too.
    @Test func aFolderThatWasAboutToBeMarkedGoes() throws {
        let shop = try shop()
        try shop.write("{", to: ".out.easel-7-8/.easel-pending.json.easel-4711")
        #expect(try reconcile(shop).status == 0 && litter(shop) == [])
    }

    @Test func whatOnlyLooksLikeAHandOffBesideTheFolderStays() throws {
        let shop = try shop()
        try FileManager.default.copyItem(atPath: shop("out"), toPath: shop(".out.easel-backup"))
        try shop.write("mine", to: ".out.easel-1-2/thesis.txt")
        try shop.write("mine", to: ".out.easel-notes")
        // A copy of one in the making, under another name.
        try FileManager.default.copyItem(atPath: shop("out"), toPath: shop(".out.easel-3-4"))
        try shop.write(#"{"commit": "\#(try shop.tip() ?? "")", "folder": ".out.easel-5-6"}"#, to: ".out.easel-3-4/.easel-pending.json")
        let names = [".out.easel-backup", ".out.easel-1-2", ".out.easel-3-4"]
        let before = try names.map(shop.tree)
        #expect(try reconcile(shop).lastLine.hasPrefix("Recorded 1 update"))
        #expect(try names.map(shop.tree) == before && shop.read(".out.easel-notes") == "mine")
    }

    /// Neither its size nor its time proves that a payload is the one that was rendered.
    @Test(arguments: [true, false]) func aPayloadThatSomebodyChangedIsWrittenAgain(isNew: Bool) throws {
        let shop = try shop()
        if !isNew { #expect(try reconcile(shop).status == 0) }
        let file = "out/tenants/fabrikam/payloads/staff.graph.json"
        let whole = try shop.read(file)
        _ = try shop.run(["/bin/sh", "-ec", "touch -r \(file) time; sed -i s/outlook/0utlook/ \(file); touch -r time \(file); rm out/tenants/northwind/payloads/board.graph.json"])
        #expect(try shop.read(file) != whole)
        #expect(try reconcile(shop).status == 0)
        #expect(try shop.read(file) == whole && shop.exists("out/tenants/northwind/payloads/board.graph.json"))
        #expect(shop.exists("out/tenants/contoso/payloads/staff.patch.json"))
    }

    /// What a runner lost, over several runs, with a profile that came and one that went.
    @Test func everythingSinceACommitIsDeliveredAgain() throws {
        let shop = try shop()
        let first = try #require(try shop.tip())
        #expect(try reconcile(shop).status == 0)
        let second = try shop.tree("out")
        let one = try shop.easel("deliver", "--repo", "config", "--since", String(first.prefix(8)), "--out", "again")
        #expect(one.status == 0 && one.out.hasPrefix("Delivered to again: 1 update recorded after \(first.prefix(7)), up to "), "\(one.out)\(one.err)")
        #expect(try shop.tree("again").filter { $0.key.hasPrefix("tenants/") } == second.filter { $0.key.hasPrefix("tenants/") })

        try shop.edit("tenants/contoso/profiles/board.json", "Board mail", "Mail of the board")
        try shop.remove("tenants/contoso/profiles/kiosk.json")
        try shop.write(Fleet.manifest("kiosk").replacingOccurrences(of: "Kiosk mail", with: "New mail").replacingOccurrences(of: "floor", with: "board"), to: "config/tenants/fabrikam/profiles/new.json")
        try shop.commit("more")
        #expect(try shop.easel("reconcile", "--repo", "config").status == 0)
        let tip = try shop.tip()
        let all = try shop.easel("deliver", "--repo", "config", "--since", first, "--out", "again", "--format", "json")
        #expect(all.status == 0 && all.out.contains(#""remove": 1"#) && all.out.contains(#""update": 2"#) && all.out.contains(#""create": 1"#), "\(all.out)\(all.err)")
        for file in ["contoso/payloads/staff.patch.json", "contoso/payloads/board.patch.json", "fabrikam/payloads/new.graph.json"] { #expect(shop.exists("again/tenants/" + file), "\(file)") }
        #expect(!shop.exists("again/tenants/contoso/payloads/kiosk.graph.json") && !shop.exists("again/tenants/northwind/payloads/staff.patch.json"))
        #expect(try shop.read("again/report.json").contains(#""action": "remove""#) && shop.read("again/report.json").contains(tip ?? "none"))
        #expect(try shop.tip() == tip && litter(shop) == [])
        // Not of the applied state.
        for commit in ["HEAD", "0000000"] { #expect(try shop.easel("deliver", "--repo", "config", "--since", commit, "--out", "again").status != 0) }
        #expect(try shop.easel("deliver", "--repo", "config", "--since", first, "--out", "config").err.contains("files that easel did not write"))
    }

    /// A tenant that was removed since is a tenant whose profiles were removed.
    @Test func aTenantThatIsGoneIsDeliveredAsRemovals() throws {
        let shop = try shop()
        let first = try #require(try shop.tip())
        try shop.remove("tenants/northwind")
        try shop.write(#"{"kind": "policy", "defaults": "off"}"#, to: "config/policy.json")
        try shop.commit("gone")
        #expect(try reconcile(shop).status == 0)
        let again = try shop.easel("deliver", "--repo", "config", "--since", first, "--out", "again", "--format", "json")
        #expect(again.status == 0 && again.out.contains(#""remove": 3"#) && again.out.contains(#""update": 1"#), "\(again.out)\(again.err)")
        #expect(!shop.exists("again/tenants/northwind"))
        let text = try shop.easel("deliver", "--repo", "config", "--since", first, "--out", "again").out
        #expect(text.contains("3 removals, 1 update recorded after") && text.contains("the payloads of 2 tenants"), "\(text)")
    }

    @Test func aHandOffThatIsNotWholeIsReported() throws {
        let shop = try shop()
        #expect(try reconcile(shop).status == 0)
        try FileManager.default.removeItem(atPath: shop("out/tenants/contoso/payloads/staff.patch.json"))
        #expect(try reconcile(shop).out.replacing("\n", with: " ").contains("no longer has tenants/contoso/payloads/staff.patch.json of the last hand-off"))
    }

    private static let canMount = (try? Program.output(["/usr/bin/unshare", "-rm", "/bin/mount", "-t", "tmpfs", "none", "/mnt"])) != nil

    private func mounted(_ shop: Workshop, _ script: String) throws -> Workshop.Outcome {
        try shop.run(["/usr/bin/unshare", "-rm", "/bin/bash", "-ec", script])
    }

    @Test(.enabled(if: canMount, "needs a namespace to mount in")) func aMountPointIsFilledInPlace() throws {
        let shop = try shop()
        let easel = "\(Workshop.binary) reconcile --repo config --state state.git --out out"
        let outcome = try mounted(
            shop,
            """
            rm -r out; mkdir out store; mkdir store/lost+found; mount --bind store out
            git -C config reset -q --hard HEAD~1; \(easel) | tail -n 1; git -C config reset -q --hard HEAD@{1}
            \(easel) | tail -n 1; \(easel) | tail -n 1
            test -f out/tenants/contoso/payloads/staff.patch.json -a -f out/report.html -a -d out/lost+found
            # Ended in the middle of its own move: some is in place, some is not.
            mkdir -p out/.easel-1-2/.replaced; mv out/tenants out/.easel-1-2/; mv out/.easel-out.json out/.easel-1-2/
            tip=$(git -C state.git rev-parse easel/applied); echo '{"commit": "'$tip'", "folder": ".easel-1-2"}' > out/.easel-1-2/.easel-pending.json
            \(easel) | tail -n 1; test -f out/tenants/contoso/payloads/staff.patch.json -a -f out/.easel-out.json; ls -A out
            echo mine > out/thesis.txt; ! \(easel)
            """)
        #expect(outcome.status == 0, "\(outcome.out) \(outcome.err)")
        #expect(outcome.out.contains("Recorded 9 creates") && outcome.out.contains("Recorded 1 update") && outcome.out.contains("Nothing to do") && outcome.out.contains("Delivered "), "\(outcome.out)")
        #expect(outcome.out.hasSuffix(".easel-out.json\nlost+found\noperations.json\nreport.html\nreport.json\nreport.md\ntenants\n") && outcome.err.contains("'thesis.txt'"), "\(outcome.out) \(outcome.err)")
    }

    @Test(.enabled(if: canMount, "needs a namespace to mount in")) func aFullDiskStopsTheRunBeforeItIsRecorded() throws {
        let shop = try shop()
        try shop.addTenants(30)
        let easel = "\(Workshop.binary) reconcile --repo config --state state.git --out disk/out"
        let outcome = try mounted(
            shop,
            """
            mkdir disk; mount -t tmpfs -o size=60k none disk
            ! \(easel) >/dev/null; ! git -C state.git rev-parse -q --verify easel/applied; ls -A disk
            mount -o remount,size=20m disk; \(easel) | tail -n 1; ls -A disk; ls disk/out/tenants | wc -l
            """)
        #expect(outcome.status == 0 && outcome.err.contains("No space left on device"), "\(outcome.out) \(outcome.err)")
        #expect(outcome.out.contains("Recorded 69 creates") && outcome.out.hasSuffix("out\n33\n"), "\(outcome.out)")
    }

    /// kill -9 at sixty moments of a run, and as soon as the state has moved: after one more run, every PATCH that was recorded was delivered.
    @Test func killsAtSixtyMomentsLoseNothing() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        try shop.addTenants(8)
        let command = [Workshop.binary, "reconcile", "--repo", "config", "--state", "state.git", "--out", "out"]
        let start = ContinuousClock.now
        #expect(try shop.run(command).status == 0)
        let whole = (ContinuousClock.now - start) / .microseconds(1)
        var server = "outlook.office365.com"
        var recorded = 0
        var rescued = 0
        for round in 0..<60 {
            try shop.edit("bases/online.json", server, "mail\(round).example.com")
            server = "mail\(round).example.com"
            try shop.commit("round \(round)")
            let before = try shop.data("state.git/refs/heads/easel/applied")
            let run = try shop.start(command)
            if round % 2 == 0 {
                usleep(UInt32(whole * Double(round) / 60))
            } else {
                for _ in 0..<20_000 where (try? shop.data("state.git/refs/heads/easel/applied")) == before { usleep(50) }
            }
            kill(run.child, SIGKILL)
            _ = try run.finish()
            if try shop.data("state.git/refs/heads/easel/applied") != before { recorded += 1 }
            let next = try shop.run(command)
            #expect(next.status == 0, "\(next.err)")
            if next.lastLine.hasPrefix("Delivered") { rescued += 1 }
            for tenant in ["contoso", "fabrikam", "northwind", "t0", "t7"] {
                for profile in ["staff", "board"] {
                    #expect((try? shop.read("out/tenants/\(tenant)/payloads/\(profile).patch.json"))?.contains(server) ?? false, "round \(round): \(tenant)/\(profile) \(next.out)")
                }
            }
        }
        Tries.note(60, of: "kills of a run with --out")
        #expect(recorded > 10, "\(recorded) recorded, \(rescued) rescued")
        #expect(try litter(shop) == [])
    }
}
