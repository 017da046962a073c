import Foundation
import TestSupport
import Testing

/// Every file of a config repository has a place; what has none is reported with the place it should have, and removes nothing.
@Suite struct PlaceTests {
    private static let removals = #"{ "kind": "policy", "defaults": "off" }"#

    /// The applied fleet under a policy that lets removals out, so that only easel's care for places holds them.
    private func fleet() throws -> Workshop {
        let shop = try Workshop()
        try shop.makeFleet()
        try shop.write(Self.removals, to: "config/policy.json")
        try shop.commit("policy")
        let outcome = try shop.easel("reconcile", in: "config")
        try #require(outcome.status == 0, "\(outcome.out)\(outcome.err)")
        return shop
    }

    private func move(_ shop: Workshop, _ from: String, _ to: String) throws {
        let target = shop("config/" + to)
        try FileManager.default.createDirectory(atPath: (target as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try FileManager.default.moveItem(atPath: shop("config/" + from), toPath: target)
    }

    /// Plan and reconcile of what is committed, plan of the working files: each says `help` at `file`, and nothing of contoso goes.
    private func expectError(_ shop: Workshop, at file: String, _ help: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let contoso = try shop.git("rev-parse", "easel/applied:tenants/contoso", in: "config")
        let working = try shop.report("plan", "--worktree", in: "config")
        try shop.commit("misplaced")
        for (report, status) in [working, try shop.report("plan", in: "config"), try shop.report("review", "HEAD~1", "HEAD", in: "config"), try shop.report("reconcile", in: "config"), try shop.report("reconcile", in: "config")] {
            let found = report.diagnostics.first { $0.file == file && $0.severity == "error" }
            #expect(status == 1 && found?.help?.contains(help) == true, "\(report.command) \(file): \(report.diagnostics)", sourceLocation: sourceLocation)
            #expect(!report.tenants.flatMap(\.profiles).contains { $0.action == "remove" }, "\(report.command) \(file)", sourceLocation: sourceLocation)
        }
        #expect(try shop.easel("validate", in: "config").status == 1, sourceLocation: sourceLocation)
        #expect(try shop.git("rev-parse", "easel/applied:tenants/contoso", in: "config") == contoso, sourceLocation: sourceLocation)
    }

    @Test(arguments: [
        ("tenants/contoso/profiles/staff.json", "tenants/contoso/profiles/staff.JSON", "Rename it to tenants/contoso/profiles/staff.json"),
        ("tenants/contoso/profiles/staff.json", "tenants/contoso/profiles/Staff.jsonc", "Write it as JSON in tenants/contoso/profiles/staff.json"),
        ("tenants/contoso/profiles/staff.json", "tenants/contoso/profiles/staff.yaml", "Write it as JSON in tenants/contoso/profiles/staff.json"),
        ("tenants/contoso/profiles/staff.json", "tenants/contoso/profiles/staff.mobileconfig", "Write a manifest in tenants/contoso/profiles/staff.json"),
        ("tenants/contoso/profiles/staff.json", "tenants/contoso/profiles/sub/staff.json", "Move it to tenants/contoso/profiles/staff.json"),
        ("tenants/contoso/profiles/staff.json", "tenants/contoso/staff.json", "Move it to tenants/contoso/profiles/staff.json"),
        ("tenants/contoso/profiles", "tenants/contoso/Profiles", "Rename it to tenants/contoso/profiles/"),
        ("tenants/contoso/profiles", "tenants/contoso/profile", "Rename it to tenants/contoso/profiles/"),
        ("tenants/contoso/tenant.json", "tenants/contoso/Tenant.json", "tenants/contoso/tenant.json"),
        ("tenants/contoso/tenant.json", "tenants/contoso/tenants.json", "tenants/contoso/tenant.json"),
        ("tenants/contoso/tenant.json", "tenants/contoso.json", "Move it to tenants/contoso/tenant.json"),
    ]) func whatIsMisplacedIsItsTenantsError(_ from: String, _ to: String, _ help: String) throws {
        let shop = try fleet()
        try move(shop, from, to)
        try shop.edit("tenants/fabrikam/profiles/staff.json", "Staff mail", "Mail for staff")
        try expectError(shop, at: to, help)
        #expect(try shop.applied("tenants/fabrikam/profiles/staff.json").contains("Mail for staff"), "the others go on")
    }

    @Test(arguments: [
        ("tenants/contoso", "tenants/Contoso", "tenants/contoso"), ("tenants/contoso", "tenants/Contoso Ltd", "Name the folder with"),
        ("tenants/contoso", "tenants/_contoso", "Name the folder with"),
    ]) func aTenantUnderAnImpossibleNameIsNotRemoved(_ from: String, _ to: String, _ help: String) throws {
        let shop = try fleet()
        try move(shop, from, to)
        try expectError(shop, at: to, help)
    }

    @Test(arguments: ["tenants/contoso", "tenants/contoso/profiles", "tenants", "bases"]) func aLinkInPlaceOfAFolderRemovesNothing(_ path: String) throws {
        let shop = try fleet()
        try move(shop, path, "elsewhere")
        try FileManager.default.createSymbolicLink(atPath: shop("config/" + path), withDestinationPath: shop("config/elsewhere"))
        try expectError(shop, at: path, path == "tenants/contoso" ? "Put what it leads to there" : "Put the folder itself there")
    }

    @Test(arguments: ["tenants/contoso", "tenants", "tenants/contoso/profiles"]) func aSubmoduleInPlaceOfAFolderRemovesNothing(_ path: String) throws {
        let shop = try fleet()
        let before = try shop.git("rev-parse", "easel/applied:tenants/contoso", in: "config")
        try shop.git("rm", "-r", "--quiet", path, in: "config")
        try shop.git("update-index", "--add", "--cacheinfo", "160000,\(String(repeating: "1", count: 40)),\(path)", in: "config")
        try shop.git("commit", "--quiet", "--message", "submodule", in: "config")
        let outcome = try shop.easel("reconcile", in: "config")
        #expect(outcome.status == 1 && outcome.out.contains("\(path):1:1: error: ") && outcome.out.contains(" [CFG032]\n"), "\(outcome.out)")
        #expect(try shop.git("rev-parse", "easel/applied:tenants/contoso", in: "config") == before)
    }

    @Test(arguments: [
        ("Policy.json", "policy.json"), ("policies.json", "policy.json"), ("policy.yaml", "policy.json"), ("Tenants/contoso/tenant.json", "tenants/"), ("base/x.json", "bases/"),
        ("Approvals/a.json", "approvals/"), ("tenants.json", "tenants/TENANT/tenant.json"), ("approvals/a.JSON", "approvals/a.json"), ("approvals/2026/a.json", "approvals/a.json"),
        ("approvals/a.toml", "approvals/a.json"), ("tenants/policy.json", "policy.json"), ("tenants/contoso/Policy.json", "tenants/contoso/policy.json"),
        ("tenants/contoso/policy.jsonc", "tenants/contoso/policy.json"),
    ]) func gatesFailClosedOnNearMisses(_ path: String, _ place: String) throws {
        let shop = try fleet()
        let before = try shop.tip()
        try shop.write("{}", to: "config/" + path)
        try shop.edit("tenants/fabrikam/profiles/staff.json", "Staff mail", "Mail for staff")
        try shop.commit("near miss")
        for command in ["reconcile", "plan", "validate"] {
            let (report, status) = try shop.report(command, in: "config")
            #expect(status == 1 && report.diagnostics.contains { $0.code == "CFG035" && $0.help?.contains(place) == true && path.hasPrefix($0.file) }, "\(command) \(path): \(report.diagnostics)")
        }
        #expect(try shop.tip() == before, "\(path)")
    }

    @Test(arguments: ["bases/other.yaml", "bases/Other.JSON", "bases/my base.json", "bases/1/2/3/4/5/6/7/8/9/deep.json"]) func belowBasesOthersGoOn(_ path: String) throws {
        let shop = try fleet()
        try shop.write("{}", to: "config/" + path)
        try shop.edit("tenants/fabrikam/profiles/staff.json", "Staff mail", "Mail for staff")
        try shop.commit("base")
        for round in 1...2 {
            let outcome = try shop.easel("reconcile", in: "config")
            #expect(outcome.status == 1 && outcome.out.contains("bases/"), "\(round) \(path): \(outcome.out)")
        }
        #expect(try shop.applied("tenants/fabrikam/profiles/staff.json").contains("Mail for staff"))
        try FileManager.default.removeItem(atPath: shop("config/" + path))
        try shop.commit("gone")
        #expect(try shop.easel("reconcile", in: "config").status == 0)
    }

    @Test func aBaseUnderAnotherNameStopsThoseThatExtendIt() throws {
        let shop = try fleet()
        try move(shop, "bases/online.json", "bases/online.JSON")
        try shop.edit("tenants/contoso/profiles/kiosk.json", "Kiosk mail", "Kiosk")
        try shop.commit("base")
        let (report, status) = try shop.report("reconcile", in: "config")
        #expect(status == 1 && report.summary.failedTenants == 3 && report.summary.remove == 0)
        #expect(report.diagnostics.contains { $0.file == "bases/online.JSON" && $0.help == "Rename it to bases/online.json" })
    }

    @Test func documentationIsLeftAloneAndOtherEndingsAreAWarning() throws {
        let shop = try fleet()
        let documents = [
            "tenants/README.md", "tenants/contoso/CODEOWNERS", "tenants/contoso/notes.TXT", "tenants/contoso/profiles/.gitkeep", "tenants/contoso/docs/plan.png", "bases/README.md",
            "bases/LICENSE", "approvals/README.md", "approvals/docs/how.md", "project.json", "cases/a.json", "policy.md", "tenants.csv", ".github/x.yml", "tenants/contoso/.vscode/settings.json",
        ]
        for path in documents { try shop.write("x", to: "config/" + path) }
        try shop.commit("notes")
        for command in [["validate"], ["plan"], ["validate", "--ref", "main"], ["reconcile"]] {
            let outcome = try shop.run([Workshop.binary] + command, in: "config")
            #expect(outcome.status == 0 && !outcome.out.contains("warning"), "\(outcome.out)")
        }
        for path in ["tenants/contoso/profiles/staff.json.bak", "tenants/contoso/tenant.json~", "bases/online.json.orig", "approvals/a.tmp", "tenants/notes.docx"] { try shop.write("x", to: "config/" + path) }
        try shop.commit("rests")
        let (report, status) = try shop.report("validate", in: "config")
        #expect(status == 0 && report.diagnostics.count == 5 && report.diagnostics.allSatisfy { $0.severity == "warning" && $0.code == "CFG035" }, "\(report.diagnostics)")
    }

    @Test func aRepositoryWithoutTenantsIsAWarning() throws {
        let shop = try Workshop()
        try shop.git("init", "--quiet", "--initial-branch", "main", "config")
        try shop.write("x", to: "config/README.md")
        try shop.commit("empty")
        for command in ["validate", "plan", "reconcile", "reconcile"] {
            let (report, status) = try shop.report(command, in: "config")
            #expect(status == 0 && report.diagnostics.map(\.code) == ["CFG038"] && report.diagnostics[0].message.contains("tenants/TENANT/tenant.json"), "\(command): \(report.diagnostics)")
        }
    }

    @Test(arguments: [
        ("tenants/contoso/profiles/staff.json", 1), ("tenants/contoso/tenant.json", 1), ("bases/online.json", 3), ("policy.json", 0), ("tenants/contoso/policy.json", 0), ("approvals/a.json", 0),
    ]) func aPointerOfGitLFSIsCalledOne(_ path: String, _ failed: Int) throws {
        let shop = try fleet()
        try shop.write("version https://git-lfs.github.com/spec/v1\noid sha256:\(String(repeating: "0", count: 64))\nsize 12\n", to: "config/" + path)
        try shop.commit("lfs")
        let (report, status) = try shop.report("reconcile", in: "config")
        #expect(status == 1 && report.diagnostics.contains { $0.file == path && $0.code == "CFG037" }, "\(report.diagnostics)")
        #expect(report.summary.failedTenants == failed || failed == 0, "\(report.summary)")
    }

    // MARK: Trees that Git itself does not make

    /// A commit whose tree has the entries `mode path`, of objects that HEAD has.
    private func tree(_ shop: Workshop, _ entries: [(mode: String, name: String, id: String)]) throws -> String {
        func bytes(_ hex: String) -> [UInt8] { stride(from: 0, to: 40, by: 2).compactMap { UInt8(hex.dropFirst($0).prefix(2), radix: 16) } }
        let raw = entries.flatMap { Array("\($0.mode) \($0.name)\0".utf8) + bytes($0.id) }
        try Data(raw).write(to: URL(fileURLWithPath: shop("raw")))
        return try shop.git("hash-object", "-t", "tree", "-w", "--literally", "../raw", in: "config")
    }

    private func id(_ shop: Workshop, _ path: String) throws -> String { try shop.git("rev-parse", "HEAD:" + path, in: "config") }

    /// HEAD's tree with other folders in place of its own.
    private func commit(_ shop: Workshop, tenants: String? = nil, bases: String? = nil, more: [(mode: String, name: String, id: String)] = []) throws {
        let root = try tree(
            shop,
            [("40000", "bases", bases ?? id(shop, "bases")), ("100644", "policy.json", id(shop, "policy.json"))] + more + [("40000", "tenants", tenants ?? id(shop, "tenants"))])
        try shop.git("update-ref", "refs/heads/main", try shop.git("commit-tree", "-p", "HEAD", "-m", "crafted", root, in: "config"), in: "config")
    }

    @Test(arguments: ["profiles", "tenant.json", "a manifest", "a tenant", "a link beside a tenant", "a base", "policy.json", "tenants"])
    func twoEntriesOfOneNameAreAnErrorAtEveryLevel(_ level: String) throws {
        let shop = try fleet()
        try shop.edit("tenants/fabrikam/profiles/staff.json", "Staff mail", "Mail for staff")
        try shop.commit("edit")
        let (profiles, file) = (try id(shop, "tenants/contoso/profiles"), try id(shop, "tenants/contoso/tenant.json"))
        let staff = try id(shop, "tenants/contoso/profiles/staff.json")
        func contoso(_ entries: [(mode: String, name: String, id: String)]) throws -> [(mode: String, name: String, id: String)] { [("40000", "contoso", try tree(shop, entries))] }
        let whole = try contoso([("40000", "profiles", profiles), ("100644", "tenant.json", file)])
        let others = [("40000", "fabrikam", try id(shop, "tenants/fabrikam")), ("40000", "northwind", try id(shop, "tenants/northwind"))]
        var goesOn = true
        switch level {
        case "profiles": try commit(shop, tenants: tree(shop, contoso([("40000", "profiles", profiles), ("40000", "profiles", profiles), ("100644", "tenant.json", file)]) + others))
        case "tenant.json": try commit(shop, tenants: tree(shop, contoso([("40000", "profiles", profiles), ("100644", "tenant.json", file), ("100644", "tenant.json", file)]) + others))
        case "a manifest":
            let twice = try tree(shop, [("100644", "staff.json", staff), ("100644", "staff.json", staff)])
            try commit(shop, tenants: tree(shop, contoso([("40000", "profiles", twice), ("100644", "tenant.json", file)]) + others))
        case "a tenant": try commit(shop, tenants: tree(shop, whole + whole + others))
        case "a link beside a tenant": try commit(shop, tenants: tree(shop, whole + [("120000", "contoso", file)] + others))
        case "a base":
            let base = try id(shop, "bases/online.json")
            try commit(shop, bases: tree(shop, [("100644", "online.json", base), ("100644", "online.json", base)]))
            goesOn = false
        case "policy.json":
            try commit(shop, more: [("100644", "policy.json", id(shop, "policy.json"))])
            goesOn = false
        default:
            try commit(shop, more: [("40000", "tenants", id(shop, "tenants"))])
            goesOn = false
        }
        let before = try shop.git("rev-parse", "easel/applied:tenants/contoso", in: "config")
        for command in ["validate", "plan", "reconcile"] {
            let outcome = try shop.run([Workshop.binary, command] + (command == "validate" ? ["--ref", "main"] : []), in: "config")
            #expect(outcome.status == 1 && outcome.out.contains(level == "a link beside a tenant" ? "CFG032" : "CFG036"), "\(command) \(level): \(outcome.out)\(outcome.err)")
        }
        #expect(try shop.git("rev-parse", "easel/applied:tenants/contoso", in: "config") == before)
        #expect(try shop.applied("tenants/fabrikam/profiles/staff.json").contains("Mail for staff") == goesOn)
    }

    @Test(arguments: ["tenants", "bases", "a base", "approvals", "policy.json"]) func whatIsMissingConcernsThoseWhoNeedIt(_ what: String) throws {
        let shop = try fleet()
        try shop.edit("tenants/contoso/profiles/kiosk.json", "Kiosk mail", "Kiosk")
        // A tenant that extends no base.
        for profile in ["staff", "board"] { try shop.remove("tenants/northwind/profiles/\(profile).json") }
        try shop.commit("edit")
        let before = try shop.git("rev-parse", "easel/applied:tenants/contoso", in: "config")
        let lost = String(repeating: "1", count: 40)
        switch what {
        case "tenants": try commit(shop, tenants: lost)
        case "bases": try commit(shop, bases: lost)
        case "a base": try commit(shop, bases: tree(shop, [("100644", "online.json", lost)]))
        case "approvals":
            let root = try tree(shop, [("40000", "approvals", lost), ("40000", "bases", id(shop, "bases")), ("40000", "tenants", id(shop, "tenants"))])
            try shop.git("update-ref", "refs/heads/main", try shop.git("commit-tree", "-p", "HEAD", "-m", "crafted", root, in: "config"), in: "config")
        default:
            let root = try tree(shop, [("40000", "bases", id(shop, "bases")), ("100644", "policy.json", lost), ("40000", "tenants", id(shop, "tenants"))])
            try shop.git("update-ref", "refs/heads/main", try shop.git("commit-tree", "-p", "HEAD", "-m", "crafted", root, in: "config"), in: "config")
        }
        let (report, status) = try shop.report("reconcile", in: "config")
        #expect(status == 1 && report.diagnostics.contains { $0.code == "CFG033" }, "\(report.diagnostics)")
        #expect(try shop.git("rev-parse", "easel/applied:tenants/contoso", in: "config") == before)
        let northwind = try shop.run(["/usr/bin/git", "rev-parse", "--verify", "--quiet", "easel/applied:tenants/northwind/profiles/staff.json"], in: "config")
        #expect((northwind.status != 0) == ["bases", "a base"].contains(what), "who extends no base goes on")
    }
}

/// One tenant stalls nobody: each of these files of a megabyte made a run take minutes, and some an hour. The limit is only there to end
/// such a run; Tests/Fleet measures.
@Suite struct LargeTenantTests {
    private func name(_ random: inout Seeded) -> String { String((0..<64).map { _ in Character(UnicodeScalar(UInt8(97 + random.below(8)))) }) }

    @Test(.timeLimit(.minutes(3)), arguments: ["unknown groups", "managedEmailRequired", "accepted drift", "many groups assigned", "unknown keys"])
    func aLargeFileIsReadToItsEnd(_ file: String) throws {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        var random = Seeded(9)
        let path = "tenants/contoso/tenant.json"
        func groups(_ count: Int) -> String { (0..<count).map { #""\#(name(&random))": { "id": "\#(String(format: "%08x", $0))-0000-4000-8000-000000000000" }"# }.joined(separator: ",") }
        switch file {
        case "unknown groups":
            try shop.edit(path, #""groups": {"#, #""groups": { \#(groups(8000)),"#)
            for number in 0..<20 {
                let includes = (0..<100).map { _ in #"{ "group": "\#(name(&random))" }"# }.joined(separator: ",")
                try shop.write(Fleet.manifest("staff").replacingOccurrences(of: #"{ "group": "staff" }"#, with: includes).replacingOccurrences(of: "Staff mail", with: "Mail \(number)"), to: "config/tenants/contoso/profiles/p\(number).json")
            }
        case "managedEmailRequired":
            try shop.edit(path, #""groups": {"#, #""groups": { \#(groups(4000)),"#)
            try shop.edit(path, #""kind": "tenant","#, #""kind": "tenant", "managedEmailRequired": [\#((0..<8000).map { _ in "\"\(name(&random))\"" }.joined(separator: ","))],"#)
        case "accepted drift":
            let entry = #"{"profile":"staff","path":"/account/ssl","live":false,"reason":"r","acceptedBy":"a"}"#
            try shop.write(#"{"kind":"acceptedDrift","entries":[\#([String](repeating: entry, count: 10_000).joined(separator: ","))]}"#, to: "config/tenants/contoso/accepted-drift.json")
        case "many groups assigned":
            var taken: [String] = []
            let many = (0..<8000).map { number in
                taken.append("g\(number)")
                return #""g\#(number)": { "id": "\#(String(format: "%08x", number))-0000-4000-8000-000000000000" }"#
            }.joined(separator: ",")
            try shop.edit(path, #""groups": {"#, #""groups": { \#(many),"#)
            try shop.edit("tenants/contoso/profiles/staff.json", #"{ "group": "staff" }"#, taken.map { #"{ "group": "\#($0)" }"# }.joined(separator: ","))
            try shop.commit("many")
            #expect(try shop.easel("reconcile", in: "config").status == 0)
            try shop.edit("tenants/contoso/profiles/staff.json", #"{ "group": "g7999" }"#, #"{ "group": "staff" }"#)
        default:
            try shop.edit("tenants/contoso/profiles/staff.json", #""account": {"#, #""account": { \#((0..<10_000).map { _ in "\"\(name(&random))\": 1" }.joined(separator: ",")),"#)
        }
        try shop.commit("large")
        for command in ["plan", "validate"] {
            let outcome = try shop.easel(command, in: "config")
            #expect([0, 1, 3].contains(outcome.status), "\(file): \(outcome.err)")
        }
    }
}
