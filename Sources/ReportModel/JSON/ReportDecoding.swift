import Gates
import Impact
import JSONSource
import Live
import Payloads
import Profiles
import Time

/// Reads what `ReportEncoding` writes. Nil where a part is missing or has another form than easel gives it.
extension TenantReport {
    /// - Parameter value: an element of a report's `tenants`, or a tenant's own `report.json`. Diagnostics are not in it.
    public init?(_ value: JSONValue) {
        guard let id = value["id"]?.string, let displayName = value["displayName"]?.string, let status = value["status"]?.string.flatMap(Status.init(rawValue:)),
            let unchanged = value["unchanged"]?.integer, let profiles = value.list("profiles", ProfileReport.init)
        else { return nil }
        self.init(id: id, displayName: displayName, status: status, profiles: profiles, unchanged: unchanged, diagnostics: [])
    }
}

extension GateReport {
    init?(_ value: JSONValue) {
        guard let name = value["name"]?.string, let source = value["source"]?.string, let isWaiting = value["waiting"]?.bool,
            let held = value.list("held", \.string), let howToPass = value["howToPass"]?.string
        else { return nil }
        self.init(name: name, source: source, isWaiting: isWaiting, held: held, howToPass: howToPass)
    }
}

extension ProfileReport {
    init?(_ value: JSONValue) {
        guard let impact = ProfileImpact(value), let places = value.list("changes", { $0["at"].flatMap(SourcePlace.init(recorded:)) }),
            let heldBy = value.list("heldBy", \.string)
        else { return nil }
        var drift: DriftNote?
        if let kind = value["drift"]?.string.flatMap(DriftKind.init(rawValue:)) {
            guard let changes = value["changes"] else { return nil }
            let differences = zip(changes.elements, impact.changes).compactMap { DriftNote.Difference($0, of: $1) }
            guard differences.count == impact.changes.count else { return nil }
            drift = DriftNote(kind: kind, differences: differences, graphID: value["graphId"]?.string, lastModified: value["lastModifiedDateTime"]?.string, changedBy: value["changedBy"].map(DriftNote.ChangedBy.init))
        }
        let adoption = value["adopted"]?.bool.map { $0 ? AdoptionNote.adopted : .left(value["whyLeft"]?.string ?? "") }
        self.init(impact: impact, heldBy: heldBy, places: places, drift: drift, adoption: adoption)
        movedFrom = value["movedFrom"]?.string
        publishing = value["publishing"].flatMap(PublishingResult.init)
        isWaiting = value["waiting"]?.bool ?? false
        edits = value["edits"]?.elements.compactMap(SourceEdit.init) ?? []
        approvals = value["approvals"]?.elements.compactMap(GivenApproval.init) ?? []
        for member in value["heldSince"].map({ Array($0.members) }) ?? [] { heldSince[member.key.string ?? ""] = member.value.string }
    }
}

extension DriftNote.ChangedBy {
    fileprivate init(_ value: JSONValue) {
        guard let kind = value["kind"]?.string.flatMap(Attribution.Kind.init(rawValue:)), let who = value["who"]?.string, let time = value["at"]?.string.flatMap({ Instant($0) }) else {
            self = .unknown
            return
        }
        self = .known(Attribution(kind: kind, who: who, time: time))
    }
}

extension SourceEdit {
    fileprivate init?(_ value: JSONValue) {
        guard let commit = value["commit"]?.string, let author = value["author"]?.string, let subject = value["subject"]?.string, let time = value["time"]?.string
        else { return nil }
        self.init(commit: commit, author: author, subject: subject, time: time)
    }
}

extension PublishingResult {
    fileprivate init?(_ value: JSONValue) {
        guard let status = value["status"]?.string.flatMap(Status.init(rawValue:)) else { return nil }
        let live = value["graphId"]?.string.map { LiveVersion(graphID: $0, version: value["version"]?.integer) }
        self.init(
            status, code: value["code"]?.string, message: value["message"]?.string, help: value["help"]?.string, live: live,
            drift: value["drift"]?.elements.compactMap(\.string) ?? [])
    }
}

