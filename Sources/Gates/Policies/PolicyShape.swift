import Impact
import JSONSource
import Profiles
import Time

extension Policy {
    /// The shape of `policy.json`. The reader checks the rest: the forms of texts, names, and where `defaults` is allowed.
    public static let shape = Shape.object(
        ObjectShape(
            "policy",
            [
                Field("kind", .choice([Choice("policy", "a policy")]), required: true, "Marks this file as a policy."),
                Field("gates", .array(of: gate, isSet: false), default: [], "Gates hold changed profiles until they may go out."),
                Field("limits", limitsShape, "Limits say how much may go out in one run; the rest waits for later runs.",
                    example: ["peoplePerRun": 500, "removalsPerRun": 20]),
                Field(
                    "rings", .array(of: ring, isSet: false), default: [],
                    "Rings stage edits of bases: each goes to the tenants of the first ring, rests there, and then goes on. Not allowed in a tenant's policy."),
                Field(
                    "requireSignedCommits",
                    .word(.choice([
                        Choice("tip", "the commit being reconciled must be signed; true is the same"),
                        Choice("all", "every commit since the one recorded last must be signed"),
                    ]), or: .boolean), default: false, "Which commits must be signed by a key in --trusted-keys."),
                Field(
                    "defaults",
                    .choice([Choice("on", "the default gates hold removals"), Choice("off", "only the gates in policies count")]), default: "on",
                    "Whether the default gates (\(DefaultGates.all.map(\.name).joined(separator: ", "))) hold removals. Allowed only in the repository's policy.", example: "off"),
            ], isRoot: true))

    private static let gate = Shape.object(
        ObjectShape(
            "gate",
            [
                Field("name", .string(.line(1...100)), required: true, "The name of the gate in reports.", example: "sign-in-storm"),
                Field("when", when, "Which changed profiles the gate matches: all given keys must match. Without it, the gate matches every changed profile.",
                    example: ["consequences": ["credentialReentry"], "peopleOver": 50]),
                Field(
                    "require",
                    .choice([
                        Choice("approval", "a committed approval lets the change through"),
                        Choice("never", "only a change of the policy lets it through"),
                    ]), "What lets a held profile through."),
                Field("window", window, "When profiles may go out.",
                    example: ["days": ["sat", "sun"], "from": "22:00", "to": "06:00", "timeZone": "Europe/Amsterdam"]),
            ], atLeastOne: [["require", "window"]]))

    private static let ring = Shape.object(
        ObjectShape(
            "ring",
            [
                Field("name", .string(.line(1...90)), required: true, "The name of the ring; reports call what it holds ring:NAME.", example: "pilot"),
                Field(
                    "tenants", .array(of: .string(.line(1...100)), isSet: true, minimum: 1), required: true,
                    "The ids of its tenants; * matches any characters, ? matches one. A tenant belongs to the first ring that names it, and those that none names come last.",
                    example: ["contoso", "fab*"]),
                Field("soakHours", .integer(Ring.hours), required: true, "How many hours an edit of a base rests in this ring before it goes on.", example: 48),
            ]))

    private static let when = Shape.object(
        ObjectShape(
            "when",
            [
                Field(
                    "consequences", .array(of: .choice(Consequence.allCases.map { Choice($0.rawValue, "people \($0.words)") }), isSet: true, minimum: 1),
                    "Matches any of these consequences.", example: ["credentialReentry"]),
                Field(
                    "actions", .array(of: .choice(Action.allCases.filter { $0 != .none }.map { Choice($0.rawValue, $0.words) }), isSet: true, minimum: 1),
                    "Matches any of these actions."),
                Field(
                    "rules", .array(of: .choice(Rules.all.map { Choice($0.id, $0.title) }), isSet: true, minimum: 1),
                    "Matches any of these impact rules, in changes or in new advice.", example: ["EAS001"]),
                Field(
                    "tenants", .array(of: .string(.line(1...100)), isSet: true, minimum: 1),
                    "Matches any of these tenant ids; * matches any characters, ? matches one.", example: ["contoso", "fab*"]),
                Field(
                    "peopleOver", .integer(0...100_000_000),
                    "Matches more people than this: those of the listed consequences, or else all people of the profile. An unknown number counts as more.",
                    example: 50),
            ]))

    private static let window = Shape.object(
        ObjectShape(
            "window",
            [
                Field(
                    "days", .array(of: .choice(Weekday.allCases.map { Choice($0.rawValue, $0.words) }), isSet: true, minimum: 1),
                    "The days on which the window opens; every day by default.", example: ["sat", "sun"]),
                Field("from", .string(.line(5...5)), default: "00:00", "When the window opens, in local time.", example: "22:00"),
                Field(
                    "to", .string(.line(5...5)), default: "00:00",
                    "When the window closes, in local time. If before \"from\", it closes on the next day; if equal, it is open all day.", example: "06:00"),
                Field("timeZone", .string(.line(1...100)), default: "UTC", "The time zone, by its IANA name, such as Europe/Amsterdam.", example: "Europe/Amsterdam"),
            ]))

    private static let limitsShape = Shape.object(ObjectShape("limits", Limits.all.map { Field($0.key, .integer(0...100_000_000), $0.about, example: 100) }))

    /// The JSON Schema of `policy.json`.
    public static var schema: JSON {
        let schema = JSONSchema.document(shape, title: "easel policy: gates and limits on what goes out")
        let gate = ["properties", "gates", "items", "properties"]
        let window = gate + ["window", "properties"]
        return schema.giving(pattern: Window.clockForm, at: window + ["from"]).giving(pattern: Window.clockForm, at: window + ["to"])
            .giving(pattern: Glob.form, at: gate + ["when", "properties", "tenants", "items"])
            .giving(pattern: Glob.form, at: ["properties", "rings", "items", "properties", "tenants", "items"])
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
