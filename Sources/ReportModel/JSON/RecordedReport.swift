import Basics
import Gates
import Impact
import JSONSource

/// A JSON report, read back.
public struct RecordedReport: Sendable {
    /// Why a file cannot be used as the report that a command needs.
    public enum Problem: Error, Sendable, CustomStringConvertible {
        /// It is not JSON, or not a report.
        case notAReport(file: String)
        /// It is the report of another command.
        case otherCommand(file: String, wanted: ReportCommand)
        /// It lacks something that every report has, or says something that this easel does not know.
        case notUnderstood(file: String, what: String)

        public var description: String {
            switch self {
            case .notAReport(let file): "\(file) is not a JSON report of easel; write one with --report report.json"
            case .otherCommand(let file, let wanted):
                "\(file) is not a JSON report of easel \(wanted.rawValue); write one with --report \(wanted.rawValue).json"
            case .notUnderstood(let file, let what): "\(file): this report's \(what) cannot be read; it was edited, or written by a newer easel"
            }
        }
    }

    /// Bytes of a report that is read; one of 100,000 changed profiles has a tenth of it.
    public static let sizeLimit = 1 << 30

    public let file: String
    public let command: ReportCommand
    private let root: JSONValue

    /// Reads a report that a person named.
    public init(file: String) throws {
        let bytes = try readFile(file, limit: Self.sizeLimit, followsLinks: true)
        do { try self.init(file: file, bytes: bytes) } catch { throw UsageError(error.description) }
    }

    public init(file: String, bytes: [UInt8]) throws(Problem) {
        let document = JSONDocument(file: file, bytes: bytes, limit: Self.sizeLimit)
        guard document.problems.isEmpty, let root = document.root, root["formatVersion"]?.string == JSONReport.formatVersion,
            let command = root["command"]?.string.flatMap(ReportCommand.init(rawValue:)), root["tenants"]?.kind == .array
        else { throw .notAReport(file: file) }
        self.file = file
        self.command = command
        self.root = root
    }

    /// Throws where it is the report of another command.
    public func check(isOf wanted: ReportCommand) throws(Problem) { if command != wanted { throw .otherCommand(file: file, wanted: wanted) } }

    /// The tenants with their profiles; without those where the report is that of a state commit.
    public func tenants() throws(Problem) -> [TenantReport] {
        guard let tenants = root.list("tenants", TenantReport.init) else { throw .notUnderstood(file: file, what: "tenants") }
        return tenants
    }

    /// The gates that hold something.
    public func gates() throws(Problem) -> [GateReport] {
        guard let gates = root.list("gates", GateReport.init) else { throw .notUnderstood(file: file, what: "gates") }
        return gates
    }

    /// What the report says of approval files that are not simply in use, a line for each.
    public var approvals: [String] { root["approvals"].map { $0.elements.compactMap(\.string) } ?? [] }

    /// Differences of the report before, of tenants that this one could not compare.
    func carried() throws(Problem) -> [EarlierDrift.Difference] {
        try differences("carried", isResolved: false)
    }

    /// Differences of the report before that were no more.
    func resolved() throws(Problem) -> [EarlierDrift.Difference] { try differences("resolved", isResolved: true) }

    private func differences(_ member: StaticString, isResolved: Bool) throws(Problem) -> [EarlierDrift.Difference] {
        guard root[member] != nil else { return [] }
        guard let found = root.list(member, { EarlierDrift.Difference($0, isResolved: isResolved) }) else { throw .notUnderstood(file: file, what: "\(member)") }
        return found
    }

    /// The report with some changes taken back that did not happen, and a note that says so. There is no `run` in it: that was another one.
    ///
    /// - Parameter withdrawn: tenant → the profiles that stay as they were, and its others that the report has.
    public func withdrawing(_ withdrawn: [String: (gone: [ProfileReport], rest: [ProfileReport])], note: String) throws(Problem) -> [UInt8] {
        guard let counts = root["summary"], var summary = ReportSummary(counts), case .object(var members) = root.plain else {
            throw .notUnderstood(file: file, what: "summary")
        }
        for tenant in withdrawn.values { summary.withdraw(tenant.gone, leaving: tenant.rest) }
        var writer = JSONWriter()
        writer.summary(summary)
        members["summary"] = JSONDocument(file: file, bytes: writer.finish()).root?.plain
        members["run"] = nil
        if case .array(let tenants)? = members["tenants"] {
            members["tenants"] = .array(
                tenants.map { tenant in
                    guard case .object(var parts) = tenant, case .string(let id)? = parts["id"], case .integer(let unchanged)? = parts["unchanged"] else { return tenant }
                    parts["unchanged"] = .integer(unchanged + (withdrawn[id]?.gone ?? []).count { $0.impact.action != .create })
                    return .object(parts)
                })
        }
        var notes: [JSON] = if case .array(let notes)? = members["notes"] { notes } else { [] }
        notes.append(.string(note))
        members["notes"] = .array(notes)
        return Array(pretty(.object(members)).utf8)
    }
}