extension GivenApproval {
    fileprivate init?(_ value: JSONValue) {
        guard let file = value["file"]?.string, let approvedBy = value["approvedBy"]?.string, let reason = value["reason"]?.string, let gates = value.list("gates", \.string)
        else { return nil }
        self.init(file: file, approvedBy: approvedBy, reason: reason, gates: gates, commit: value["commit"]?.string, author: value["author"]?.string)
    }
}

extension ProfileImpact {
    fileprivate init?(_ value: JSONValue) {
        guard let id = value["id"]?.string, let name = value["displayName"]?.string, let action = value["action"]?.string.flatMap(Action.init(rawValue:)),
            let changes = value.list("changes", Change.init), let advice = value.list("advice", Advice.init), let audiences = Audiences(value)
        else { return nil }
        self.init(profile: id, displayName: name, action: action, changes: changes, advice: advice, audiences: audiences, fingerprint: value["fingerprint"]?.string)
    }
}

extension Audiences {
    /// From a profile's `audiences`; what nobody is hit by stands in its `consequences` alone.
    fileprivate init?(_ profile: JSONValue) {
        guard let consequences = profile.list("consequences", { $0.string.flatMap(Consequence.init(rawValue:)) }), let audiences = profile["audiences"]?.elements else { return nil }
        var hit = Dictionary(uniqueKeysWithValues: Set(consequences).map { ($0, Set<String>()) })
        var sizes: [String: Int] = [:]
        for audience in audiences {
            guard let id = audience["id"]?.string, let met = audience.list("consequences", { $0.string.flatMap(Consequence.init(rawValue:)) }) else { return nil }
            for consequence in met { hit[consequence, default: []].insert(id) }
            sizes[id] = audience["people"]?.integer
        }
        self.init(hit) { sizes[$0] }
    }
}

extension ProfileImpact.Change {
    fileprivate init?(_ value: JSONValue) {
        guard let path = value["path"]?.string, let before = value["before"], let after = value["after"], let rules = value.list("rules", \.string) else { return nil }
        guard !path.isEmpty else {
            self.init(key: nil, before: .name(before), after: .name(after), rules: rules)
            return
        }
        guard let setting = Setting.at(path), let was = SettingValue.recorded(setting, before),
            let is_ = SettingValue.recorded(setting, after)
        else { return nil }
        var targets: ProfileImpact.TargetChange?
        if let joined = value["joined"], let left = value["left"] {
            guard let joined = SettingValue(setting, joined), let left = SettingValue(setting, left) else { return nil }
            targets = .init(joined: joined.targets, left: left.targets)
        }
        self.init(key: SettingKey(setting.path), before: was, after: is_, targets: targets, rules: rules)
    }
}

extension Setting {
    /// The setting of a pointer, as `/account/oauth`.
    fileprivate static func at(_ pointer: String) -> Setting? { Catalogue.setting(String(pointer.dropFirst()).replacing("/", with: ".")) }
}

extension SettingValue {
    /// A value of a change; none stands for every setting.
    static func recorded(_ setting: Setting, _ value: JSONValue) -> SettingValue? { value.isNull ? SettingValue.none : SettingValue(setting, value) }

    /// The name of a profile that is created or removed.
    static func name(_ value: JSONValue) -> SettingValue { value.string.map(SettingValue.text) ?? .none }
}

extension DriftNote.Difference {
    fileprivate init?(_ value: JSONValue, of change: ProfileImpact.Change) {
        guard let kind = value["drift"]?.string.flatMap(DriftKind.init(rawValue:)), let applied = value["applied"] else { return nil }
        var acceptance: DriftNote.Acceptance?
        if let accepted = value["accepted"] {
            guard let reason = accepted["reason"]?.string, let acceptedBy = accepted["acceptedBy"]?.string else { return nil }
            acceptance = .init(reason: reason, acceptedBy: acceptedBy, expires: accepted["expires"]?.string)
        }
        guard let value_ = change.key.map({ SettingValue.recorded($0.setting, applied) }) ?? .name(applied) else { return nil }
        self.init(
            kind: kind, applied: value_, acceptance: acceptance, firstSeen: value["firstSeen"]?.string, isNew: value["status"]?.string.map { $0 == "new" },
            notice: value["notified"]?.bool.map { $0 ? .delivered : .pending })
    }
}

