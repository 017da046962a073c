import Gates
import Impact
import JSONSource
import Live
import Payloads
import Profiles
import ReportModel
import Testing
import Time

@testable import Reports

/// `easel explain`: everything with a name has words, for people and for programs.
@Suite struct ExplanationTests {
    static let codes = DiagnosticCode.allCases.map(\.rawValue) + JSONProblemCode.allCases.map(\.rawValue)
    static let settings = Catalogue.manifestIndices.map { Catalogue.settings[$0] }

    @Test(arguments: Rules.all.map(\.id)) func rule(_ id: String) throws {
        let rule = try #require(Rules.byID[id])
        let explanation = try #require(Explanation(id.lowercased()))
        let text = explanation.text(ReportOptions(width: 10_000))
        for part in [id, rule.title, rule.explanation, rule.remedy, "How we know"] + rule.basis.parts.map(\.sentence) + rule.basis.parts.compactMap(\.link) { #expect(text.contains(part)) }
        for consequence in rule.consequences { #expect(text.contains("  \(consequence.rawValue): \(consequence == .advice ? "for information" : "they \(consequence.words)")")) }
        let json = explanation.json
        #expect(json["id"] == .string(id) && json["basis"] == .array(
            rule.basis.parts.map { part in
                .object(["kind": .string(part.kind.rawValue), "text": .string(part.text)].merging(part.link.map { ["link": .string($0)] } ?? [:]) { $1 })
            }))
        #expect(json["consequences"] == .array(rule.consequences.map { .string($0.rawValue) }))
    }

