import Foundation
import TestSupport
import Testing

/// Files of every kind that say something else than anybody meant, through the program: it never crashes, says what is wrong and where, and
/// leaves as applied what it cannot understand.
@Suite struct MutationTests {
    private static let tries = 36

    /// The fleet with one file of every kind.
    private func fleet() throws -> Workshop {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        try shop.write(
            #"{"kind": "policy", "gates": [{"name": "storm", "when": {"consequences": ["credentialReentry"], "peopleOver": 50, "tenants": ["c*"]}, "require": "approval"}, {"name": "night", "when": {"actions": ["remove"]}, "window": {"days": ["sat"], "from": "22:00", "to": "06:00"}}], "limits": {"peoplePerRun": 500, "removalsPerRun": 2}}"#,
            to: "config/policy.json")
        try shop.write(#"{"kind": "policy", "gates": [{"name": "own", "when": {"rules": ["EAS010"]}, "require": "never"}]}"#, to: "config/tenants/contoso/policy.json")
        try shop.write(
            #"{"kind": "approval", "fingerprints": ["0123456789abcdef0123456789abcdef"], "gates": ["storm"], "reason": "r", "approvedBy": "a", "expires": "2099-01-31"}"#,
            to: "config/approvals/a.json")
        try shop.write(
            #"{"kind": "acceptedDrift", "entries": [{"profile": "staff", "path": "/account/ssl", "live": false, "reason": "r", "acceptedBy": "a"}]}"#,
            to: "config/tenants/contoso/accepted-drift.json")
        try shop.commit("every kind")
        return shop
    }

    private func text(_ value: Any) throws -> String {
        String(decoding: try JSONSerialization.data(withJSONObject: value, options: [.sortedKeys, .fragmentsAllowed]), as: UTF8.self)
    }

    private func check(_ outcome: Workshop.Outcome, _ command: String, _ input: String) {
        let isSound = [0, 1, 2, 3, 64].contains(outcome.status) && !outcome.err.contains("Fatal error")
        if !isSound { Issue.record("\(command) ended with \(outcome.status) on \(input.prefix(1500)): \(outcome.err.suffix(500))") }
    }

    @Test(
        arguments: [
            "bases/online.json", "tenants/contoso/tenant.json", "tenants/contoso/profiles/staff.json", "policy.json", "tenants/contoso/policy.json", "approvals/a.json",
            "tenants/contoso/accepted-drift.json",
        ]) func filesOfTheConfigRepository(_ file: String) throws {
        let shop = try fleet()
        let original = try JSONSerialization.jsonObject(with: shop.data("config/" + file))
        var random = Seeded(file.utf8.count)
        let ofAll = ["policy.json", "approvals/a.json"].contains(file)
        for number in 0..<Self.tries {
            let input = try text(random.restructured(original))
            try shop.write(input, to: "config/" + file)
            let (validated, status) = try shop.report("validate", in: "config")
            let errors = validated.diagnostics.filter { $0.severity == "error" }
            #expect((status == 1) == !errors.isEmpty && errors.allSatisfy { !$0.file.isEmpty && $0.line > 0 && $0.column > 0 }, "\(input.prefix(1500))")
            check(try shop.easel("plan", "--worktree", in: "config"), "plan", input)
            guard number % 6 == 0 else { continue }
            try shop.commit("mutated")
            let before = try shop.git("rev-parse", "easel/applied:tenants/contoso/profiles", in: "config")
            let outcome = try shop.easel("reconcile", in: "config")
            check(outcome, "reconcile", input)
            if status == 1 {
                #expect(outcome.status == 1, "validate finds an error that reconcile does not: \(input.prefix(1500))")
                let after = try shop.git("rev-parse", "easel/applied:tenants/contoso/profiles", in: "config")
                if ofAll || file.contains("contoso") { #expect(after == before, "what is broken stays as applied: \(input.prefix(1500))") }
            }
            check(try shop.easel("history", in: "config"), "history", input)
        }
        Tries.note(Self.tries, of: "restructured files of a config repository")
    }

    /// Exports, and what earlier runs have written.
    @Test(arguments: ["export", "previous report", "report to approve from", "deferred hand-off"]) func filesFromElsewhere(_ kind: String) throws {
        let shop = try Workshop()
        try shop.makeFleet()
        #expect(try shop.easel("reconcile", "--repo", "config", "--out", "out", "--state", "state.git").status == 0)
        try shop.export()
        let file: String
        let command: [String]
        switch kind {
        case "export": (file, command) = ("live/contoso/staff.json", ["drift", "--repo", "config", "--state", "state.git", "--live", "live"])
        case "previous report":
            try shop.change("contoso/staff") { $0["accountName"] = "Other" }
            #expect(try shop.easel("drift", "--repo", "config", "--state", "state.git", "--live", "live", "--report", "p.json").status == 2)
            (file, command) = ("p.json", ["drift", "--repo", "config", "--state", "state.git", "--live", "live", "--previous", "p.json"])
        case "report to approve from":
            try shop.write(#"{"kind": "policy", "gates": [{"name": "all", "require": "approval"}]}"#, to: "config/policy.json")
            try shop.edit("bases/online.json", #""oauth": false"#, #""oauth": true"#)
            try shop.commit("OAuth")
            #expect(try shop.easel("plan", "--repo", "config", "--state", "state.git", "--report", "r.json").status == 3)
            (file, command) = ("r.json", ["approve", "--repo", "config", "--report", "r.json", "--gate", "all", "--reason", "r", "--approved-by", "a"])
        default:
            try shop.edit("bases/online.json", #""oauth": false"#, #""oauth": true"#)
            try shop.commit("OAuth")
            #expect(try shop.easel("reconcile", "--repo", "config", "--state", "state.git", "--defer", "--out", "deferred").status == 0)
            file = "deferred/easel-deferred/deferral.json"
            command = ["confirm", "deferred", "--repo", "config", "--state", "state.git"]
        }
        let original = try JSONSerialization.jsonObject(with: shop.data(file))
        var random = Seeded(kind.utf8.count)
        for _ in 0..<Self.tries {
            let input = try text(random.restructured(original))
            try shop.write(input, to: file)
            check(try shop.run([Workshop.binary] + command), kind, input)
            if kind == "export" { check(try shop.easel("import", "live/contoso/staff.json", "--into", "fresh", "--tenant", "t"), "import", input) }
        }
        Tries.note(Self.tries, of: "restructured files from elsewhere")
    }

    /// The applied state by hand: a run refuses it, or it is as it was.
    @Test(arguments: ["state.json", "tenants/contoso/state.json", "tenants/contoso/profiles/staff.json"]) func filesOfTheAppliedState(_ file: String) throws {
        let shop = try Workshop()
        try shop.makeFleet()
        #expect(try shop.easel("reconcile", "--repo", "config", "--state", "state.git").status == 0)
        try shop.git("clone", "--quiet", "--branch", "easel/applied", "state.git", "clone")
        let good = try shop.git("rev-parse", "HEAD", in: "clone")
        let original = try JSONSerialization.jsonObject(with: shop.data("clone/" + file))
        try shop.edit("tenants/contoso/profiles/staff.json", "Staff mail", "Mail for staff")
        try shop.commit("edit")
        var random = Seeded(file.utf8.count)
        for _ in 0..<Self.tries / 2 {
            let input = try text(random.restructured(original))
            if try input == text(original) { continue }
            try shop.write(input, to: "clone/" + file)
            try shop.commit("by hand", in: "clone")
            try shop.git("push", "--quiet", "--force", "origin", "HEAD:easel/applied", in: "clone")
            for command in ["plan", "reconcile", "history"] { check(try shop.easel(command, "--repo", "config", "--state", "state.git"), command, input) }
            #expect(try shop.easel("reconcile", "--repo", "config", "--state", "state.git").status == 1, "\(input.prefix(1500))")
            try shop.git("reset", "--quiet", "--hard", good, in: "clone")
        }
        Tries.note(Self.tries / 2, of: "restructured files of an applied state")
    }
}
