import JSONSource
import Profiles
import Testing

@testable import Impact

/// What holds of any two profiles; the seeds are fixed, so every run sees the same ones.
@Suite struct PropertyTests {
    struct Pair {
        let before: (profile: EffectiveProfile, facts: TenantFacts)
        let after: (profile: EffectiveProfile, facts: TenantFacts)

        init(seed: UInt64) throws {
            var generator = Generator(seed: seed)
            let (old, new) = (try tenant(generator.tenant()), try tenant(generator.tenant()))
            before = (try profile(generator.profile(), in: old), old.facts)
            after = (try profile(generator.profile(), in: new), new.facts)
        }

        func impact(members: (String) -> Int?) -> ProfileImpact { PropertyTests.compare(before, after, members) }
    }

    private static func compare(
        _ before: (profile: EffectiveProfile, facts: TenantFacts)?, _ after: (profile: EffectiveProfile, facts: TenantFacts)?,
        tenant: String = "contoso", _ members: (String) -> Int?
    ) -> ProfileImpact {
        let facts = after?.facts ?? before?.facts ?? TenantFacts(exchange: .online, iosAccountsApp: .granted, minimumOS: OSVersion(17))
        return Impact.compare(
            tenant: tenant, before: before?.profile, after: after?.profile, was: TenantView(before?.facts ?? facts), is: TenantView(facts), members: members)
    }

    @Test(arguments: 0..<300 as Range<UInt64>) func aProfileDoesNotDifferFromItself(seed: UInt64) throws {
        let pair = try Pair(seed: seed)
        let same = Self.compare(pair.before, pair.before) { _ in nil }
        #expect(same.action == .none && same.changes.isEmpty && same.fingerprint == nil && same.people == .atMost(0))

        // Nor from what the applied state keeps of it.
        let kept = try #require(EffectiveProfile(id: "staff-mail", JSONDocument(file: "kept", bytes: pair.before.profile.json())))
        let again = Self.compare((kept, pair.before.facts), pair.before) { _ in nil }
        #expect(again.action == .none)
    }

    @Test(arguments: 0..<600 as Range<UInt64>) func actionAndConsequencesAgree(seed: UInt64) throws {
        let pair = try Pair(seed: seed)
        let impact = pair.impact { _ in 1 }
        guard impact.action != .none else { return }
        #expect((impact.action == .reinstall) == (impact.consequences[.newProfile] != nil))
        #expect(impact.action == .reinstall || impact.action == .update)
        #expect(!(impact.consequences.keys.contains(.newProfile) && impact.consequences.keys.contains(.settingsReset)))
        #expect(impact.consequences.keys.contains(.consoleOnly) == (impact.rulesOfChanges == ["EAS020"]))

        let announced = Set(impact.rules.compactMap { Rules.byID[$0] }.flatMap(\.consequences))
        #expect(announced.isSuperset(of: impact.consequences.keys))
        for change in impact.changes {
            #expect(change.rules == Set(change.rules).sorted())
            // What is updated in place and reaches devices is explained.
            let isOfConsole = ["/displayName", "/description", "/roleScopeTagIds"].contains(change.path)
            if impact.action == .update, !isOfConsole { #expect(!change.rules.isEmpty, "\(change.path)") }
        }
        let noticed = impact.consequences.filter { $0.key.isNoticed }.values.compactMap(\.number)
        #expect(impact.people == .atMost(noticed.max() ?? 0))
    }

    @Test(arguments: 0..<300 as Range<UInt64>) func unknownIsNeverZero(seed: UInt64) throws {
        let pair = try Pair(seed: seed)
        let counted = pair.impact { _ in 1 }
        let unknown = pair.impact { _ in nil }
        #expect(counted.consequences.keys == unknown.consequences.keys)
        for (consequence, people) in counted.consequences {
            #expect(unknown.consequences[consequence] == (people == .atMost(0) ? .atMost(0) : .unknown))
        }
        #expect(unknown.people == (counted.people == .atMost(0) ? .atMost(0) : .unknown))
    }

    @Test(arguments: 0..<300 as Range<UInt64>) func aFingerprintNamesOneChange(seed: UInt64) throws {
        let (one, other) = (try Pair(seed: seed), try Pair(seed: seed + 10_000))
        let to = { (after: (profile: EffectiveProfile, facts: TenantFacts)) in
            Self.compare(one.before, after) { _ in nil }
        }
        let (first, second) = (to(one.after), to(other.after))
        if one.after.profile.digest != other.after.profile.digest { #expect(first.fingerprint != second.fingerprint) }
        #expect(first.fingerprint == to(one.after).fingerprint)
        let elsewhere = Self.compare(one.before, one.after, tenant: "fabrikam") { _ in nil }
        if first.action != .none { #expect(first.fingerprint != elsewhere.fingerprint) }
    }

    /// A change that is shown has another digest on its other side, or an approval would fit both.
    @Test(arguments: 0..<300 as Range<UInt64>) func digestsTellWhatChangesTell(seed: UInt64) throws {
        let pair = try Pair(seed: seed)
        let impact = pair.impact { _ in nil }
        if impact.action != .none { #expect(pair.before.profile.digest != pair.after.profile.digest) }
    }

    @Test(arguments: 0..<200 as Range<UInt64>) func creationAndRemovalMirrorEachOther(seed: UInt64) throws {
        let pair = try Pair(seed: seed)
        let created = Self.compare(nil, pair.before) { _ in 3 }
        let removed = Self.compare(pair.before, nil) { _ in 3 }
        #expect(created.action == .create && created.rulesOfChanges == ["EAS008"])
        #expect(removed.action == .remove && removed.rulesOfChanges == ["EAS007"] && removed.advice.isEmpty)
        #expect(created.consequences[.firstInstall] == removed.consequences[.accountRemoved])
        #expect(!created.advice.contains { !$0.isNew })
        #expect(created.changes.map(\.path) == [""] && removed.changes.map(\.path) == [""])
    }
}
