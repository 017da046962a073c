import JSONSource
import Profiles

/// Which desired profile an applied one has become. Renaming a manifest is nobody's business but the console's: taken for a removal and
/// a creation, of which a gate holds one, it would leave people with two profiles or none.
public struct Moves: Sendable {
    /// Id of a desired profile → id of the applied one that it continues. The same id on both sides, unless the profile was renamed.
    public private(set) var origins: [String: String] = [:]
    /// Desired profiles that may continue more than one applied profile, with those; they are taken for new.
    public private(set) var ambiguous: [(profile: String, candidates: [String])] = []

    /// Applied profiles that a desired one continues.
    public private(set) var continued: Set<String> = []

    private let before: [String: EffectiveProfile]
    private let after: [String: EffectiveProfile]

    /// A profile keeps its entry while id and displayed name agree, or nothing but the name changes. Then displayed names decide, in the
    /// order of ids, then equality in all but the name where there is one such pair.
    public init(before: [String: EffectiveProfile], after: [EffectiveProfile]) {
        self.before = before
        self.after = Dictionary(after.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        guard !before.isEmpty, !after.isEmpty else { return }
        let ids = after.map(\.id).sorted(by: JSONWriter.precedes)
        for id in ids { if let was = before[id], isSettled(id, was) { pair(id, id) } }
        if origins.count == ids.count { return }
        pairByName(ids)
        let doubtful = Set(ambiguous.map(\.profile))
        let open = ids.filter { origins[$0] == nil && !doubtful.contains($0) }
        for id in open where before[id] != nil && !continued.contains(id) { pair(id, id) }
        pairByContent(open.filter { origins[$0] == nil })
    }

    private mutating func pair(_ id: String, _ origin: String) {
        origins[id] = origin
        continued.insert(origin)
    }

    private func isSettled(_ id: String, _ was: EffectiveProfile) -> Bool {
        guard let now = after[id] else { return false }
        return was.displayName == now.displayName || was.digestWithoutName == now.digestWithoutName
    }

    /// A profile whose id is on both sides takes another entry only where somebody else takes its own: otherwise an edit of a name would
    /// tear pairs apart.
    private mutating func pairByName(_ ids: [String]) {
        var free: [String: [String]] = [:]
        for id in before.keys.sorted(by: JSONWriter.precedes) where !continued.contains(id) { free[before[id]?.displayName ?? "", default: []].append(id) }
        var claims: [String: String] = [:]
        for id in ids where origins[id] == nil {
            guard let found = after[id].flatMap({ free[$0.displayName] }) else { continue }
            if found.count == 1 { claims[id] = found[0] } else if before[id] == nil { ambiguous.append((id, found)) }
        }
        while true {
            let claimed = Set(claims.values)
            let early = claims.keys.filter { before[$0] != nil && !claimed.contains($0) }
            if early.isEmpty { break }
            for id in early { claims[id] = nil }
        }
        for (id, origin) in claims { pair(id, origin) }
    }

    private mutating func pairByContent(_ come: [String]) {
        let gone = before.keys.filter { !continued.contains($0) }.sorted(by: JSONWriter.precedes)
        guard !gone.isEmpty, !come.isEmpty else { return }
        let old = Dictionary(grouping: gone) { before[$0]?.digestWithoutName }
        let new = Dictionary(grouping: come) { after[$0]?.digestWithoutName }
        for id in come {
            guard let digest = after[id]?.digestWithoutName, let candidates = old[digest] else { continue }
            if candidates.count == 1, new[digest]?.count == 1 { pair(id, candidates[0]) } else { ambiguous.append((id, candidates)) }
        }
    }
}

extension EffectiveProfile {
    /// Of everything but the displayed name.
    fileprivate var digestWithoutName: String {
        var values = values
        values[SettingKey.displayName.index] = .text("")
        return EffectiveProfile(id: id, values: values).digest
    }
}
