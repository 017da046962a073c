import Impact
import JSONSource
import Profiles

/// Writes the manifest that gives back a profile as it was applied: as people wrote it then, where that still gives the profile, and
/// otherwise as near to it as possible. A manifest never loses its base in silence.
struct ManifestRestorer {
    /// The tenant as it will be.
    let tenant: Tenant
    /// Reads the bases as they are.
    let bases: Bases.Reader
    /// Reads the bases as they were when the profile was applied; nil where nobody knows.
    let formerBases: Bases.Reader?

    struct Restored {
        let manifest: [UInt8]
        /// Path → content of bases that are gone and come back with it.
        var bases: [String: [UInt8]] = [:]
        /// What somebody should know who expects the manifest to be as it was.
        var note: String?
    }

    /// - Parameters:
    ///   - file: the manifest's path.
    ///   - then: its text when the profile was applied; nil where that is not known.
    ///   - now: its text as it is; nil where there is none.
    func restore(_ was: EffectiveProfile, file: String, then: [UInt8]?, now: [UInt8]?) throws -> Restored {
        if let then, let manifest = try giving(was, file, then) { return Restored(manifest: then, bases: try missing(manifest)) }
        let texts = [then, now].compactMap(\.self).map { JSONDocument(file: file, bytes: $0) }
        for text in texts {
            guard let root = text.root, text.problems.isEmpty, let base = root["extends"]?.string, let (bytes, said) = try overriding(was, file, root.plain),
                let manifest = try giving(was, file, bytes)
            else { continue }
            let settings = said.map { Catalogue.settings[$0].path }.joined(separator: ", ")
            let note = "\(tenant.id)/\(was.id) still extends \(base), which no longer gives what was applied, so the manifest itself sets \(settings)"
            return Restored(manifest: bytes, bases: try missing(manifest), note: note)
        }
        let lost = texts.compactMap { $0.root?["extends"]?.string }.first
        let note = lost.map { "\(tenant.id)/\(was.id) no longer extends \($0), with which it cannot be as it was applied; the manifest says everything itself" }
        return Restored(manifest: Array(pretty(was.manifest).utf8), note: note)
    }

    // MARK: Parts

    /// A base as it is or, where there is none any more, as it was.
    private func base(_ path: String) throws -> Bases.Source? { try bases(path) ?? formerBases?(path) }

    /// The manifest with this text; nil where it does not give the profile.
    private func giving(_ was: EffectiveProfile, _ file: String, _ text: [UInt8]) throws -> Manifest? {
        let manifest = try Manifest(id: was.id, file: file, bytes: text, bases: Bases(), reader: base)
        var ignored: [Diagnostic] = []
        guard let profile = manifest.resolve(in: tenant, diagnostics: &ignored) else { return nil }
        return Comparison(before: was, after: profile).changes.isEmpty ? manifest : nil
    }

    private func missing(_ manifest: Manifest) throws -> [String: [UInt8]] {
        var found: [String: [UInt8]] = [:]
        for path in manifest.sources.keys where try bases(path) == nil { found[path] = try formerBases?(path)?.bytes }
        return found
    }

    /// A manifest's text with as few values set as needed for it to give the profile, and the positions of their settings; nil where nothing
    /// helps.
    private func overriding(_ was: EffectiveProfile, _ file: String, _ text: JSON) throws -> (bytes: [UInt8], said: [Int])? {
        func bytes(_ said: [Int: JSON]) -> [UInt8] { Array(pretty(EffectiveProfile.manifest(saying: said, over: text)).utf8) }
        // With every value set, the base does not matter. Then each is left to the text and the base again where that does no harm.
        var said = Dictionary(uniqueKeysWithValues: Catalogue.manifestIndices.map { ($0, was.overriding($0)) })
        guard try giving(was, file, bytes(said)) != nil else { return nil }
        for index in Catalogue.manifestIndices {
            var fewer = said
            fewer[index] = nil
            if try giving(was, file, bytes(fewer)) != nil { said = fewer }
        }
        return (bytes(said), said.keys.sorted())
    }
}
