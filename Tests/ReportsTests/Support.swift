import Foundation
import JSONSource
import Payloads
import Profiles
import ReportModel
import Testing

@testable import Gates
@testable import Impact
@testable import Reports

/// A whole report as a value.
struct Report {
    var head = ReportHead(
        command: .plan, source: .init(repository: "https://git.example/mail.git", ref: "main", commit: String(repeating: "1a2b3c4d", count: 5)),
        base: .applied(state: "https://git.example/mail.git", branch: "easel/applied", commit: String(repeating: "5e6f7a8b", count: 5)))
    var tenants: [TenantReport] = []
    /// Profiles of tenants that have nothing to tell and so are not in `tenants`.
    var silent: (tenants: Int, profiles: Int) = (0, 0)
    var diagnostics: [Diagnostic] = []
    var gates: [GateReport] = []
    var policyChanges: [PolicyChange] = []
    var approvals: [String] = []
    var applied: String?
    var notes: [String] = []
    var isStopped = false
    /// Whether the run has sent what the gates let through.
    var publishes = false

    var summary: ReportSummary {
        var summary = ReportSummary()
        if publishes { summary.publishing = PublishingSummary() }
        for tenant in tenants { summary.add(tenant) }
        summary.addUnchanged(tenants: silent.tenants, profiles: silent.profiles)
        return summary
    }

    func emit(to sink: any ReportSink) throws {
        try sink.begin(head)
        for tenant in tenants { try sink.tenant(tenant) }
        try sink.end(
            ReportTail(
                summary: summary, diagnostics: (diagnostics + tenants.flatMap(\.diagnostics)).sorted(), gates: gates, policyChanges: policyChanges,
                approvals: approvals, applied: applied, notes: notes, isStopped: isStopped, run: .init(startedAt: "2026-11-24T02:00:00Z", duration: 1_234)))
    }

    func text(color: Bool = false, width: Int = 100, detail: Int = 40) throws -> String {
        try written { ReportFormat.text.sink(options: ReportOptions(color: color, width: width, detail: detail), to: $0) }
    }

    func markdown() throws -> String { try written { ReportFormat.markdown.sink(to: $0) } }
    func json() throws -> String { try written { JSONReport(to: $0) } }
    func stateJSON() throws -> String { try written { JSONReport(listsProfiles: false, to: $0) } }

    func text(_ format: ReportFormat) throws -> String { try written { format.sink(to: $0) } }

    private func written(_ sink: (@escaping ([UInt8]) throws -> Void) -> any ReportSink) throws -> String {
        let collected = Collected()
        try emit(to: sink { collected.bytes += $0 })
        return try #require(String(validating: collected.bytes, as: UTF8.self))
    }

    private final class Collected {
        var bytes: [UInt8] = []
    }
}

extension TenantReport {
    init(_ id: String, _ profiles: [ProfileReport], unchanged: Int = 0, failed: [Diagnostic]? = nil) {
        self.init(
            id: id, displayName: id.capitalized,
            status: failed != nil ? .failed : profiles.contains { !$0.heldBy.isEmpty } ? .held : .ok, profiles: profiles, unchanged: unchanged,
            diagnostics: failed ?? [])
    }
}

// MARK: Impacts made by hand: quick, and as odd as a test wants them

extension ProfileReport {
    static func made(
        _ id: String, _ action: Action, _ changes: [ProfileImpact.Change] = [], _ consequences: [Consequence: People] = [:], name: String = "Mail",
        advice: [Advice] = [], heldBy: [String] = []
    ) -> ProfileReport {
        ProfileReport(
            impact: ProfileImpact(
                profile: id, displayName: name, action: action, changes: changes, advice: advice,
                audiences: Audiences(each: consequences, of: id), fingerprint: "0123456789abcdef0123456789abcdef"),
            heldBy: heldBy, places: changes.map { _ in SourcePlace(file: "bases/online.json", line: 9, column: 14) })
    }
}

extension ProfileImpact.Change {
    /// - Parameters:
    ///   - path: a pointer of the catalogue; "" when the profile is created or removed.
    ///   - before: as the applied state writes the setting's value, or the profile's name.
    init(_ path: String, _ before: JSON, _ after: JSON, joined: [JSON]? = nil, left: [JSON]? = nil, rules: [String] = []) {
        let key = path.isEmpty ? nil : SettingKey(String(path.dropFirst()).replacing("/", with: "."))
        func value(_ json: JSON) -> SettingValue {
            if json == .null { return .none }
            if key == nil, case .string(let name) = json { return .text(name) }
            guard let setting = key?.setting, let root = JSONDocument(file: "value.json", bytes: Array(json.compact.utf8)).root,
                let value = SettingValue(setting, root)
            else {
                Issue.record("\(path) cannot be \(json.compact)")
                return .none
            }
            return value
        }
        var targets: ProfileImpact.TargetChange?
        if let joined, let left { targets = .init(joined: value(.array(joined)).targets, left: value(.array(left)).targets) }
        self.init(key: key, before: value(before), after: value(after), targets: targets, rules: rules)
    }
}

