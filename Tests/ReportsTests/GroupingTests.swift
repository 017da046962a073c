import JSONSource
import ReportModel
import TestSupport
import Testing

@testable import Impact
@testable import Reports

/// What happens to a thousand tenants in the same way is one paragraph, and nobody is lost in it.
@Suite struct GroupingTests {
    private func grouped(_ tenants: [TenantReport]) -> Grouping {
        var grouping = Grouping()
        for tenant in tenants { grouping.add(tenant) }
        return grouping
    }

    private func group(_ name: String, _ id: String, filter: String? = nil) -> JSON {
        var target: [String: JSON] = ["group": ["name": .string(name), "id": .string(id)]]
        if let filter {
            target["filter"] = ["name": .string(filter), "id": .string("f-" + id)]
            target["filterMode"] = "include"
        }
        return .object(target)
    }

    /// From one base, each tenant with ids of its own behind the same names.
    private func fleet(_ count: Int) -> [TenantReport] {
        (0..<count).map { number in
            let id = "tenant-\(String(number + 10_000))"
            let (joined, board) = ([group("staff", "a-\(number)")], [group("board", "e-\(number)")])
            let changes: [ProfileImpact.Change] = [
                .init("/account/oauth", false, true, rules: ["EAS001"]),
                .init(
                    "/smime/signing/certificate/profile", ["name": "old", "id": .string("b-\(number)")],
                    ["name": "new", "id": .string("c-\(number)"), "scepDigest": .string("d-\(number)")], rules: ["EAS006"]),
                .init("/assignments/include", .array(board), .array(board + joined), joined: joined, left: []),
            ]
            return TenantReport(id, [.made("staff-mail", .reinstall, changes, [.credentialReentry: .atMost(10), .newProfile: .atMost(10)])])
        }
    }

    @Test func aThousandTenantsWithOneChangeAreOneGroup() throws {
        let groups = grouped(fleet(1000)).worstFirst
        let only = try #require(groups.first)
        #expect(groups.count == 1 && only.profiles == 1000 && only.tenants == 1000)
        #expect(only.people[.credentialReentry]?.people == 10_000 && only.people[.credentialReentry]?.profiles == 1000)
        #expect(only.examples.map(\.tenant) == (0..<5).map { "tenant-\($0 + 10_000)" })
        var report = Report()
        report.tenants = fleet(1000)
        let text = try report.text()
        #expect(text.contains("reinstall  1,000 profiles in 1,000 tenants") && text.contains("and 995 more"))
        #expect(text.contains("old → new") && !text.contains("b-0"), "ids of one tenant say nothing about the others")
        #expect(text.split(separator: "\n").count < 40)
    }

    @Test func whatDiffersIsNotOneGroup() {
        let one = fleet(1)[0].profiles[0]
        func tenant(_ id: String, _ profile: ProfileReport) -> TenantReport { TenantReport(id, [profile]) }
        let changes = one.impact.changes
        let noticed: [Consequence: People] = [.credentialReentry: .atMost(10), .newProfile: .atMost(10)]
        let tenants = [
            tenant("a", one),
            tenant("b", .made("staff-mail", .reinstall, changes, noticed, heldBy: ["storm"])),
            tenant("c", .made("staff-mail", .reinstall, Array(changes.dropLast()), noticed)),
            tenant("d", .made("staff-mail", .reinstall, changes, [.newProfile: .atMost(10)])),
            tenant("e", .made("staff-mail", .reinstall, changes, noticed, advice: [.init(key: .init(rule: "EAS013", path: ""), standing: .new)])),
            // Advice that stood before says nothing about the change.
            tenant("f", .made("staff-mail", .reinstall, changes, noticed, advice: [.init(key: .init(rule: "EAS013", path: ""), standing: .continuing)])),
        ]
        let groups = grouped(tenants).groups
        #expect(groups.count == 5 && groups[0].examples.map(\.tenant) == ["a", "f"])
    }

