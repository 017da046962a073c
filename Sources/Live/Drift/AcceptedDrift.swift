import Basics
import Impact
import JSONSource
import Profiles
import Time

/// `tenants/<tenant>/accepted-drift.json`: differences that are wanted.
public struct AcceptedDrift: Sendable {
    public struct Entry: Sendable {
        public let profile: String
        /// JSON pointer of the setting; `""` accepts that the profile is missing or unmanaged.
        public let path: String
        /// The live value that is accepted; nil for path `""`, and for a value that the setting cannot have.
        public let live: SettingValue?
        /// The service's id of an unmanaged profile, in lower case; then nothing else of that name is accepted.
        public let graphID: String?
        public let reason: String
        public let acceptedBy: String
        /// The last day on which it counts, in UTC.
        public let expires: String?
        public let place: JSONValue
        let end: Instant?

        /// Whether it counts: to the end of its last day, UTC.
        public func isValid(at instant: Instant) -> Bool { end.map { instant < $0 } ?? true }

        /// Whether this is the difference that was accepted.
        func accepts(_ change: ProfileImpact.Change, of profile: String, graphID: String?) -> Bool {
            guard path == change.path else { return false }
            // An unmanaged profile's own id is made from its name and those beside it.
            if let mine = self.graphID { return mine == graphID?.lowercased() }
            guard self.profile == profile else { return false }
            return path.isEmpty || live == change.before
        }

        /// Whether what goes out takes the accepted difference away: another value than the accepted one or, of a profile that is
        /// missing on purpose, anything but its removal.
        public func isUndone(by impact: ProfileImpact) -> Bool {
            guard profile == impact.profile else { return false }
            if path.isEmpty { return graphID == nil && (impact.action == .update || impact.action == .reinstall) }
            return impact.changes.contains { $0.path == path && $0.after != live }
        }
    }

    public var entries: [Entry] = []

    public init() {}

    /// Reads the file; what is wrong with it is told, and the entries that are sound are kept.
    public init(_ document: JSONDocument, diagnostics: inout [Diagnostic]) {
        diagnostics += Diagnostic.problems(of: document)
        guard document.isComplete, let root = document.root else { return }
        Self.shape.check(root, into: &diagnostics)
        for value in root["entries"].map({ Array($0.elements) }) ?? [] {
            guard let profile = value["profile"]?.string, let path = value["path"]?.string, let reason = value["reason"]?.string,
                let acceptedBy = value["acceptedBy"]?.string
            else { continue }
            let setting = Catalogue.settings.first { $0.pointer == path && !$0.type.isFromTenant }
            if !path.isEmpty, setting == nil, let place = value["path"] {
                let near = nearNames(to: path, among: Catalogue.settings.map(\.pointer))
                diagnostics.append(
                    Diagnostic(.notAllowed, at: place, "'\(path)' is the path of no setting", help: near.isEmpty ? nil : "did you mean \(near.joined(separator: ", "))?"))
                continue
            }
            if path.isEmpty, let live = value["live"] {
                diagnostics.append(Diagnostic(.badCombination, at: live, "path \"\" accepts that the profile is missing or unmanaged, and takes no live value"))
            }
            if !path.isEmpty, let id = value["graphId"] {
                diagnostics.append(Diagnostic(.badCombination, at: id, "graphId belongs to path \"\": it says which unmanaged profile is accepted"))
            }
            if !path.isEmpty, value["live"] == nil {
                diagnostics.append(Diagnostic(.missing, at: value, "the required key 'live' is missing", help: "it is the value that the tenant may keep", pointer: nil))
            }
            var end: Instant?
            if let expires = value["expires"], let text = expires.string {
                guard let moment = Instant(endOfDay: text) else {
                    diagnostics.append(Diagnostic(.badFormat, at: expires, "'\(text)' must be a day, as \"2027-01-31\""))
                    continue
                }
                end = moment
            }
            entries.append(
                Entry(
                    profile: profile, path: path, live: value["live"].flatMap { live in setting.flatMap { SettingValue($0, live)?.canonical } }, graphID: value["graphId"]?.string?.lowercased(), reason: reason, acceptedBy: acceptedBy, expires: value["expires"]?.string,
                    place: value, end: end))
        }
    }

