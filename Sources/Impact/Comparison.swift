import Profiles

/// A profile before and after, as values, which is what rules read.
public struct Comparison: Sendable {
    public let before: EffectiveProfile?
    public let after: EffectiveProfile?
    /// The settings that differ, in the order of the catalogue. A creation or removal is one change without a setting.
    public let changes: [SettingChange]
    public let audience: AudienceChange
    /// The tenant afterwards; of a tenant that is gone, what was known of it, without profiles.
    public let tenant: TenantView?

    public struct SettingChange: Sendable {
        /// Nil where the whole profile is created or removed.
        public let setting: Setting?
        /// Position in `Catalogue.settings`; -1 without a setting.
        public let index: Int
        public let before: SettingValue
        public let after: SettingValue

        public func isOf(_ key: SettingKey) -> Bool { index == key.index }
    }

    public init(before: EffectiveProfile?, after: EffectiveProfile?, in tenant: TenantView? = nil) {
        self.before = before
        self.after = after
        self.tenant = tenant
        audience = AudienceChange(before: before, after: after)
        guard let before, let after else {
            changes = before == nil && after == nil ? [] : [SettingChange(setting: nil, index: -1, before: .none, after: .none)]
            return
        }
        var changes: [SettingChange] = []
        for index in Catalogue.settings.indices where before.values[index] != after.values[index] {
            let setting = Catalogue.settings[index]
            let (was, is_) = (before.values[index], after.values[index])
            if setting.type.isFromTenant {
                // When a tenant adds or removes a target, nothing changes on devices. An issuer that is added or removed with its use
                // belongs to the change of the setting that uses it. Where both sides need one, it is a change of its own.
                let isNeeded = index == SettingKey.derivedCredentials.index && before.usesDerivedCredentials && after.usesDerivedCredentials
                if was.isNone || is_.isNone, !isNeeded { continue }
                if case .reference(let one) = was, case .reference(let other) = is_, one == other { continue }
            }
            changes.append(SettingChange(setting: setting, index: index, before: was, after: is_))
        }
        self.changes = changes
    }

    /// The positions in `changes` of any of these settings.
    public func changes(of keys: SettingKey...) -> [Int] {
        changes.indices.filter { position in keys.contains { changes[position].isOf($0) } }
    }

    /// The positions in `changes` of settings in these sections.
    public func changes(inSections sections: String...) -> [Int] {
        changes.indices.filter { position in changes[position].setting.map { sections.contains($0.section) } ?? false }
    }

    /// Whether the profile exists before and after.
    public var isChangeOfApplied: Bool { before != nil && after != nil }
}

/// Who gains, loses or keeps a profile, by audience ids (`AssignmentTarget.audienceID`).
public struct AudienceChange: Sendable {
    /// Included before and after, before only, and after only. On creation and removal there is one side, and everybody on it stays.
    private let common: [String]
    private let onlyBefore: [String]
    private let onlyAfter: [String]
    /// Everybody who is included afterwards.
    public let included: [String]
    public let losing: [String]
    public let gaining: [String]
    /// The change of each assignment list, `assignments.include` and `assignments.exclude`.
    public let include: ListChange
    public let exclude: ListChange

    /// The targets that joined and left an assignment list.
    public struct ListChange: Sendable {
        public let joined: [AssignmentTarget]
        public let left: [AssignmentTarget]

        /// A filter that is added narrows its target: people can leave, but nobody joins. One that is removed widens it, and a different
        /// filter can do both.
        init(before: [AssignmentTarget], after: [AssignmentTarget]) {
            let old = Dictionary(before.map { ($0.audienceID, $0) }, uniquingKeysWith: { first, _ in first })
            let new = Dictionary(after.map { ($0.audienceID, $0) }, uniquingKeysWith: { first, _ in first })
            joined = after.filter { target in
                guard let was = old[target.audienceID] else { return true }
                return was.filter != nil && was != target
            }
            left = before.filter { target in
                guard let is_ = new[target.audienceID] else { return true }
                return is_.filter != nil && is_ != target
            }
        }
    }

    init(before: EffectiveProfile?, after: EffectiveProfile?) {
        let (was, is_) = (before?[.include].targets ?? [], after?[.include].targets ?? [])
        include = ListChange(before: was, after: is_)
        exclude = ListChange(before: before?[.exclude].targets ?? [], after: after?[.exclude].targets ?? [])
        let old = was.map(\.audienceID)
        let new = is_.map(\.audienceID)
        included = new
        let isChange = before != nil && after != nil
        let (oldSet, newSet) = (Set(old), Set(new))
        common = before == nil ? new : after == nil ? old : old.filter(newSet.contains)
        onlyBefore = isChange ? old.filter { !newSet.contains($0) } : []
        onlyAfter = isChange ? new.filter { !oldSet.contains($0) } : []
        let excludedNow = before == nil || after == nil ? [] : exclude.joined.map(\.audienceID)
        let includedAgain = before == nil || after == nil ? [] : exclude.left.map(\.audienceID)
        losing = Self.unique((after == nil ? old : include.left.map(\.audienceID)) + excludedNow)
        gaining = Self.unique((before == nil ? new : include.joined.map(\.audienceID)) + includedAgain)
    }

    /// The targets of those who may have the profile before and after, at most: who leaves through one target may come back through
    /// another, so of the targets on one side only, those count that have fewer people.
    ///
    /// - Parameter members: people of an audience; an unknown size counts as more than any known one.
    public func staying(_ members: (String) -> Int?) -> [String] {
        guard !onlyBefore.isEmpty, !onlyAfter.isEmpty else { return common }
        guard let before = People.sum(of: onlyBefore, members).number else { return common + onlyAfter }
        guard let after = People.sum(of: onlyAfter, members).number, after <= before else { return common + onlyBefore }
        return common + onlyAfter
    }

    private static func unique(_ ids: [String]) -> [String] {
        var seen: Set<String> = []
        return ids.filter { seen.insert($0).inserted }
    }
}