    @Test func anIdThatChangesBehindANameIsShown() throws {
        func made(_ number: Int) -> TenantReport {
            let (old, new) = (group("staff", "old-\(number)"), group("staff", "new-\(number)"))
            return TenantReport(
                "tenant-\(number)",
                [
                    .made(
                        "staff-mail", .update,
                        [
                            .init("/assignments/include", [old], [new], joined: [new], left: [old]),
                            .init("/mail/vpnProfile", ["name": "vpn", "id": .string("x-\(number)")], ["name": "vpn", "id": .string("y-\(number)")]),
                        ])
                ])
        }
        var report = Report()
        report.tenants = [made(1), made(2)]
        let text = try report.text()
        #expect(text.contains("joins: staff (new-1); leaves: staff (old-1)") && text.contains("vpn (x-1) → vpn (y-1)"))
        #expect(text.contains("joins: staff (new-2)"), "another tenant's ids are another change")
    }

    /// Names alone would say that A joins and leaves.
    @Test func anIdThatChangesAmongOthersIsShown() {
        let (old, new, other) = (group("staff", "1"), group("staff", "2"), group("board", "3"))
        let change = ProfileImpact.Change("/assignments/include", [old], [new, other], joined: [new, other], left: [old])
        #expect(Words.change(change) == "joins: staff (2), board (3); leaves: staff (1)")
        let same = ProfileImpact.Change("/assignments/include", [old], [old, other], joined: [other], left: [])
        #expect(Words.change(same) == "joins: board")
        // The same names before and after, and not the same people.
        func tenant(_ id: String, _ change: ProfileImpact.Change) -> TenantReport { TenantReport(id, [.made("mail", .update, [change])]) }
        let (otherOld, otherNew) = (group("board", "4"), group("board", "5"))
        let one = ProfileImpact.Change("/assignments/include", [old, otherOld], [new, otherOld], joined: [new], left: [old])
        let two = ProfileImpact.Change("/assignments/include", [old, otherOld], [old, otherNew], joined: [otherNew], left: [otherOld])
        #expect(grouped([tenant("a", one), tenant("b", two)]).groups.count == 2)
    }

    @Test func aFilterThatChangesIsNoGroupThatLeaves() {
        let (plain, narrowed) = (group("staff", "1"), group("staff", "1", filter: "corporate"))
        let narrows = ProfileImpact.Change("/assignments/include", [plain], [narrowed], joined: [], left: [plain])
        #expect(Words.change(narrows) == "filter changes: staff → staff with filter corporate")
        let widens = ProfileImpact.Change("/assignments/include", [narrowed], [plain], joined: [plain], left: [])
        #expect(Words.change(widens) == "filter changes: staff with filter corporate → staff")
        let (all, board) = (JSON.string("allUsers"), group("board", "2"))
        let mixed = ProfileImpact.Change("/assignments/include", [plain, board], [narrowed, all], joined: [all], left: [plain, board])
        #expect(Words.change(mixed) == "joins: \"allUsers\"; leaves: board; filter changes: staff → staff with filter corporate")
    }

    /// Five thousand changes that have nothing in common: memory and text stay small, and the worst still stands first.
    @Test func tooManyChangesAreMerged() throws {
        var report = Report()
        report.tenants = (0..<5000).map { number in
            let worst = number == 4999
            let change = ProfileImpact.Change("/description", "old", .string("new \(number)"), rules: ["EAS020"])
            let consequences: [Consequence: People] = worst ? [.accountRemoved: .atMost(3)] : [.consoleOnly: .atMost(1)]
            return TenantReport("tenant-\(number + 10_000)", [.made("mail", worst ? .remove : .update, [change], consequences)])
        }
        let groups = grouped(report.tenants).worstFirst
        #expect(groups.count == Grouping.limit + 2)
        #expect(groups.reduce(0) { $0 + $1.profiles } == 5000 && groups.filter(\.isMixed).map(\.profiles) == [1, 2999])
        #expect(groups[0].action == .remove && groups[0].isMixed, "what hurts most comes first, also when it came last")
        let text = try report.text(width: 200)
        #expect(text.contains("different changes, too many to list here"))
        #expect(text.contains("no worse than these; the JSON report has them all.") && text.utf8.count < 30_000)
        #expect(try report.markdown().utf8.count < 65_000)
    }