    /// The shape of `accepted-drift.json`.
    public static let shape = Shape.object(
        ObjectShape(
            "accepted drift",
            [
                Field("kind", .choice([Choice("acceptedDrift", "differences that are wanted")]), required: true, "Says what this file is."),
                Field(
                    "entries",
                    .array(
                        of: .object(
                            ObjectShape(
                                "entry",
                                [
                                    Field("profile", .string(.line(1...255)), required: true, "The profile's id; of an unmanaged one as the drift report shows it."),
                                    Field("path", .string(.line(0...255)), required: true, "JSON pointer of the setting; \"\" for a profile that is missing or unmanaged."),
                                    Field("live", .anything, "The live value that is accepted; another one is drift again."),
                                    Field("graphId", .string(.guid), "Of an unmanaged profile: this one and no other of its name."),
                                    Field("reason", .string(.text(1...4096)), required: true, "Why it is wanted."),
                                    Field("acceptedBy", .string(.line(1...255)), required: true, "Who says so."),
                                    Field("expires", .string(.line(10...10)), "The last day on which it counts (UTC), as 2027-01-31."),
                                ])), isSet: false), required: true, "The differences, each with its reason."),
            ], isRoot: true))

    public static var schema: JSON { JSONSchema.document(shape, title: "easel accepted drift: differences that are wanted") }
}

/// What was accepted, held against what there is; one per tenant.
public struct AcceptanceBook {
    private let accepted: AcceptedDrift
    private let now: Instant
    private var used: Set<Int> = []

    public init(_ accepted: AcceptedDrift, now: Instant) {
        self.accepted = accepted
        self.now = now
    }

    /// The entry by which a difference is wanted, if there is one that counts.
    public mutating func entry(for change: ProfileImpact.Change, of profile: String, kind: DriftKind, graphID: String?) -> AcceptedDrift.Entry? {
        // That something is desired and not yet applied is nobody's drift.
        guard kind != .pending else { return nil }
        let bound = kind == .unmanaged ? graphID : nil
        for (position, entry) in accepted.entries.enumerated() where entry.accepts(change, of: profile, graphID: bound) {
            used.insert(position)
            if entry.isValid(at: now) { return entry }
        }
        return nil
    }

    /// Entries whose time is over, and those that fit nothing.
    public func remarks(tenant: String) -> [Diagnostic] {
        accepted.entries.enumerated().compactMap { position, entry in
            let what = "\(tenant)/\(entry.profile)\(entry.path.isEmpty ? "" : " \(entry.path)")"
            var remark: Diagnostic
            if !used.contains(position) {
                remark = Diagnostic(
                    .unmatchedAcceptance, severity: .warning, at: entry.place, "the accepted drift of \(what) is not there (any more), or is another value now",
                    help: "take the entry away, or accept what is there now")
            } else if !entry.isValid(at: now) {
                remark = Diagnostic(.expiredAcceptance, severity: .warning, at: entry.place, "the accepted drift of \(what) has expired (\(entry.expires ?? ""))")
            } else {
                return nil
            }
            remark.tenant = tenant
            remark.profile = entry.profile
            return remark
        }
    }
}

extension SettingValue {
    /// A value that a person wrote down, in the order in which easel keeps lists: order has no meaning in any of them.
    fileprivate var canonical: SettingValue {
        switch self {
        case .targets(let targets): .targets(AssignmentTarget.unique(targets))
        case .texts(let texts): .texts(texts.sorted(by: JSONWriter.precedes))
        default: self
        }
    }
}
