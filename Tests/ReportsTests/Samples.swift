import Impact
import JSONSource
import Payloads
import Profiles
import ReportModel
import Testing

@testable import Gates

/// The reports of the golden files: what an admin meets, from the worst night to the quiet one.
enum Samples {
    static let names = [
        "everything", "held", "failed", "nothing", "first-reconcile", "reconcile", "stopped", "valid", "valid-with-warnings", "not-valid",
        "review", "review-nothing", "published",
    ]

    static func report(_ name: String) throws -> Report {
        switch name {
        case "everything": try everything()
        case "held": try held()
        case "failed": failed()
        case "nothing": Report(silent: (3, 12))
        case "first-reconcile": try firstReconcile()
        case "reconcile": try reconcile()
        case "stopped": stopped()
        case "review": try review()
        case "published": try published()
        case "review-nothing": reviewOfNothing()
        case "valid": validate([])
        case "valid-with-warnings": validate([warning])
        case "not-valid": validate([unknownKey, unresolved, warning])
        default: throw NoSuchSample()
        }
    }

    struct NoSuchSample: Error {}

    // MARK: Plans

    private static let withoutOAuth: JSON = ["account": ["oauth": false]]

    /// A plan with all that can happen.
    static func everything() throws -> Report {
        let contoso = try SampleTenant("contoso", number: 1, members: 120)
        let fabrikam = try SampleTenant("fabrikam", number: 2, members: 80)
        let litware = try SampleTenant("litware", number: 3, members: 45, minimumOS: "13.0")
        let northwind = try SampleTenant("northwind", number: 4, members: nil)
        let wingtip = try SampleTenant("wingtip", number: 5, members: 30)
        let board: JSON = ["assignments": ["include": [["group": "board"]]]]
        var report = Report(silent: (2, 9))
        report.tenants = [
            TenantReport("adatum", [], unchanged: 4, failed: [unknownKey, unresolved]),
            TenantReport(
                "contoso",
                [
                    try contoso.change(
                        "board", "Board mail", from: board, to: board.patched(with: ["account": ["ssl": false]]), heldBy: ["no-weakening"]),
                    try contoso.change("staff-mail", "Staff mail", from: withoutOAuth, to: [:]),
                ], unchanged: 3),
            TenantReport("fabrikam", [try fabrikam.change("staff-mail", "Staff mail", from: withoutOAuth, to: [:])], unchanged: 1),
            TenantReport(
                "litware",
                [
                    try litware.change(
                        "interns", "Interns' mail", from: ["assignments": ["include": [["group": "interns"], ["group": "board"]]]],
                        to: ["assignments": ["include": [["group": "interns", "filter": "corporate", "filterMode": "include"], ["group": "staff"]]]]),
                    try litware.change(
                        "staff-mail", "Staff mail", from: [:],
                        to: ["mail": ["vpnProfile": "mail-vpn"], "account": ["accountName": "Litware mail"], "description": "For all who work here"]),
                ]),
            TenantReport("northwind", [try northwind.change("staff-mail", "Staff mail", from: withoutOAuth, to: [:])], unchanged: 2),
            TenantReport(
                "wingtip",
                [
                    try wingtip.change("kiosk", "Kiosk mail", from: [:], to: nil),
                    try wingtip.change("newcomers", "Newcomers' mail", from: nil, to: ["account": ["oauth": false]]),
                    try wingtip.change("staff-mail", "Staff mail", from: [:], to: ["description": "Only the console shows this"]),
                ], unchanged: 1),
        ]
        report.diagnostics = [warning]
        report.gates = [
            GateReport(
                name: "no-weakening", source: "policy.json", isWaiting: false, held: ["contoso/board"],
                howToPass: "Nothing passes this gate: take the change back, or change the policy in policy.json.")
        ]
        report.approvals = ["approvals/2026-10.json has expired; you can delete it"]
        return report
    }