extension EarlierDrift.Difference {
    /// - Parameter isResolved: what is no more has no live value.
    init?(_ value: JSONValue, isResolved: Bool) {
        guard let tenant = value["tenant"]?.string, let profile = value["profile"]?.string, let path = value["path"]?.string,
            let kind = value["drift"]?.string.flatMap(DriftKind.init(rawValue:))
        else { return nil }
        var known = SettingValue.none
        if !isResolved {
            guard let live = value["live"], let read = path.isEmpty ? SettingValue.name(live) : Setting.at(path).flatMap({ SettingValue.recorded($0, live) }) else { return nil }
            known = read
        }
        self.init(
            tenant: tenant, profile: profile, path: path, kind: kind, graphID: value["graphId"]?.string, firstSeen: value["firstSeen"]?.string, live: known,
            isNotified: value["notified"]?.bool)
    }
}

extension Advice {
    fileprivate init?(_ value: JSONValue) {
        guard let rule = value["rule"]?.string, let path = value["path"]?.string, let isNew = value["new"]?.bool else { return nil }
        let isResolved = value["resolved"]?.bool ?? false
        self.init(key: Key(rule: rule, path: path, with: value["with"]?.string), standing: isNew ? .new : isResolved ? .resolved : .continuing)
    }
}

extension People {
    fileprivate init(_ value: JSONValue) { self = value.integer.map(People.atMost) ?? .unknown }
}

extension SourcePlace {
    fileprivate init?(recorded value: JSONValue) {
        guard let file = value["file"]?.string, let line = value["line"]?.integer, let column = value["column"]?.integer else { return nil }
        self.init(file: file, line: line, column: column)
    }
}

extension ReportSummary {
    /// The counts of a reconcile; those that only drift and adopt have are not read.
    init?(_ value: JSONValue) {
        self.init()
        guard let tenants = value["tenants"]?.integer, let profiles = value["profiles"]?.integer, let failed = value["failedTenants"]?.integer,
            let held = value["held"]?.integer, let goesOut = Self.counts(value["consequences"]), let isHeld = Self.counts(value["heldConsequences"])
        else { return nil }
        (consequences, heldConsequences) = (goesOut, isHeld)
        (self.tenants, self.profiles, failedTenants, self.held) = (tenants, profiles, failed, held)
        moved = value["moved"]?.integer ?? 0
        waiting = value["waiting"]?.integer ?? 0
        for action in Action.allCases { actions[action] = value[name: action.rawValue]?.integer }
        if let counts = value["publishing"] {
            var publishing = PublishingSummary()
            for status in PublishingResult.Status.allCases { publishing.results[status] = counts[name: status.rawValue]?.integer }
            self.publishing = publishing
        }
    }

    private static func counts(_ value: JSONValue?) -> [Consequence: Count]? {
        guard let value else { return nil }
        var counts: [Consequence: Count] = [:]
        for member in value.members {
            guard let consequence = member.key.string.flatMap(Consequence.init(rawValue:)), let profiles = member.value["profiles"]?.integer,
                let people = member.value["people"]?.integer, let unknown = member.value["peopleUnknown"]?.integer
            else { return nil }
            var count = Count()
            (count.profiles, count.people, count.peopleUnknown) = (profiles, people, unknown)
            counts[consequence] = count
        }
        return counts
    }
}

extension JSONValue {
    /// Every element of a list that must be there; nil where one cannot be read.
    func list<Element>(_ key: StaticString, _ read: (JSONValue) -> Element?) -> [Element]? {
        guard let list = self[key], list.kind == .array else { return nil }
        var elements: [Element] = []
        for value in list.elements {
            guard let element = read(value) else { return nil }
            elements.append(element)
        }
        return elements
    }
}
