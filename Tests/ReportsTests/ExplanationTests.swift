import Impact
import JSONSource
import Profiles
import Testing

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
    }

    @Test func coloursAreAllThatColourAdds() {
        for name in ["EAS001", "account.oauth", "CFG001"] {
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
