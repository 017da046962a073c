import JSONSource
import Profiles
import Testing

@testable import Impact

/// What holds of every rule, and every rule's own examples.
@Suite struct RuleTests {
    struct Trial: Sendable, CustomTestStringConvertible {
        let rule: Rule
        let example: Rule.Example
        var testDescription: String { "\(rule.id), \(example.name)" }
    }

    static let trials = Rules.all.flatMap { rule in rule.examples.map { Trial(rule: rule, example: $0) } }

    @Test(arguments: trials) func example(_ trial: Trial) throws {
        let impact = try Scenario(
            before: trial.example.before.map(parsed), after: trial.example.after.map(parsed), tenantBefore: parsed(trial.example.tenantBefore),
            tenantAfter: parsed(trial.example.tenantAfter), others: trial.example.others.map { (before: try parsed($0), after: try parsed($0)) }
        ).impact()
        #expect(impact.rules.contains(trial.rule.id) == trial.example.fires)
        // What a rule brings about is what it says it can.
        let announced = Set(impact.rules.compactMap { Rules.byID[$0] }.flatMap(\.consequences))
        #expect(announced.isSuperset(of: impact.consequences.keys))
    }

    @Test func idsCountUp() {
        #expect(Rules.all.map(\.id) == (1...29).map { "EAS" + String(repeating: "0", count: $0 < 10 ? 2 : 1) + String($0) })
    }

    @Test(arguments: Rules.all.map(\.id)) func isComplete(_ id: String) throws {
        let rule = try #require(Rules.byID[id])
        for text in [rule.title, rule.explanation, rule.remedy] + rule.basis.parts.map(\.text) + rule.examples.map(\.name) {
            #expect(!text.isEmpty && !text.contains("\n") && !text.contains("  ") && text == text.trimmingSpaces)
        }
        #expect(rule.explanation.hasSuffix(".") && rule.remedy.hasSuffix("."))
        #expect(!rule.title.hasSuffix(".") && !rule.basis.parts.isEmpty && !rule.basis.parts.contains { $0.text.hasSuffix(".") })
        #expect(!rule.consequences.isEmpty)
        #expect(rule.consequences == Set(rule.consequences).sorted(), "worst first, each once")
        #expect(rule.examples.contains { $0.fires })
        #expect(rule.examples.contains { !$0.fires })
        #expect(Set(rule.examples.map(\.name)).count == rule.examples.count)
        for part in rule.basis.parts {
            #expect((part.kind == .documented) == (part.link?.hasPrefix("https://") == true), "what is documented has a link")
            if part.kind == .documented { #expect(part.text.contains("Microsoft") || part.text.contains("Apple")) }
        }
    }

    /// Admins forget that a new profile costs more than a sign-in.
    @Test func whoDeploysANewProfileSaysWhatThatCosts() {
        for rule in Rules.all {
            let says = rule.explanation.contains("Every device downloads its mail again") && rule.explanation.contains("(inferred: the account starts empty)")
            #expect(says == rule.consequences.contains(.newProfile), "\(rule.id)")
        }
    }

    @Test func kindsOfTriggers() {
        for rule in Rules.all {
            let standing = ["EAS012", "EAS013", "EAS014", "EAS015", "EAS016", "EAS017", "EAS022", "EAS025", "EAS026", "EAS028"].contains(rule.id)
            switch rule.trigger {
            case .standing, .standingBeside: #expect(standing, "\(rule.id)")
            case .change: #expect(!standing && rule.id != "EAS009", "\(rule.id)")
            case .changeOnceDeploymentIsKnown: #expect(rule.id == "EAS009")
            }
        }
    }
}

extension String {
    fileprivate var trimmingSpaces: String {
        String(Substring(self).drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
