import Basics
import JSONSource
import Live
import Profiles

/// The differences of an earlier drift report: the same drift every night is nothing new.
public struct PreviousDrift: Sendable {
    public struct Difference: Sendable, Hashable {
        public let tenant: String
        public let profile: String
        public let path: String
        public let kind: DriftKind
        /// The service's id of an unmanaged profile.
        public let graphID: String?
        /// RFC 3339, UTC; nil where the report is one of a reproducible run.
        public let firstSeen: String?
        /// The live value; another one is another difference.
        public let live: JSON

        fileprivate var key: String { PreviousDrift.key(tenant, profile, path, kind, graphID) }
    }

    /// By tenant, profile and path.
    private let differences: [String: Difference]

    /// Bytes of a report that is read; one of 100,000 profiles out of line has a tenth of it.
    public static let sizeLimit = 1 << 30

    /// - Throws: `UsageError` when it is no JSON report of a drift run.
    public init(file: String, bytes: [UInt8]) throws {
        let document = JSONDocument(file: file, bytes: bytes, limit: Self.sizeLimit)
        guard document.problems.isEmpty, let root = document.root, root["formatVersion"]?.isString("1.0") == true, root["command"]?.isString("drift") == true,
            let tenants = root["tenants"]
        else { throw UsageError("\(file) is no JSON report of easel drift; write one with --report drift.json") }
        var found: [String: Difference] = [:]
        for tenant in tenants.elements {
            for profile in tenant["profiles"].map({ Array($0.elements) }) ?? [] {
                guard let tenantID = tenant["id"]?.string, let id = profile["id"]?.string else { continue }
                for change in profile["changes"].map({ Array($0.elements) }) ?? [] {
                    guard let path = change["path"]?.string, let kind = change["drift"]?.string.flatMap(DriftKind.init(rawValue:)), change["accepted"] == nil
                    else { continue }
                    let difference = Difference(
                        tenant: tenantID, profile: id, path: path, kind: kind, graphID: kind == .unmanaged ? profile["graphId"]?.string : nil, firstSeen: change["firstSeen"]?.string,
                        live: change["before"]?.plain ?? .null)
                    found[difference.key] = difference
                }
            }
        }
        for kept in root["carried"].map({ Array($0.elements) }) ?? [] {
            guard let tenant = kept["tenant"]?.string, let profile = kept["profile"]?.string, let path = kept["path"]?.string,
                let kind = kept["drift"]?.string.flatMap(DriftKind.init(rawValue:))
            else { continue }
            let difference = Difference(
                tenant: tenant, profile: profile, path: path, kind: kind, graphID: kept["graphId"]?.string, firstSeen: kept["firstSeen"]?.string, live: kept["live"]?.plain ?? .null)
            found[difference.key] = difference
        }
        differences = found
    }

    /// By which a difference is known from night to night. An unmanaged profile goes by the service's id, since its own is made from
    /// its name and those beside it.
    public static func key(_ tenant: String, _ profile: String, _ path: String, _ kind: DriftKind, _ graphID: String?) -> String {
        [tenant, kind == .unmanaged ? graphID ?? profile : profile, path].joined(separator: "\n")
    }

    /// The same difference in the earlier report; nil when it is new.
    public func earlier(_ tenant: String, _ profile: String, _ path: String, kind: DriftKind, graphID: String?, live: JSON) -> Difference? {
        guard let was = differences[Self.key(tenant, profile, path, kind, graphID)], was.kind == kind, was.live.identity == live.identity else { return nil }
        return was
    }

    /// Those of which nothing is left.
    ///
    /// - Parameters:
    ///   - stays: the keys of what still differs.
    ///   - isKnown: whether anything can be said of a tenant now.
    public func resolved(stays: Set<String>, isKnown: (String) -> Bool) -> [Difference] {
        sorted { was in
            guard isKnown(was.tenant) else { return false }
            // A profile that is gone altogether has lost none of its differences for the better.
            return !stays.contains(was.key) && !stays.contains(Self.key(was.tenant, was.profile, "", was.kind, was.graphID))
        }
    }

    /// Those of tenants of which nothing can be said now: the next report must not take them for new.
    public func carried(isKnown: (String) -> Bool) -> [Difference] { sorted { !isKnown($0.tenant) } }

    private func sorted(_ isMeant: (Difference) -> Bool) -> [Difference] {
        differences.values.filter(isMeant).sorted { ($0.tenant, $0.profile, $0.path) < ($1.tenant, $1.profile, $1.path) }
    }
}
