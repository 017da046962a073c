import Gates
import Impact
import JSONSource
import Live
import Payloads
import Profiles

extension JSON {
    public static func orNull(_ text: String?) -> JSON { text.map(JSON.string) ?? .null }

    init(_ people: People) { self = people.number.map(JSON.integer) ?? .null }
}

extension Rule {
    /// What a report and `explain` say of it.
    public var json: [String: JSON] {
        [
            "action": .string(remedy), "basis": .array(basis.parts.map(\.json)),
            "consequences": .array(consequences.map { .string($0.rawValue) }), "explanation": .string(explanation), "title": .string(title),
        ]
    }
}

extension SourceEdit {
    fileprivate var json: JSON { ["author": .string(author), "commit": .string(commit), "subject": .string(subject), "time": .string(time)] }
}

extension PublishingResult {
    fileprivate var json: JSON {
        var members: [String: JSON] = ["status": .string(status.rawValue)]
        if let code { members["code"] = .string(code) }
        if !drift.isEmpty { members["drift"] = .array(drift.map(JSON.string)) }
        if let live { members["graphId"] = .string(live.graphID) }
        if let help { members["help"] = .string(help) }
        if let message { members["message"] = .string(message) }
        if let version = live?.version { members["version"] = .integer(version) }
        return .object(members)
    }
}

extension GivenApproval {
    fileprivate var json: JSON {
        [
            "approvedBy": .string(approvedBy), "author": .orNull(author), "commit": .orNull(commit), "file": .string(file), "gates": .array(gates.map(JSON.string)),
            "reason": .string(reason),
        ]
    }
}

extension Rule.Basis.Part {
    fileprivate var json: JSON {
        var members: [String: JSON] = ["kind": .string(kind.rawValue), "text": .string(text)]
        if let link { members["link"] = .string(link) }
        return .object(members)
    }
}

extension TenantReport {
    /// `tenants/<tenant>/report.json` of the applied state.
    public func json() -> [UInt8] {
        var writer = JSONWriter()
        writer.tenant(self)
        return writer.finish()
    }
}

extension ProfileReport {
    /// As a report's `profiles` have it.
    public var json: JSON {
        var writer = JSONWriter()
        writer.profile(self)
        return JSONDocument(file: "", bytes: writer.finish()).root?.plain ?? .null
    }
}

/// The parts of a report, each with its keys in order.
extension JSONWriter {
    public static let notNotified = Array("false".utf8)

    /// - Parameter pending: stands where a notification has yet to be delivered.
    public mutating func tenant(_ tenant: TenantReport, listsProfiles: Bool = true, pending: [UInt8] = JSONWriter.notNotified) {
        object { writer in
            writer.member("displayName", tenant.displayName)
            writer.member("id", tenant.id)
            if listsProfiles {
                writer.key("profiles")
                writer.array { writer in
                    for profile in tenant.profiles { writer.profile(profile, pending: pending) }
                }
            }
            writer.member("status", tenant.status.rawValue)
            writer.member("unchanged", tenant.unchanged)
        }
    }

