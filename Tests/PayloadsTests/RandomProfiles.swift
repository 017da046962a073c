import JSONSource
import Payloads
import Profiles
import TestSupport

/// Profiles for which everything can be rendered, the .mobileconfig too, and with `isForGraphOnly` those that cannot.
func randomProfiles(_ count: Int, seed: UInt64, isForGraphOnly: Bool = false) throws -> [Resolved] {
    let tenant = try GoldenCase(name: isForGraphOnly ? "derived-credential" : "everything").tenant()
    var manifest = RandomManifest(seed: seed, isForGraphOnly: isForGraphOnly)
    return try (0..<count).map { _ in try Resolved(manifest: manifest.bytes(), tenant: tenant) }
}
