import Basics
import Gates
import Impact
import JSONSource
import Live
import Payloads
import Profiles

/// The JSON Schema (draft 2020-12) of the JSON report.
public enum ReportSchema {
    public static let json: JSON = {
        guard
            case .object(var schema) = object(
                required: [
                    "command": text("The command that made the report."),
                    "diagnostics": list(of: diagnostic, "What is wrong or doubtful, each once; by file, line and column."),
                    "formatVersion": described(["const": .string(JSONReport.formatVersion)], "The version of this form; it grows when a member changes its meaning or goes."),
                    "gates": list(of: gate, "The gates and limits that hold something."),
                    "rules": ["type": "object", "propertyNames": ["pattern": "^EAS[0-9]{3}$"], "additionalProperties": rule],
                    "source": object(
                        required: [
                            "commit": orNull(described(commit, "The commit that was read; null for working and staged files.")), "ref": orNull(text("The ref that was read.")),
                            "repository": orNull(text("The config repository.")),
                        ], optional: ["staged": described(["const": true], "The index was read, as the next commit will have it; absent otherwise.")], "What was read."),
                    "summary": summary,
                    "tenants": list(of: tenant, "Those with something to tell, in the order of their ids."),
                    "tool": object(required: ["name": ["const": "easel"], "version": text("The version of easel.")], "What made the report."),
                ],
                optional: [
                    "applied": text("What was recorded: the commit on the state branch; absent when nothing was."),
                    "approvals": list(of: text(), "Approvals that do not stand as they should."),
                    "base": [
                        "oneOf": [
                            object(
                                required: ["branch": text("The state branch."), "commit": orNull(commit), "state": orNull(text("The repository of the state."))],
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
                            "after": after, "before": before, "loosens": described(["type": "boolean"], "Whether rules or gates let more through."),
                            "path": described(pointer, "In tenant.json."), "tenant": text(),
                        ]), "What changes in the facts of tenants; of plan, reconcile and review."),
                    "live": text("Where what tenants have now was read; only of drift and adopt."),
                    "notes": list(of: text(), "Sentences about the run as a whole."),
                    "policyChanges": list(of: policyChange, "What changes in policies and approvals; only of a review."),
                    "resolved": list(
                        of: earlier(),
                        "Differences of the earlier report that are no more; only of a drift run that was given one."),
                    "run": object(
                        required: ["durationSeconds": described(["type": "number", "minimum": 0], "How long the run took."), "startedAt": described(moment, "When the run began.")],
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
    private static let after = described([:], "The value after the change; null where there is none.")
    private static let before = described([:], "The value before the change; null where there is none.")
    private static let notified = described(["type": "boolean"], "In a drift run with --notify: whether the notification of it was delivered. What nobody could be notified of is new again in the next run.")
    private static let firstSeen = described(moment, "When an earlier run first saw the difference.")

    private static let counts = object(required: ["people": count, "peopleUnknown": described(count, "Profiles whose number of people is not known."), "profiles": count])
    private static let summary = object(
        required: [
            "consequences": byConsequence(
                counts, "Of what goes out. `people` adds up the known sizes, a target of several profiles of a tenant once; `peopleUnknown` counts the profiles whose number is not known."),
            "heldConsequences": byConsequence(counts, "Of what is held, likewise."),
            "create": count, "failedTenants": described(count, "Tenants with errors, which are left as applied."), "held": count, "moved": described(count, "Profiles that were renamed, or whose tenant's folder was."), "none": count, "profiles": count, "reinstall": count, "remove": count,
            "tenants": count, "update": count, "waiting": described(count, "Held profiles that only wait their turn: time lets them through."),
        ],
        optional: [
            "adoption": object(required: ["adopted": count, "known": described(count, "Profiles that were recorded before."), "left": described(count, "Profiles that were not entered.")], "Only of an adoption: profiles entered, known before, and left."),
            "drift": object(
                required: [
                    "accepted": described(count, "Profiles all of whose differences are accepted."), "inSync": count, "missing": count, "modified": count,
                    "pending": count, "replaced": count, "profilesInLine": described(count, "Profiles without drift."), "profilesOutOfLine": described(count, "Profiles with drift."),
                    "tenantsInLine": described(count, "Tenants without drift."), "tenantsOutOfLine": described(count, "Tenants with drift."), "unmanaged": count,
                ], optional: [
                    "continuing": described(count, "Differences that the earlier report had."), "new": described(count, "Differences that the earlier report did not have."), "resolved": count,
                ], "Only of a drift run: profiles by what they are, and who is in line."),
            "publishing": object(
                required: Dictionary(uniqueKeysWithValues: PublishingResult.Status.allCases.map { ($0.rawValue, count) }), "Only of a run with --publish: changes that no gate held, by what became of them."),
        ], "Counts of the run. What a gate holds is counted under its action, and in `held`.")

    private static let tenant = object(
        required: [
            "displayName": text(), "id": text("The folder's name."),
            "status": described(["enum": .array(TenantReport.Status.allCases.map { .string($0.rawValue) })], "How the run ended for the tenant."),
            "unchanged": described(count, "How many profiles stay as they are."),
        ],
        optional: ["profiles": list(of: profile, "Those that change, move or are held; absent from the report of a state commit.")])

    private static let profile = object(required: [
        "action": action,
        "advice": list(
            of: object(
                required: ["new": described(["type": "boolean"], "Whether this run brings it about."), "path": pointer, "rule": described(ruleID, "The impact rule.")],
                optional: [
                    "resolved": described(["const": true], "It was so before, and no longer is."),
                    "with": text("The id of the other profile that it concerns."),
                ])),
        "changes": list(
            of: object(
                required: ["after": after, "at": place, "before": before, "path": pointer, "rules": list(of: ruleID)],
                optional: [
                    "accepted": object(required: ["acceptedBy": text(), "reason": text()], optional: ["expires": text()], "Why a drift is wanted."),
                    "applied": described([:], "In a drift run: the value as applied; `before` is the live one, `after` the desired one."), "drift": drift,
                    "firstSeen": firstSeen, "notified": notified, "joined": list(of: true, "Targets that joined an assignment list."), "left": list(of: true, "Targets that left an assignment list."),
                    "status": described(["enum": ["new", "continuing"]], "In a drift run with an earlier report: whether that one had the difference, and nobody still has to be notified of it."),
                ]), "One entry for each setting that changes; a creation or removal is one change with path \"\"."),
        "audiences": list(
            of: object(required: ["consequences": list(of: consequence), "id": text("A group's id, allUsers or allDevices."), "people": people]),
            "Who is hit by what: the numbers of people are sums over these."),
        "consequences": ["type": "array", "items": consequence, "uniqueItems": true, "description": "Worst first."],
        "displayName": text(),
        "fingerprint": orNull(
            described(["type": "string", "pattern": .string("^[0-9a-f]{\(Fingerprint.digits)}$")], "Names exactly this change of this profile; approvals name it.")),
        "heldBy": list(of: text(), "Names of the gates and limits that hold it; none: it goes out."),
        "id": text(),
        "people": people,
        "peopleByConsequence": byConsequence(people, "People at most, for each consequence of the change."),
    ], optional: [
        "approvals": list(
            of: object(required: [
                "approvedBy": text(), "author": orNull(text("The author of the commit that last changed the file.")), "commit": orNull(commit), "file": text("Path in the config repository."),
                "gates": list(of: text(), "Gates that would hold the profile without it."), "reason": text(),
            ]), "The approvals that count for its change."),
        "edits": list(
            of: object(required: ["author": text("Name and address, as the commit says."), "commit": commit, "subject": text("The first line of its message."), "time": described(moment, "When the commit was written.")]),
            "The commits that made its changes, newest first."),
        "heldSince": described(
            ["type": "object", "additionalProperties": moment], "Gate to the time since which it holds the profile or, of one that goes out, had held it."),
        "publishing": object(
            required: ["status": ["enum": .array(PublishingResult.Status.allCases.map { .string($0.rawValue) })]],
            optional: [
                "code": text("The service's code of a failure, or that of an approval request."), "drift": list(of: pointer, "Settings whose live value differs from what was sent."),
                "graphId": text("The service's id of the live profile."), "help": text("What to do."), "message": text("Why it is not published, or what is odd about it."),
                "version": described(["type": "integer"], "The version of the live profile."),
            ], "In a run with --publish: what became of the change in Intune."),
        "movedFrom": text("What a renamed profile was before: another id or, where its tenant's folder was renamed, tenant/profile."),
        "adopted": described(["type": "boolean"], "In an adoption: whether the profile was entered into the applied state."), "drift": drift,
        "lastModifiedDateTime": described(orNull(moment), "In a drift run: when the profile was last changed in Intune; null where that is unknown."),
        "changedBy": described(
            orNull(object(required: [
                "at": described(moment, "When it was changed or deleted."), "kind": described(["enum": .array(Attribution.Kind.allCases.map { .string($0.rawValue) })], "What acted."),
                "who": text("The person's user principal name, or the app's name."),
            ])), "In a drift run against Microsoft Graph: who changed or deleted the profile, from Intune's audit events; null where that is unknown."),
        "waiting": described(["const": true], "Everything that holds it only waits: time lets it through."),
        "whyLeft": text("Why it was not."), "graphId": orNull(text("The service's id of the live profile."))])

    private static let diagnostic = object(
        required: [
            "code": text("The diagnostic code or impact rule, which easel explain explains."), "column": described(from1, "In characters, from 1."),
            "file": text("Path in the config repository."), "line": described(from1, "From 1."), "message": text("What is wrong."),
            "pointer": described(pointer, "The place in the file as a JSON Pointer (RFC 6901)."),
            "severity": described(["enum": ["error", "warning"]], "An error leaves the tenant as applied, and the exit code is 1; a warning does neither."),
        ],
        optional: [
            "help": text("What to do about it."), "profile": text(), "tenant": text(),
            "usedBy": text("The manifest that uses the base in which the cause lies."),
        ])
    private static let place = object(
        required: ["column": from1, "file": text(), "line": from1], "Where it stands: in the manifest, a base, or tenant.json.")

    private static let policyChange = object(required: [
        "after": after, "before": before, "file": text("Path in the config repository."),
        "kind": ["enum": .array(PolicyChange.Kind.allCases.map { .string($0.rawValue) })],
        "loosens": described(["type": "boolean"], "Whether something may go out that was held before."),
        "what": text("What of the file, as `gate sign-in-storm`."),
    ])
    private static let from1: JSON = ["type": "integer", "minimum": 1]

    private static let gate = object(required: [
        "held": list(of: text(), "What it holds, each as tenant/profile."), "howToPass": text("What lets the held profiles through."), "name": text(),
        "source": text("The policy's file, --policy or default."),
        "waiting": described(["type": "boolean"], "Whether time alone lets these profiles through; otherwise somebody must do something."),
    ])

    private static let rule = object(required: [
        "action": text("What to do about it."),
        "basis": list(
            of: object(
                required: [
                    "kind": described(["enum": ["documented", "inferred"]], "Whether a document says so, or whether we conclude it."), "text": text("What it says."),
                ], optional: ["link": text("Where the document is.")]),
            "One entry for each kind of evidence."),
        "consequences": list(of: consequence), "explanation": text("What happens, to forward."), "title": text("What the rule says, in a few words."),
    ])

    // MARK: Short hands

    /// A difference of an earlier drift report.
    private static func earlier(and more: [String: JSON] = [:]) -> JSON {
        object(
            required: ["drift": drift, "path": pointer, "profile": text(), "tenant": text()].merging(more) { own, _ in own },
            optional: ["firstSeen": firstSeen, "graphId": text("Of an unmanaged profile."), "notified": notified])
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
