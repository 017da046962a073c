import Foundation
import JSONSource
import Testing

/// What `.github/docs/formats.md` promises: this easel reads whatever a released one has written. `Tests/Formats` keeps one of everything
/// of each version; "now" is the same as this easel writes it.
@Suite struct FormatPromiseTests {
    private static let versions = Formats.versions + ["now"]

    /// A shop with the files of a version in `format`, and its repository in `config` as somebody would have it.
    private func shop(_ version: String) throws -> Workshop {
        let shop = try Workshop()
        if version == "now" {
            let made = try shop.run([Formats.folder + "/record.sh", shop("format")], environment: ["EASEL_BINARY": Workshop.binary])
            try #require(made.status == 0, "\(made.out)\(made.err)")
        } else {
            try FileManager.default.copyItem(atPath: "\(Formats.folder)/\(version)", toPath: shop("format"))
        }
        try shop.git("init", "--quiet", "--initial-branch", "none", "config")
        try shop.git("fetch", "--quiet", "../format/repository.bundle", "refs/heads/*:refs/heads/*", in: "config")
        try shop.git("checkout", "--quiet", "main", in: "config")
        return shop
    }

    private func report(_ shop: Workshop, _ name: String) throws -> Report { try JSONDecoder().decode(Report.self, from: shop.data("format/\(name).json")) }

