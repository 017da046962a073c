import Foundation
import JSONSource
import Payloads
import Profiles
import Testing
import Time

@testable import Gates
@testable import Impact

/// `Cases/gates.json`, through the real parser, impact and gates.
@Suite struct CaseTests {
    struct Case: CustomTestStringConvertible {
        let name: String
        let value: JSON
        var testDescription: String { "\(name), \(value["now"]?.text ?? "")" }
    }

    static let file: JSON = {
        guard let url = Bundle.module.url(forResource: "gates", withExtension: "json", subdirectory: "Cases"),
            let text = try? String(contentsOf: url, encoding: .utf8)
        else { return .null }
        return JSON(parsing: text)
    }()

    static let cases: [Case] = (file["cases"]?.elements ?? []).map { Case(name: $0["name"]?.text ?? "", value: $0) }

    @Test func thereAreCases() { #expect(Self.cases.count >= 31) }

    @Test(arguments: cases) func holdsWhatItMust(_ example: Case) throws {
        let value = example.value
        let now = try #require(value["now"]?.text.flatMap { Instant($0) })
        var proposals: [Proposal] = []
        var emptied: Set<String> = []
        var removals = 0
        var changes: [String: [ProfileImpact]] = [:]
        var appliedProfiles: [String: [EffectiveProfile]] = [:]
        var applied = 0
        for (id, profiles) in value["profiles"]?.members ?? [:] {
            let tenant = try #require(Self.file["tenant"].flatMap { Tenant(id: id, $0.document("tenants/\(id)/tenant.json"), targets: PayloadTargets.descriptions) })
            for (profile, sides) in profiles.members {
                let before = try effective(profile, sides["before"] ?? .null, tenant)
                let after = try effective(profile, sides["after"] ?? .null, tenant)
                if let before { appliedProfiles[id, default: []].append(before) }
                let view = TenantView(tenant.facts)
                let impact = Impact.compare(tenant: id, before: before, after: after, was: view, is: view, members: tenant.members(of:))
                changes[id, default: []].append(impact)
                if impact.action != .none { proposals.append(Proposal(tenant: id, impact: impact)) }
            }
            if GateKeeper.isEmptied(applied: appliedProfiles[id] ?? [], changes: changes[id] ?? []) { emptied.insert(id) }
            removals += (changes[id] ?? []).count(where: \.isRemoval)
            applied += appliedProfiles[id]?.count ?? 0
        }

        let approvals = try (value["approved"]?.elements ?? []).map { approved in
            let names = proposals.filter { $0.name == approved["profile"]?.text }.map(\.fingerprint)
            return try approval(names, gates: approved["gates"]?.texts ?? [])
        }
        var run = Run(approvals: ApprovalBook(approvals, now: now))
        run.repository = try value["policy"].map { try policy($0) }
        run.outside = try value["outside"].map { [try policy($0, outside)] } ?? []
        for (id, text) in value["tenantPolicies"]?.members ?? [:] {
            run.tenantPolicies[id] = try policy(text, .tenant(id: id, file: "tenants/\(id)/policy.json"))
        }
        run.emptied = emptied
        run.massRemoval = GateKeeper.isMassRemoval(removals: removals, applied: applied)

        #expect(run.heldBy(proposals) == (value["heldBy"]?.members ?? [:]).mapValues(\.texts))
        // Each gate of the report holds exactly the profiles that name it.
        let (heldBy, tally) = run.judge(proposals)
        for name in Set(tally.gates.map(\.name)) {
            let entries = tally.gates.filter { $0.name == name }
            #expect(Set(entries.flatMap(\.held)) == Set(heldBy.filter { $0.value.contains(name) }.keys))
            #expect(entries.allSatisfy { !$0.howToPass.isEmpty && $0.held == $0.held.sorted() })
        }
        #expect(Set(tally.gates.map(\.name)) == Set(heldBy.values.joined()))
    }

    private func effective(_ id: String, _ patch: JSON, _ tenant: Tenant) throws -> EffectiveProfile? {
        if case .null = patch { return nil }
        let manifest = try #require(Self.file["profile"]).merged(with: ["displayName": .string(id)]).merged(with: patch)
        var diagnostics: [Diagnostic] = []
        let profile = try Manifest(id: id, file: "\(id).json", bytes: Array(manifest.compact.utf8), bases: Bases(), reader: { _ in nil })
            .resolve(in: tenant, diagnostics: &diagnostics)
        if profile == nil { throw Unsound(diagnostics: diagnostics) }
        return profile
    }
}
