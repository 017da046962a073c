import Git
import Health
import JSONSource
import Profiles
import Testing

@testable import Deferral
@testable import Gates
@testable import History
@testable import Importing
@testable import Reports

/// What the commands that write no report say, for people and for programs, word for word.
@Suite struct CommandViewTests {
    private func text(_ view: some CommandView) -> String { view.text(ReportOptions(width: 80)) }

    @Test func anInitSaysWhatIsNewAndWhatComesNext() {
        let view = InitView(directory: "mail-config", written: ["policy.json", "schemas/tenant.schema.json"], kept: [".vscode/settings.json"], hooksFolder: ".githooks")
        #expect(
            text(view) == """
                  kept     .vscode/settings.json
                  written  policy.json
                  written  schemas/tenant.schema.json

                Next: enter the ids and groups of your tenants in tenants/, then run

                  cd mail-config
                  git config core.hooksPath .githooks    # checks what is staged before each commit
                  easel validate
                  git add --all && git commit --message "Email profiles"
                  easel plan

                """)
        #expect(
            view.json == [
                "formatVersion": "1.0", "directory": "mail-config", "kept": [".vscode/settings.json"], "written": ["policy.json", "schemas/tenant.schema.json"],
            ])
        #expect(text(InitView(directory: "x", written: [], kept: ["policy.json"], hooksFolder: ".githooks")) == "  kept     policy.json\n\nNothing to write: every file exists already.\n")
    }

    @Test func anApprovalNamesItsFiles() {
        func outcome(_ written: [ApprovalFiles.Outcome.Written], _ known: [ApprovalFiles.Outcome.Approved]) -> ApprovalFiles.Outcome {
            var outcome = ApprovalFiles.Outcome()
            outcome.written = written
            outcome.approvedAlready = known
            return outcome
        }
        let known = ApprovalFiles.Outcome.Approved(fingerprint: "bbbbbbbbbbbbbbbb", file: "approvals/saturday.json")
        let written = ApprovalFiles.Outcome.Written(file: "approvals/aaaaaaaaaaaaaaaa.json", fingerprints: ["aaaaaaaaaaaaaaaa", "cccccccccccccccc"])
        let view = ApproveView(outcome([written], [known]))
        #expect(
            text(view) == """
                  bbbbbbbbbbbbbbbb is already approved in approvals/saturday.json
                  written  approvals/aaaaaaaaaaaaaaaa.json

                Commit it: git add approvals && git commit

                """)
        #expect(
            view.json == [
                "formatVersion": "1.0", "alreadyApproved": [["file": "approvals/saturday.json", "fingerprint": "bbbbbbbbbbbbbbbb"]],
                "written": [["file": "approvals/aaaaaaaaaaaaaaaa.json", "fingerprints": ["aaaaaaaaaaaaaaaa", "cccccccccccccccc"]]],
            ])
        #expect(text(ApproveView(outcome([], [known]))).hasSuffix("\n\nNothing to write: every change is already approved.\n"))
        #expect(text(ApproveView(outcome([written, written], []))).contains("Commit them: "))
    }

    @Test func anAcceptedDriftNamesItsFile() {
        let view = AcceptView(file: "tenants/contoso/accepted-drift.json", tenant: "contoso", profile: "staff-mail", paths: ["/mail/amountToSync"])
        #expect(
            text(view) == """
                  written  tenants/contoso/accepted-drift.json

                Commit it: git add tenants/contoso/accepted-drift.json && git commit

                """)
        #expect(
            view.json == [
                "formatVersion": "1.0", "accepted": [["path": "/mail/amountToSync", "profile": "staff-mail", "tenant": "contoso"]],
                "written": ["tenants/contoso/accepted-drift.json"],
            ])
    }

    private static let commit = ObjectID(hex: "0123456789abcdef0123456789abcdef01234567")

    @Test func aRollbackSaysThatNothingIsAppliedYet() throws {
        let commit = try #require(Self.commit)
        let files = [(path: "tenants/contoso/profiles/staff-mail.json", isRemoved: false), (path: "tenants/contoso/profiles/kiosk.json", isRemoved: true)]
        let view = RollbackView(.init(commit: commit, branch: "easel/rollback-5e6f7a8", base: "9c8d7e6", files: files, notes: [], wasThere: false))
        #expect(
            text(view) == """
                  written  tenants/contoso/profiles/staff-mail.json
                  removed  tenants/contoso/profiles/kiosk.json

                Committed on easel/rollback-5e6f7a8. Nothing is applied yet. To see what it does to people, run

                  easel review 9c8d7e6 easel/rollback-5e6f7a8

                """)
        #expect(
            view.json == [
                "formatVersion": "1.0", "base": "9c8d7e6", "branch": "easel/rollback-5e6f7a8", "commit": .string(commit.description),
                "files": [
                    ["path": "tenants/contoso/profiles/staff-mail.json", "removed": false], ["path": "tenants/contoso/profiles/kiosk.json", "removed": true],
                ], "notes": [], "wasThere": false,
            ])
        let again = RollbackView(.init(commit: commit, branch: "back", base: "9c8d7e6", files: [files[0]], notes: ["contoso/staff-mail still extends bases/a.json"], wasThere: true))
        #expect(
            text(again) == """
                  written  tenants/contoso/profiles/staff-mail.json
                  note: contoso/staff-mail still extends bases/a.json

                Branch back already has this rollback, so nothing was written. To see what it does to people, run

                  easel review 9c8d7e6 back

                """)
        let nothing = RollbackView(.init(commit: nil, branch: "easel/rollback-5e6f7a8", base: "9c8d7e6", files: [], notes: [], wasThere: false))
        #expect(text(nothing) == "Nothing to roll back: the manifests say what was applied then.\n")
        #expect(nothing.json == ["formatVersion": "1.0", "base": "9c8d7e6", "branch": .null, "commit": .null, "files": [], "notes": [], "wasThere": false])
    }

    @Test func aConfirmationCountsWhatWasRecorded() throws {
        let commit = try #require(Self.commit)
        let view = ConfirmView(.init(commit: commit, branch: "easel/applied", confirmed: ["contoso/staff", "fabrikam/staff"], left: ["contoso/board"]))
        #expect(
            text(view) == """
                  not recorded  contoso/board
                  recorded      contoso/staff
                  recorded      fabrikam/staff

                Recorded 2 profiles on easel/applied as 0123456; 1 not applied.

                """)
        #expect(
            view.json == [
                "formatVersion": "1.0", "branch": "easel/applied", "commit": .string(commit.description), "confirmed": ["contoso/staff", "fabrikam/staff"],
                "left": ["contoso/board"], "reasons": [:],
            ])
        let many = (1...201).map { "contoso/p\($0)" }
        #expect(text(ConfirmView(.init(commit: commit, branch: "b", confirmed: many, left: []))).hasSuffix("\n  and 1 more\n\nRecorded 201 profiles on b as 0123456.\n"))
        let failed = ConfirmView(.init(commit: nil, branch: "b", confirmed: [], left: ["contoso/board"]))
        #expect(text(failed) == "  not recorded  contoso/board\n\nNothing was applied, so nothing was recorded.\n")
        #expect(failed.json == ["formatVersion": "1.0", "branch": .null, "commit": .null, "confirmed": [], "left": ["contoso/board"], "reasons": [:]])
        #expect(text(ConfirmView(.init(commit: nil, branch: "", confirmed: [], left: []))) == "Nothing to confirm: the deferred reconcile changed nothing.\n")
    }

    @Test func anImportSaysWhatToCheck() {
        let problem = Diagnostic(.unreadable, file: "exports/fabrikam/x.json", "cut short")
        let tenants = ["a", "b", "c", "d", "e", "f"]
        let view = ImportView(
            .init(files: ["tenants/contoso/tenant.json": [], "bases/b.json": []], manifests: 1, tenants: 1, notes: [("some\u{1B}thing", tenants)], diagnostics: [problem]))
        let said = text(view)
        #expect(said.hasPrefix("  written  bases/b.json\n  written  tenants/contoso/tenant.json\n\nPlease check\n  a, b, c, d, e and 1 more: some"), "\(said)")
        #expect(!said.contains("\u{1B}") && said.contains("cut short [CFG033]\n\nImported: 1 manifest of 1 tenant; 1 error.\n\nNext: run easel validate"), "\(said)")
        #expect(
            view.json == [
                "formatVersion": "1.0",
                "diagnostics": [
                    [
                        "code": .string(problem.code), "column": 1, "file": "exports/fabrikam/x.json", "line": 1, "message": "cut short", "pointer": "", "severity": "error",
                    ]
                ],
                "manifests": 1, "notes": [["tenants": .array(tenants.map(JSON.string)), "text": "some\u{1B}thing"]], "refused": 0, "tenants": 1,
                "written": ["bases/b.json", "tenants/contoso/tenant.json"],
            ])
        #expect(text(ImportView(.init())) == "\nImported: 0 manifests of 0 tenants.\n")
    }

    @Test func aCheckupGathersTenantsInGoodHealth() {
        let view = DoctorView([
            Check("clock", .ok, "As it should be"), Check("cache", .failed, "full\u{1B}", fix: "Free it"), Check("sign-in", tenant: "a", .ok, "x"), Check("reading", tenant: "a", .ok, "x"),
            Check("sign-in", tenant: "b", .warning, "y", fix: "Look"), Check("sign-in", tenant: "c", .skipped, "z"), Check("sign-in", tenant: "d", .ok, "x"),
        ])
        #expect(
            text(view) == """
                  ok       clock: As it should be
                  FAILED   cache: full\\u{1B}
                           → Free it

                Tenants

                  b
                  warning  sign-in: y
                           → Look

                  c
                  skipped  sign-in: z

                  2 tenants with nothing to do: a, d

                Doctor: 7 checks: 1 failed, 1 with a warning, 4 ok, 1 skipped.

                """)
        #expect(
            DoctorView([Check("sign-in", tenant: "b", .warning, "y", fix: "Look")]).json == [
                "formatVersion": "1.0", "checks": [["name": "sign-in", "outcome": "warning", "tenant": "b", "what": "y", "fix": "Look"]],
                "summary": ["failed": 0, "ok": 0, "skipped": 0, "warning": 1],
            ])
    }

    @Test func countsOfPeopleShowWhatChanged() {
        var counted = MembersRefresh.Result()
        (counted.tenants, counted.groups) = (2, 3)
        #expect(text(MembersView(counted)) == "Nothing changed: 3 groups of 2 tenants counted.\n")
        counted.files = ["tenants/a/tenant.json": [], "tenants/b/tenant.json": []]
        counted.changes = [
            .init(tenant: "a", path: "/groups/x\u{1B}/members", before: 1000, after: 1200), .init(tenant: "a", path: "/groups/x/kind", before: .null, after: "users"),
            .init(tenant: "b", path: "/allUsers/members", before: .null, after: 7),
        ]
        counted.diagnostics = [Diagnostic(.unreadableTenant, file: "Microsoft Graph, tenant c", "no", help: "yes")]
        let said = text(MembersView(counted))
        #expect(said.hasPrefix("a\n  /groups/x\\u{1B}/members  1,000 → 1,200\n  /groups/x/kind  unknown → users\n\nb\n  /allUsers/members  unknown → 7\n\n"), "\(said)")
        #expect(said.hasSuffix("\n\nRefreshed 3 values in 2 files: 3 groups of 2 tenants counted; 1 error.\n\nNext: look at git diff, then commit.\n"), "\(said)")
        #expect(MembersView(counted).json.compact.contains(#"{"after":1200,"before":1000,"path":"/groups/x\u001b/members","tenant":"a"}"#), "\(MembersView(counted).json.compact)")
    }

    @Test func aSchemaIsPrintedAsItIs() { #expect(text(SchemaView(["type": "object"])) == "{\n  \"type\": \"object\"\n}\n") }
}