    /// All that changes waits.
    private static func held() throws -> Report {
        let contoso = try SampleTenant("contoso", number: 1, members: 120)
        let change = try contoso.change("staff-mail", "Staff mail", from: withoutOAuth, to: [:], heldBy: ["sign-in-storm", "weekend"])
        var report = Report(silent: (1, 3))
        report.tenants = [TenantReport("contoso", [change], unchanged: 2)]
        let approve = "Somebody must approve: run `easel approve \(change.impact.fingerprint ?? "")` and commit the file that it writes."
        report.gates = [
            GateReport(name: "sign-in-storm", source: "policy.json", isWaiting: false, held: ["contoso/staff-mail"], howToPass: approve),
            GateReport(
                name: "weekend", source: "tenants/contoso/policy.json", isWaiting: true, held: ["contoso/staff-mail"],
                howToPass: "Goes out in a run while the window is open: sat and sun, 22:00 to 06:00, Europe/Amsterdam, next Sat 28 November 22:00."),
        ]
        return report
    }

    /// Nothing changes, and one tenant is broken.
    private static func failed() -> Report {
        var report = Report(silent: (2, 9))
        report.tenants = [TenantReport("adatum", [], unchanged: 4, failed: [unknownKey, unresolved])]
        return report
    }

    // MARK: Reconciles

    /// A run that published: what Intune took, and each way in which it did not.
    private static func published() throws -> Report {
        var report = Report(silent: (1, 3))
        report.head.command = .reconcile
        report.head.base = .applied(state: "https://git.example/mail.git", branch: "easel/applied", commit: nil)
        func sent(_ profile: ProfileReport, _ result: PublishingResult) -> ProfileReport {
            var profile = profile
            profile.publishing = result
            return profile
        }
        let (contoso, fabrikam) = (try SampleTenant("contoso", number: 1, members: 120), try SampleTenant("fabrikam", number: 2, members: 80))
        let id = "11111111-2222-4333-8444-555555555555"
        let again = "Run easel reconcile --publish graph again"
        report.tenants = [
            TenantReport(
                "contoso",
                [
                    sent(try contoso.change("board", "Board mail", from: nil, to: [:]), PublishingResult(.published, live: LiveVersion(graphID: id, version: 1))),
                    sent(
                        try contoso.change("interns", "Interns' mail", from: [:], to: ["account": ["accountName": "Interns"]]),
                        PublishingResult(
                            .published, message: "Intune keeps other values than it was sent: /account/accountName", live: LiveVersion(graphID: id, version: 4), drift: ["/account/accountName"])),
                    sent(
                        try contoso.change("staff-mail", "Staff mail", from: withoutOAuth, to: [:]),
                        PublishingResult(.failed, code: "BadRequest", message: "PATCH /deviceManagement/deviceConfigurations/\(id) failed: 400 BadRequest: The host name is not wanted")),
                ]),
            TenantReport(
                "fabrikam",
                [
                    sent(
                        try fabrikam.change("board", "Board mail", from: [:], to: ["account": ["ssl": false]], heldBy: ["changed-live"]),
                        PublishingResult(.notSent, message: "'Board mail' was changed in Intune since it was last applied (/account/server)")),
                    sent(
                        try fabrikam.change("interns", "Interns' mail", from: [:], to: nil),
                        PublishingResult(.awaitingApproval, code: id, message: "a second administrator must approve the change (approval request \(id))")),
                    sent(try fabrikam.change("staff-mail", "Staff mail", from: withoutOAuth, to: [:]), PublishingResult(.notSent, message: "easel was stopped", help: again)),
                ]),
        ]
        report.gates = [
            GateReport(name: ChangedLive.name, source: "default", isWaiting: false, held: ["fabrikam/board"], howToPass: "Run `easel reconcile --publish graph --repair`.")
        ]
        report.publishes = true
        return report
    }

    private static func firstReconcile() throws -> Report {
        var report = Report()
        report.head.command = .reconcile
        report.head.base = .applied(state: "https://git.example/mail.git", branch: "easel/applied", commit: nil)
        report.tenants = try ["contoso", "fabrikam"].enumerated().map { number, id in
            let tenant = try SampleTenant(id, number: number, members: 100)
            return TenantReport(id, [try tenant.change("staff-mail", "Staff mail", from: nil, to: [:])])
        }
        report.applied = String(repeating: "9c8d7e6f", count: 5)
        return report
    }

    private static func reconcile() throws -> Report {
        var report = try everything()
        report.head.command = .reconcile
        report.applied = String(repeating: "9c8d7e6f", count: 5)
        return report
    }

