import Gates
import Impact
import JSONSource
import Live
import Payloads
import Profiles
import ReportModel

/// Every word of files and reports that is not the name of a rule, a setting or a diagnostic code.
///
/// Nothing here is a list of words: they come from the models that read and write them, so that what is added there is explained.
enum Glossary {
    /// A word with one of its meanings.
    struct Entry {
        let word: String
        var meaning: Term.Meaning

        init(_ word: String, _ meaning: Term.Meaning) {
            self.word = word
            self.meaning = meaning
        }
    }

    /// In the order in which people read them: what a report says first, then the files.
    static let entries: [Entry] = {
        var entries = named
        let names = Dictionary(named.enumerated().map { ($1.word, $0) }, uniquingKeysWith: { first, _ in first })
        for entry in ShapeWords("policy.json", Policy.shape).entries {
            if Rules.byID[entry.word] != nil { continue }
            guard let position = names[entry.word] else {
                entries.append(entry)
                continue
            }
            // The policy's word for something that has a meaning of its own: where it may be, and how.
            if entries[position].meaning.path == nil {
                entries[position].meaning.path = entry.meaning.path.map { "\($0) in policy.json" }
                entries[position].meaning.example = entry.meaning.example
            }
        }
        let settings = Set(Explanation.settings.map(\.path))
        entries += ShapeWords("tenant.json", Tenant.shape(targets: PayloadTargets.descriptions)).entries
        entries += ShapeWords("a manifest", ManifestShape.partialShape, known: settings).entries
        entries += ShapeWords("an approval", Approval.shape).entries
        entries += ShapeWords("accepted-drift.json", AcceptedDrift.shape).entries
        // A value with a meaning of its own needs none of its key.
        return entries + ReportWords(ReportSchema.json).entries.filter { $0.meaning.kind == ReportWords.kind || names[$0.word] == nil }
    }()

    /// What has a name of its own, whatever file it is in.
    private static let named: [Entry] = {
        var entries: [Entry] = []
        for consequence in Consequence.allCases {
            let rules = Rules.all.filter { $0.consequences.contains(consequence) }.map(\.id).joined(separator: ", ")
            entries.append(Entry(consequence.rawValue, Term.Meaning(kind: "consequence", about: "People \(consequence.words).", facts: [("rules", rules)])))
        }
        for action in Action.allCases { entries.append(Entry(action.rawValue, Term.Meaning(kind: "action", about: action.words.asSentence))) }
        for gate in DefaultGates.all {
            let about = "\(gate.about) It works without any policy, and an approval lets each removal through. \(gate.switchOff)"
            let example: JSON = ["kind": "policy", "defaults": "off"]
            entries.append(Entry(gate.name, Term.Meaning(kind: "default gate", about: about, example: example)))
        }
        entries.append(Entry(AdoptFirstGate.name, Term.Meaning(kind: "gate", about: AdoptFirstGate.about)))
        entries.append(Entry(ChangedLive.name, Term.Meaning(kind: "gate", about: ChangedLive.about)))
        for status in PublishingResult.Status.allCases { entries.append(Entry(status.rawValue, Term.Meaning(kind: "result of publishing", about: status.words.asSentence))) }
        for limit in Limits.all { entries.append(Entry(limit.key.description, Term.Meaning(kind: "limit", about: limit.about, facts: [("heldBy", limit.name)]))) }
        for kind in DriftKind.allCases { entries.append(Entry(kind.rawValue, Term.Meaning(kind: "kind of drift", about: kind.words.asSentence))) }
        for status in TenantReport.Status.allCases { entries.append(Entry(status.rawValue, Term.Meaning(kind: "status of a tenant", about: status.words.asSentence))) }
        for kind in PolicyChange.Kind.allCases { entries.append(Entry(kind.rawValue, Term.Meaning(kind: "kind of policy change", about: kind.words.asSentence))) }
        return entries
    }()

    /// - Parameter name: the word, also as `heldBy` has it, or the end of its path (`when.peopleOver`); letter case does not matter.
    static func term(_ name: String) -> Term? {
        var wanted = name.lowercased()
        if let limit = Limits.all.first(where: { $0.name.lowercased() == wanted }) { wanted = limit.key.description.lowercased() }
        var found = entries.filter { $0.word.lowercased() == wanted }
        if found.isEmpty, wanted.contains(".") {
            let path = plain(wanted)
            found = entries.filter { entry in
                guard entry.meaning.kind.hasPrefix("key of"), let other = entry.meaning.path.map({ plain($0.lowercased()) }) else { return false }
                return other == path || other.hasSuffix("." + path)
            }
        }
        guard let first = found.first else { return nil }
        var meanings: [Term.Meaning] = []
        for entry in found where entry.word.lowercased() == first.word.lowercased() {
            // The same in several places is one meaning.
            if let known = meanings.firstIndex(where: { $0.kind == entry.meaning.kind && $0.about == entry.meaning.about }) {
                meanings[known].isRequired = meanings[known].isRequired && entry.meaning.isRequired
                if let path = meanings[known].path, let more = entry.meaning.path { meanings[known].path = "\(path), \(more)" }
            } else {
                meanings.append(entry.meaning)
            }
        }
        return Term(word: first.word, meanings: meanings)
    }

    private static func plain(_ path: String) -> String { path.replacing("[]", with: "") }
}