    /// One profile of a tenant.
    public mutating func profile(_ profile: ProfileReport, pending: [UInt8] = JSONWriter.notNotified) {
        let impact = profile.impact
        object { writer in
            writer.member("action", impact.action.rawValue)
            if let adoption = profile.adoption { writer.member("adopted", .bool(adoption == .adopted)) }
            writer.key("advice")
            writer.array { writer in
                for advice in impact.advice {
                    var members: [String: JSON] = ["new": .bool(advice.isNew), "path": .string(advice.key.path), "rule": .string(advice.key.rule)]
                    if advice.isResolved { members["resolved"] = true }
                    if let with = advice.key.with { members["with"] = .string(with) }
                    writer.value(.object(members))
                }
            }
            if !profile.approvals.isEmpty { writer.member("approvals", .array(profile.approvals.map(\.json))) }
            writer.key("audiences")
            writer.array { writer in
                for id in impact.audiences.ids {
                    writer.value([
                        "consequences": .array(impact.audiences.consequences(for: id).map { .string($0.rawValue) }), "id": .string(id),
                        "people": impact.audiences.sizes[id].map(JSON.integer) ?? .null,
                    ])
                }
            }
            switch profile.drift?.changedBy {
            case .known(let attribution): writer.member("changedBy", ["at": .string(attribution.time.description), "kind": .string(attribution.kind.rawValue), "who": .string(attribution.who)])
            case .unknown: writer.member("changedBy", .null)
            case nil: break
            }
            writer.key("changes")
            writer.array { writer in
                for (position, change) in impact.changes.enumerated() {
                    writer.change(change, at: profile.places[position], profile.drift?.differences[position], pending: pending)
                }
            }
            writer.member("consequences", .array(impact.sortedConsequences.map { .string($0.rawValue) }))
            writer.member("displayName", impact.displayName)
            if let drift = profile.drift { writer.member("drift", drift.kind.rawValue) }
            if !profile.edits.isEmpty { writer.member("edits", .array(profile.edits.map(\.json))) }
            writer.member("fingerprint", .orNull(impact.fingerprint))
            if let drift = profile.drift { writer.member("graphId", .orNull(drift.graphID)) }
            writer.member("heldBy", .array(profile.heldBy.map(JSON.string)))
            if !profile.heldSince.isEmpty { writer.member("heldSince", .object(profile.heldSince.mapValues(JSON.string))) }
            writer.member("id", impact.profile)
            if let drift = profile.drift { writer.member("lastModifiedDateTime", .orNull(drift.lastModified)) }
            if let origin = profile.movedFrom { writer.member("movedFrom", origin) }
            writer.member("people", JSON(impact.people))
            writer.member(
                "peopleByConsequence",
                .object(Dictionary(uniqueKeysWithValues: impact.consequences.map { ($0.key.rawValue, JSON($0.value)) })))
            if let publishing = profile.publishing { writer.member("publishing", publishing.json) }
            if profile.isWaiting { writer.member("waiting", .bool(true)) }
            if case .left(let why) = profile.adoption { writer.member("whyLeft", why) }
        }
    }

    private mutating func change(_ change: ProfileImpact.Change, at place: SourcePlace, _ drift: DriftNote.Difference?, pending: [UInt8]) {
        object { writer in
            if let acceptance = drift?.acceptance {
                writer.member(
                    "accepted",
                    .object(
                        ["acceptedBy": .string(acceptance.acceptedBy), "reason": .string(acceptance.reason)]
                            .merging(acceptance.expires.map { ["expires": .string($0)] } ?? [:]) { own, _ in own }))
            }
            writer.member("after", change.after.json)
            if let drift { writer.member("applied", drift.applied.json) }
            writer.member("at", ["column": .integer(place.column), "file": .string(place.file), "line": .integer(place.line)])
            writer.member("before", change.before.json)
            if let drift {
                writer.member("drift", drift.kind.rawValue)
                if let time = drift.firstSeen { writer.member("firstSeen", time) }
            }
            if let targets = change.targets {
                writer.member("joined", .array(targets.joined.map(\.json)))
                writer.member("left", .array(targets.left.map(\.json)))
            }
            if let notice = drift?.notice {
                writer.key("notified")
                writer.raw(notice == .delivered ? Array("true".utf8) : pending)
            }
            writer.member("path", change.path)
            writer.member("rules", .array(change.rules.map(JSON.string)))
            if let isNew = drift?.isNew { writer.member("status", isNew ? "new" : "continuing") }
        }
    }

    /// One of an earlier report.
    public mutating func difference(_ difference: EarlierDrift.Difference, showsLive: Bool = false, isNotified: Bool? = nil) {
        object { writer in
            writer.member("drift", difference.kind.rawValue)
            if let time = difference.firstSeen { writer.member("firstSeen", time) }
            if let id = difference.graphID { writer.member("graphId", id) }
            if showsLive { writer.member("live", difference.live.json) }
            if let isNotified { writer.member("notified", .bool(isNotified)) }
            writer.member("path", difference.path)
            writer.member("profile", difference.profile)
            writer.member("tenant", difference.tenant)
        }
    }

