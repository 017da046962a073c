import Basics
import Profiles

/// The tenants that somebody wants to import.
public struct TenantList: Sendable {
    public struct Entry: Sendable, Hashable {
        /// The tenant id: the name of the folder that it has, or gets.
        public let id: String
        /// The GUID, in lower case; nil: as `tenant.json` or the source says it.
        public let tenantID: String?
        /// Nil: as `tenant.json` says it, else the worldwide one.
        public let cloud: Tenant.Cloud?

        public init(id: String, tenantID: String? = nil, cloud: Tenant.Cloud? = nil) {
            self.id = id
            self.tenantID = tenantID?.lowercased()
            self.cloud = cloud
        }
    }

    /// In the order of their ids.
    public let entries: [Entry]

    public init(_ entries: [Entry]) { self.entries = entries.sorted { $0.id < $1.id } }

    /// The tenants that a config repository has already.
    ///
    /// - Parameter root: its working files.
    /// - Throws: `FileError` where the folder cannot be read.
    public init(existingIn root: String) throws {
        let folder = root + "/tenants"
        let ids = kind(of: folder) == .folder ? try list(folder).filter { StringForm.id.accepts($0) && kind(of: folder + "/" + $0) == .folder } : []
        self.init(ids.map { Entry(id: $0) })
    }

    /// Reads a list with a line for each tenant: `id,GUID` or `id,GUID,cloud`. Empty lines, and lines that begin with `#`, say nothing.
    ///
    /// - Parameter name: what errors call the list.
    /// - Throws: `TenantListProblem` with everything that is wrong.
    public init(_ text: String, name: String) throws(TenantListProblem) {
        var entries: [Entry] = []
        var problems: [String] = []
        var lines: [String: Int] = [:]
        // Spreadsheets begin their files with a byte order mark.
        let text = text.hasPrefix("\u{FEFF}") ? String(text.unicodeScalars.dropFirst()) : text
        for (number, line) in zip(1..., text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)) {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(Self.trimmed)
            guard let first = fields.first, !(fields == [""] || first.hasPrefix("#")) else { continue }
            do throws(LineProblem) {
                let entry = try Self.entry(fields)
                for key in [entry.id, entry.tenantID].compactMap(\.self) {
                    if let other = lines.updateValue(number, forKey: key) { throw LineProblem("'\(key)' is also in line \(other)") }
                }
                entries.append(entry)
            } catch { problems.append("\(name):\(number): \(error.message)") }
        }
        if problems.isEmpty, entries.isEmpty { problems = ["\(name) names no tenant"] }
        guard problems.isEmpty else { throw TenantListProblem(lines: problems + ["Write one line for each tenant: id,GUID or id,GUID,cloud"]) }
        self.init(entries)
    }

    private struct LineProblem: Error {
        let message: String
        init(_ message: String) { self.message = message }
    }

    private static func entry(_ fields: [String]) throws(LineProblem) -> Entry {
        guard fields.count == 2 || fields.count == 3 else { throw LineProblem("\(fields.count) field\(fields.count == 1 ? "" : "s") instead of 2 or 3") }
        let (id, tenantID) = (fields[0], fields[1])
        guard StringForm.id.accepts(id) else { throw LineProblem("'\(id.prefix(80))' cannot be a tenant id, which has \(StringForm.id.about)") }
        guard StringForm.guid.accepts(tenantID), tenantID != Tenant.unknownID else { throw LineProblem("'\(tenantID.prefix(80))' is not the GUID of a tenant") }
        guard fields.count == 3 else { return Entry(id: id, tenantID: tenantID) }
        guard let cloud = Tenant.Cloud(rawValue: fields[2]) else {
            let clouds = Tenant.Cloud.allCases.map(\.rawValue)
            throw LineProblem("there is no cloud '\(fields[2].prefix(80))'; choose one of \(clouds.joined(separator: ", "))\(didYouMean(fields[2], among: clouds))")
        }
        return Entry(id: id, tenantID: tenantID, cloud: cloud)
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}

/// Why a list of tenants cannot be used: a line for each problem, and how a list is written.
public struct TenantListProblem: ErrorInLines, Equatable {
    public let lines: [String]
}