    @Test func worstFirst() {
        let tenants = [
            TenantReport("a", [.made("m", .update, [.init("/description", "", "a")], [.consoleOnly: .atMost(900)])]),
            TenantReport("b", [.made("m", .update, [.init("/description", "", "b")], [.credentialReentry: .atMost(10)])]),
            TenantReport("c", [.made("m", .update, [.init("/description", "", "c")], [.credentialReentry: .atMost(20)])]),
            TenantReport("d", [.made("m", .update, [.init("/description", "", "d")], [.credentialReentry: .unknown])]),
            TenantReport("e", [.made("m", .remove, [.init("", "M", .null)], [.accountRemoved: .atMost(1)])]),
            TenantReport("f", [.made("m", .update, [.init("/description", "", "f")])]),
            TenantReport("g", [.made("m", .update, [.init("/description", "", "g")], [.credentialReentry: .atMost(10)])]),
        ]
        #expect(grouped(tenants).worstFirst.map { $0.examples[0].tenant } == ["e", "d", "c", "b", "g", "a", "f"])
    }

    /// Whatever happens, the groups add up to the summary, and to what goes out and what is held.
    @Test(arguments: 1...40) func countsAddUp(_ seed: UInt64) throws {
        var random = Seeded(seed)
        let report = Self.random(&random)
        var gathered = Gathered()
        for tenant in report.tenants { gathered.add(tenant) }
        let summary = report.summary
        let groups = gathered.grouping.groups
        #expect(groups.reduce(0) { $0 + $1.profiles } + (summary.actions[.none] ?? 0) == summary.profiles)
        #expect(groups.filter { !$0.heldBy.isEmpty }.reduce(0) { $0 + $1.profiles } == summary.held)
        #expect(gathered.goesOut.profiles + gathered.heldBack.profiles + (summary.actions[.none] ?? 0) == summary.profiles)
        for action in Action.allCases where action != .none {
            #expect(groups.filter { $0.action == action }.reduce(0) { $0 + $1.profiles } == summary.actions[action, default: 0])
        }
        #expect(gathered.goesOut.people == summary.consequences && gathered.heldBack.people == summary.heldConsequences)
        // Groups may count a target that several of them have, so that they come to no less than the summary.
        for (isHeld, counts) in [(false, summary.consequences), (true, summary.heldConsequences)] {
            var people: [Consequence: ReportSummary.Count] = [:]
            for group in groups where group.heldBy.isEmpty != isHeld { for (consequence, count) in group.people { people[consequence, default: .init()].add(count) } }
            #expect(people.mapValues(\.profiles) == counts.mapValues(\.profiles) && people.mapValues(\.peopleUnknown) == counts.mapValues(\.peopleUnknown))
            for (consequence, count) in counts { #expect((people[consequence]?.people ?? 0) >= count.people) }
        }
        for group in groups { #expect(group.tenants <= group.profiles && group.examples.count == min(group.profiles, ChangeGroup.exampleLimit)) }
        // The same again is the same to the byte.
        var again = Seeded(seed)
        let other = Self.random(&again)
        #expect(try report.text() == other.text() && report.markdown() == other.markdown() && report.json() == other.json())
    }

    static func random(_ random: inout Seeded) -> Report {
        var report = Report()
        let paths = ["/account/accountName", "/account/server", "/description"]
        report.silent = (random.below(3), random.below(9))
        report.tenants = (0..<random.below(60)).map { number in
            let profiles = (0..<random.below(5)).map { position in
                let action = [Action.create, .update, .reinstall, .remove][random.below(4)]
                var changes: [ProfileImpact.Change] = []
                if action == .create || action == .remove {
                    changes = [.init("", .null, .null)]
                } else {
                    for path in paths where random.chance(1, in: 2) {
                        changes.append(.init(path, .string("was \(random.below(2))"), .string("is \(random.below(2))")))
                    }
                }
                var consequences: [Consequence: People] = [:]
                for consequence in Consequence.allCases where random.chance(1, in: 5) {
                    consequences[consequence] = random.chance(1, in: 4) ? .unknown : .atMost(random.below(50))
                }
                return ProfileReport.made(
                    "p\(position)", action, changes, consequences, heldBy: ["storm", "weekend"].filter { _ in random.chance(1, in: 5) })
            }
            let failed = random.chance(1, in: 9) ? [Samples.unknownKey] : nil
            return TenantReport("t\(number + 100)", profiles, unchanged: random.below(4), failed: failed)
        }
        return report
    }
}

/// A target that several profiles of a tenant have is the same people.
@Suite struct PeopleTallyTests {
    private func impact(_ profile: String, _ hit: [Consequence: Set<String>]) -> ProfileImpact {
        let sizes = ["staff": 100, "board": 7]
        return ProfileImpact(profile: profile, displayName: profile, action: .update, changes: [], advice: [], audiences: Audiences(hit) { sizes[$0] }, fingerprint: nil)
    }

    @Test func targetsCountOncePerTenantAndConsequence() {
        var tally = PeopleTally()
        tally.add(impact("a", [.credentialReentry: ["staff"], .newProfile: ["staff"]]), of: "contoso")
        tally.add(impact("b", [.credentialReentry: ["staff", "board"]]), of: "contoso")
        // Of unknown size: its known targets still count.
        tally.add(impact("c", [.credentialReentry: ["board", "floor"], .accountRemoved: []]), of: "contoso")
        tally.add(impact("a", [.credentialReentry: ["staff"]]), of: "fabrikam")
        let counts = tally.counts
        #expect(counts[.credentialReentry]?.people == 207 && counts[.credentialReentry]?.profiles == 4 && counts[.credentialReentry]?.peopleUnknown == 1)
        #expect(counts[.newProfile]?.people == 100 && counts[.accountRemoved]?.people == 0 && counts[.accountRemoved]?.peopleUnknown == 0)
    }

    /// What is held counts by itself; what is taken back leaves what the others still hit.
    @Test func whatIsHeldCountsByItself() {
        func profile(_ id: String, _ hit: [Consequence: Set<String>], _ heldBy: [String] = []) -> ProfileReport {
            ProfileReport(impact: impact(id, hit), heldBy: heldBy, places: [])
        }
        let (a, b, c) = (profile("a", [.newProfile: ["staff"]]), profile("b", [.newProfile: ["staff", "board"]]), profile("c", [.newProfile: ["board"]], ["storm"]))
        var summary = ReportSummary()
        summary.add(TenantReport("contoso", [a, b, c]))
        #expect(summary.consequences[.newProfile]?.people == 107 && summary.heldConsequences[.newProfile]?.people == 7 && summary.actions[.update] == 3)
        summary.withdraw([b], leaving: [a, c])
        #expect(summary.consequences[.newProfile]?.people == 100 && summary.consequences[.newProfile]?.profiles == 1 && summary.heldConsequences[.newProfile]?.people == 7)
        summary.withdraw([a], leaving: [c])
        #expect(summary.consequences.isEmpty)
    }

    /// The first line has what is held as well, and whatever hits the most people.
    @Test func headlines() {
        func text(_ profiles: [ProfileReport]) -> String {
            var gathered = Gathered()
            var summary = ReportSummary()
            for tenant in [TenantReport("contoso", profiles)] {
                gathered.add(tenant)
                summary.add(tenant)
            }
            return gathered.verdict(ReportTail(summary: summary)).text
        }
        let out = ProfileReport.made("a", .reinstall, [], [.credentialReentry: .atMost(66), .newProfile: .atMost(66)])
        let held = ProfileReport.made("b", .reinstall, [], [.credentialReentry: .atMost(760)], heldBy: ["storm"])
        #expect(text([out, held]).hasSuffix("At most 66 people must enter their credentials; at most 760 more are held."))
        #expect(text([held]).hasSuffix("Held: at most 760 people must enter their credentials."))
        let many = ProfileReport.made("c", .create, [], [.firstInstall: .atMost(5000)])
        #expect(text([out, many]).hasSuffix("At most 66 people must enter their credentials. At most 5,000 people get the profile for the first time."))
        #expect(text([.made("d", .remove, [], [.accountRemoved: .atMost(0)])]).hasSuffix("Plan: 1 to remove, 0 unchanged."))
    }
}
