// swift-tools-version: 6.2
import PackageDescription

/// Every target of easel is compiled the same way: Swift 6 language mode (from the tools version), warnings are errors.
let strict: [SwiftSetting] = [.treatAllWarnings(as: .error), .enableUpcomingFeature("ExistentialAny")]

let package = Package(
    name: "easel",
    products: [.executable(name: "easel", targets: ["easel"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    ],
    targets: [
        // Top to bottom: a target names only targets further down.
        .executableTarget(
            name: "easel",
            dependencies: [
                "Reports", "Reconciler", "Live", "Files", "Webhook",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .target(
            name: "Webhook",
            dependencies: [
                .product(name: "AsyncHTTPClient", package: "async-http-client"), .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"), .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        .target(name: "Reports", dependencies: ["Reconciler", "Live", .product(name: "Crypto", package: "swift-crypto")], swiftSettings: strict),
        .target(
            name: "Reconciler",
            dependencies: ["AppliedState", "Live", "Payloads", "Gates", "Signatures", "Impact", "Profiles", "JSONSource", "Files", "Git", "CGitSupport", .product(name: "Logging", package: "swift-log")],
            swiftSettings: strict),
        .target(
            name: "Signatures",
            dependencies: [.product(name: "Crypto", package: "swift-crypto"), .product(name: "CryptoExtras", package: "swift-crypto")],
            swiftSettings: strict),
        .target(name: "AppliedState", dependencies: ["Impact", "Profiles", "JSONSource", "Git"], swiftSettings: strict),
        .target(name: "Live", dependencies: ["Gates", "Impact", "Profiles", "JSONSource", "Files"], swiftSettings: strict),
        .target(name: "Payloads", dependencies: ["Profiles", "JSONSource"], swiftSettings: strict),
        .target(name: "Gates", dependencies: ["Impact"], swiftSettings: strict),
        .target(name: "Impact", dependencies: ["Profiles"], swiftSettings: strict),
        .target(
            name: "Profiles", dependencies: ["JSONSource", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: strict),
        .target(name: "JSONSource", swiftSettings: strict),
        .target(name: "Files", dependencies: ["Git"], swiftSettings: strict),
        .target(
            name: "Git",
            dependencies: ["CLibgit2", "CGitSupport", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: strict),
        .target(name: "CGitSupport", dependencies: ["CLibgit2"], linkerSettings: [.linkedLibrary("z")]),
        .systemLibrary(name: "CLibgit2", pkgConfig: "libgit2", providers: [.apt(["libgit2-dev"])]),

        // What tests of several modules need: programs, seeds, somebody else's validators.
        .target(name: "TestSupport", dependencies: ["JSONSource"], path: "Tests/TestSupport", exclude: ["Corpus"], swiftSettings: strict),
        .testTarget(name: "JSONSourceTests", dependencies: ["TestSupport", "JSONSource"], swiftSettings: strict),
        .testTarget(name: "GitTests", dependencies: ["TestSupport", "Git", "easel"], swiftSettings: strict),
        .testTarget(name: "ProfilesTests", dependencies: ["TestSupport", "Profiles"], swiftSettings: strict),
        .testTarget(name: "ImpactTests", dependencies: ["TestSupport", "Impact"], resources: [.copy("Cases")], swiftSettings: strict),
        .testTarget(name: "PayloadsTests", dependencies: ["TestSupport", "Payloads"], resources: [.copy("Reference"), .copy("Golden")], swiftSettings: strict),
        .testTarget(name: "LiveTests", dependencies: ["TestSupport", "Live", "Payloads"], swiftSettings: strict),
        .testTarget(name: "GatesTests", dependencies: ["TestSupport", "Gates"], resources: [.copy("Cases")], swiftSettings: strict),
        .testTarget(name: "SignaturesTests", dependencies: ["TestSupport", "Signatures", "Git"], swiftSettings: strict),
        .testTarget(name: "AppliedStateTests", dependencies: ["TestSupport", "AppliedState"], swiftSettings: strict),
        .testTarget(name: "ReportsTests", dependencies: ["TestSupport", "Reports"], exclude: ["Browser"], resources: [.copy("Golden")], swiftSettings: strict),
        .testTarget(name: "EaselTests", dependencies: ["TestSupport", "easel", "JSONSource", .product(name: "Crypto", package: "swift-crypto")], swiftSettings: strict),
    ]
)
