import JSONSource

extension Starter {
    /// The repository's policy: what needs an approval, and the rings that edits of bases take.
    static func policy(rings: [JSON]) -> File {
        let gates: JSON = [
            ["name": "sign-in-storm", "when": ["consequences": ["credentialReentry"], "peopleOver": 50], "require": "approval"],
            ["name": "no-weakening", "when": ["consequences": ["securityWeakened"]], "require": "approval"],
        ]
        var policy: [String: JSON] = ["$schema": "schemas/policy.schema.json", "kind": "policy", "gates": gates]
        if !rings.isEmpty { policy["rings"] = .array(rings) }
        return File(path: "policy.json", text: pretty(.object(policy)))
    }

    /// Rings to start from: an edit of a base reaches the tenants with the fewest profiles first. One tenant needs none.
    ///
    /// - Parameter profiles: tenant id → how many profiles it has.
    static func rings(_ profiles: [String: Int]) -> [JSON] {
        let order = profiles.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map(\.key)
        guard order.count > 1 else { return [] }
        // Few enough to call their people.
        let pilots = max(1, min(10, order.count / 20))
        let early = order.count < 10 ? 0 : min(50, order.count / 5)
        func ring(_ name: String, _ tenants: some Sequence<String>, _ hours: Int, _ comment: String) -> JSON {
            ["$comment": .string(comment), "name": .string(name), "tenants": .array(tenants.sorted().map(JSON.string)), "soakHours": .integer(hours)]
        }
        let pilot = ring("pilot", order[..<pilots], 48, "The tenants with the fewest profiles. Name those whose people you can call.")
        guard early > 0 else { return [pilot] }
        return [pilot, ring("early", order[pilots..<(pilots + early)], 24, "Those with the next fewest. Tenants that no ring names come last.")]
    }

    /// Who must review what, as GitHub and GitLab read it.
    ///
    /// - Parameter owner: such as `@contoso/mail-admins`; nil: the lines are comments, to be completed.
    static func owners(_ owner: String?) -> File {
        let lines = ["/policy.json", "/tenants/*/policy.json", "/approvals/", "/bases/", "/CODEOWNERS"].map { path in
            "\(owner == nil ? "# " : "")\(path)\(String(repeating: " ", count: 24 - path.count))\(owner ?? "@your-organization/mail-admins")\n"
        }
        let advice = owner == nil ? "# Enter who that is, and remove the # before each line.\n" : ""
        return File(
            path: "CODEOWNERS",
            text: """
                # Who must review what decides for every tenant. Protect the branch, and require reviews by code owners.
                \(advice)
                \(lines.joined())
                """)
    }
}
