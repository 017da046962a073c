import JSONSource
import TestSupport
import Testing

@testable import Gates
@testable import Impact

/// What a review says about changed policies and approvals.
@Suite struct PolicyChangeTests {
    private func version(_ text: String?) -> PolicyVersion? {
        text.map { text in
            let document = JSONDocument(file: "policy.json", bytes: Array(text.utf8))
            return PolicyVersion(policy: Policy.read(document, source: atRoot, zones: zones).policy, document: document)
        }
    }

    /// `kind what`, with `!` where it loosens.
    private func told(_ before: String?, _ after: String?) -> [String] {
        PolicyChange.of(file: "policy.json", from: version(before), to: version(after)).map { "\($0.kind.rawValue) \($0.what)\($0.loosens ? " !" : "")" }
    }

    private func told(gate before: String, _ after: String) -> [String] {
        func policy(_ gate: String) -> String { #"{"kind": "policy", "gates": [{"name": "g", \#(gate)}]}"# }
        return told(policy(before), policy(after)).map { $0.replacing(" gate g", with: "") }
    }

    @Test func aPolicyThatComesOrGoes() {
        let policy = #"{"kind": "policy", "gates": [{"name": "a", "require": "never"}], "limits": {"peoplePerRun": 5}, "defaults": "off"}"#
        #expect(told(nil, policy) == ["added gate a", "tightened limits.peoplePerRun", "loosened defaults !"])
        #expect(told(policy, nil) == ["removed gate a !", "loosened limits.peoplePerRun !", "tightened defaults"])
        #expect(told(policy, policy) == [] && told(nil, nil) == [])
    }

    @Test func commentsAndOrderAreNoChange() {
        #expect(
            told(
                #"{"kind": "policy", "gates": [{"name": "a", "require": "never"}, {"name": "b", "require": "approval"}]}"#,
                #"{"$comment": "x", "gates": [{"require": "approval", "name": "b"}, {"name": "a", "$comment": "y", "require": "never"}], "kind": "policy"}"#) == [])
    }

    @Test func aGateThatStaysIsTighterOrLooser() {
        #expect(told(gate: #""require": "approval""#, #""require": "never""#) == ["tightened"])
        #expect(told(gate: #""require": "never""#, #""require": "approval""#) == ["loosened !"])
        let over = { (number: Int) in #""require": "approval", "when": {"peopleOver": \#(number)}"# }
        #expect(told(gate: over(50), over(500)) == ["loosened !"])
        #expect(told(gate: over(500), over(50)) == ["tightened"])
        #expect(told(gate: over(50), #""require": "approval""#) == ["tightened"])
        #expect(told(gate: over(50), #""require": "never", "when": {"peopleOver": 500}"#) == ["changed !"])
        #expect(told(gate: #""require": "never", "when": {"tenants": ["a*"]}"#, #""require": "never", "when": {"tenants": ["a*", "b"]}"#) == ["tightened"])
        #expect(told(gate: #""require": "never", "when": {"actions": ["remove"]}"#, #""require": "never", "when": {"actions": ["update"]}"#) == ["changed !"])
        let matching = { (globs: String) in #""require": "never", "when": {"tenants": [\#(globs)]}"# }
        #expect(told(gate: matching(#""zzz*""#), matching(#""zzz1*""#)) == ["loosened !"] && told(gate: matching(#""a?c""#), matching(#""a*c""#)) == ["tightened"])
        #expect(told(gate: matching(#""a*""#), matching(#""b*""#)) == ["changed !"] && told(gate: matching(#""a?""#), matching(#""a*a""#)) == ["changed !"])
    }

    /// More consequences mean more people to count.
    @Test func consequencesBesideANumber() {
        let when = { (text: String) in #""require": "approval", "when": {"peopleOver": 50\#(text)}"# }
        let one = when(#", "consequences": ["credentialReentry"]"#)
        let two = when(#", "consequences": ["credentialReentry", "newProfile"]"#)
        #expect(told(gate: one, two) == ["tightened"] && told(gate: two, one) == ["loosened !"])
        #expect(told(gate: two, when("")) == ["tightened"] && told(gate: when(""), two) == ["loosened !"])
        // People who only get advice do not count among a profile's people.
        #expect(told(gate: when(#", "consequences": ["advice"]"#), when("")) == ["changed !"])
    }

    @Test func aWindowIsComparedByItsHours() {
        let window = { (text: String) in #""window": {\#(text)}"# }
        let weekend = window(#""days": ["sat", "sun"]"#)
        #expect(told(gate: weekend, window(#""days": ["sat"]"#)) == ["tightened"])
        #expect(told(gate: weekend, window(#""days": ["fri", "sat", "sun"]"#)) == ["loosened !"])
        #expect(told(gate: weekend, window(#""days": ["mon"]"#)) == ["changed !"])
        #expect(told(gate: weekend, window(#""days": ["sat", "sun"], "timeZone": "Europe/Amsterdam""#)) == ["changed !"])
        #expect(told(gate: weekend, #""require": "approval""#) == ["changed !"])
        #expect(told(gate: #""require": "approval""#, #""require": "approval", "window": {"days": ["sat"]}"#) == ["tightened"])
        // All day, written in two ways.
        #expect(told(gate: window(#""from": "08:00", "to": "08:00""#), window("")) == ["changed"])
    }

    @Test func limitsAndSwitches() {
        let limit = { (number: Int) in #"{"kind": "policy", "limits": {"peoplePerRun": \#(number), "removalsPerRun": 1}}"# }
        #expect(told(limit(5), limit(6)) == ["loosened limits.peoplePerRun !"])
        #expect(told(limit(5), #"{"kind": "policy", "requireSignedCommits": true}"#)
            == ["loosened limits.peoplePerRun !", "loosened limits.removalsPerRun !", "tightened requireSignedCommits"])
    }

    @Test func rings() {
        let rings = { (hours: Int, more: String) in
            #"{"kind": "policy", "rings": [{"name": "pilot", "tenants": ["a"], "soakHours": \#(hours)}\#(more)]}"#
        }
        let early = #", {"name": "early", "tenants": ["b"], "soakHours": 1}"#
        let none = #"{"kind": "policy"}"#
        #expect(told(none, rings(2, "")) == ["tightened rings"] && told(rings(2, ""), none) == ["loosened rings !"])
        #expect(told(rings(2, ""), rings(3, early)) == ["tightened rings"] && told(rings(2, early), rings(1, "")) == ["loosened rings !"])
        #expect(told(rings(2, ""), rings(1, early)) == ["changed rings !"] && told(rings(2, ""), rings(2, "")) == [])
    }

    @Test func aBrokenPolicyIsToldAsAWhole() {
        #expect(told(#"{"kind": "policy", "gates": [{"name": "a"}]}"#, #"{"kind": "policy"}"#) == ["changed policy !"], "runs stopped before, and no longer do")
        #expect(told(#"{"kind": "policy"}"#, "{") == ["changed policy"])
        #expect(told(nil, "{") == ["added policy"])
    }

    @Test func theValuesAreThoseOfTheFiles() throws {
        let changes = PolicyChange.of(
            file: "policy.json", from: version(#"{"kind": "policy", "gates": [{"name": "a", "$comment": "old", "require": "never"}]}"#),
            to: version(#"{"kind": "policy", "gates": [{"name": "a", "require": "approval"}]}"#))
        let change = try #require(changes.first)
        #expect(change.before == ["name": "a", "$comment": "old", "require": "never"] && change.after == ["name": "a", "require": "approval"])
        #expect(change.file == "policy.json" && changes.count == 1)
    }

    /// A tighter gate holds everything that it held before, for every plan and at every time.
    @Test(arguments: 0..<400) func tighterNeverLetsMoreThrough(_ seed: Int) {
        var random = Seeded(seed)
        let tests = PropertyTests()
        let (one, other) = (tests.gate("g", &random), tests.gate("g", &random))
        // Mostly alike: otherwise their direction would nearly always be unknown.
        let mixed = Gate(
            name: "g", when: random.chance(1, in: 2) ? one.when : Condition(
                consequences: other.when.consequences, actions: one.when.actions, rules: one.when.rules,
                tenants: random.chance(1, in: 2) ? one.when.tenants : other.when.tenants, peopleOver: one.when.peopleOver),
            require: random.chance(1, in: 2) ? one.require : other.require, window: random.chance(1, in: 2) ? one.window : other.window)
        let direction = one.direction(to: mixed)
        for step in 0..<20 {
            let now = noon.adding(seconds: step * 30_011)
            for proposal in tests.plan(&random) {
                let (before, after) = ([true, false].map { one.when.matches(proposal) && one.holds(isApproved: $0, isOpen: one.window?.isOpen(at: now) ?? true) }, [true, false].map { mixed.when.matches(proposal) && mixed.holds(isApproved: $0, isOpen: mixed.window?.isOpen(at: now) ?? true) })
                for (was, is_) in zip(before, after) {
                    if direction == .tighter { #expect(!was || is_) }
                    if direction == .looser { #expect(was || !is_) }
                    if direction == .same { #expect(was == is_) }
                }
            }
        }
    }

    private func told(approval before: JSON?, _ after: JSON?) -> [String] {
        func side(_ json: JSON?) -> (approval: Approval?, document: JSONDocument)? {
            json.map { $0.document("approvals/a.json") }.map { (Approval.read($0).approval, $0) }
        }
        return PolicyChange.of(file: "approvals/a.json", from: side(before), to: side(after)).map { "\($0.kind.rawValue)\($0.loosens ? " !" : "")" }
    }

    @Test func approvals() {
        func approval(_ fingerprints: [JSON] = ["0123456789abcdef0123456789abcdef"], expires: String? = nil, reason: String = "r", gates: [JSON]? = nil) -> JSON {
            .object(
                ["kind": "approval", "fingerprints": .array(fingerprints), "reason": .string(reason), "approvedBy": "Kim"]
                    .merging(expires.map { ["expires": .string($0)] } ?? [:]) { own, _ in own }.merging(gates.map { ["gates": .array($0)] } ?? [:]) { own, _ in own })
        }
        #expect(told(approval: nil, approval()) == ["added !"] && told(approval: approval(), nil) == ["removed"])
        #expect(told(approval: approval(), approval()) == [])
        #expect(told(approval: approval(), approval(reason: "s")) == ["changed !"])
        #expect(told(approval: approval(), approval(gates: ["a"])) == ["tightened"] && told(approval: approval(gates: ["a"]), approval()) == ["loosened !"])
        #expect(told(approval: approval(gates: ["a"]), approval(gates: ["a", "b"])) == ["loosened !"])
        #expect(told(approval: approval(), approval(["0123456789abcdef0123456789abcdef", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"])) == ["loosened !"])
        #expect(told(approval: approval(), approval(["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"])) == ["changed !"])
        #expect(told(approval: approval(), approval(expires: "2027-01-01")) == ["tightened"])
        #expect(told(approval: approval(expires: "2027-01-01"), approval(expires: "2027-01-02")) == ["loosened !"])
        #expect(told(approval: approval(), [:]) == ["changed !"])
    }
}
