import Profiles

extension Rule {
    static let eas026 = Rule(
        id: "EAS026",
        title: "Another profile has the same account for the same people",
        consequences: [.installBlocked],
        explanation: """
            Another profile of the tenant has the same server and the same source of email addresses, and reaches the same people. A \
            device keeps the account that it has and refuses the second one, so these people do not get this profile.
            """,
        remedy: "Assign each person one of the two, or remove one of them. To replace a profile, edit it and do not add a second one.",
        basis: .inferred(
            "Documented for accounts that people set up themselves (Microsoft Intune, How Intune handles existing email accounts: same host name and email address); taken to hold for two profiles"
        ),
        trigger: .standingBeside { profile, tenant in
            tenant.sharingAccount(with: profile).filter { profile.reachesSamePeople(as: $0) }.map(\.id)
        },
        examples: [
            Example("a second profile for the same group", before: nil, after: "{}", others: ["{}"], fires: true),
            Example("a second profile for all users", before: nil, after: #"{"assignments": {"include": ["allUsers"]}}"#, others: ["{}"], fires: true),
            Example("another group", before: nil, after: #"{"assignments": {"include": [{"group": "board"}]}}"#, others: ["{}"], fires: false),
            Example("another server", before: nil, after: #"{"account": {"server": "mail.contoso.com"}}"#, others: ["{}"], fires: false),
            Example(
                "the other profile excludes the group", before: nil, after: #"{"assignments": {"include": [{"group": "board"}]}}"#,
                others: [#"{"assignments": {"include": ["allUsers"], "exclude": [{"group": "board"}]}}"#], fires: false),
            Example(
                "one filter, in opposite modes", before: nil,
                after: #"{"assignments": {"include": [{"group": "staff", "filter": "corporate", "filterMode": "include"}]}}"#,
                tenantBefore: #"{"filters": {"corporate": "77777777-7777-4777-8777-777777777777"}}"#,
                others: [#"{"assignments": {"include": [{"group": "staff", "filter": "corporate", "filterMode": "exclude"}]}}"#], fires: false),
        ])
}

extension EffectiveProfile {
    /// Whether a target of one and a target of the other name the same audience, or one names everybody.
    fileprivate func reachesSamePeople(as other: EffectiveProfile) -> Bool {
        let (mine, theirs) = (self[.include].targets, other[.include].targets)
        let byAudience = Dictionary(grouping: theirs, by: \.audienceID)
        func meets(_ one: AssignmentTarget, _ another: AssignmentTarget) -> Bool {
            guard !other.excludes(one), !excludes(another) else { return false }
            guard let filter = one.filter, let second = another.filter, filter.reference == second.reference else { return true }
            return filter.mode == second.mode
        }
        return mine.contains { target in
            // Only everybody is looked for among all targets.
            let candidates = target.isEverybody ? theirs : (byAudience[target.audienceID] ?? []) + theirs.filter(\.isEverybody)
            return candidates.contains { meets(target, $0) }
        }
    }

    private func excludes(_ target: AssignmentTarget) -> Bool { self[.exclude].targets.contains { $0.audienceID == target.audienceID } }
}

extension AssignmentTarget {
    fileprivate var isEverybody: Bool { audience == .allUsers || audience == .allDevices }
}