    @Test func thereIsOneOfEverythingForEachVersion() throws {
        let shop = try Workshop()
        let version = try shop.easel("--version").out.trimmingCharacters(in: .newlines)
        #expect(Formats.versions.contains(version), "run Tests/Formats/record.sh Tests/Formats/\(version)")
        let kinds = try shop.easel("schema", "--help").out
        #expect(Formats.schemas.keys.allSatisfy(kinds.contains))
        let page = try String(contentsOfFile: Workshop.package + "/.github/docs/formats.md", encoding: .utf8)
        let formats = try #require(JSONSerialization.jsonObject(with: Data(shop.easel("version", "--json").out.utf8)) as? Workshop.Object)["formats"] as? Workshop.Object
        for (name, format) in formats ?? [:] { #expect(page.contains("| \(name) | \(format) |"), "formats.md on \(name)") }
    }

    /// A plan of the same repository is the same plan, fingerprints included: approvals that were written stay good.
    @Test(arguments: versions) func plan(_ version: String) throws {
        let shop = try shop(version)
        let golden = try report(shop, "plan")
        let (plan, status) = try shop.report("plan", "--repo", "config", "--now", "2026-11-03T11:00:00Z")
        #expect(status == 3 && plan.diagnostics.filter { $0.severity == "error" }.isEmpty)
        func shown(_ report: Report) -> [String: [String]] { report.profiles.mapValues { [$0.action, $0.fingerprint ?? "", "\($0.people ?? -1)", "\($0.changes.map(\.path))"] + $0.heldBy.sorted() } }
        #expect(shown(plan) == shown(golden))
        #expect(shown(plan).count == 6 && Set(golden.profiles.values.map(\.action)) == ["remove", "reinstall", "update"])
    }

    @Test(arguments: versions) func history(_ version: String) throws {
        let shop = try shop(version)
        let history = try #require(JSONSerialization.jsonObject(with: Data(shop.easel("history", "--repo", "config", "--format", "json").out.utf8)) as? Workshop.Object)
        let entries = try #require(history["entries"] as? [Workshop.Object])
        #expect(entries.count == 3)
        let text = try shop.easel("history", "--repo", "config").out
        for words in ["reinstall  staff  EAS001", "approved by Ann", "passed sign-in-storm", "shop-floor  renamed from kiosk", "create  kiosk", "OAuth for Contoso"] { #expect(text.contains(words), "\(words)\n\(text)") }
    }

    @Test(arguments: versions) func rollback(_ version: String) throws {
        let shop = try shop(version)
        let first = try #require(shop.git("rev-list", "easel/applied", in: "config").split(separator: "\n").last.map(String.init))
        let rollback = try shop.easel("rollback", "--to", first, "--repo", "config", "--branch", "back")
        #expect(rollback.status == 0, "\(rollback.err)")
        try shop.git("checkout", "--quiet", "back", in: "config")
        #expect(shop.exists("config/tenants/northwind/profiles/kiosk.json") && shop.exists("config/tenants/fabrikam/profiles/board.json"))
        #expect(try shop.easel("validate", "--repo", "config").status == 0)
        // What was applied in the meantime goes back, and nothing else does anything to people.
        let (plan, _) = try shop.report("plan", "--repo", "config", "--ref", "back", "--now", "2026-11-06T11:00:00Z")
        #expect(plan.profiles.filter { $0.value.action != "none" }.keys.sorted() == ["contoso/board", "contoso/staff"], "\(plan.profiles.mapValues(\.action))")
    }

    @Test(arguments: versions) func driftSinceAnEarlierReport(_ version: String) throws {
        let shop = try shop(version)
        let drift = try shop.easel("drift", "--repo", "config", "--live", "format/live", "--previous", "format/drift.json", "--now", "2026-11-06T02:00:00Z")
        #expect(drift.status == 2 && drift.out.contains("since 2026-11-04T02:00:00Z") && drift.out.contains("accepted by Ann: Ticket 4711"), "\(drift.out)\(drift.err)")
        #expect(drift.lastLine.hasSuffix("; 2 new, 0 resolved."), "\(drift.lastLine)")
        #expect(!drift.out.contains("cannot be used"))
    }

    @Test(arguments: versions) func approveWhatAReportShows(_ version: String) throws {
        let shop = try shop(version)
        let approved = try shop.easel("approve", "--report", "format/plan.json", "--gate", "sign-in-storm", "--reason", "Announced", "--repo", "config")
        #expect(approved.status == 0, "\(approved.err)")
        try shop.commit("Approve")
        let (plan, _) = try shop.report("plan", "--repo", "config", "--now", "2026-11-04T11:00:00Z")
        #expect(plan.profiles["northwind/staff"]?.heldBy == [] && plan.profiles["fabrikam/board"]?.heldBy == ["removals"])
        // A review compares two revisions, so its change is another one.
        #expect(try shop.easel("approve", "--report", "format/review.json", "--gate", "sign-in-storm", "--reason", "Again", "--repo", "config").out.contains("written  approvals/"))
    }

    @Test(arguments: versions) func confirmWhatWasDeferred(_ version: String) throws {
        let shop = try shop(version)
        let confirmed = try shop.easel("confirm", "format/deferred", "--repo", "config", "--results", "format/results.json")
        #expect(confirmed.status == 0 && confirmed.lastLine.hasPrefix("Recorded 1 profile on easel/applied"), "\(confirmed.out)\(confirmed.err)")
        #expect(try shop.applied("tenants/adatum/state.json").contains("99999999-0000-4000-8000-000000000001"))
    }

    /// The next run builds on the state, and what it leaves is whole.
    @Test(arguments: versions) func reconcile(_ version: String) throws {
        let shop = try shop(version)
        let run = try shop.easel("reconcile", "--repo", "config", "--now", "2026-11-06T11:00:00Z")
        #expect(run.status == 3 && run.lastLine.hasPrefix("Recorded 4 updates; 2 held, 3 unchanged."), "\(run.out)\(run.err)")
        #expect(try shop.git("fsck", "--strict", "--no-dangling", in: "config") == "")
        #expect(try shop.easel("plan", "--repo", "config", "--now", "2026-11-06T12:00:00Z").lastLine.hasPrefix("Plan: nothing goes out, 2 held, 7 unchanged."))
        #expect(try shop.easel("history", "--repo", "config", "adatum/board").out.contains("Mail of the board"))
    }

    /// What a version has written is valid by today's schemas; what it has read still is.
    @Test(arguments: versions) func filesAreValid(_ version: String) throws {
        let shop = try shop(version)
        let checks = [
            ("report", "plan.json review.json drift.json reconcile.json"), ("operations", "deferred/operations.json"), ("results", "results.json"),
        ]
        for (kind, files) in checks {
            try shop.write(shop.easel("schema", kind).out, to: "\(kind).json")
            let checked = try shop.run([
                "/usr/bin/python3", "-c",
                "import json, jsonschema\nfor f in '\(files)'.split(): jsonschema.Draft202012Validator(json.load(open('\(kind).json'))).validate(json.load(open('format/' + f)))",
            ])
            #expect(checked.status == 0, "\(kind): \(checked.err.suffix(1500))")
        }
        #expect(try shop.easel("validate", "--repo", "config").status == 0)
    }

    @Test(arguments: Formats.versions) func schemasKeepTheirPromise(_ version: String) throws {
        let shop = try Workshop()
        for (kind, isInput) in Formats.schemas {
            let before = JSONDocument(file: kind, bytes: [UInt8](try Data(contentsOf: URL(filePath: "\(Formats.folder)/\(version)/schemas/\(kind).schema.json"))))
            let after = JSONDocument(file: kind, bytes: Array(try shop.easel("schema", kind).out.utf8))
            let problems = Formats.broken(try #require(before.root).plain, try #require(after.root).plain, isInput: isInput)
            #expect(problems.isEmpty, "\(kind) is not what \(version) promised:\n\(problems.joined(separator: "\n"))")
        }
    }

    /// The comparison finds what would break a reader or a file.
    @Test func whatBreaksAPromiseIsFound() {
        let before: JSON = [
            "type": "object", "required": ["a"], "additionalProperties": false,
            "properties": ["a": ["type": "string", "maxLength": 9, "description": "A"], "b": ["enum": ["x", "y"]], "c": ["type": "array", "items": ["type": "integer"]]],
        ]
        func changed(_ path: [String], _ value: JSON?) -> JSON {
            func at(_ json: JSON, _ rest: ArraySlice<String>) -> JSON {
                guard let key = rest.first, case .object(var members) = json else { return json }
                members[key] = rest.count == 1 ? value : at(members[key] ?? .null, rest.dropFirst())
                return .object(members)
            }
            return at(before, path[...])
        }
        func problems(_ after: JSON) -> (input: Int, output: Int) { (Formats.broken(before, after, isInput: true).count, Formats.broken(before, after, isInput: false).count) }
        #expect(problems(before) == (0, 0))
        #expect(problems(changed(["properties", "a", "description"], "Other")) == (0, 0))
        #expect(problems(changed(["properties", "d"], ["type": "string"])) == (0, 0), "new members may come")
        #expect(problems(changed(["properties", "c"], nil)) == (1, 1))
        #expect(problems(changed(["properties", "a", "type"], "integer")) == (1, 1))
        #expect(problems(changed(["properties", "c", "items", "type"], "number")) == (1, 1))
        #expect(problems(changed(["properties", "b", "enum"], ["x"])) == (1, 1))
        #expect(problems(changed(["properties", "b", "enum"], ["x", "y", "z"])) == (0, 0))
        #expect(problems(changed(["required"], ["a", "b"])) == (1, 0), "what a file need not say stays so")
        #expect(problems(changed(["required"], [])) == (0, 1), "what a reader finds stays there")
        #expect(problems(changed(["properties", "a", "maxLength"], 8)) == (1, 0))
        #expect(problems(changed(["properties", "a", "maxLength"], 10)) == (0, 0))
        #expect(problems(changed(["properties", "a", "pattern"], "x")) == (1, 0))
    }
}
