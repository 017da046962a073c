import Basics
import Gates
import Impact
import JSONSource
import Live
import Profiles

/// The JSON Schema (draft 2020-12) of the JSON report.
public enum ReportSchema {
    public static let json: JSON = {
        guard
            case .object(var schema) = object(
                required: [
                    "command": text("The command that made the report."),
                    "diagnostics": list(of: diagnostic, "What is wrong or doubtful, each once; by file, line and column."),
                    "formatVersion": ["const": .string(JSONReport.formatVersion)],
                    "gates": list(of: gate, "The gates and limits that hold something."),
                    "rules": ["type": "object", "propertyNames": ["pattern": "^EAS[0-9]{3}$"], "additionalProperties": rule],
                    "source": object(
                        required: ["commit": orNull(commit), "ref": orNull(text()), "repository": orNull(text())], "What was read."),
                    "summary": summary,
                    "tenants": list(of: tenant, "Those with something to tell, in the order of their ids."),
                    "tool": object(required: ["name": ["const": "easel"], "version": text()]),
                ],
                optional: [
                    "applied": text("What was recorded: the commit on the state branch; absent when nothing was."),
                    "approvals": list(of: text(), "Approvals that do not stand as they should."),
                    "base": [
                        "oneOf": [
                            object(
                                required: ["branch": text(), "commit": orNull(commit), "state": orNull(text())],
                                "The applied state; `commit` is null before the first reconcile."),
                            object(required: ["commit": commit, "ref": text()], "Another revision, in a review."),
                        ], "description": "What desired was compared with.",
                    ],
                    "carried": list(
                        of: earlier(and: ["live": [:]]),
                        "Differences of the earlier report, of tenants of which nothing could be said this time; the next run takes them from here."),
                    "delivered": text("The state commit of an earlier run whose hand-off this run completed; then it did nothing else."),
                    "factChanges": list(
                        of: object(required: [
                            "after": true, "before": true, "loosens": described(["type": "boolean"], "Whether rules or gates let more through."),
                            "path": described(pointer, "In tenant.json."), "tenant": text(),
                        ]), "What changes in the facts of tenants; of plan, reconcile and review."),
                    "live": text("Where what tenants have now was read; only of drift and adopt."),
                    "notes": list(of: text(), "Sentences about the run as a whole."),
                    "policyChanges": list(of: policyChange, "What changes in policies and approvals; only of a review."),
                    "resolved": list(
                        of: earlier(),
                        "Differences of the earlier report that are no more; only of a drift run that was given one."),
                    "run": object(
                        required: ["durationSeconds": ["type": "number", "minimum": 0], "startedAt": moment],
                        "Absent from a reproducible report."),
                ])
        else { return true }
        schema["$schema"] = .string(JSONSchema.dialect)
        schema["title"] = "easel change report"
        return .object(schema)
    }()

    private static let consequence: JSON = ["enum": .array(Consequence.allCases.map { .string($0.rawValue) })]
    private static let action: JSON = ["enum": .array(Action.allCases.map { .string($0.rawValue) })]
    private static let ruleID: JSON = ["type": "string", "pattern": "^EAS[0-9]{3}$"]
    private static let commit: JSON = ["type": "string", "pattern": "^[0-9a-f]{40}$"]
    private static let count: JSON = ["type": "integer", "minimum": 0]
    private static let pointer: JSON = ["type": "string", "pattern": "^(/[^/]*)*$"]
    private static let people: JSON = [
        "type": ["integer", "null"], "minimum": 0, "description": "People at most; null: unknown, which is never 0.",
    ]

    private static let moment: JSON = ["type": "string", "format": "date-time"]
    private static let drift: JSON = ["enum": .array(DriftKind.allCases.map { .string($0.rawValue) })]

    private static let counts = object(required: ["people": count, "peopleUnknown": count, "profiles": count])
    private static let summary = object(
        required: [
            "consequences": byConsequence(
                counts, "Of what goes out. `people` adds up the known sizes, a target of several profiles of a tenant once; `peopleUnknown` counts the profiles whose number is not known."),
            "heldConsequences": byConsequence(counts, "Of what is held, likewise."),
            "create": count, "failedTenants": count, "held": count, "moved": described(count, "Profiles that were renamed, or whose tenant's folder was."), "none": count, "profiles": count, "reinstall": count, "remove": count,
            "tenants": count, "update": count,
        ],
        optional: [
            "adoption": object(required: ["adopted": count, "known": count, "left": count], "Only of an adoption: profiles entered, known before, and left."),
            "drift": object(
                required: [
                    "accepted": described(count, "Profiles all of whose differences are accepted."), "inSync": count, "missing": count, "modified": count,
                    "pending": count, "replaced": count, "profilesInLine": count, "profilesOutOfLine": count, "tenantsInLine": count, "tenantsOutOfLine": count, "unmanaged": count,
                ], optional: ["continuing": count, "new": count, "resolved": count], "Only of a drift run: profiles by what they are, and who is in line.")
        ], "Counts of the run. What a gate holds is counted under its action, and in `held`.")

