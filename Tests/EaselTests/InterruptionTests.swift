import Foundation
import TestSupport
import Testing

/// Signals, deadlines and killed runs: the state is whole at every moment, and the next run finishes the work.
@Suite struct InterruptionTests {
    /// A server that accepts and says nothing.
    private func mute(_ shop: Workshop) throws -> (url: String, program: Program) {
        let port = try freePort()
        let script = "import socket, time; s = socket.socket(); s.bind(('127.0.0.1', \(port))); s.listen(8); keep = []\nwhile True: keep.append(s.accept())"
        let program = try shop.start(["/usr/bin/timeout", "60", "/usr/bin/python3", "-c", script])
        try awaitServer(on: port)
        return ("git://127.0.0.1:\(port)/config.git", program)
    }

    @Test(arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)]) func aSignalEndsTheRunAndSaysThatNothingWasApplied(_ signal: (number: Int32, status: Int32)) throws {
        let shop = try Workshop()
        let server = try mute(shop)
        defer {
            kill(server.program.child, SIGTERM)
            _ = try? server.program.finish()
        }
        let start = ContinuousClock.now
        let run = try shop.start([Workshop.binary, "reconcile", "--repo", server.url, "--cache", "cache", "--state", "state.git"])
        usleep(500_000)
        kill(run.child, signal.number)
        let outcome = try run.finish()
        #expect(outcome.status == signal.status && outcome.err.contains("interrupted"), "\(outcome.status) \(outcome.err)")
        #expect(outcome.err.contains("Stopping at the next safe place.") && outcome.err.contains("A second signal ends the run at once."), "\(outcome.err)")
        #expect(ContinuousClock.now - start < .seconds(4) && !shop.exists("state.git"))
    }

    @Test func aSilentServerIsLeftAtTheTimeout() throws {
        let shop = try Workshop()
        let server = try mute(shop)
        defer {
            kill(server.program.child, SIGTERM)
            _ = try? server.program.finish()
        }
        let outcome = try shop.easel("plan", "--repo", server.url, "--cache", "cache", "--timeout", "1")
        #expect(outcome.status == 1 && outcome.err.contains("did not finish within 1 s") && outcome.err.contains("--timeout"))
    }

    /// Signals at moments of every kind: a run either has applied everything and says so, or nothing.
    @Test func whatARunSaysItAppliedIsWhatIsThere() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        try shop.addTenants(150)
        var random = Seeded(21)
        var interrupted = 0
        for round in 0..<25 {
            try shop.edit("bases/online.json", round % 2 == 0 ? #""oauth": false"# : #""oauth": true"#, round % 2 == 0 ? #""oauth": true"# : #""oauth": false"#)
            try shop.commit("round \(round)")
            let before = try shop.tip()
            let run = try shop.start([Workshop.binary, "reconcile"], in: "config")
            usleep(UInt32(random.below(400_000)))
            kill(run.child, SIGTERM)
            let outcome = try run.finish()
            let moved = try shop.tip() != before
            // On a machine with much to do the signal may come before the program's first instruction.
            let isUnheard = outcome.status == -SIGTERM
            #expect(outcome.status == 143 || outcome.status == 0 || isUnheard, "\(outcome.status) \(outcome.err)")
            if outcome.status == 143 { interrupted += 1 }
            #expect(moved == outcome.out.contains("Recorded on easel/applied"), "\(outcome.out.suffix(300)) \(outcome.err)")
            // Where the round before was cut short, taking its change back leaves nothing to do; the signal may come when that is said.
            if !moved, !isUnheard {
                #expect(outcome.out.contains("Nothing to do") || (outcome.status == 143 && outcome.err.contains("nothing was recorded")), "\(outcome.out) \(outcome.err)")
            }
        }
        #expect(interrupted > 3, "\(interrupted)")
        #expect(try shop.easel("reconcile", in: "config").status == 0)
        #expect(try shop.easel("plan", "--detailed-exitcode", in: "config").status == 0)
        #expect(try shop.git("fsck", "--strict", in: "config") == "")
    }

    @Test func fiftyRunsThatRaceAllLand() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        try shop.addTenants(97)
        let runs = try (1...50).map { try shop.start([Workshop.binary, "reconcile", "--repo", "config", "--state", "state.git", "--shard", "\($0)/50"]) }
        for run in runs {
            let outcome = try run.finish()
            #expect(outcome.status == 0, "\(outcome.err)")
        }
        #expect(try shop.git("ls-tree", "--name-only", "easel/applied", "tenants/", in: "state.git").split(separator: "\n").count == 100)
        #expect(try shop.git("fsck", "--strict", "--no-dangling", in: "state.git") == "")
        #expect(try shop.run([Workshop.binary, "plan", "--repo", "config", "--state", "state.git", "--detailed-exitcode"]).status == 0)
    }

    private static let canMount = (try? Program.output(["/usr/bin/unshare", "-rm", "/bin/mount", "-t", "tmpfs", "none", "/mnt"])) != nil

    @Test(.enabled(if: canMount, "needs a namespace to mount in")) func onADiskThatCannotBeWrittenAPlanIsMadeAndAReconcileChangesNothing() throws {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        try shop.edit("tenants/contoso/profiles/staff.json", "Staff mail", "Mail for staff")
        try shop.commit("edit")
        let tip = try shop.tip()
        func readOnly(_ command: String) throws -> Workshop.Outcome {
            try shop.run(
                ["/usr/bin/unshare", "-rm", "/bin/sh", "-ec", "mount --bind . . && mount -o remount,ro,bind . && cd \(shop.path) && exec \(Workshop.binary) \(command) --repo config"])
        }
        let plan = try readOnly("plan --detailed-exitcode")
        #expect(plan.status == 2 && plan.out.contains("Mail for staff"), "\(plan.err)")
        let reconcile = try readOnly("reconcile")
        #expect(reconcile.status == 1 && reconcile.err.contains("Read-only file system"), "\(reconcile.err)")
        #expect(try shop.tip() == tip)
        #expect(try shop.easel("reconcile", in: "config").lastLine == "Recorded 1 update; 8 unchanged. Nothing was sent to Intune.")
    }

    @Test(.enabled(if: canMount, "needs a namespace to mount in")) func aFullDiskLosesNothing() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        #expect(try shop.easel("reconcile", "--repo", "config", "--state", "state.git").status == 0)
        try shop.addTenants(60)
        let easel = "\(Workshop.binary) reconcile --repo config --state disk/state.git"
        // The disk takes the state as it is and some of what is to come; then it is made larger, and the next run finishes.
        let outcome = try shop.run([
            "/usr/bin/unshare", "-rm", "/bin/bash", "-ec",
            """
            mkdir disk; mount -t tmpfs -o size=160k none disk; cp -r state.git disk/; before=$(git -C disk/state.git rev-parse easel/applied)
            ! \(easel) >out 2>err; cat err
            test $before = $(git -C disk/state.git rev-parse easel/applied); git -C disk/state.git fsck --strict
            mount -o remount,size=20m disk; \(easel) | tail -n 1; git -C disk/state.git fsck --strict --no-dangling; find disk -name '*tmp*'
            """,
        ])
        #expect(outcome.status == 0, "\(outcome.out) \(outcome.err)")
        #expect(outcome.out.contains("No space left on device") && outcome.out.contains("Recorded 120 creates"), "\(outcome.out) \(outcome.err)")
    }

    /// kill -9 at any moment, with the state beside and an out folder: old or new, whole.
    @Test func aKilledRunLeavesTheOldStateOrTheNewOne() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        try shop.addTenants(60)
        var random = Seeded(22)
        let command = [Workshop.binary, "reconcile", "--repo", "config", "--state", "state.git", "--out", "out"]
        #expect(try shop.run(command).status == 0)
        for round in 0..<200 {
            if round % 4 == 0 {
                let on = round % 8 == 0
                try shop.edit("bases/online.json", on ? #""oauth": false"# : #""oauth": true"#, on ? #""oauth": true"# : #""oauth": false"#)
                try shop.commit("round \(round)")
            }
            let before = try shop.tip("state.git")
            let run = try shop.start(command)
            usleep(UInt32(random.below(250_000)))
            kill(run.child, SIGKILL)
            _ = try run.finish()
            let after = try shop.tip("state.git")
            // The tip is there and whole: git reads all of it.
            let objects = try shop.git("rev-list", "--objects", "--count", after ?? "none", in: "state.git")
            #expect(Int(objects) ?? 0 > 0)
            if before != after { #expect(try shop.git("rev-parse", "easel/applied^", in: "state.git") == before) }
            // The folder is one run's, never half of it.
            #expect(shop.exists("out/report.json") && shop.exists("out/.easel-out.json"))
        }
        #expect(try shop.git("fsck", "--strict", "--no-dangling", in: "state.git") == "")
        // The next run finishes the work by itself, whatever the killed ones have left.
        #expect(try shop.run(command).status == 0)
        #expect(try shop.run([Workshop.binary, "plan", "--repo", "config", "--state", "state.git", "--detailed-exitcode"]).status == 0)
        let litter = try FileManager.default.contentsOfDirectory(atPath: shop.path).filter { $0.contains(".easel-") || $0.contains(".making-") }
        #expect(litter == [], "half-made folders are swept")
    }
}

