import Foundation
import Testing

/// A clean build must not depend on the order in which modules happen to be compiled: what a file imports, its target declares.
@Suite struct ImportTests {
    /// What the toolchain brings.
    private static let toolchain: Set<String> = ["Dispatch", "Foundation", "FoundationEssentials", "Glibc", "Swift", "Synchronization", "Testing"]

    @Test func everyImportIsDeclared() throws {
        let targets = try House.targets()
        #expect(targets.count > 25, "the manifest was not understood")
        for target in targets {
            var imported: Set<String> = []
            for file in try House.swiftFiles(below: target.folder) {
                let modules = try House.imports(of: file)
                for module in modules where !Self.toolchain.contains(module) && !target.dependencies.contains(module) {
                    Issue.record("\(file) imports \(module), which \(target.name) does not declare in Package.swift")
                }
                imported.formUnion(modules)
            }
            // Some tests run the built program, which they need not import.
            for unused in target.dependencies.subtracting(imported) where !target.isC && unused != "easel" {
                Issue.record("\(target.name) declares \(unused) in Package.swift, and no file of it imports it")
            }
        }
    }

    @Test func dependenciesPointDownward() throws {
        let targets = try House.targets()
        let order = Dictionary(uniqueKeysWithValues: targets.enumerated().map { ($1.name, $0) })
        for (position, target) in targets.enumerated() where target.folder.hasPrefix("Sources/") {
            for dependency in target.dependencies {
                guard let other = order[dependency] else { continue }
                #expect(other > position, "\(target.name) depends on \(dependency), which stands above it in Package.swift")
            }
        }
    }
}
