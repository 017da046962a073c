extension HelpTopic {
    static func graph(permissions: [(name: String, about: String)]) -> HelpTopic {
        HelpTopic(
            name: "graph", title: "Reading and publishing with Microsoft Graph",
            sections: [
                Section(
                    "When it is used",
                    .text("--live graph reads what tenants have now. A folder in its place has exports, with one sub-folder for each tenant id. What a source does not contain is unknown, never empty."),
                    .code("easel drift --live graph --credentials /etc/easel/tenants"),
                    .text("easel doctor --live graph asks each tenant what is missing, and says what to do about it.")),
                Section(
                    "Publishing",
                    .text("reconcile --publish graph sends what the gates let through to Intune, and records only what Intune accepts. What fails stays as it was, and the next run sends it again. Without --publish, nothing is sent."),
                    .code("easel reconcile --repo https://git.example.com/mail/config.git --publish graph"),
                    .text("What somebody has changed in Intune is not overwritten: such a profile is held. With --repair, the run restores it, with the same rules and gates.")),
                Section(
                    "Credentials",
                    .text("easel signs in to each tenant as an app registration. The names are those of Azure's own SDKs. Secrets come from the environment or from files, never from arguments or from the config repository, and appear in no log and no report."),
                    .list([
                        ("AZURE_CLIENT_ID", "The application (client) id. It is always needed, except with --credentials."),
                        ("AZURE_CLIENT_SECRET", "A client secret."),
                        ("AZURE_CLIENT_CERTIFICATE_PATH", "A PEM file with a certificate and its private key."),
                        ("AZURE_FEDERATED_TOKEN_FILE", "A file with a federated token, as workload identity in Kubernetes mounts it. It is read anew for each sign-in."),
                        ("ACTIONS_ID_TOKEN_REQUEST_URL, ACTIONS_ID_TOKEN_REQUEST_TOKEN", "GitHub Actions sets these if the job has the permission id-token: write. Where they are missing and GITHUB_ACTIONS is set, easel says so."),
                        ("SYSTEM_OIDCREQUESTURI, SYSTEM_ACCESSTOKEN", "Azure DevOps sets the first; map the second in the step."),
                        ("AZURESUBSCRIPTION_SERVICE_CONNECTION_ID", "The id of the service connection in Azure DevOps that the app trusts."),
                    ]),
                    .text("Set one way only: two of them are an error. --credentials DIR gives tenants their own, and goes before the environment:"),
                    .list([
                        ("DIR/TENANT/client-id", "The application (client) id."),
                        ("DIR/TENANT/client-secret", "A client secret, or"),
                        ("DIR/TENANT/certificate.pem", "a certificate with its private key."),
                    ]),
                    .text("One registration for many organisations can serve all tenants, with an administrator's consent in each.")),
                Section(
                    "Permissions",
                    .text("These are application permissions. Give the app only those of the commands that you use:"),
                    .list(permissions)),
                Section(
                    "Limits and failures",
                    .text("easel stays below Intune's documented limits for each tenant, waits as long as the service asks, and tries again what is safe to try again. A tenant that cannot be read is an error of that tenant, with what to do, and holds up nobody. Its drift is unknown; nothing counts as removed.")),
            ])
    }
}
