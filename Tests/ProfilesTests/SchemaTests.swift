import Foundation
import JSONSource
import Payloads
import TestSupport
import Testing

@testable import Profiles

/// The JSON Schemas that editors use, held against the validator by somebody else's implementation of draft 2020-12.
@Suite struct SchemaTests {
    private static let tenantSchema = JSONSchema.document(Tenant.shape(targets: PayloadTargets.descriptions), title: "tenant")
    private static let canValidate = Python.has("jsonschema")

    private struct Judged {
        let document: JSON
        let isValid: Bool
    }

    /// The whole corpus, judged in one process: kind → documents in order.
    private static let judged = Result<[String: [Judged]], any Error> {
        let corpus = ["manifest": (ManifestShape.schema, Variants.manifests(1500)), "tenant": (tenantSchema, Variants.tenants(1500))]
        let given = JSON.object(corpus.mapValues { ["schema": $0.0, "documents": .array($0.1)] })
        // Every default that a schema names must have the form that it has a default for.
        let script = """
            import json, sys, jsonschema
            def defaults(schema):
                if isinstance(schema, dict):
                    if "default" in schema:
                        jsonschema.Draft202012Validator(schema).validate(schema["default"])
                    for part in schema.values(): defaults(part)
                elif isinstance(schema, list):
                    for part in schema: defaults(part)
            result = {}
            for kind, given in json.load(open(sys.argv[1])).items():
                jsonschema.Draft202012Validator.check_schema(given["schema"])
                defaults(given["schema"])
                validator = jsonschema.Draft202012Validator(given["schema"])
                result[kind] = [validator.is_valid(document) for document in given["documents"]]
            print(json.dumps(result))
            """
        let answer = JSON(parsing: try Python.run(script, on: given.compact))
        return try corpus.mapValues { _ in [Judged]() }.merging(
            corpus.map { kind, value in
                let verdicts = answer[kind]?.elements ?? []
                guard verdicts.count == value.1.count else { throw Program.Failed(description: "the validator judged another number of documents") }
                return (kind, zip(value.1, verdicts).map { Judged(document: $0, isValid: $1 == true) })
            }
        ) { $1 }
    }

    /// What the validator says of a file alone.
    private func diagnostics(_ kind: String, _ document: JSON) -> [Diagnostic] {
        let parsed = JSONDocument(file: "f", bytes: Array(document.compact.utf8))
        var diagnostics: [Diagnostic] = []
        if kind == "manifest" {
            _ = Layer(parsed, diagnostics: &diagnostics)
        } else if let root = parsed.root {
            Tenant.check(root, targets: PayloadTargets.descriptions, into: &diagnostics)
        }
        return diagnostics
    }

    @Test(.enabled(if: canValidate), arguments: ["manifest", "tenant"]) func schemaAndValidatorAgree(_ kind: String) throws {
        let judged = try #require(Self.judged.get()[kind])
        var accepted = 0
        for example in judged {
            let found = diagnostics(kind, example.document)
            if found.isEmpty {
                accepted += 1
                if !example.isValid { Issue.record("the schema refuses, the validator accepts: \(example.document.compact)") }
            } else if example.isValid {
                // What no schema can say: that two members of one object have something to do with each other.
                if kind == "tenant", found.allSatisfy({ $0.code == DiagnosticCode.badCombination.rawValue }) { continue }
                // Python's `$` matches before a line break at the end too; ECMA-262's, which JSON Schema means, does not.
                if example.document.compact.contains(#"\n""#) { continue }
                Issue.record("the schema accepts, the validator says \(found.map { "\($0.code) \($0.pointer)" }): \(example.document.compact)")
            }
        }
        #expect(accepted > judged.count / 10 && accepted < judged.count * 9 / 10,
            "both sides of the question were asked: \(accepted) of \(judged.count)")
    }

    /// A schema in an editor explains: every field has a description, every word its meaning, every setting its default.
    @Test func schemasExplain() throws {
        for index in Catalogue.manifestIndices {
            let setting = Catalogue.settings[index]
            for branch in ["then", "else"] {
                // In a patch every value may be null instead.
                let field = try #require(
                    setting.components.reduce(ManifestShape.schema[branch]) { ($0?["properties"] ?? $0?["anyOf"]?.elements.first?["properties"])?[$1.description] })
                #expect(field["description"]?.text?.hasPrefix(setting.about) == true, "\(setting.path)")
                if let fallback = setting.fallback, !fallback.isNone { #expect(field["default"] == fallback.json, "\(setting.path)") }
            }
        }
        let method = ManifestShape.schema["else"]?["properties"]?["account"]?["properties"]?["authentication"]?["properties"]?["method"]
        #expect(method?["enum"] == ["usernameAndPassword", "certificate", "derivedCredential"])
        #expect(method?["description"]?.text?.contains("usernameAndPassword: people enter user name and password") == true)
        for schema in [ManifestShape.schema, Self.tenantSchema] { #expect(schema["$schema"] == .string(JSONSchema.dialect)
            && schema["title"]?.text?.isEmpty == false) }
        #expect(Self.tenantSchema["required"] == ["kind", "tenantId", "displayName", "exchange"])
    }
}