    private static let tenant = object(
        required: [
            "displayName": text(), "id": text("The folder's name."),
            "status": ["enum": .array([TenantReport.Status.ok, .failed, .held].map { .string($0.rawValue) })],
            "unchanged": described(count, "How many profiles stay as they are."),
        ],
        optional: ["profiles": list(of: profile, "Those that change, move or are held; absent from the report of a state commit.")])

    private static let profile = object(required: [
        "action": action,
        "advice": list(
            of: object(
                required: ["new": ["type": "boolean"], "path": pointer, "rule": ruleID],
                optional: [
                    "resolved": described(["const": true], "It was so before, and no longer is."),
                    "with": text("The id of the other profile that it concerns."),
                ])),
        "changes": list(
            of: object(
                required: ["after": true, "at": place, "before": true, "path": pointer, "rules": list(of: ruleID)],
                optional: [
                    "accepted": object(required: ["acceptedBy": text(), "reason": text()], optional: ["expires": text()], "Why a drift is wanted."),
                    "applied": described([:], "In a drift run: the value as applied; `before` is the live one, `after` the desired one."), "drift": drift,
                    "firstSeen": moment, "joined": list(of: true), "left": list(of: true), "status": ["enum": ["new", "continuing"]],
                ])),
        "audiences": list(
            of: object(required: ["consequences": list(of: consequence), "id": text("A group's id, allUsers or allDevices."), "people": people]),
            "Who is hit by what: the numbers of people are sums over these."),
        "consequences": ["type": "array", "items": consequence, "uniqueItems": true, "description": "Worst first."],
        "displayName": text(),
        "fingerprint": orNull(["type": "string", "pattern": .string("^[0-9a-f]{\(Fingerprint.digits)}$")]),
        "heldBy": list(of: text(), "Names of the gates and limits that hold it; none: it goes out."),
        "id": text(),
        "people": people,
        "peopleByConsequence": byConsequence(people),
    ], optional: [
        "movedFrom": text("What a renamed profile was before: another id or, where its tenant's folder was renamed, tenant/profile."),
        "adopted": described(["type": "boolean"], "In an adoption: whether the profile was entered into the applied state."), "drift": drift,
        "lastModifiedDateTime": described(orNull(moment), "In a drift run: when the profile was last changed in Intune; null where that is unknown."),
        "whyLeft": text("Why it was not."), "graphId": orNull(text("The service's id of the live profile."))])

    private static let diagnostic = object(
        required: [
            "code": text(), "column": from1, "file": text("Path in the config repository."), "line": from1, "message": text(),
            "pointer": pointer, "severity": ["enum": ["error", "warning"]],
        ],
        optional: [
            "help": text("What to do about it."), "profile": text(), "tenant": text(),
            "usedBy": text("The manifest that uses the base in which the cause lies."),
        ])
    private static let place = object(
        required: ["column": from1, "file": text(), "line": from1], "Where it stands: in the manifest, a base, or tenant.json.")

    private static let policyChange = object(required: [
        "after": true, "before": true, "file": text("Path in the config repository."),
        "kind": ["enum": .array(PolicyChange.Kind.allCases.map { .string($0.rawValue) })],
        "loosens": described(["type": "boolean"], "Whether something may go out that was held before."),
        "what": text("What of the file, as `gate sign-in-storm`."),
    ])
    private static let from1: JSON = ["type": "integer", "minimum": 1]

    private static let gate = object(required: [
        "held": list(of: text(), "tenant/profile"), "howToPass": text(), "name": text(),
        "source": text("The policy's file, --policy or default."),
        "waiting": described(["type": "boolean"], "Whether time alone lets these profiles through; otherwise somebody must do something."),
    ])

    private static let rule = object(required: [
        "action": text("What to do about it."),
        "basis": list(
            of: object(required: ["kind": ["enum": ["documented", "inferred"]], "text": text()], optional: ["link": text("Where the document is.")]),
            "One entry for each kind of evidence."),
        "consequences": list(of: consequence), "explanation": text(), "title": text(),
    ])

    // MARK: Short hands

    /// A difference of an earlier drift report.
    private static func earlier(and more: [String: JSON] = [:]) -> JSON {
        object(
            required: ["drift": drift, "path": pointer, "profile": text(), "tenant": text()].merging(more) { own, _ in own },
            optional: ["firstSeen": moment, "graphId": text("Of an unmanaged profile.")])
    }

    private static func object(required: [String: JSON], optional: [String: JSON] = [:], _ about: String? = nil) -> JSON {
        let schema: JSON = [
            "type": "object", "additionalProperties": false, "properties": .object(required.merging(optional) { own, _ in own }),
            "required": .array(required.keys.sorted().map(JSON.string)),
        ]
        return described(schema, about)
    }

    private static func byConsequence(_ value: JSON, _ about: String? = nil) -> JSON {
        described(["type": "object", "propertyNames": consequence, "additionalProperties": value], about)
    }

    private static func list(of items: JSON, _ about: String? = nil) -> JSON { described(["type": "array", "items": items], about) }
    private static func text(_ about: String? = nil) -> JSON { described(["type": "string"], about) }
    private static func orNull(_ schema: JSON) -> JSON { ["anyOf": [schema, ["type": "null"]]] }

    private static func described(_ schema: JSON, _ about: String?) -> JSON {
        guard let about, case .object(var members) = schema else { return schema }
        members["description"] = .string(about)
        return .object(members)
    }
}
