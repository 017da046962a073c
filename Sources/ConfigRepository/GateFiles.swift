import Basics
import Gates
import JSONSource
import Profiles
import Time

/// What decides about what may go out: the policies and approvals of a revision, and the policies from outside the repository.
public struct GateFiles: Sendable {
    public let keeper: GateKeeper
    /// What is wrong with them. With an error nothing may be applied: gates fail closed.
    public let diagnostics: [Diagnostic]

    public var isBroken: Bool { diagnostics.contains { $0.severity == .error } }

    /// What the policies for all tenants say about signed commits.
    public var signatureDemands: [SignatureDemand] { ([keeper.repository].compactMap(\.self) + keeper.outside).map(\.signatureDemand) }

    /// No gate at all, for commands that let nothing out.
    public init(noneAt now: Instant) {
        keeper = GateKeeper(repository: nil, approvals: ApprovalBook([], now: now))
        diagnostics = []
    }

    /// - Parameters:
    ///   - policies: files of policies from outside.
    ///   - usedUp: what the applied state knows of used approvals.
    ///   - isVouched: as `ApprovalBook` wants it.
    public init(
        _ revision: ConfigRevision, policies: [String], now: Instant, usedUp: Set<String> = [],
        isVouched: @escaping @Sendable (_ file: String, _ outside: Bool) -> Bool
    ) throws {
        let reader = try revision.source.reader()
        var diagnostics: [Diagnostic] = []
        var repository: Policy?
        if let entry = revision.root.named("policy.json"), let document = try reader.document("policy.json", entry, &diagnostics) {
            let read = Policy.read(document, source: .repository(file: "policy.json"), zones: revision.zones)
            repository = read.policy
            diagnostics += read.diagnostics
        }
        var approvals: [Approval] = []
        for (name, entry) in try Self.approvals(revision.root, reader, &diagnostics) {
            guard let document = try reader.document("approvals/" + name, entry, &diagnostics) else { continue }
            let read = Approval.read(document)
            diagnostics += read.diagnostics
            if let approval = read.approval { approvals.append(approval) }
        }
        var outside: [Policy] = []
        for path in policies {
            let document = JSONDocument(file: path, bytes: try readFile(path, limit: JSONLimits.fileSize * 4, followsLinks: true))
            let read = Policy.read(document, source: .outside(file: path), zones: revision.zones)
            diagnostics += read.diagnostics
            if let policy = read.policy { outside.append(policy) }
        }
        keeper = GateKeeper(repository: repository, outside: outside, approvals: ApprovalBook(approvals, now: now, usedUp: usedUp, isVouched: isVouched))
        self.diagnostics = diagnostics
    }

    /// The approval files of a revision, by name and in the order of the folder; what else is there becomes diagnostics.
    static func approvals(_ root: [ConfigEntry], _ reader: any ConfigReader, _ diagnostics: inout [Diagnostic]) throws -> [(name: String, entry: ConfigEntry)] {
        guard let folder = root.folder("approvals"), let entries = try reader.entries("approvals", folder, &diagnostics) else { return [] }
        let inspection = try ConfigFolder.approvals.inspect(entries, reader)
        diagnostics += inspection.diagnostics
        return inspection.placed.compactMap { entry in entry.name.map { ($0, entry) } }
    }
}
