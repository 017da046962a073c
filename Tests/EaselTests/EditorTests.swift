import Foundation
import TestSupport
import Testing

/// What an editor can show and offer while somebody writes a file: nothing here needs an account or a manual.
@Suite struct EditorTests {
    private static let kinds = ["manifest", "tenant", "policy", "approval", "acceptedDrift"]

    /// What an editor misses in a schema: keys without an explanation, values without one, and free text or numbers of which no example shows the form.
    private static let search = """
        import json, sys, jsonschema
        missing = []
        def parts(schema):
            # Where the same value is described in several ways.
            yield schema
            for key in ("anyOf", "oneOf", "allOf"):
                for part in schema.get(key, []): yield from parts(part)
            for key in ("then", "else"):
                if key in schema: yield from parts(schema[key])
        def walk(schema, path, isShown):
            for part in parts(schema):
                if "enum" in part and isinstance(part["enum"][0], str):
                    texts = part.get("enumDescriptions", [])
                    if len(texts) != len(part["enum"]) or not all(texts): missing.append(path + ": its values are not explained")
                for name, inner in part.get("properties", {}).items():
                    if name.startswith("$"): continue
                    place = path + "." + name
                    if not inner.get("description"): missing.append(place + ": it is not explained")
                    shown = isShown or "examples" in inner or inner.get("default") not in (None, [], "")
                    for example in inner.get("examples", []):
                        validator = jsonschema.Draft202012Validator(inner)
                        if not validator.is_valid(example): missing.append(place + ": its example is not valid")
                    told = any(key in each for each in parts(inner) for key in ("enum", "const", "properties")) or any("properties" in each.get("items", {}) for each in parts(inner)) or any(each.get("type") == "boolean" for each in parts(inner))
                    if not shown and not told: missing.append(place + ": no example shows its form")
                    walk(inner, place, shown)
                for key in ("items", "additionalProperties"):
                    if isinstance(part.get(key), dict): walk(part[key], path + "[]", isShown)
        walk(json.load(open(sys.argv[1])), "", False)
        print("\\n".join(sorted(set(missing))))
        """

    @Test(.enabled(if: Python.has("jsonschema"), "needs python3-jsonschema, which Tests/run.sh installs"), arguments: kinds) func completionExplains(_ kind: String) throws {
        let shop = try Workshop()
        try shop.write(shop.easel("schema", kind).out, to: "schema.json")
        let found = try shop.run(["/usr/bin/python3", "-c", Self.search, "schema.json"])
        #expect(found.status == 0 && found.out == "\n", "\(kind):\n\(found.out)\(found.err)")
    }

    @Test func valuesHaveTheirMeanings() throws {
        let shop = try Workshop()
        let schema = try #require(JSONSerialization.jsonObject(with: Data(shop.easel("schema", "manifest").out.utf8)) as? Workshop.Object)
        var place: Any? = schema["else"]
        for key in ["properties", "account", "properties", "authentication", "properties", "method"] { place = (place as? Workshop.Object)?[key] }
        let method = try #require(place as? Workshop.Object)
        #expect(method["enum"] as? [String] == ["usernameAndPassword", "certificate", "derivedCredential"])
        #expect((method["enumDescriptions"] as? [String])?.first == "People enter user name and password.")
    }

    /// By Visual Studio Code's own rules. `CommitHookTests` has its problem matcher.
    @Test func everyFileHasItsSchema() throws {
        let shop = try Workshop()
        #expect(try shop.easel("init", "mail").status == 0)
        let settings = try #require(JSONSerialization.jsonObject(with: shop.data("mail/.vscode/settings.json")) as? Workshop.Object)
        let schemas = try #require(settings["json.schemas"] as? [Workshop.Object])
        for (file, kind) in [
            ("policy.json", "policy"), ("bases/exchange-online.json", "manifest"), ("tenants/example/tenant.json", "tenant"), ("tenants/example/policy.json", "policy"),
            ("tenants/example/profiles/staff-mail.json", "manifest"), ("tenants/example/accepted-drift.json", "acceptedDrift"), ("approvals/2026.json", "approval"),
        ] {
            let matched = schemas.filter { schema in
                (schema["fileMatch"] as? [String] ?? []).contains { pattern in
                    var anchored = pattern.hasPrefix("/") ? String(pattern.dropFirst()) : pattern
                    anchored = anchored.replacing(".", with: "\\.").replacing("**/", with: "(.+/)?").replacing("*", with: "[^/]*")
                    return file.range(of: "^\(anchored)$", options: .regularExpression) != nil
                }
            }
            let url = matched.first?["url"] as? String
            #expect(matched.count == 1 && url == "./schemas/\(kind).schema.json", "\(file): \(matched)")
            #expect(try shop.exists("mail/\(#require(url))"))
        }
    }
}
