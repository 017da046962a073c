import JSONSource

/// What `easel init` writes.
enum Starter {
    struct File {
        let path: String
        let text: String
        /// Whether it can be run.
        var isProgram = false
    }

    /// One base, one tenant, one profile, and a policy: enough to see every part at work.
    static let example: [File] = [
        File(
            path: "bases/exchange-online.json",
            text: """
                {
                  "$schema": "../schemas/manifest.schema.json",
                  "$comment": "Every profile that extends this base changes with it: look at the plan before merging.",
                  "kind": "iosEmailProfile",
                  "description": "Managed in Git.",
                  "account": {
                    "server": "outlook.office365.com",
                    "usernameAttribute": "userPrincipalName",
                    "emailAddressAttribute": "primarySmtpAddress",
                    "authentication": { "method": "usernameAndPassword" },
                    "ssl": true,
                    "oauth": true
                  }
                }

                """),
        File(
            path: "tenants/example/tenant.json",
            text: """
                {
                  "$schema": "../../schemas/tenant.schema.json",
                  "$comment": "tenantId: Microsoft Entra admin center, Overview. Group ids: Groups. members: how many people, for the report.",
                  "kind": "tenant",
                  "tenantId": "00000000-0000-4000-8000-000000000001",
                  "displayName": "Example tenant",
                  "exchange": "online",
                  "iosAccountsApp": "unknown",
                  "minimumOS": "16.0",
                  "groups": {
                    "staff": { "id": "00000000-0000-4000-8000-000000000002", "members": 25 }
                  }
                }

                """),
        File(
            path: "tenants/example/profiles/staff-mail.json",
            text: """
                {
                  "$schema": "../../../schemas/manifest.schema.json",
                  "kind": "iosEmailProfile",
                  "extends": "bases/exchange-online.json",
                  "displayName": "Staff mail",
                  "account": { "accountName": "Example mail" },
                  "assignments": { "include": [ { "group": "staff" } ] }
                }

                """),
        policy(rings: []),
    ]

    /// Schemas, and settings that make Visual Studio Code (and editors that read its settings) use them.
    static let editing: [File] =
        mappings.map { File(path: "schemas/\($0.kind.rawValue).schema.json", text: pretty($0.kind.schema)) }
        + [File(path: ".vscode/settings.json", text: pretty(["json.schemas": .array(mappings.map(\.setting))]))]
        + [File(path: ".vscode/tasks.json", text: pretty(tasks))]

    /// The check in Visual Studio Code, which shows what easel reports at the lines it names.
    private static let tasks: JSON = [
        "version": "2.0.0",
        "tasks": [
            [
                "label": "easel validate", "type": "process", "command": "easel", "args": ["validate"], "group": ["kind": "test", "isDefault": true],
                "problemMatcher": [
                    "owner": "easel", "source": "easel", "fileLocation": ["relative", "${workspaceFolder}"],
                    "pattern": [
                        "regexp": #"^(.+?):(\d+):(\d+): (error|warning): (.+) \[([A-Z]+\d+)\]$"#, "file": 1, "line": 2, "column": 3, "severity": 4, "message": 5,
                        "code": 6,
                    ],
                ],
            ]
        ],
    ]

    /// The folder of Git's hooks in the repository, which a clone switches on by itself.
    static let hooksFolder = ".githooks"

    /// What checks a commit before it is made: a hook for Git alone, and the same for the tool pre-commit.
    static let hooks: [File] = [
        File(
            path: "\(hooksFolder)/pre-commit",
            text: """
                #!/bin/sh
                # Checks what is about to be committed. Each clone switches it on once: git config core.hooksPath \(hooksFolder)
                command -v easel >/dev/null || {
                    echo "error: easel is not on PATH, so this commit cannot be checked." >&2
                    echo "Install the package of a release, or unpack its archive and link bin/easel from a folder on PATH." >&2
                    echo "To commit without the check, run git commit --no-verify." >&2
                    exit 1
                }
                exec easel validate --staged

                """, isProgram: true),
        File(
            path: ".pre-commit-config.yaml",
            text: """
                repos:
                  - repo: local
                    hooks:
                      - id: easel-validate
                        name: easel validate
                        entry: easel validate --staged
                        language: system
                        pass_filenames: false
                        always_run: true

                """),
    ]

    private struct Mapping {
        let kind: SchemaKind
        let files: [String]

        var setting: JSON {
            ["fileMatch": .array(files.map(JSON.string)), "url": .string("./schemas/\(kind.rawValue).schema.json")]
        }
    }

    private static let mappings = [
        Mapping(kind: .manifest, files: ["/bases/**/*.json", "/tenants/*/profiles/*.json"]),
        Mapping(kind: .tenant, files: ["/tenants/*/tenant.json"]),
        Mapping(kind: .policy, files: ["/policy.json", "/tenants/*/policy.json"]),
        Mapping(kind: .approval, files: ["/approvals/*.json"]),
        Mapping(kind: .acceptedDrift, files: ["/tenants/*/accepted-drift.json"]),
    ]
}
