import Basics
import Impact
import JSONSource
import Profiles
import Time

/// A tenant's `accepted-drift.json`: differences that are wanted.
public struct AcceptedDrift: Sendable {
    public struct Entry: Sendable {
        public fileprivate(set) var profile: String
        /// JSON pointer of the setting; `""` for a profile that is missing or unmanaged.
        public let path: String
        /// The live value that is accepted; nil for path `""`, and for a value that the setting cannot have.
        public let live: SettingValue?
        /// The service's id of an unmanaged profile, in lower case; another profile of that name is not accepted.
        public let graphID: String?
        public let reason: String
        public let acceptedBy: String
        /// The last day on which it counts, in UTC.
        public let expires: String?
        public let place: JSONValue
        let end: Instant?

        /// Whether the entry counts: until its last day ends, in UTC.
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

    /// The entries with the ids that renamed profiles have now.
    ///
    /// - Parameter renamed: earlier id → id.
    public func following(_ renamed: [String: String]) -> AcceptedDrift {
        var accepted = self
        for index in entries.indices { if let id = renamed[entries[index].profile] { accepted.entries[index].profile = id } }
        return accepted
    }

    /// Reads the file, reports every problem in it, and keeps the entries without one.
    public init(_ document: JSONDocument, diagnostics: inout [Diagnostic]) {
        diagnostics += Diagnostic.problems(of: document)
        guard document.isComplete, let root = document.root else { return }
        Self.shape.check(root, into: &diagnostics)
        let limit = diagnostics.count + JSONLimits.problems
        for value in root["entries"].map({ Array($0.elements) }) ?? [] {
            guard let profile = value["profile"]?.string, let path = value["path"]?.string, let reason = value["reason"]?.string,
                let acceptedBy = value["acceptedBy"]?.string
            else { continue }
            // A file with that many problems has one cause.
            if diagnostics.count >= limit { return }
            let setting = Catalogue.settings.first { $0.pointer == path && !$0.type.isFromTenant }
            if !path.isEmpty, setting == nil, let place = value["path"] {
                diagnostics.append(Diagnostic(.notAllowed, at: place, "No setting has the path '\(path)'\(didYouMean(path, among: Catalogue.settings.map(\.pointer)))"))
                continue
            }
            if path.isEmpty, let live = value["live"] {
                diagnostics.append(Diagnostic(.badCombination, at: live, "'live' is not allowed with path \"\", which accepts that the profile is missing or unmanaged", help: "Remove it"))
            }
            if !path.isEmpty, let id = value["graphId"] {
                diagnostics.append(Diagnostic(.badCombination, at: id, "'graphId' is allowed only with path \"\", where it identifies an unmanaged profile", help: "Remove it"))
            }
            if !path.isEmpty, value["live"] == nil {
                diagnostics.append(Diagnostic(.missing, at: value, "Required key 'live' is missing", help: "Add the live value that is accepted"))
            }
            var end: Instant?
            if let expires = value["expires"], let text = expires.string {
                guard let moment = Instant(endOfDay: text) else {
                    diagnostics.append(Diagnostic(.badFormat, at: expires, "'\(text)' is not a day; write it like \"2027-01-31\""))
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
                                    Field("profile", .string(.line(1...255)), required: true, "The profile's id; for an unmanaged profile, as the drift report shows it.", example: "staff-mail"),
                                    Field("path", .string(.line(0...255)), required: true, "The JSON pointer of the setting; \"\" for a missing or unmanaged profile.", example: "/account/ssl"),
                                    Field("live", .anything, "The live value that is accepted; any other value is drift again.", example: false),
                                    Field("graphId", .string(.guid), "For an unmanaged profile: its id in Graph. Another profile with the same name is not accepted."),
                                    Field("reason", .string(.text(1...4096)), required: true, "Why the difference is wanted.", example: "The old server has no certificate yet"),
                                    Field("acceptedBy", .string(.line(1...255)), required: true, "Who accepted it.", example: "Ann <ann@contoso.com>"),
                                    Field("expires", .string(.line(10...10)), "The last day on which the entry counts, in UTC, for example 2027-01-31.", example: "2027-01-31"),
                                ])), isSet: false), required: true, "The differences, each with its reason.",
                    example: [
                        ["profile": "staff-mail", "path": "/account/ssl", "live": false, "reason": "The old server has no certificate yet", "acceptedBy": "Ann <ann@contoso.com>"]
                    ]),
            ], isRoot: true))

    public static var schema: JSON { JSONSchema.document(shape, title: "easel accepted drift: differences that are wanted") }
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
