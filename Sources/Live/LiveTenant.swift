import JSONSource
import Profiles

/// What one tenant has now, as far as a source knows.
public struct LiveTenant: Sendable {
    /// How messages speak of the source.
    public let wording: LiveWording
    /// In the order of their display names.
    public var profiles: [LiveProfile]
    /// Objects of other types, by type: counted and skipped.
    public let others: [String: Int]
    /// Files of the past, which were not read.
    public let archived: Int
    /// When the newest file of its export was written, seconds since 1970; nil of a source that is asked now.
    public let writtenAt: Int64?
    /// The names that the source gives to ids, and what it says about the tenant itself.
    public let directory: LiveDirectory
    /// What an import should say of it.
    public let notes: [String]
    /// What is wrong or odd. With an error nothing is known about the tenant.
    public private(set) var diagnostics: [Diagnostic]

    /// - Parameter names: gives ids their names.
    public init(_ found: LiveObjects, names: any ReferenceNames) {
        wording = found.wording
        others = found.others
        directory = found.directory
        diagnostics = found.diagnostics
        notes = found.notes
        archived = found.archived
        writtenAt = found.writtenAt
        profiles = found.profiles.enumerated().map { LiveProfile($1, assignments: found.assignments[$0], names: names) }
        dropRepeated()
        diagnostics += profiles.flatMap(\.diagnostics)
        profiles.sort { ($0.displayName, $0.graphID ?? "") < ($1.displayName, $1.graphID ?? "") }
    }

    public var isBroken: Bool { diagnostics.contains { $0.severity == .error } }

    /// What the source leaves open, one for each part.
    public var unknown: [LiveUnknown] {
        LivePart.allCases.compactMap { part in
            let open = profiles.filter { profile in part.keys.contains { profile[$0] == nil } && (part != .issuer || profile.usesDerivedCredentials) }
            guard let first = open.first else { return nil }
            let count = "\(open.count) of \(profiles.count) profile\(profiles.count == 1 ? "" : "s")"
            let sentence =
                switch part {
                case .assignments: "\(wording.subject) does not say whom \(count) \(open.count == 1 ? "is" : "are") assigned to"
                case .issuer: "\(wording.subject) does not say which derived credential issuer \(count) use\(open.count == 1 ? "s" : "")"
                case .certificates: "\(wording.subject) does not say which certificates \(count) use\(open.count == 1 ? "s" : "")"
                }
            return LiveUnknown(part: part, sentence: sentence, remedy: wording.remedies[part], place: first.object)
        }
    }

    /// Keeps one of several readings of a profile, as of a page and a file of its own. Where they differ, it is unknown which is true.
    private mutating func dropRepeated() {
        var first: [String: Int] = [:]
        var kept: [LiveProfile] = []
        for profile in profiles {
            guard let id = profile.graphID, let known = first[id] else {
                if let id = profile.graphID { first[id] = kept.count }
                kept.append(profile)
                continue
            }
            let other = kept[known]
            // One may be a page without assignments.
            if kept[known].complete(with: profile) { continue }
            let (file, line) = (other.object.document.file, other.object.position.line)
            diagnostics.append(
                Diagnostic(.ambiguousLive, at: profile.object, "The profile with the id \(id) is also in \(file):\(line), with other values", help: "Remove the older export"))
        }
        profiles = kept
    }
}
