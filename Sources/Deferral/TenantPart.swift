import AppliedState
import Basics
import JSONSource
import Profiles

/// One tenant's part: its state before, and as the deferred reconcile wants it.
struct TenantPart {
    let id: String
    private let old: AppliedTenant?
    private let folder: String
    private var state: TenantState
    private var report: JSONDocument
    /// Profiles that change, by what became of them.
    private(set) var confirmed: [String] = []
    private(set) var left: [String] = []
    /// Applied profiles: before, as deferred, and as it is confirmed.
    let countBefore: Int
    let deferredCount: Int
    var remainsIn: Set<String> { state.remainsIn }
    var count: Int { state.profiles.count }
    /// Whether rings count from some edits of bases.
    var hasSharedChanges: Bool { !state.sharedChanges.isEmpty }

    /// - Parameters:
    ///   - new: folder of the new state.
    ///   - report: this tenant's part of the deferred run's report.
    init(id: String, old: AppliedTenant?, new: String, report: JSONDocument) throws {
        self.id = id
        self.old = old
        self.report = report
        folder = new
        state = try TenantState(JSONDocument(file: "\(id)/state.json", bytes: try readFile(new + "/state.json", limit: JSONLimits.ownFileSize), limit: JSONLimits.ownFileSize))
        let (before, after) = (old?.state.profiles ?? [:], state.profiles)
        (countBefore, deferredCount) = (before.count, after.count)
        try state.profiles.forEach(check)
        confirmed = Set(before.keys).union(after.keys).filter { before[$0] != after[$0] }.sorted(by: JSONWriter.precedes)
    }

    /// What was deferred is what is recorded: a folder that was cut short or edited is not.
    private func check(_ profile: String, _ record: TenantState.Profile) throws {
        let file = "\(folder)/profiles/\(profile).json"
        guard StringForm.id.accepts(id), StringForm.id.accepts(profile), kind(of: file) == .file,
            let found = EffectiveProfile(id: profile, JSONDocument(file: file, bytes: try readFile(file, limit: JSONLimits.ownFileSize), limit: JSONLimits.ownFileSize)),
            found.digest == record.digest
        else { throw ConfirmationRefused.notAsDeferred(file) }
    }

    /// Leaves out what was not applied.
    ///
    /// - Parameters:
    ///   - isApplied: of `tenant/profile`.
    ///   - graphID: the service's id of one that was applied.
    mutating func keepWhatFailed(_ isApplied: (String) -> Bool, graphID: (String) -> String?, _ moves: DeferredMoves, _ report: inout PartialReport) throws {
        left = confirmed.filter { !isApplied("\(id)/\($0)") }
        confirmed.removeAll(where: left.contains)
        for profile in confirmed { if let graphID = graphID("\(id)/\(profile)") { state.profiles[profile]?.graphID = graphID } }
        guard !left.isEmpty else { return }
        self.report = JSONDocument(file: self.report.file, bytes: try report.tenantPart(self.report, without: Set(left)), limit: JSONLimits.ownFileSize)
        for profile in left {
            state.profiles[profile] = old?.state.profiles[profile]
            if let tenant = moves.formerTenant(of: "\(id)/\(profile)"), tenant != id { state.remainsIn.insert(tenant) }
        }
        // Without the id of its source: the next run takes it up again. A folder that keeps something keeps its tenant.
        state.folder = nil
        (state.tenantID, state.cloud) = (state.tenantID ?? old?.state.tenantID, state.cloud ?? old?.state.cloud)
    }

    /// Enters edits of bases at the time at which they really went out: rings count from then.
    mutating func enterSharedChanges(at time: String) {
        for (base, deferred) in state.sharedChanges where old?.state.sharedChanges[base] != deferred { state.sharedChanges[base] = time }
    }

    /// Nil where nothing of the tenant is recorded.
    func tree(_ builder: inout TenantTreeBuilder) throws -> TenantTree? {
        if confirmed.isEmpty, !left.isEmpty { return try remembering(state, &builder) }
        let isLeft = Set(left)
        var folders: [String: [String: StateFile]] = [:]
        for name in ["profiles", "payloads"] {
            var files: [String: StateFile] = [:]
            for file in try list("\(folder)/\(name)") where !isLeft.contains(Self.profile(file)) {
                files[file] = .bytes(try readFile("\(folder)/\(name)/\(file)", limit: JSONLimits.ownFileSize))
            }
            for (file, blob) in try old?.files(name) ?? [:] where isLeft.contains(Self.profile(file)) { files[file] = .blob(blob) }
            folders[name] = files
        }
        return try builder.build(files: ["state.json": .bytes(state.json()), "report.json": .bytes(report.text)], folders: folders, known: [])
    }

    /// For a tenant without a confirmed profile: its old state, with the removals that gates have held. Nil if that is
    /// nothing new.
    private func remembering(_ deferred: TenantState, _ builder: inout TenantTreeBuilder) throws -> TenantTree? {
        guard let old, var state = self.old?.state, state.removalsHeld != deferred.removalsHeld, let said = old.file("report.json") else { return nil }
        state.held.formUnion(deferred.held)
        state.removalsHeld = deferred.removalsHeld
        var folders: [String: [String: StateFile]] = [:]
        for name in ["profiles", "payloads"] { folders[name] = try old.files(name).mapValues(StateFile.blob) }
        return try builder.build(files: ["state.json": .bytes(state.json()), "report.json": .blob(said)], folders: folders, known: [])
    }

    /// `staff-mail.graph.json` → `staff-mail`; ids hold no dots.
    private static func profile(_ file: String) -> String { String(file.prefix { $0 != "." }) }
}
