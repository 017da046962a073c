import Impact
import JSONSource
import Profiles
import Time

extension Policy {
    /// The shape of `policy.json`. What else must be so, the reader checks: forms of texts, names, where `defaults` may stand.
    public static let shape = Shape.object(
        ObjectShape(
            "policy",
            [
                Field("kind", .choice([Choice("policy", "a policy")]), required: true, "Says what this file is."),
                Field("gates", .array(of: gate, isSet: false), default: [], "What holds profiles back, and what lets them pass."),
                Field("limits", limitsShape, "How much may go out in one run; the rest waits for the next."),
                Field(
                    "requireSignedCommits", .boolean, default: false,
                    "Whether the commit being reconciled must carry a signature that --trusted-keys knows."),
                Field(
                    "defaults",
                    .choice([Choice("on", "as without a policy"), Choice("off", "only the gates of the policies")]), default: "on",
                    "Whether \(DefaultGates.all.map(\.name).joined(separator: " and ")) hold removals; only for the policy of the repository."),
            ], isRoot: true))

    private static let gate = Shape.object(
        ObjectShape(
            "gate",
            [
                Field("name", .string(.line(1...100)), required: true, "What reports call the gate."),
                Field("when", when, "Which changed profiles the gate looks at: everything given must match. Without it, every one."),
                Field(
                    "require",
                    .choice([
                        Choice("approval", "a committed approval lets the change through"),
                        Choice("never", "nothing lets the change through but another policy"),
                    ]), "What lets a profile through."),
                Field("window", window, "At what times profiles may go out."),
            ], atLeastOne: [["require", "window"]]))

    private static let when = Shape.object(
        ObjectShape(
            "when",
            [
                Field(
                    "consequences", .array(of: .choice(Consequence.allCases.map { Choice($0.rawValue, "people \($0.words)") }), isSet: true, minimum: 1),
                    "Any of these consequences."),
                Field(
                    "actions",
                    .array(
                        of: .choice([
                            Choice("create", "a profile comes"), Choice("update", "a profile changes in place"),
                            Choice("reinstall", "a new profile is deployed in place of the old"), Choice("remove", "a profile goes"),
                        ]), isSet: true, minimum: 1), "Any of these actions."),
                Field(
                    "rules", .array(of: .choice(Rules.all.map { Choice($0.id, $0.title) }), isSet: true, minimum: 1),
                    "Any of these impact rules, of changes or of new advice."),
                Field(
                    "tenants", .array(of: .string(.line(1...100)), isSet: true, minimum: 1),
                    "Any of these tenants, by id; * stands for any characters, ? for one."),
                Field(
                    "peopleOver", .integer(0...100_000_000),
                    "More people than this, of the consequences looked for or else of the profile; an unknown number is more."),
            ]))

    private static let window = Shape.object(
        ObjectShape(
            "window",
            [
                Field(
                    "days", .array(of: .choice(Weekday.allCases.map { Choice($0.rawValue, $0.words) }), isSet: true, minimum: 1),
                    "The days on which the window opens; all of them by default."),
                Field("from", .string(.line(5...5)), default: "00:00", "When it opens, by the clock on the wall."),
                Field(
                    "to", .string(.line(5...5)), default: "00:00",
                    "When it closes; before \"from\": on the next day; the same as \"from\": it is open all day."),
                Field("timeZone", .string(.line(1...100)), default: "UTC", "The clock that counts, by its IANA name, as Europe/Amsterdam."),
            ]))

    private static let limitsShape = Shape.object(ObjectShape("limits", Limits.all.map { Field($0.key, .integer(0...100_000_000), $0.about) }))

    /// The JSON Schema of `policy.json`.
    public static var schema: JSON {
        let schema = JSONSchema.document(shape, title: "easel policy: gates and limits on what goes out")
        let gate = ["properties", "gates", "items", "properties"]
        let window = gate + ["window", "properties"]
        return schema.giving(pattern: Window.clockForm, at: window + ["from"]).giving(pattern: Window.clockForm, at: window + ["to"])
            .giving(pattern: Glob.form, at: gate + ["when", "properties", "tenants", "items"])
    }
}

extension JSON {
    /// A schema with a pattern for the string that the schema at `path` describes.
    func giving(pattern: String, at path: some Collection<String>) -> JSON {
        guard case .object(var members) = self else { return self }
        if let first = path.first {
            members[first] = members[first]?.giving(pattern: pattern, at: path.dropFirst())
        } else {
            members["pattern"] = .string(pattern)
        }
        return .object(members)
    }
}
