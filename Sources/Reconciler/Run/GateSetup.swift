import Basics
import ConfigRepository
import Gates
import Git
import JSONSource
import Profiles
import Time

/// Reads everything that decides what may go out.
struct GateSetup {
    let keeper: GateKeeper
    let zones: ZoneStore
    let diagnostics: [Diagnostic]

    /// The policy for all tenants that asks for signed commits, if one does.
    var signatureAsker: String? {
        ([keeper.repository].compactMap(\.self) + keeper.outside).first(where: \.requireSignedCommits)?.source.label
    }

    /// The repository's policy and approvals, and the policies from outside.
    ///
    /// What is broken is told in `diagnostics` as errors; nothing may be applied then.
    static func read(root: [ConfigEntry], reader: any ConfigReader, policies: [String], now: Instant) throws -> GateSetup {
        let zones = ZoneStore()
        var diagnostics: [Diagnostic] = []
        var repository: Policy?
        if let entry = root.first(where: { $0.name == "policy.json" }) {
            if let document = try document("policy.json", entry, reader, &diagnostics) {
                let read = Policy.read(document, source: .repository(file: "policy.json"), zones: zones)
                repository = read.policy
                diagnostics += read.diagnostics
            }
        }
        var approvals: [Approval] = []
        if let folder = root.first(where: { $0.name == "approvals" && $0.kind == .folder }) {
            for entry in try reader.entries(of: folder) where entry.name?.hasSuffix(".json") == true && entry.kind != .folder {
                guard let document = try document("approvals/" + entry.nameOrEmpty, entry, reader, &diagnostics) else { continue }
                let read = Approval.read(document)
                diagnostics += read.diagnostics
                if let approval = read.approval { approvals.append(approval) }
            }
        }
        var outside: [Policy] = []
        for path in policies {
            let document = JSONDocument(file: path, bytes: try readFile(path, limit: JSONLimits.fileSize * 4))
            let read = Policy.read(document, source: .outside(file: path), zones: zones)
            diagnostics += read.diagnostics
            if let policy = read.policy { outside.append(policy) }
        }
        return GateSetup(keeper: GateKeeper(repository: repository, outside: outside, approvals: ApprovalBook(approvals, now: now)), zones: zones, diagnostics: diagnostics)
    }

    private static func document(_ path: String, _ entry: ConfigEntry, _ reader: any ConfigReader, _ diagnostics: inout [Diagnostic]) throws -> JSONDocument? {
        guard entry.kind == .file else {
            diagnostics.append(Diagnostic(.notARegularFile, file: path, "a regular file is expected; links and submodules are not followed"))
            return nil
        }
        do {
            return JSONDocument(file: path, bytes: try reader.read(entry, limit: JSONLimits.fileSize * 4))
        } catch let error as GitError where error.kind == .tooLarge {
            diagnostics.append(Diagnostic(code: JSONProblemCode.tooLarge.rawValue, message: error.message, file: path))
            return nil
        }
    }
}
