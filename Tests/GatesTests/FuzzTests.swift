import JSONSource
import Profiles
import TestSupport
import Testing

@testable import Gates

/// Random policies and approvals: gates fail closed, so a file with any error must not be used at all.
@Suite struct FuzzTests {
    @Test(arguments: ["policies", "approvals"]) func whatIsNotSoundIsNotUsed(_ kind: String) {
        var random = Seeded(5)
        let files = Corpus.files(kind).map(\.bytes)
        var sound = 0
        for _ in 0..<6000 {
            let bytes = random.mutated(files[random.below(files.count)])
            let document = JSONDocument(file: "f.json", bytes: bytes)
            let isPolicy = kind == "policies"
            let policy = isPolicy ? Policy.read(document, source: atRoot, zones: zones) : nil
            let approval = isPolicy ? nil : Approval.read(document)
            let diagnostics = policy?.diagnostics ?? approval?.diagnostics ?? []
            let isThere = policy?.policy != nil || approval?.approval != nil
            if isThere == diagnostics.contains(where: { $0.severity == .error }) { Issue.record("\(String(decoding: bytes, as: UTF8.self)) \(diagnostics)") }
            if !document.problems.isEmpty, isThere { Issue.record("used, but not JSON: \(String(decoding: bytes, as: UTF8.self))") }
            let lines = 1 + bytes.count { $0 == 0x0A }
            for diagnostic in diagnostics where !(1...lines).contains(diagnostic.line) || diagnostic.column < 1 { Issue.record("\(diagnostic)") }
            if isThere { sound += 1 }
            // A comparison with the original must not crash either.
            let whole = JSONDocument(file: "f.json", bytes: files[files.count - 1])
            if let policy {
                let before = PolicyVersion(policy: Policy.read(whole, source: atRoot, zones: zones).policy, document: whole)
                _ = PolicyChange.of(file: "f.json", from: before, to: PolicyVersion(policy: policy.policy, document: document))
            } else {
                _ = PolicyChange.of(file: "f.json", from: (Approval.read(whole).approval, whole), to: (approval?.approval, document))
            }
        }
        Tries.note(6000, of: "changed \(kind)")
        #expect(sound > 20 && sound < 5900, "\(sound)")
    }
}
