import Impact

extension HelpTopic {
    static let state = HelpTopic(
        name: "state", title: "The applied state, and what is written where",
        sections: [
            Section(
                "The branch",
                .text("easel records what it applied on a Git branch: easel/applied of the config repository, or what --state URL_OR_PATH_OR_REMOTE[#branch] names. A plan compares the config repository with it. One reconcile makes at most one commit. If there is nothing new, there is none."),
                .text("The branch moves in one step, and only if nobody else has moved it. Runs that race are combined if they touched different tenants; otherwise one begins again. Whatever happens to a run, the branch holds the complete old state or the complete new one."),
                .list([
                    ("state.json", "What was last done, and which tenants have something held."),
                    ("report.json, report.md", "The report of the run that made the commit."),
                    ("tenants/TENANT/state.json", "The source of each profile, its digest, its action and its generation."),
                    ("tenants/TENANT/profiles/", "The effective profiles: manifests with bases and defaults."),
                    ("tenants/TENANT/payloads/", "What Intune or a device gets: .graph.json, .assign.json and .mobileconfig."),
                ]),
                .text("Browse it with Git, and do not edit it: every state.json bears a digest, and easel does not build on a state that was edited. The error names the last good commit and the command that goes back to it.")),
            Section(
                "In a clone",
                .text("Commands that read use the newer of easel/applied and origin/easel/applied, and say which. Commands that write do not start a second state beside the remote's: --state origin records on the remote, --state . in the clone.")),
            Section("Actions", .text("A plan does one of these to a profile:"), .list(Action.allCases.map { ($0.rawValue, $0.words.asSentence) })),
            Section(
                "The folder of --out",
                .text("reconcile --out DIR writes the same payloads for the next step of a pipeline, with operations.json: every request to Microsoft Graph in the order to send them. For a profile that changes, .patch.json is the body for PATCH, and .refs.json has the certificates. A reader never sees half of a run. easel deliver writes what was recorded since a commit, for a pipeline that lost its folder.")),
            Section(
                "Recording after publishing",
                .text("reconcile --defer --out DIR records nothing. Publish the folder, then run easel confirm DIR, which records it. If publishing fails, nothing is recorded, and the next run plans the same again. With --results FILE, only what was really applied is recorded.")),
            Section(
                "Many machines",
                .text("--shard I/N gives each machine its part of the tenants. All shards record on the same branch.")),
            Section(
                "Going back",
                .text("easel history shows who was changed, when and how. easel rollback --to STATE_COMMIT writes the manifests of an earlier state to a branch to review. It applies nothing.")),
        ])
}
