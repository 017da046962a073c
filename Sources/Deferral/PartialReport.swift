import AppliedState
import Impact
import JSONSource

/// The reports of a deferred reconcile, less what was not applied: the applied state tells only what devices have.
struct PartialReport {
    private struct Left {
        let tenant: String
        let action: String
        let fingerprint: String?
        /// Whether there is such a profile now: one that was to be created is not.
        var isThere: Bool { action != Action.create.rawValue }
        /// Consequence → people; nil: unknown.
        let people: [String: Int?]
    }

    private var left: [Left] = []
    private var names: [String] = []

    /// The tenant's part of the report without these profiles, which count as unchanged.
    mutating func tenantPart(_ report: JSONDocument, without profiles: Set<String>, tenant: String) -> [UInt8] {
        guard case .object(var part)? = report.root?.plain, case .array(let all)? = part["profiles"] else { return report.text }
        var kept: [JSON] = []
        for profile in all {
            guard case .object(let members) = profile, case .string(let id)? = members["id"], profiles.contains(id) else {
                kept.append(profile)
                continue
            }
            names.append("\(tenant)/\(id)")
            left.append(
                Left(
                    tenant: tenant, action: members["action"]?.text ?? "", fingerprint: members["fingerprint"]?.text,
                    people: members["peopleByConsequence"]?.object.mapValues(\.number) ?? [:]))
        }
        part["profiles"] = .array(kept)
        let there = left.suffix(all.count - kept.count).count(where: \.isThere)
        part["unchanged"] = .integer((part["unchanged"]?.number ?? 0) + there)
        return Array(pretty(.object(part)).utf8)
    }

    /// `report.json` of the state commit. The `run` was another one, so there is none.
    func json(_ report: JSONDocument) -> [UInt8] {
        guard !left.isEmpty, case .object(var root)? = report.root?.plain else { return report.text }
        var summary = root["summary"]?.object ?? [:]
        var consequences = summary["consequences"]?.object ?? [:]
        func add(_ number: Int, to key: String, of counts: inout [String: JSON]) { counts[key] = .integer((counts[key]?.number ?? 0) + number) }
        for left in left {
            add(-1, to: left.action, of: &summary)
            add(left.isThere ? 1 : 0, to: "none", of: &summary)
            add(left.isThere ? 0 : -1, to: "profiles", of: &summary)
            for (name, people) in left.people {
                var count = consequences[name]?.object ?? [:]
                add(-1, to: "profiles", of: &count)
                if let people { add(-people, to: "people", of: &count) } else { add(-1, to: "peopleUnknown", of: &count) }
                consequences[name] = count["profiles"] == .integer(0) ? nil : .object(count)
            }
        }
        summary["consequences"] = .object(consequences)
        root["summary"] = .object(summary)
        root["run"] = nil
        var tenants = root["tenants"]?.elements ?? []
        let counts = Dictionary(left.map { ($0.tenant, $0.isThere ? 1 : 0) }, uniquingKeysWith: +)
        for position in tenants.indices {
            guard case .object(var tenant) = tenants[position] else { continue }
            add(tenant["id"]?.text.flatMap { counts[$0] } ?? 0, to: "unchanged", of: &tenant)
            tenants[position] = .object(tenant)
        }
        root["tenants"] = .array(tenants)
        root["notes"] = .array((root["notes"]?.elements ?? []) + [.string(note)])
        return Array(pretty(.object(root)).utf8)
    }

    /// `report.md` of the state commit: as it was deferred, or, in part, what was done and what was not.
    func markdown(_ report: [UInt8], _ deferred: CommitMessage) -> [UInt8] {
        guard !left.isEmpty else { return report }
        let done = message(of: deferred).counts
        return Array("### Applied in part: \(done.isEmpty ? "nothing" : done)\n\n\(note)\n\nWhat each change means for people stands in the tenants' `report.json`.\n".utf8)
    }

    /// Of the changes that did not go out.
    var fingerprints: [String] { left.compactMap(\.fingerprint) }

    /// The commit's message.
    func message(_ deferred: CommitMessage) -> String { left.isEmpty ? deferred.text : "\(message(of: deferred).text)\(note)\n" }

    private func message(of deferred: CommitMessage) -> CommitMessage {
        var message = deferred
        for left in left { if let action = Action(rawValue: left.action) { message.actions[action, default: 0] -= 1 } }
        return message
    }

    private var note: String {
        let shown = names.prefix(20).joined(separator: ", ")
        return "Not applied, and left as it was: \(shown)\(names.count > 20 ? " and \(names.count - 20) more" : "")."
    }
}

extension JSON {
    fileprivate var text: String? { if case .string(let text) = self { text } else { nil } }
    fileprivate var number: Int? { if case .integer(let number) = self { number } else { nil } }
    fileprivate var object: [String: JSON] { if case .object(let members) = self { members } else { [:] } }
    fileprivate var elements: [JSON] { if case .array(let elements) = self { elements } else { [] } }
}
