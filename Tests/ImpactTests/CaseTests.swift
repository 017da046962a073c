import JSONSource
import Testing

@testable import Impact

/// The cases with the right answers, run whole.
@Suite struct CaseTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let json: JSON
        var testDescription: String { json["name"]?.text ?? "?" }
    }

    static let cases: [Case] = ((try? Sample.shared.get().cases) ?? []).map(Case.init)

    @Test func casesAreThere() throws {
        #expect(try Sample.shared.get().cases.count >= 70)
    }

    @Test(arguments: cases) func answer(_ one: Case) throws {
        func patch(_ key: String) throws -> JSON? {
            let patch = try #require(one.json[key])
            return patch == .null ? nil : patch
        }
        let impact = try Scenario(
            before: patch("before"), after: patch("after"), tenantBefore: one.json["tenantBefore"] ?? [:],
            tenantAfter: one.json["tenantAfter"] ?? [:],
            others: (one.json["others"]?.elements ?? []).map { other in
                (before: other["before"].flatMap { $0 == .null ? nil : $0 }, after: other["after"].flatMap { $0 == .null ? nil : $0 })
            }
        ).impact()
        let expected = try #require(one.json["expect"])

        #expect(impact.action.rawValue == expected["action"]?.text)
        guard impact.action != .none else {
            #expect(expected.members?.count == 1)
            #expect(impact.changes.isEmpty && impact.consequences.isEmpty && impact.advice.isEmpty && impact.fingerprint == nil)
            return
        }
        #expect(impact.rulesOfChanges == expected["rules"]?.elements?.compactMap(\.text))
        let consequences = Dictionary(uniqueKeysWithValues: impact.consequences.map { ($0.key.rawValue, $0.value) })
        #expect(consequences == (try #require(expected["consequences"]?.members)).mapValues(\.people))
        #expect(impact.people == expected["people"]?.people)

        let advice = try #require(expected["advice"]?.elements)
        #expect(impact.advice.map(\.key.rule) == advice.compactMap { $0["rule"]?.text })
        for (found, wanted) in zip(impact.advice, advice) {
            #expect(.bool(found.isNew) == wanted["new"])
            #expect(.bool(found.isResolved) == wanted["resolved"] ?? false)
            if let path = wanted["path"]?.text { #expect(found.key.path == path) }
        }
        #expect(impact.fingerprint?.count == 32)
    }
}
