import Gates

extension HelpTopic {
    static let gates = HelpTopic(
        name: "gates", title: "What may go out, and when",
        sections: [
            Section(
                "What a gate does",
                .text("A gate holds profiles. A held profile stays exactly as applied, everything else proceeds, and the exit code is 3. The report names the gate and says how to let the profile through. The next run judges it again, even if nothing was committed since."),
                .text("Gates are in policy.json at the root, in tenants/TENANT/policy.json for one tenant, and in files that the pipeline gives with --policy. A tenant's policy can only tighten. Nothing in the repository can loosen what --policy says."),
                .code(
                    """
                    {
                      "kind": "policy",
                      "gates": [
                        { "name": "sign-in-storm", "when": { "consequences": ["credentialReentry"], "peopleOver": 50 }, "require": "approval" },
                        { "name": "weekend", "when": { "actions": ["reinstall", "remove"] },
                          "window": { "days": ["sat", "sun"], "from": "22:00", "to": "06:00", "timeZone": "Europe/Amsterdam" } }
                      ],
                      "limits": { "peoplePerRun": 500 }
                    }
                    """)),
            Section("Keys of policy.json", .keys(ShapeWords("policy.json", Policy.shape))),
            Section(
                "Gates without a policy",
                .text("These work in every repository:"),
                .list(DefaultGates.all.map { ($0.name, $0.about) } + [(AdoptFirstGate.name, AdoptFirstGate.about)]),
                .text("\"defaults\": \"off\" in the repository's policy.json switches off \(DefaultGates.all.map(\.name).joined(separator: " and ")).")),
            Section(
                "Limits",
                .text("Limits roll a large change out in steps. A profile goes out if it fits every limit that counts it; the rest waits for a later run. An approval does not pass a limit. With --shard, each shard is a run of its own."),
                .list(Limits.all.map { ($0.key.description, $0.about) })),
            Section(
                "Rings",
                .text("Rings send an edit of a base to the pilots first. A tenant belongs to the first ring that names it, and those that none names come last. While a tenant of an earlier ring has not got the edit, is broken, or got it less than soakHours ago, later rings wait. What a tenant's own folder changes does not wait.")),
            Section(
                "Approvals",
                .text("An approval is a file in approvals/ that names a change by its fingerprint, so it fits that change and no other, once. Write it with easel approve and commit it:"),
                .code("easel approve --gate sign-in-storm --reason \"Announced on Friday\""),
                .keys(ShapeWords("an approval", Approval.shape)),
                .text("Whoever may commit to approvals/ approves, so let the rules of your forge say who that is. With --approver-keys FILE, an approval counts only if the commit that last changed its file is signed by one of these keys and changes nothing outside approvals/."),
                .text("An approval passes no window, no limit, and no gate with \"require\": \"never\".")),
            Section(
                "Signed commits",
                .text("With \"requireSignedCommits\", or --require-signed-commits, nothing goes out unless a key in --trusted-keys signed the commit. The file has OpenSSH allowed signers or armored OpenPGP keys.")),
        ])
}
