import Foundation
import JSONSource
import Profiles
import TestSupport
import Testing

@testable import Gates
@testable import Impact

@Suite struct SchemaTests {
    static let canValidate = Python.has("jsonschema")

    /// Whether each document is valid under the schema, according to an independent validator.
    private func validate(_ documents: [JSON], _ schema: JSON) throws -> [Bool] {
        let script = """
            import json, sys, jsonschema
            given = json.load(open(sys.argv[1]))
            jsonschema.Draft202012Validator.check_schema(given["schema"])
            validator = jsonschema.Draft202012Validator(given["schema"])
            for document in given["documents"]:
                print(validator.is_valid(document))
            """
        let given = JSON.object(["schema": schema, "documents": .array(documents)]).compact
        return try Python.run(script, on: given).split(separator: "\n").map { $0 == "True" }
    }

    /// The document with one of its values changed.
    private func mutated(_ value: JSON, _ random: inout Seeded) -> JSON {
        if random.chance(1, in: 4) {
            let others: [JSON] = [
                .null, true, 0, -1, 7, "", "a", "approval", "never", "22:00", "24:00", "sat", "EAS001", "update", "EU-*", "eu-?", "off", [], ["a"], [:],
                "2026-02-28", "0123456789abcdef0123456789abcdef",
            ]
            return others.randomElement(using: &random) ?? .null
        }
        switch value {
        case .array(var elements):
            guard let index = elements.indices.randomElement(using: &random) else { return ["x"] }
            if random.chance(1, in: 5) { elements.append(elements[index]) } else { elements[index] = mutated(elements[index], &random) }
            return .array(elements)
        case .object(var members):
            guard let key = members.keys.sorted().randomElement(using: &random) else { return ["x": 1] }
            if random.chance(1, in: 5) { members[key] = nil } else { members[key] = mutated(members[key] ?? .null, &random) }
            return .object(members)
        default: return value
        }
    }

    @Test(.enabled(if: canValidate)) func acceptsEveryPolicyThatTheReaderAccepts() throws {
        var documents = CaseTests.cases.flatMap { example in
            [example.value["policy"], example.value["outside"]].compactMap { $0 } + Array((example.value["tenantPolicies"]?.members ?? [:]).values)
        }
        documents.append(JSON(parsing: PolicyTests.whole))
        var random = Seeded(11)
        for _ in 0..<3000 { documents.append(mutated(JSON(parsing: PolicyTests.whole), &random)) }
        let accepted = documents.map { Policy.read($0.document("policy.json"), source: atRoot, zones: zones).policy != nil }
        let valid = try validate(documents, Policy.schema)
        #expect(valid.count == documents.count)
        for (document, (accepted, valid)) in zip(documents, zip(accepted, valid)) where accepted { #expect(valid, "\(document.compact)") }
        // Both accepted and rejected documents were tried.
        #expect(accepted.filter { $0 }.count > 100 && valid.filter { !$0 }.count > 100)
    }

    @Test(.enabled(if: canValidate)) func acceptsEveryApprovalThatTheReaderAccepts() throws {
        let whole: JSON = [
            "$schema": "x", "kind": "approval", "fingerprints": ["0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"], "gates": ["a"], "reason": "r\ns", "approvedBy": "Kim",
            "expires": "2027-01-31", "$comment": "c",
        ]
        var random = Seeded(12)
        let documents = [whole] + (0..<2000).map { _ in mutated(whole, &random) }
        let accepted = documents.map { Approval.read($0.document("a.json")).approval != nil }
        let valid = try validate(documents, Approval.schema)
        #expect(accepted.first == true)
        for (document, (accepted, valid)) in zip(documents, zip(accepted, valid)) where accepted { #expect(valid, "\(document.compact)") }
        #expect(accepted.filter { $0 }.count > 100 && valid.filter { !$0 }.count > 100)
    }

    @Test func wordsComeFromTheRegistries() {
        func choices(_ key: String) -> [String] {
            var schema: JSON? = Policy.schema
            for step in ["properties", "gates", "items", "properties", "when", "properties", key, "items", "enum"] { schema = schema?[step] }
            return schema?.texts ?? []
        }
        #expect(choices("rules") == Rules.all.map(\.id))
        #expect(choices("consequences") == Consequence.allCases.map(\.rawValue))
        #expect(choices("actions") == Action.allCases.filter { $0 != .none }.map(\.rawValue))
        #expect(Set((Policy.schema["properties"]?["limits"]?["properties"]?.members ?? [:]).keys) == Set(["$comment"] + Limits.all.map(\.key.description)))
        let defaults = Policy.schema["properties"]?["defaults"]?["description"]?.text ?? ""
        for gate in DefaultGates.all { #expect(defaults.contains(gate.name)) }
    }
}