// MARK: Impacts as easel itself comes by them

/// A tenant with groups, filters and a VPN, the ids all of its own.
struct SampleTenant {
    let tenant: Tenant

    /// - Parameter members: of `staff`; nil: nobody has said.
    init(_ id: String, number: Int, members: Int?, minimumOS: String = "16.0", exchange: String = "online") throws {
        func guid(_ position: Int) -> JSON { .string("\(String(number + 10_000_000))-0000-4000-8000-00000000000\(position)") }
        var staff: [String: JSON] = ["id": guid(1)]
        if let members { staff["members"] = .integer(members) }
        let file: JSON = [
            "kind": "tenant", "tenantId": guid(0), "displayName": .string(id.capitalized), "exchange": .string(exchange),
            "iosAccountsApp": "granted", "minimumOS": .string(minimumOS),
            "groups": ["staff": .object(staff), "board": ["id": guid(2), "members": 7], "interns": ["id": guid(3), "members": 12]],
            "filters": ["corporate": guid(4)], "vpnProfiles": ["mail-vpn": ["id": guid(5)]],
        ]
        let document = JSONDocument(file: "tenants/\(id)/tenant.json", bytes: Array(file.compact.utf8))
        var diagnostics: [Diagnostic] = []
        Tenant.check(try #require(document.root), targets: PayloadTargets.descriptions, into: &diagnostics)
        try #require(diagnostics.isEmpty, "\(diagnostics.map(\.message))")
        tenant = try #require(Tenant(id: id, document, targets: PayloadTargets.descriptions))
    }

    /// What becomes of a profile; the patches are laid over a plain manifest, nil: there is none.
    func change(_ id: String, _ name: String, from before: JSON?, to after: JSON?, heldBy: [String] = []) throws -> ProfileReport {
        let view = TenantView(tenant.facts)
        let impact = try Impact.compare(
            tenant: tenant.id, before: before.map { try profile(id, name, $0) }, after: after.map { try profile(id, name, $0) }, was: view, is: view
        ) { tenant.members(of: $0) }
        return ProfileReport(
            impact: impact, heldBy: heldBy, places: impact.changes.map { _ in SourcePlace(file: "tenants/\(tenant.id)/profiles/\(id).json", line: 4, column: 3) })
    }

    private func profile(_ id: String, _ name: String, _ patch: JSON) throws -> EffectiveProfile {
        let plain: JSON = [
            "kind": "iosEmailProfile", "displayName": .string(name),
            "account": [
                "server": "outlook.office365.com", "accountName": "Mail", "usernameAttribute": "userPrincipalName",
                "emailAddressAttribute": "primarySmtpAddress", "authentication": ["method": "usernameAndPassword"], "ssl": true, "oauth": true,
            ],
            "assignments": ["include": [["group": "staff"]]],
        ]
        let manifest = try Manifest(
            id: id, file: "tenants/\(tenant.id)/profiles/\(id).json", bytes: Array(plain.patched(with: patch).compact.utf8), bases: Bases(),
            reader: { _ in nil })
        var diagnostics: [Diagnostic] = []
        let profile = manifest.resolve(in: tenant, diagnostics: &diagnostics)
        return try #require(profile, "\(diagnostics.map { "\($0.pointer): \($0.message)" })")
    }
}

extension JSON {
    /// RFC 7396.
    func patched(with patch: JSON) -> JSON {
        guard case .object(let changes) = patch else { return patch }
        var members: [String: JSON] = [:]
        if case .object(let own) = self { members = own }
        for (key, value) in changes { members[key] = value == .null ? nil : (members[key] ?? .null).patched(with: value) }
        return .object(members)
    }
}

func parsed(_ text: String) throws -> JSONValue {
    let document = JSONDocument(file: "report.json", bytes: Array(text.utf8))
    try #require(document.problems.isEmpty, "\(document.problems)")
    return try #require(document.root)
}

extension Audiences {
    /// An invented audience of its own for each consequence.
    init(each people: [Consequence: People], of profile: String) {
        func id(_ consequence: Consequence) -> String { "\(profile) \(consequence.rawValue)" }
        let sizes = Dictionary(uniqueKeysWithValues: people.map { (id($0), $1.number) })
        self.init(Dictionary(uniqueKeysWithValues: people.map { ($0.key, [id($0.key)]) })) { sizes[$0] ?? nil }
    }
}
