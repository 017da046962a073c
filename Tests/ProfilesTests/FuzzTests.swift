import JSONSource
import Payloads
import TestSupport
import Testing

@testable import Profiles

/// Manifests, bases and tenants that nobody wrote: no crash, every diagnostic at a place that is there, a profile exactly
/// when nothing is wrong, and from it the same profile again.
@Suite struct FuzzTests {
    private func check(_ diagnostics: [Diagnostic], _ files: [String: [UInt8]]) {
        for diagnostic in diagnostics {
            guard let bytes = files[diagnostic.file] else {
                Issue.record("\(diagnostic.file) is no file here")
                continue
            }
            let lines = 1 + bytes.count { $0 == 0x0A }
            if !(1...lines).contains(diagnostic.line) || !(1...bytes.count + 1).contains(diagnostic.column) || diagnostic.message.isEmpty
                || !(diagnostic.pointer.isEmpty || diagnostic.pointer.hasPrefix("/"))
            {
                Issue.record("\(diagnostic)")
            }
        }
    }

    @Test(arguments: 0..<6) func manifestsOverBases(_ seed: Int) throws {
        var random = Seeded(seed)
        let manifests = TestSupport.Corpus.files("manifests").map(\.bytes)
        let bases = TestSupport.Corpus.files("bases").map(\.bytes)
        let tenant = try tenant(["filters": ["corporate-devices": "99999999-9999-4999-8999-999999999999"]])
        var sound = 0
        for _ in 0..<1500 {
            func some(_ files: [[UInt8]]) -> [UInt8] {
                let bytes = random.one(of: files)
                return random.chance() ? bytes : random.mutated(bytes)
            }
            let file = "tenants/contoso/profiles/m.json"
            let files = [file: some(manifests), "bases/a.json": some(bases), "bases/b.json": some(bases), "bases/exchange-online.json": some(bases)]
            let manifest = try Manifest(id: "m", file: file, bytes: files[file] ?? [], bases: Bases()) { path in files[path].map { Bases.Source(bytes: $0, id: path) } }
            var diagnostics: [Diagnostic] = []
            let profile = manifest.resolve(in: tenant, diagnostics: &diagnostics)
            check(diagnostics + manifest.formDiagnostics, files)
            for place in manifest.places(of: Catalogue.settings.map(\.pointer)) where files[place.file] == nil { Issue.record("\(place)") }
            if (profile == nil) != diagnostics.contains(where: { $0.severity == .error }) { Issue.record("\(diagnostics)") }
            guard let profile else { continue }
            sound += 1
            if EffectiveProfile(id: "m", JSONDocument(file: "f", bytes: profile.json()))?.digest != profile.digest { Issue.record("\(profile.manifest.compact)") }
            if try resolve(profile.manifest, in: tenant).profile?.digest != profile.digest { Issue.record("\(profile.manifest.compact)") }
        }
        Tries.note(1500, of: "changed manifests over bases")
        #expect(sound > 50 && sound < 1400, "\(sound)")
    }

    @Test func tenants() {
        var random = Seeded(3)
        let files = TestSupport.Corpus.files("tenants").map(\.bytes)
        var sound = 0
        for _ in 0..<4000 {
            let bytes = random.mutated(random.one(of: files))
            let document = JSONDocument(file: "t.json", bytes: bytes)
            var diagnostics = Diagnostic.problems(of: document)
            if document.isComplete, let root = document.root { Tenant.check(root, targets: PayloadTargets.descriptions, into: &diagnostics) }
            check(diagnostics, ["t.json": bytes])
            guard diagnostics.isEmpty else { continue }
            sound += 1
            if Tenant(id: "t", document, targets: PayloadTargets.descriptions) == nil { Issue.record("nothing wrong, and no tenant: \(String(decoding: bytes, as: UTF8.self))") }
        }
        Tries.note(4000, of: "changed tenants")
        #expect(sound > 100 && sound < 3900, "\(sound)")
    }
}