    private static func stopped() -> Report {
        var report = Report(silent: (3, 12))
        report.head.command = .reconcile
        report.diagnostics = [
            Diagnostic(
                code: "CFG050", message: "the time zone 'Europe/Amsterdm' is not known", help: "give an IANA name, as Europe/Amsterdam",
                file: "policy.json", line: 7, column: 65, pointer: "/gates/2/window/timeZone")
        ]
        report.notes = ["A policy or approval cannot be understood: gates fail closed."]
        report.isStopped = true
        return report
    }

    // MARK: Reviews

    private static let reviewed = ReportHead(
        command: .review, source: .init(repository: "https://git.example/mail.git", ref: "modern-sign-in", commit: String(repeating: "1a2b3c4d", count: 5)),
        base: .revision(ref: "origin/main", commit: String(repeating: "5e6f7a8b", count: 5)))

    /// A pull request that turns on OAuth in a base, and loosens the policy that would hold it.
    private static func review() throws -> Report {
        var report = Report(silent: (1, 3))
        report.head = reviewed
        report.tenants = try ["contoso", "fabrikam", "northwind"].enumerated().map { number, id in
            let tenant = try SampleTenant(id, number: number, members: id == "northwind" ? nil : 100 + number)
            var profile = try tenant.change("staff-mail", "Staff mail", from: withoutOAuth, to: [:], heldBy: number == 1 ? ["weekend"] : [])
            profile.isWaiting = number == 1
            profile.places = profile.places.map { _ in SourcePlace(file: "bases/exchange-online.json", line: 12, column: 14) }
            return TenantReport(id, [profile], unchanged: 2)
        }
        report.gates = [
            GateReport(
                name: "weekend", source: "tenants/fabrikam/policy.json", isWaiting: true, held: ["fabrikam/staff-mail"],
                howToPass: "Goes out in a run while the window is open: Saturday and Sunday, all day (UTC), next on Saturday at 00:00.")
        ]
        let gate: (JSON) -> JSON = { ["name": "sign-in-storm", "require": "approval", "when": ["consequences": ["credentialReentry"], "peopleOver": $0]] }
        report.policyChanges = [
            PolicyChange(file: "policy.json", kind: .loosened, what: "gate sign-in-storm", before: gate(50), after: gate(5000), loosens: true),
            PolicyChange(file: "policy.json", kind: .removed, what: "gate no-weakening", before: ["name": "no-weakening", "require": "never"], after: .null, loosens: true),
            PolicyChange(file: "policy.json", kind: .tightened, what: "limits.removalsPerRun", before: .null, after: 20, loosens: false),
        ]
        return report
    }

    private static func reviewOfNothing() -> Report {
        var report = Report(silent: (3, 12))
        report.head = reviewed
        return report
    }

    // MARK: Validation

    private static func validate(_ diagnostics: [Diagnostic]) -> Report {
        var report = Report(silent: (3, 12))
        report.head = ReportHead(command: .validate, source: .init(repository: ".", ref: nil, commit: nil), base: nil)
        let errors = diagnostics.filter { $0.severity == .error }
        if !errors.isEmpty { report.tenants = [TenantReport("adatum", [], unchanged: 4, failed: errors)] }
        report.diagnostics = diagnostics.filter { $0.severity == .warning }
        return report
    }

    static let unknownKey = Diagnostic(
        code: "CFG001", message: "Unknown key 'oAuth'. Did you mean 'oauth'?",
        help: "Known keys: server, accountName, usernameAttribute, usernameDomain, emailAddressAttribute, authentication, ssl, oauth",
        file: "tenants/adatum/profiles/staff-mail.json", line: 9, column: 5, pointer: "/account/oAuth", tenant: "adatum", profile: "staff-mail")
    static let unresolved = Diagnostic(
        code: "CFG010", message: "Tenant adatum has no group 'stafff'. Did you mean 'staff'?", file: "bases/exchange-online.json", line: 14, column: 30,
        pointer: "/assignments/include/0/group", tenant: "adatum", profile: "board", usedBy: "tenants/adatum/profiles/board.json")
    static let warning = Diagnostic(
        severity: .warning, code: "CFG009", message: "'usernameDomain' has no effect while 'usernameAttribute' is 'userPrincipalName'",
        file: "tenants/contoso/profiles/staff-mail.json", line: 11, column: 7, pointer: "/account/usernameDomain", tenant: "contoso",
        profile: "staff-mail")
}
