import Foundation
import TestSupport
import Testing

@testable import Git

/// A damaged mirror is thrown away and fetched anew, once, and somebody is told; nobody else's repository ever is.
@Suite struct HealingTests {
    private let scratch: Scratch
    private let daemon: GitDaemon
    private let first: String
    private var cache: String { scratch("cache") }

    init() throws {
        scratch = try Scratch()
        first = try scratch.makeRepository()
        try scratch.git("clone", "-q", "--bare", scratch("work"), scratch("up.git"))
        daemon = try GitDaemon(scratch.path, environment: Scratch.environment)
    }

    /// Fetches with a new mirror, reads everything, and gives the warnings.
    private func fetch() throws -> (path: String, warnings: [String]) {
        let warnings = Guarded<[String]>([])
        let mirror = try Mirror.open(url: daemon.url("up.git"), cacheDirectory: cache, options: FetchOptions(warn: { text in warnings.withLock { $0.append(text) } }))
        let commit = try #require(try mirror.fetch(wanted: ["HEAD"]).commits["HEAD"])
        let repository = try Repository.openBare(path: mirror.repositoryPath)
        #expect(try repository.entry(atPath: "tenants/contoso/tenant.json", inTree: repository.tree(ofCommit: commit)) != nil)
        return (mirror.repositoryPath, warnings.withLock { $0 })
    }

    @Test(arguments: ["cut", "zero", "garbage", "gone", "empty", "folder"]) func everyFileMayBeDamaged(_ damage: String) throws {
        let path = try fetch().path
        try scratch.git("update-ref", "refs/easel/seen/heads/easel/applied", first, in: path)
        let files = try FileManager.default.subpathsOfDirectory(atPath: path).filter { $0 == "HEAD" || $0 == "config" || $0 == "easel-url" || $0 == "easel-packs" || $0.hasPrefix("objects/pack/") || $0.hasPrefix("refs/") }
            .filter { (try? FileManager.default.attributesOfItem(atPath: path + "/" + $0)[.type] as? FileAttributeType) == .typeRegular }
        try #require(files.count >= 6)
        for name in files {
            let file = path + "/" + name
            let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
            try FileManager.default.removeItem(atPath: file)
            switch damage {
            case "cut": try bytes.prefix(bytes.count / 2).write(to: URL(fileURLWithPath: file))
            case "zero": try Data(count: bytes.count).write(to: URL(fileURLWithPath: file))
            case "garbage": try Data((0..<200).map { UInt8(truncatingIfNeeded: $0 * 37 + 11) }).write(to: URL(fileURLWithPath: file))
            case "empty": try Data().write(to: URL(fileURLWithPath: file))
            case "folder": try FileManager.default.createDirectory(atPath: file, withIntermediateDirectories: false)
            default: break
            }
            let healed = try fetch()
            if name.hasPrefix("objects/pack/") || name == "HEAD" { #expect(healed.warnings.count == 1 && healed.warnings.allSatisfy { $0.contains(path) }, "\(damage) \(name): \(healed.warnings)") }
            #expect(try fetch().warnings == [], "\(damage) \(name): healed for good")
            if try scratch.git("for-each-ref", "refs/easel/seen", in: path).isEmpty { try scratch.git("update-ref", "refs/easel/seen/heads/easel/applied", first, in: path) }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: cache + "/mirrors").count == 2, "the mirror and its lock")
    }

    @Test func settingsInAMirrorHaveNoEffect() throws {
        let path = try fetch().path
        try scratch.git("config", "url.git://127.0.0.1:1/.insteadOf", "git://", in: path)
        #expect(try fetch().warnings == [] && scratch.git("config", "--list", "--local", in: path) == "core.bare=true\ncore.repositoryformatversion=0\ncore.filemode=true")
    }

    @Test func anotherRepositoryIsLeftAlone() throws {
        let path = try fetch().path
        try FileManager.default.removeItem(atPath: path)
        try scratch.git("clone", "-q", "--bare", scratch("work"), path)
        try Data("broken".utf8).write(to: URL(fileURLWithPath: path + "/HEAD"))
        let before = try FileManager.default.subpathsOfDirectory(atPath: path)
        #expect(try gitError { _ = try fetch() }.description.contains(path))
        #expect(try FileManager.default.subpathsOfDirectory(atPath: path) == before)
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: scratch("up.git"))
        #expect(try gitError { _ = try fetch() }.description.contains("--cache"))
        #expect(try scratch.git("rev-parse", "HEAD", in: scratch("up.git")) == first)
    }
}
