import Gates
import Impact
import JSONSource
import Profiles

/// The report as JSON, `formatVersion` "1.0": the one that the others are views of (`ReportSchema`).
///
/// Written as it comes. Only tenants wait, in a `Spool`, because what stands before them in the order of keys is known
/// last; and the ids of the rules that were met. One thread at a time.
public final class JSONReport: ReportSink {
    public static let formatVersion = "1.0"

    /// Whether tenants carry their `profiles`; the report that is part of a state commit does without.
    private let listsProfiles: Bool
    /// Stands in the spool for what the report's end decides: a byte that JSON never has.
    private static let undecided: UInt8 = 0x01
    private let out: ([UInt8]) throws -> Void
    private let tenants: Spool
    private var head = ReportHead(command: .plan, source: .init(repository: nil, ref: nil, commit: nil), base: nil)
    private var rules: Set<String> = []

    /// - Parameter out: takes the text in pieces.
    public init(listsProfiles: Bool = true, to out: @escaping ([UInt8]) throws -> Void) {
        self.listsProfiles = listsProfiles
        self.out = out
        tenants = Spool()
    }

    public func begin(_ head: ReportHead) throws { self.head = head }

    public func tenant(_ tenant: TenantReport) throws {
        for profile in tenant.profiles {
            rules.formUnion(profile.impact.rules)
            for advice in profile.impact.advice { rules.insert(advice.key.rule) }
        }
        // Two levels deep: in the list `tenants` of the report.
        var writer = JSONWriter(indentation: 2)
        writer.tenant(tenant, listsProfiles: listsProfiles, pending: [Self.undecided])
        if !tenants.isEmpty { try tenants.append(Array(",\n    ".utf8)) }
        try tenants.append(writer.finish())
    }

    public func end(_ tail: ReportTail) throws {
        var writer = JSONWriter()
        writer.beginObject()
        if let applied = tail.applied { writer.member("applied", applied) }
        if !tail.approvals.isEmpty { writer.member("approvals", .array(tail.approvals.map(JSON.string))) }
        writeBase(&writer)
        if !tail.carried.isEmpty {
            writer.key("carried")
            writer.array { writer in
                for difference in tail.carried { writer.difference(difference, showsLive: true, isNotified: difference.isNotified) }
            }
        }
        writer.member("command", head.command.rawValue)
        if let delivered = tail.delivered { writer.member("delivered", delivered) }
        writer.key("diagnostics")
        try writer.array { writer in
            for diagnostic in tail.diagnostics {
                writer.diagnostic(diagnostic)
                try writer.drain(into: out)
            }
        }
        if [.plan, .reconcile, .review].contains(head.command) {
            writer.key("factChanges")
            writer.array { writer in
                for change in tail.factChanges { writer.value(change.json) }
            }
        }
        writer.member("formatVersion", Self.formatVersion)
        writer.key("gates")
        writer.array { writer in
            for gate in tail.gates { writer.gate(gate) }
        }
        if let live = head.live { writer.member("live", live) }
        if !tail.notes.isEmpty { writer.member("notes", .array(tail.notes.map(JSON.string))) }
        if head.command == .review {
            writer.key("policyChanges")
            writer.array { writer in
                for change in tail.policyChanges { writer.policyChange(change) }
            }
        }
        if tail.summary.drift?.changes != nil {
            writer.key("resolved")
            writer.array { writer in
                for difference in tail.resolved { writer.difference(difference, isNotified: tail.isNotified) }
            }
        }
        writer.key("rules")
        writer.object { writer in
            for rule in rules.sorted().compactMap({ Rules.byID[$0] }) { writer.member(rule.id, .object(rule.json)) }
        }
        writeRun(tail.run, &writer)
        writeSource(&writer)
        writer.key("summary")
        writer.summary(tail.summary)
        try copyTenants(&writer, isNotified: tail.isNotified)
        writer.key("tool")
        writer.object { writer in
            writer.member("name", "easel")
            writer.member("version", easelVersion)
        }
        writer.endObject()
        try out(writer.finish())
    }

    private func writeBase(_ writer: inout JSONWriter) {
        guard let base = head.base else { return }
        writer.key("base")
        writer.object { writer in
            switch base {
            case .applied(let state, let branch, let commit):
                writer.member("branch", branch)
                writer.member("commit", .orNull(commit))
                writer.member("state", .orNull(state))
            case .revision(let ref, let commit):
                writer.member("commit", commit)
                writer.member("ref", ref)
            }
        }
    }

    private func writeSource(_ writer: inout JSONWriter) {
        writer.key("source")
        writer.object { writer in
            writer.member("commit", .orNull(head.source.commit))
            writer.member("ref", .orNull(head.source.ref))
            writer.member("repository", .orNull(head.source.repository))
            if head.source.isStaged { writer.member("staged", true) }
        }
    }

    /// When the run began and how long it took; left out of a reproducible report.
    private func writeRun(_ run: ReportTail.Run?, _ writer: inout JSONWriter) {
        guard let run else { return }
        writer.key("run")
        writer.object { writer in
            writer.key("durationSeconds")
            writer.raw(run.durationSeconds.utf8)
            writer.member("startedAt", run.startedAt)
        }
    }

    private func copyTenants(_ writer: inout JSONWriter, isNotified: Bool?) throws {
        writer.key("tenants")
        guard !tenants.isEmpty else { return writer.raw("[]".utf8) }
        writer.raw("[\n    ".utf8)
        try writer.drain(into: out)
        let notified = Array((isNotified == true ? "true" : "false").utf8)
        try tenants.copy { [out] piece in try out(piece.contains(Self.undecided) ? piece.flatMap { $0 == Self.undecided ? notified : [$0] } : piece) }
        try out(Array("\n  ]".utf8))
    }
}
