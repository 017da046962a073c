import JSONSource
import Profiles
import TestSupport
import Time

@testable import Gates
@testable import Impact

extension JSON {
    init(parsing text: String) { self = JSONDocument(file: "test.json", bytes: Array(text.utf8)).root?.plain ?? .null }

    subscript(_ key: String) -> JSON? { members[key] }

    var members: [String: JSON] { if case .object(let members) = self { members } else { [:] } }
    var elements: [JSON] { if case .array(let elements) = self { elements } else { [] } }
    var text: String? { if case .string(let text) = self { text } else { nil } }
    var texts: [String] { elements.compactMap(\.text) }

    /// RFC 7396, section 2.
    func merged(with patch: JSON) -> JSON {
        guard case .object(let changes) = patch else { return patch }
        var result = members
        for (key, value) in changes {
            if case .null = value { result[key] = nil } else { result[key] = (result[key] ?? .null).merged(with: value) }
        }
        return .object(result)
    }

    func document(_ file: String) -> JSONDocument { JSONDocument(file: file, bytes: Array(compact.utf8)) }
}

let zones = ZoneStore()
let noon = Instant("2026-11-25T12:00:00Z") ?? Instant(secondsSince1970: 0)
let outside = PolicySource.outside(file: "outside.json")
let atRoot = PolicySource.repository(file: "policy.json")

/// Reads a policy that must be valid.
func policy(_ text: String, _ source: PolicySource = atRoot) throws -> Policy {
    try policy(JSON(parsing: text), source)
}

func policy(_ value: JSON, _ source: PolicySource = atRoot) throws -> Policy {
    let (policy, diagnostics) = Policy.read(value.document(source.label), source: source, zones: zones)
    guard let policy else { throw Unsound(diagnostics: diagnostics) }
    return policy
}

/// A policy's `limits`.
func limits(people: Int? = nil, removals: Int? = nil, tenants: Int? = nil, day: Int? = nil) -> [String: Int] {
    [("peoplePerRun", people), ("removalsPerRun", removals), ("tenantsPerRun", tenants), ("peoplePerDay", day)].reduce(into: [:]) { $0[$1.0] = $1.1 }
}

func approval(_ fingerprints: [String], gates: [String] = [], expires: String? = nil, file: String = "approvals/one.json") throws -> Approval {
    var members: [String: JSON] = [
        "kind": "approval", "fingerprints": .array(fingerprints.map(JSON.string)), "reason": "because", "approvedBy": "Kim",
    ]
    if let expires { members["expires"] = .string(expires) }
    if !gates.isEmpty { members["gates"] = .array(gates.map(JSON.string)) }
    let (approval, diagnostics) = Approval.read(JSON.object(members).document(file))
    guard let approval else { throw Unsound(diagnostics: diagnostics) }
    return approval
}

struct Unsound: Error { let diagnostics: [Diagnostic] }

func book(_ fingerprints: [String] = [], now: Instant = noon) throws -> ApprovalBook {
    ApprovalBook(fingerprints.isEmpty ? [] : [try approval(fingerprints)], now: now)
}

/// An invented changed profile; its fingerprint depends on its name only.
func proposal(
    _ tenant: String, _ profile: String, _ action: Action = .reinstall, _ people: People = .atMost(10),
    _ consequences: [Consequence] = [.credentialReentry], rules: [String] = ["EAS001"], counts: [Consequence: People] = [:], bases: Set<String> = []
) -> Proposal {
    let consequences = Dictionary(uniqueKeysWithValues: consequences.map { ($0, counts[$0] ?? people) })
    let change = ProfileImpact.Change(key: .oauth, before: .bool(false), after: .bool(true), rules: rules)
    return Proposal(
        tenant: tenant,
        impact: ProfileImpact(
            profile: profile, displayName: profile, action: action, changes: action == .none ? [] : [change], advice: [],
            audiences: Audiences(each: consequences, of: profile),
            fingerprint: action == .none ? nil : fingerprint(tenant: tenant, tenantID: nil, profile: profile, before: "a", after: "b")), sharedBases: bases)
}

extension Proposal {
    var fingerprint: String { impact.fingerprint ?? "" }
}

/// A whole run as the reconciler does it: judge, walk, tally.
struct Run {
    var repository: Policy?
    var outside: [Policy] = []
    var tenantPolicies: [String: Policy] = [:]
    var approvals: ApprovalBook
    /// Tenants that lose all their applied profiles.
    var emptied: Set<String> = []
    var massRemoval = false
    /// Tenant → gate → profiles whose removal it held before.
    var removalsHeld: [String: [String: Set<String>]] = [:]
    /// People of earlier runs of the day: of all tenants, and of each.
    var today = 0
    var todayByTenant: [String: Int] = [:]

    init(_ repository: Policy? = nil, approvals: ApprovalBook) {
        self.repository = repository
        self.approvals = approvals
    }

    /// `tenant/profile` → the gates that hold it.
    func heldBy(_ proposals: [Proposal]) -> [String: [String]] { judge(proposals).heldBy }

    /// `tenant/profile` of those that go out.
    func through(_ proposals: [Proposal]) -> Set<String> { Set(heldBy(proposals).filter(\.value.isEmpty).keys) }

    func facts(of tenant: String) -> PlanFacts {
        PlanFacts(
            policy: tenantPolicies[tenant], tenantIsEmptied: emptied.contains(tenant), isMassRemoval: massRemoval,
            removalsHeld: removalsHeld[tenant] ?? [:], peopleToday: todayByTenant[tenant] ?? 0)
    }

    func judge(_ proposals: [Proposal]) -> (heldBy: [String: [String]], tally: GateTally) {
        let keeper = GateKeeper(repository: repository, outside: outside, approvals: approvals)
        var walk = keeper.limitWalk(today: today)
        var tally = keeper.tally()
        var result: [String: [String]] = [:]
        for proposal in proposals.sorted(by: { ($0.tenant, $0.impact.profile) < ($1.tenant, $1.impact.profile) }) {
            let facts = facts(of: proposal.tenant)
            let holds = walk.admit(proposal, heldBy: keeper.judge(proposal, facts: facts).holds, facts: facts)
            tally.note(proposal, heldBy: holds)
            result[proposal.name] = holds.names
        }
        return (result, tally)
    }
}

extension Audiences {
    /// An invented audience of its own for each consequence.
    init(each people: [Consequence: People], of profile: String) {
        func id(_ consequence: Consequence) -> String { "\(profile) \(consequence.rawValue)" }
        let sizes = Dictionary(uniqueKeysWithValues: people.map { (id($0), $1.number) })
        self.init(Dictionary(uniqueKeysWithValues: people.map { ($0.key, [id($0.key)]) })) { sizes[$0] ?? nil }
    }
}
