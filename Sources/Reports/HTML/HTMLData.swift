import Impact
import JSONSource
import Profiles
import ReportModel

/// The changed profiles as the page's script reads them: rows that point into tables, so that what a hundred thousand
/// profiles have in common is written once.
///
/// `{"tenants": [[id, name, [[profile, name, kind, people, held, fingerprint, changed?]…]]…], "kinds": [[action, label, [change…], [consequence…],
/// [advice…]]…], "changes": [[path, before, after, [rule…], applied?]…], "values": […], "held": [[gate…]…], …}`; people -1: unknown.
struct HTMLData {
    /// Characters of one value. The page says how much was cut; the JSON report has it all.
    private static let valueLimit = 400

    private struct Kind: Hashable {
        let action: Action
        /// What the list shows, where it is not the action: `modified`.
        let label: String
        let changes: [Int]
        let consequences: [Consequence]
        let advice: [Advice.Key]
    }

    private struct Change: Hashable {
        let path: String
        let before: Int
        let after: Int
        /// Only of a drift run; nil where nothing was applied.
        let applied: Int?
        let rules: [String]
    }

    /// Gives each different element the next number.
    private struct Table<Element: Hashable> {
        private(set) var elements: [Element] = []
        private var positions: [Element: Int] = [:]

        mutating func position(_ element: Element) -> Int {
            if let known = positions[element] { return known }
            positions[element] = elements.count
            elements.append(element)
            return elements.count - 1
        }
    }

    private let rows = Spool()
    private var kinds = Table<Kind>()
    private var changes = Table<Change>()
    private var values = Table<String>()
    private var held = Table<[String]>()
    private(set) var count = 0
    private(set) var rules: Set<String> = []
    private var isDrift = false

    init() { _ = held.position([]) }

    mutating func add(_ tenant: TenantReport) throws {
        guard !tenant.profiles.isEmpty else { return }
        var profiles: [JSON] = []
        for profile in tenant.profiles { profiles.append(row(profile)) }
        let json: JSON = [.string(Words.plain(tenant.id)), .string(Words.plain(tenant.displayName)), .array(profiles)]
        if !rows.isEmpty { try rows.append([UInt8(ascii: ",")]) }
        try rows.append(HTML.data(Array(json.compact.utf8)))
    }

    private mutating func row(_ profile: ProfileReport) -> JSON {
        let impact = profile.impact
        count += 1
        rules.formUnion(impact.rules)
        var kindChanges: [Int] = []
        for (position, change) in impact.changes.enumerated() {
            kindChanges.append(changes.position(entry(change, profile.drift?.differences[position])))
        }
        let kind = Kind(
            action: impact.action, label: Words.label(profile), changes: kindChanges, consequences: impact.sortedConsequences, advice: impact.advice.filter(\.isNew).map(\.key).sorted())
        if profile.drift != nil { isDrift = true }
        // Only a drift run knows when a profile was changed.
        let changed: [JSON] = Words.changed(profile.drift).map { [.string(Words.plain($0))] } ?? []
        let row: [JSON] = [
            .string(Words.plain(impact.profile)), .string(Words.shortened(Words.plain(impact.displayName), to: 120)), .integer(kinds.position(kind)),
            .integer(impact.people.number ?? -1), .integer(held.position(profile.heldBy.map(Words.plain))), .string(impact.fingerprint.map(Fingerprint.short) ?? ""),
        ]
        return .array(row + changed)
    }

    private mutating func entry(_ change: ProfileImpact.Change, _ difference: DriftNote.Difference?) -> Change {
        // The row has the profile's name.
        guard !change.path.isEmpty, let difference else {
            let ids = Words.needsIDs(change)
            let sides = change.path.isEmpty ? [SettingValue.none, .none] : [change.before, change.after]
            let texts = sides.map { values.position(Words.shortened(Words.plain(Words.value($0, ids: ids)), to: Self.valueLimit)) }
            return Change(path: Words.plain(change.path), before: texts[0], after: texts[1], applied: nil, rules: change.rules)
        }
        let sides = Dictionary(Words.sides(of: change, difference, limit: Self.valueLimit).map { ($0.label, $0.value) }, uniquingKeysWith: { first, _ in first })
        let before = values.position(sides[Words.inIntune] ?? "")
        let applied = sides[Words.inGitApplied].map { values.position($0) }
        let after = sides[Words.inGitDesired].map { values.position($0) } ?? applied ?? before
        return Change(path: Words.plain(change.path), before: before, after: after, applied: applied, rules: change.rules)
    }

    /// Writes the data, without the element around it.
    func write(to out: ([UInt8]) throws -> Void) throws {
        func put(_ text: String) throws { try out(Array(text.utf8)) }
        try put("{\"tenants\":[")
        try rows.copy(to: out)
        try put("]")
        func table(_ name: String, _ elements: some Sequence<JSON>) throws {
            var writer = JSONWriter(style: .compact)
            try put(",\"\(name)\":[")
            var isFirst = true
            for element in elements {
                if !isFirst { try put(",") }
                isFirst = false
                writer = JSONWriter(style: .compact)
                writer.value(element)
                try out(HTML.data(writer.finish()))
            }
            try put("]")
        }
        try table("kinds", kinds.elements.lazy.map { kind in
            [
                .string(kind.action.rawValue), .string(kind.label), .array(kind.changes.map(JSON.integer)), .array(kind.consequences.map { .string($0.rawValue) }),
                .array(kind.advice.map { [.string($0.rule), .string(Words.plain($0.path))] }),
            ]
        })
        try table("changes", changes.elements.lazy.map { change in
            let row: [JSON] = [.string(change.path), .integer(change.before), .integer(change.after), .array(change.rules.map(JSON.string))]
            let applied: [JSON] = change.applied.map { [.integer($0)] } ?? []
            return .array(row + applied)
        })
        try table("values", values.elements.lazy.map(JSON.string))
        try table("held", held.elements.lazy.map { .array($0.map(JSON.string)) })
        try table("consequences", Consequence.allCases.map { [.string($0.rawValue), .string($0.words)] })
        try table("rules", rules.sorted().map { [.string($0), .string(Rules.byID[$0]?.title ?? "")] })
        try put(isDrift ? ",\"drift\":true}" : "}")
    }
}
