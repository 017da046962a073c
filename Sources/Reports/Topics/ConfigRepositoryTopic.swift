import Live
import Payloads
import Profiles

extension HelpTopic {
    static let configRepository = HelpTopic(
        name: "config-repository", title: "The files of a config repository",
        sections: [
            Section(
                "Files",
                .text("A config repository is an ordinary Git repository. easel init writes one to start from: an example or, with --from or --from-graph, what your tenants have. easel import adds tenants. Every file below tenants/, bases/ and approvals/ has a place:"),
                .list([
                    ("policy.json", "Gates, limits and rings for every tenant. Optional: see easel help gates."),
                    ("bases/NAME.json", "What many profiles share. Folders below bases/ are allowed."),
                    ("tenants/TENANT/tenant.json", "The tenant: its ids, and names for its groups, filters, certificates and VPNs."),
                    ("tenants/TENANT/policy.json", "Gates and limits for this tenant. It can only tighten those of the repository. Optional."),
                    ("tenants/TENANT/profiles/PROFILE.json", "A manifest: one email profile."),
                    ("tenants/TENANT/accepted-drift.json", "Differences that are wanted. easel accept writes it. Optional."),
                    ("approvals/NAME.json", "Changes that somebody has approved. easel approve writes it."),
                ]),
                .text("TENANT and PROFILE are lower-case letters, digits and hyphens, 63 at most. A file that could have been meant for one of these places and is not in it is an error that names the place, and its tenant is left as applied. Notes (.md, .txt), pictures, CODEOWNERS and dot files are left alone."),
                .text("All files are strict JSON in UTF-8: no comments, no trailing commas, no duplicate keys. Any object may have a $comment.")),
            Section(
                "Manifests",
                .text("A manifest says only what differs from the base that it extends; null removes a value of the base (JSON Merge Patch, RFC 7396). It names groups, certificates and VPNs by the names in tenant.json, so that one base serves every tenant."),
                .code(
                    """
                    {
                      "kind": "iosEmailProfile",
                      "extends": "bases/exchange-online.json",
                      "displayName": "Staff mail",
                      "account": { "accountName": "Contoso mail" },
                      "assignments": { "include": [ { "group": "staff" } ] }
                    }
                    """),
                .text("The settings:"),
                .list(Explanation.settings.map { ($0.path, $0.title + ".") }),
                .text("easel explain account.oauth explains a setting with its values and its default; easel schema manifest prints the JSON Schema.")),
            Section(
                "Keys of tenant.json",
                .keys(ShapeWords("tenant.json", Tenant.shape(targets: PayloadTargets.descriptions)))),
            Section(
                "Keys of accepted-drift.json",
                .keys(ShapeWords("accepted-drift.json", AcceptedDrift.shape))),
            Section(
                "Checks",
                .text("easel validate reports every problem in every file, with its line and column. easel plan --worktree shows what an edit does before you commit it. A tenant with an error is left exactly as applied and does not hold up the others.")),
        ])
}