extension Workshop {
    /// More tenants on the same base, committed.
    func addTenants(_ count: Int) throws {
        for number in 0..<count {
            try write(Fleet.tenant("contoso").replacingOccurrences(of: "000000000001", with: "00000000\(1000 + number)"), to: "config/tenants/t\(number)/tenant.json")
            for profile in ["staff", "board"] { try write(Fleet.manifest(profile), to: "config/tenants/t\(number)/profiles/\(profile).json") }
        }
        try commit("more tenants")
    }

    /// Holds a whole reconcile up at the last moment, by a lock of Git's, while another one goes through.
    private func overtake(_ shop: Workshop, by arguments: String...) throws {
        let lock = "config/.git/refs/heads/easel/applied.lock"
        func packs() throws -> Int { try FileManager.default.contentsOfDirectory(atPath: shop("config/.git/objects/pack")).count { $0.hasSuffix(".idx") } }
        let before = try packs()
        try shop.write("", to: lock)
        let late = try shop.start([Workshop.binary, "reconcile", "--repo", "config"])
        while try packs() == before { usleep(1000) }
        kill(late.child, SIGSTOP)
        try FileManager.default.removeItem(atPath: shop(lock))
        let other = try shop.start([Workshop.binary, "reconcile", "--repo", "config"] + arguments)
        // It may wait for the one that is stopped, if that was stopped in the middle of a try.
        for _ in 0..<30 where try packs() == before + 1 { usleep(100_000) }
        usleep(300_000)
        kill(late.child, SIGCONT)
        #expect(try other.finish().status == 0 && late.finish().status == 0)
    }