    public mutating func diagnostic(_ diagnostic: Diagnostic) {
        object { writer in
            writer.member("code", diagnostic.code)
            writer.member("column", diagnostic.column)
            writer.member("file", diagnostic.file)
            if let help = diagnostic.help { writer.member("help", help) }
            writer.member("line", diagnostic.line)
            writer.member("message", diagnostic.message)
            writer.member("pointer", diagnostic.pointer)
            if let profile = diagnostic.profile { writer.member("profile", profile) }
            writer.member("severity", diagnostic.severity.rawValue)
            if let tenant = diagnostic.tenant { writer.member("tenant", tenant) }
            if let usedBy = diagnostic.usedBy { writer.member("usedBy", usedBy) }
        }
    }

    public mutating func gate(_ gate: GateReport) {
        object { writer in
            writer.member("held", .array(gate.held.map(JSON.string)))
            writer.member("howToPass", gate.howToPass)
            writer.member("name", gate.name)
            writer.member("source", gate.source)
            writer.member("waiting", gate.isWaiting)
        }
    }

    public mutating func policyChange(_ change: PolicyChange) {
        object { writer in
            writer.member("after", change.after)
            writer.member("before", change.before)
            writer.member("file", change.file)
            writer.member("kind", change.kind.rawValue)
            writer.member("loosens", change.loosens)
            writer.member("what", change.what)
        }
    }

    private mutating func drift(_ drift: DriftSummary) {
        var counts = Dictionary(uniqueKeysWithValues: DriftKind.allCases.map { ($0.rawValue, drift.kinds[$0] ?? 0) })
        counts.merge(
            [
                "accepted": drift.accepted, "profilesInLine": drift.profilesInLine, "profilesOutOfLine": drift.profilesOutOfLine,
                "tenantsInLine": drift.tenantsInLine, "tenantsOutOfLine": drift.tenantsOutOfLine,
            ]) { own, _ in own }
        if let changes = drift.changes { counts.merge(["continuing": changes.continuing, "new": changes.new, "resolved": changes.resolved]) { own, _ in own } }
        value(.object(counts.mapValues(JSON.integer)))
    }

    private static func counts(_ counts: [Consequence: ReportSummary.Count]) -> JSON {
        .object(
            Dictionary(
                uniqueKeysWithValues: counts.map { consequence, count in
                    (consequence.rawValue, ["people": .integer(count.people), "peopleUnknown": .integer(count.peopleUnknown), "profiles": .integer(count.profiles)])
                }))
    }

    public mutating func summary(_ summary: ReportSummary) {
        object { writer in
            if let adoption = summary.adoption {
                writer.member("adoption", ["adopted": .integer(adoption.adopted), "known": .integer(adoption.known), "left": .integer(adoption.left)])
            }
            writer.member("consequences", Self.counts(summary.consequences))
            func member(_ action: Action) { writer.member(action.rawValue, summary.actions[action] ?? 0) }
            member(.create)
            if let drift = summary.drift {
                writer.key("drift")
                writer.drift(drift)
            }
            writer.member("failedTenants", summary.failedTenants)
            writer.member("held", summary.held)
            writer.member("heldConsequences", Self.counts(summary.heldConsequences))
            writer.member("moved", summary.moved)
            member(.none)
            writer.member("profiles", summary.profiles)
            if let publishing = summary.publishing {
                writer.member("publishing", .object(Dictionary(uniqueKeysWithValues: PublishingResult.Status.allCases.map { ($0.rawValue, .integer(publishing[$0])) })))
            }
            member(.reinstall)
            member(.remove)
            writer.member("tenants", summary.tenants)
            member(.update)
            writer.member("waiting", summary.waiting)
        }
    }
}

extension FactChange {
    /// As a report's `factChanges` have it.
    public var json: JSON {
        ["after": after, "before": before, "loosens": .bool(loosens), "path": .string(path), "tenant": .string(tenant)]
    }
}