    @Test(arguments: settings.map(\.path)) func setting(_ path: String) throws {
        let setting = try #require(Self.settings.first { $0.path == path })
        let explanation = try #require(Explanation(path.uppercased()))
        let text = explanation.text(ReportOptions(width: 10_000))
        #expect(text.hasPrefix("\(path)  \(setting.title)\n") && text.contains(setting.about) && text.contains("\n  default  "))
        #expect(try #require(Explanation(setting.pointer)).json == explanation.json, "a pointer from a report names it, too")
        let json = explanation.json
        #expect(json["path"] == .string(path) && json["pointer"] == .string(setting.pointer))
        #expect((json["default"] == nil) == (json["isRequired"] == .bool(true)))
        for choice in setting.type.choices { #expect(text.contains("\(choice.word): \(choice.meaning)")) }
        #expect(json["values"] == (setting.type.choices.isEmpty ? nil : .array(setting.type.choices.map { .string($0.word) })))
    }

    @Test(arguments: codes) func code(_ code: String) throws {
        let explanation = try #require(Explanation(code.lowercased()))
        guard case .string(let title) = explanation.json["title"], case .string(let remedy) = explanation.json["remedy"] else {
            Issue.record("no title, or no word on what to do")
            return
        }
        #expect(title.count > 8 && remedy.count > 15 && explanation.json["code"] == .string(code))
        #expect(explanation.text(ReportOptions(width: 10_000)) == "\(code)  \(title)\n\n  \(remedy)\n")
    }

    @Test func aSettingTellsWhatAChangeOfItCanDo() throws {
        func rules(_ path: String) throws -> JSON? { try #require(Explanation(path)).json["rules"] }
        #expect(try rules("account.oauth") == ["EAS001", "EAS002"])
        #expect(try rules("sync.exchangeData") == ["EAS003"])
        #expect(try rules("account.server") == ["EAS004"])
        #expect(try rules("account.ssl") == ["EAS009", "EAS010"])
        #expect(try rules("description") == ["EAS020"])
        #expect(try rules("assignments.include") == ["EAS007", "EAS008", "EAS027"])
        #expect(try rules("account.authentication.certificateProfile") == ["EAS006", "EAS009"])
        #expect(Self.settings.allSatisfy { !Rules.firing(on: $0).isEmpty }, "no change is without a rule")
        #expect(try #require(Explanation("account.oauth")).text().contains("\n  EAS001  OAuth is turned on\n"))
    }

    @Test func everyNameIsOneThing() {
        let names = Rules.all.map(\.id) + Self.settings.map(\.path) + Self.codes
        #expect(Set(names.map { $0.lowercased() }).count == names.count)
        let overview = ExplanationIndex().text(ReportOptions(width: 10_000))
        for name in names { #expect(overview.contains("  \(name) "), "\(name)") }
    }

    @Test func nearNames() {
        #expect(Explanation("EAS999") == nil && Explanation("") == nil)
        #expect(Explanation.near("EAS0011").contains("EAS001"))
        #expect(Explanation.near("account.oath").first == "account.oauth")
        #expect(Explanation.near("acount.sever").first == "account.server")
        #expect(Explanation.near("CFG00l").allSatisfy { $0.hasPrefix("CFG") } && !Explanation.near("CFG00l").isEmpty)
        #expect(Explanation.near("nothing like it at all").isEmpty)
    }

    @Test func everythingAtOnce() {
        #expect(ExplanationIndex().json["rules"]?.count == Rules.all.count && ExplanationIndex().json["settings"]?.count == Self.settings.count)
        #expect(ExplanationIndex().json["diagnostics"]?.count == Self.codes.count)
        let text = ExplanationIndex().text(ReportOptions(width: 10_000))
        for name in ["credentialReentry", "tenant-removal", "peoplePerRun", "gates[].when.peopleOver", "groups.NAME.members"] { #expect(text.contains("\n  \(name)"), "\(name)") }
    }

    // MARK: Other words

    private func words(_ name: String) -> Term? { if case .term(let term)? = Explanation(name) { term } else { nil } }

    /// What has a name in easel's models is explained without a list of its own.
    @Test func everythingThatHasANameIsExplained() throws {
        for consequence in Consequence.allCases { #expect(words(consequence.rawValue)?.meanings.first?.kind == "consequence", "\(consequence)") }
        for action in Action.allCases { #expect(words(action.rawValue)?.meanings.first?.kind == "action", "\(action)") }
        for gate in DefaultGates.all { #expect(words(gate.name)?.meanings.first?.about.contains(gate.about) == true, "\(gate.name)") }
        for limit in Limits.all {
            #expect(words(limit.key.description)?.meanings.first?.about == limit.about)
            #expect(words(limit.name)?.word == limit.key.description, "as heldBy names it")
        }
        for kind in DriftKind.allCases { #expect(words(kind.rawValue) != nil, "\(kind)") }
        let credentials = try #require(words("CREDENTIALREENTRY")?.meanings.first)
        #expect(credentials.about == "People must enter their credentials." && credentials.facts.first?.text.contains("EAS001") == true)
        #expect(words("members")?.meanings.map(\.path) == ["groups.NAME.members, allUsers.members, allDevices.members"])
        #expect(words("hybridModernAuth")?.meanings.map(\.kind) == ["value in tenant.json"])
        #expect(words("expires")?.meanings.map(\.kind) == ["key of an approval", "key of accepted-drift.json"])
        for name in ["when.peopleOver", "gates.when.peopleOver", "gates[].when.peopleOver"] { #expect(words(name)?.word == "peopleOver") }
        #expect(try #require(Explanation("displayName")).text().contains("\n  key of tenant.json: The tenant's name in reports.\n"), "a setting, and more")
        #expect(try #require(Explanation("include")).text().contains("\n  assignments.include\n"), "a value, and part of a setting's path")
    }

    /// Every key and every value of the files and of the report, by their JSON Schemas.
    @Test func everyWordOfASchemaIsExplained() {
        let schemas = [
            ManifestShape.schema, JSONSchema.document(Tenant.shape(targets: PayloadTargets.descriptions), title: ""), Policy.schema, Approval.schema, AcceptedDrift.schema,
            ReportSchema.json,
        ]
        var found: Set<String> = []
        func walk(_ schema: JSON) {
            switch schema {
            case .object(let members):
                if case .object(let properties)? = members["properties"] { found.formUnion(properties.keys) }
                if case .array(let values)? = members["enum"] { for case .string(let word) in values { found.insert(word) } }
                members.values.forEach(walk)
            case .array(let elements): elements.forEach(walk)
            default: break
            }
        }
        schemas.forEach(walk)
        #expect(found.count > 200)
        for word in found.subtracting(["$schema", "$comment"]) {
            // A setting has a path.
            let isSetting = Self.settings.contains { $0.components.last?.description == word }
            #expect(Explanation(word) != nil || (isSetting && !Explanation.near(word).isEmpty), "\(word)")
        }
    }

    /// What an explanation of a policy's word shows is a policy in which the word stands; so with the other files.
    @Test func examplesAreRight() throws {
        func problems(_ meaning: Term.Meaning) throws -> [String] {
            let document = JSONDocument(file: "x.json", bytes: Array(try #require(meaning.example).compact.utf8))
            var found: [Diagnostic] = []
            switch meaning.kind.split(separator: " ").last {
            case "policy.json": found = Policy.read(document, source: .repository(file: "policy.json"), zones: ZoneStore()).diagnostics
            case "tenant.json": if let root = document.root { Tenant.check(root, targets: PayloadTargets.descriptions, into: &found) }
            case "approval": found = Approval.read(document).diagnostics
            case "accepted-drift.json": _ = AcceptedDrift(document, diagnostics: &found)
            case "manifest": if let root = document.root { ManifestShape.partialShape.check(root, into: &found) }
            default: found = Policy.read(document, source: .repository(file: "policy.json"), zones: ZoneStore()).diagnostics
            }
            return found.map { "\($0.pointer): \($0.message)" }
        }
        for entry in Glossary.entries {
            let isOfPolicy = entry.meaning.kind.hasSuffix("policy.json") || ["consequence", "action", "default gate", "limit"].contains(entry.meaning.kind)
            if isOfPolicy, entry.word != Action.none.rawValue { #expect(entry.meaning.example != nil, "\(entry.word)") }
            guard let example = entry.meaning.example else { continue }
            #expect(try problems(entry.meaning) == [], "\(entry.word)")
            if entry.meaning.kind != "default gate" { #expect(example.compact.contains("\"\(entry.word)\""), "\(entry.word) is not in its example") }
        }
    }

    @Test func aNearMissGetsASuggestion() {
        #expect(Explanation("oauth") == nil && Explanation.near("oauth") == ["account.oauth"])
        #expect(Explanation.near("OAuht").contains("account.oauth"))
        #expect(Explanation.near("peopelOver").first == "peopleOver" && Explanation.near("credentialReentery").first == "credentialReentry")
        #expect(Explanation.near("userCanChange").count == 4)
    }

    @Test func coloursAreAllThatColourAdds() {
        for name in ["EAS001", "account.oauth", "CFG001", "peopleOver"] {
            let plain = Explanation(name)?.text()
            let coloured = Explanation(name)?.text(ReportOptions(color: true))
            #expect(coloured != plain && coloured?.replacing(/\u{1B}\[[0-9;]*m/, with: "") == plain)
        }
    }
}

extension JSON {
    fileprivate subscript(key: String) -> JSON? { if case .object(let members) = self { members[key] } else { nil } }
    fileprivate var count: Int? { if case .array(let elements) = self { elements.count } else { nil } }
}
