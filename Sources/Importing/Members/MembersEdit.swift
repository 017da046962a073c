import JSONSource
import Live
import Payloads
import Profiles

/// Writes numbers of people into a `tenant.json` and changes nothing else of its text. Pure: made from values.
struct MembersEdit {
    let id: String
    let document: JSONDocument
    let tenant: Tenant

    /// A number or kind that is not as it was.
    struct Change: Sendable, Equatable {
        /// A JSON pointer in `tenant.json`: `/groups/staff/members`.
        let path: String
        /// Null where it was unknown.
        let before: JSON
        let after: JSON
    }

    /// Whom to count: everybody whom the file names. `allUsers` and `allDevices` take permissions of their own, so they are counted where
    /// the file has a place for the number.
    var query: AudienceQuery {
        AudienceQuery(
            tenant: LiveTenantQuery(id: id, tenantID: tenant.knownTenantID, cloud: tenant.cloud), groups: Set(tenant.groups.values.map(\.id)).sorted(),
            allUsers: document.root?["allUsers"] != nil, allDevices: document.root?["allDevices"] != nil)
    }

    /// A warning for each group that the tenant does not have, at its id in the file.
    func missing(_ groups: Set<String>) -> [Diagnostic] {
        (document.root?["groups"].map { Array($0.members) } ?? []).compactMap { group in
            guard let id = group.value["id"], id.string.map({ groups.contains($0.lowercased()) }) == true else { return nil }
            var warning = Diagnostic(
                .unreadableTenant, severity: .warning, at: id, "Group '\(group.key.string ?? "")' does not exist in the tenant, so its numbers stay as they are",
                help: "Correct its id, or remove the group")
            warning.tenant = self.id
            return warning
        }
    }

    /// What changes, in the order of the file, and its new text; nil where it stays as it is.
    func apply(_ counts: AudienceCounts) -> (changes: [Change], text: [UInt8]?) {
        guard let root = document.root, var edit = TenantEdit(id: id, document, targets: PayloadTargets.descriptions) else { return ([], nil) }
        var changes: [Change] = []
        func set(_ wanted: [(key: String, value: JSON)], in object: JSONValue) {
            let new = wanted.filter { object[name: $0.key]?.plain != $0.value }
            for (key, value) in new { changes.append(Change(path: "\(object.pointer)/\(key)", before: object[name: key]?.plain ?? .null, after: value)) }
            if !new.isEmpty { edit.set(new, in: object) }
        }
        for member in root.members {
            switch member.key.string {
            case "groups":
                for group in member.value.members {
                    guard let id = group.value["id"]?.string?.lowercased(), let count = counts.groups[id] else { continue }
                    // Of an empty group, and of one that has both, the kind stays as somebody wrote it.
                    set([("members", .integer(count.members))] + (count.kind.map { [("kind", .string($0.rawValue))] } ?? []), in: group.value)
                }
            case "allUsers": if let number = counts.allUsers { set([("members", .integer(number))], in: member.value) }
            case "allDevices": if let number = counts.allDevices { set([("members", .integer(number))], in: member.value) }
            default: break
            }
        }
        // What is written must still be the tenant that it was.
        guard edit.isChanged, edit.edited?.tenantID == tenant.tenantID else { return ([], nil) }
        return (changes, edit.bytes())
    }
}