    /// A run that read the state before another one wrote it, and comes after it: what had to be looked at is another matter now.
    @Test func aRunThatIsOvertakenMakesItsPlanAnew() throws {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        try shop.edit("tenants/contoso/profiles/staff.json", #""account": {"#, #""mail": { "amountToSync": "oneWeek" }, "account": {"#)
        try shop.commit("one")
        try shop.git("branch", "one", in: "config")
        try shop.git("revert", "--no-edit", "HEAD", in: "config")
        try shop.edit("tenants/northwind/profiles/staff.json", #""account": {"#, #""mail": { "amountToSync": "oneDay" }, "account": {"#)
        try shop.commit("two")
        try overtake(shop, by: "--ref", "one")
        #expect(try shop.easel("reconcile", "--repo", "config").status == 0)
        #expect(try !shop.applied("tenants/contoso/profiles/staff.json").contains("oneWeek") && shop.applied("tenants/northwind/profiles/staff.json").contains("oneDay"))
        #expect(try shop.easel("plan", "--repo", "config", "--detailed-exitcode").status == 0)
    }

    /// The same where the one that comes late has only looked at the tenant.
    @Test func whatARunHasLookedAtMustStayAsItWas() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        try shop.git("branch", "old", in: "config")
        try shop.edit("tenants/contoso/profiles/staff.json", #""account": {"#, #""mail": { "amountToSync": "oneWeek" }, "account": {"#)
        try shop.commit("new")
        for tenant in Fleet.tenants { #expect(try shop.easel("reconcile", "--repo", "config", "--tenant", tenant).status == 0) }
        try overtake(shop, by: "--tenant", "contoso", "--ref", "old")
        #expect(try shop.easel("reconcile", "--repo", "config").status == 0)
        #expect(try shop.applied("tenants/contoso/profiles/staff.json").contains("oneWeek"))
        for tenant in Fleet.tenants { #expect(try shop.easel("plan", "--repo", "config", "--tenant", tenant, "--detailed-exitcode").status == 0) }
    }
}
