import Impact
import JSONSource
import Profiles
import ReportModel
import TestSupport
import Testing

@testable import Reports

/// The JSON report: the one that programs read and the others are views of.
@Suite struct JSONTests {
    private static let script = """
        import json, sys, jsonschema
        given = json.load(open(sys.argv[1]))
        jsonschema.Draft202012Validator.check_schema(given["schema"])
        validator = jsonschema.Draft202012Validator(given["schema"])
        for name, document in sorted(given["documents"].items()):
            for error in validator.iter_errors(document):
                print(name, error.json_path, error.message[:200])
        """

    /// - Parameter documents: name → JSON text.
    private func complaints(_ documents: [String: String]) throws -> String {
        let members = documents.map { "\(JSON.string($0.key).compact): \($0.value)" }.joined(separator: ",")
        return try Python.run(Self.script, on: "{\"schema\": \(ReportSchema.json.compact), \"documents\": {\(members)}}")
    }

    @Test(.enabled(if: Python.has("jsonschema"))) func hasTheFormOfItsSchema() throws {
        var documents: [String: String] = [:]
        for name in Samples.names {
            let report = try Samples.report(name)
            documents[name] = try report.json()
            documents[name + " of a state commit"] = try report.stateJSON()
        }
        documents["hostile"] = try Hostile.report(seed: 1).json()
        let told = try complaints(documents)
        #expect(told == "")
    }

    /// The schema says something: it refuses a key too many, one too few, and values out of their ranges.
    @Test(.enabled(if: Python.has("jsonschema"))) func theSchemaRefuses() throws {
        let good = try parsed(Samples.report("everything").json()).plain.patched(with: ["run": .null])
        var documents: [String: JSON] = [:]
        documents["a key too many"] = good.patched(with: ["extra": 1])
        documents["a key too few"] = good.patched(with: ["summary": .null])
        documents["an unknown consequence"] = good.patched(with: ["summary": ["consequences": ["boredom": ["people": 1]]]])
        documents["fewer than nobody"] = good.patched(with: ["summary": ["held": -1]])
        documents["no commit"] = good.patched(with: ["source": ["commit": "main"]])
        documents["another version"] = good.patched(with: ["formatVersion": "2.0"])
        let told = try complaints(documents.mapValues(\.compact))
        #expect(try complaints(["good": good.compact]) == "")
        for name in documents.keys { #expect(told.contains(name), "\(name)") }
    }

    @Test(arguments: Samples.names) func keysAreSorted(_ name: String) throws {
        for text in [try Samples.report(name).json(), try Samples.report(name).stateJSON()] {
            let value = try parsed(text)
            // What easel's own writer makes of the values is sorted, two spaces deep and closed with a newline.
            var writer = JSONWriter()
            writer.value(value.plain.patched(with: ["run": .null]))
            let expected = String(decoding: writer.finish(), as: UTF8.self)
            // `durationSeconds` is the one number that is no integer.
            let run = "  \"run\": {\n    \"durationSeconds\": 1.234,\n    \"startedAt\": \"2026-11-24T02:00:00Z\"\n  },\n"
            #expect(text.contains(run) && text.replacing(run, with: "") == expected)
        }
    }

    @Test func aStateCommitsReportHasNoProfiles() throws {
        let report = try Samples.report("reconcile")
        let whole = try parsed(report.json()).plain
        let state = try parsed(report.stateJSON()).plain
        guard case .object(var members) = whole, case .array(let tenants) = members["tenants"] else {
            Issue.record("no tenants")
            return
        }
        #expect(tenants.count == 6)
        members["tenants"] = .array(tenants.map { $0.patched(with: ["profiles": .null]) })
        #expect(state == .object(members), "everything else is the same")
        #expect(!(try report.stateJSON().contains("\"profiles\": [")))
    }

    @Test func rulesAreThoseMet() throws {
        let report = try parsed(Samples.report("everything").json())
        var met: Set<String> = []
        for tenant in report["tenants"]?.elements.map(\.self) ?? [] {
            for profile in tenant["profiles"]?.elements.map(\.self) ?? [] {
                for change in profile["changes"]?.elements.map(\.self) ?? [] { met.formUnion(change["rules"]?.elements.compactMap(\.string) ?? []) }
                met.formUnion(profile["advice"]?.elements.compactMap { $0["rule"]?.string } ?? [])
            }
        }
        #expect(met.count > 8)
        #expect(Set(report["rules"]?.members.compactMap(\.key.string) ?? []) == met)
    }

    @Test func unknownIsNullAndNeverZero() throws {
        let report = try parsed(Samples.report("everything").json())
        let tenant = try #require(report["tenants"]?.elements.first { $0["id"]?.string == "northwind" })
        let profile = try #require(tenant["profiles"]?.elements.first { _ in true })
        #expect(profile["people"]?.isNull == true && profile["peopleByConsequence"]?["newProfile"]?.isNull == true)
        let count = report["summary"]?["consequences"]?["newProfile"]
        #expect(count?["people"]?.integer == 200 && count?["peopleUnknown"]?.integer == 1 && count?["profiles"]?.integer == 3)
    }

    /// A tenant's own part is what the whole has of it.
    @Test func aTenantsPartIsTheSame() throws {
        let report = try Samples.report("everything")
        let whole = try parsed(report.json())
        for tenant in report.tenants {
            let part = try parsed(String(decoding: tenant.json(), as: UTF8.self)).plain
            #expect(part == whole["tenants"]?.elements.first { $0["id"]?.string == tenant.id }?.plain)
        }
    }

    @Test func reproducibleHasNoTimes() throws {
        final class Text { var bytes: [UInt8] = [] }
        let text = Text()
        let sink = ReportFormat.json.sink { text.bytes += $0 }
        try sink.begin(Report().head)
        try sink.end(.init(summary: .init()))
        let report = try parsed(String(decoding: text.bytes, as: UTF8.self))
        #expect(report["run"] == nil && report["tenants"]?.count == 0)
    }

    @Test func formatsByFileName() {
        #expect(ReportFormat.of(fileName: "out/report.JSON") == .json && ReportFormat.of(fileName: "a.md") == .markdown)
        #expect(ReportFormat.of(fileName: "report.txt") == nil && ReportFormat.of(fileName: "json") == nil)
    }
}
