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
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
        // Tests only.
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    ],
    targets: [
        // Top to bottom: a target names only targets further down, and every module that its files import (a test compares the two).
        .executableTarget(
            name: "easel",
            dependencies: [
                "Reports", "Reconciler", "HandOff", "Health", "Importing", "History", "Deferral", "Webhook", "Graph", "ConfigRepository", "AppliedState", "ReportModel", "Live", "Payloads", "Gates", "Profiles",
                "Signatures", "Time", "JSONSource", "Git", "Basics", .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .target(
            name: "Webhook",
            dependencies: [
                "Basics", .product(name: "AsyncHTTPClient", package: "async-http-client"), .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"), .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        .target(
            name: "Graph",
            dependencies: [
                "Live", "Payloads", "Profiles", "Time", "JSONSource", "Basics", .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"), .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "JWTKit", package: "jwt-kit"), .product(name: "X509", package: "swift-certificates"), .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        .target(
            name: "Reports",
            dependencies: [
                "Health", "Importing", "History", "Deferral", "ReportModel", "Live", "Payloads", "Gates", "Impact", "Profiles", "Time", "JSONSource", "Basics",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            // In the program itself: easel stays one file to copy.
            resources: [.embedInCode("HTML/page.css"), .embedInCode("HTML/page.js")], swiftSettings: strict),
        .target(
            name: "Reconciler",
            dependencies: [
                "HandOff", "Rendering", "Planning", "Publishing", "Deferral", "ConfigRepository", "AppliedState", "ReportModel", "Live", "Payloads", "Gates", "Impact", "Profiles",
                "Time", "JSONSource", "Git", "Basics", .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .target(
            name: "HandOff",
            dependencies: [
                "Planning", "Deferral", "ConfigRepository", "AppliedState", "ReportModel", "Payloads", "Impact", "Profiles", "Time", "JSONSource", "Git", "Basics",
                "CGitSupport",
            ],
            swiftSettings: strict),
        .target(
            name: "Rendering", dependencies: ["Planning", "ConfigRepository", "AppliedState", "Payloads", "Impact", "Profiles", "JSONSource", "Git"], swiftSettings: strict),
        .target(
            name: "Planning",
            dependencies: [
                "ConfigRepository", "AppliedState", "ReportModel", "Payloads", "Gates", "Impact", "Profiles", "Time", "JSONSource", "Git", "Basics",
            ],
            swiftSettings: strict),
        .target(name: "Publishing", dependencies: ["Live", "Payloads", "Impact", "Profiles", "JSONSource", "Basics"], swiftSettings: strict),
        .target(name: "Health", dependencies: ["ConfigRepository", "AppliedState", "Live", "Profiles", "Time", "Git", "Basics"], swiftSettings: strict),
        .target(name: "Importing", dependencies: ["Live", "Payloads", "Profiles", "JSONSource", "Basics"], swiftSettings: strict),
        .target(
            name: "History", dependencies: ["ConfigRepository", "AppliedState", "ReportModel", "Payloads", "Impact", "Profiles", "Time", "JSONSource", "Git", "Basics"],
            swiftSettings: strict),
        .target(
            name: "Deferral",
            dependencies: [
                "ConfigRepository", "AppliedState", "ReportModel", "Impact", "Profiles", "JSONSource", "Git", "Basics", .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .target(
            name: "ConfigRepository",
            dependencies: ["AppliedState", "ReportModel", "Live", "Payloads", "Gates", "Signatures", "Impact", "Profiles", "Time", "JSONSource", "Git", "Basics"],
            swiftSettings: strict),
        .target(name: "AppliedState", dependencies: ["Signatures", "Impact", "Profiles", "JSONSource", "Git", "Basics"], swiftSettings: strict),
        .target(name: "ReportModel", dependencies: ["Live", "Payloads", "Gates", "Impact", "Profiles", "Time", "JSONSource", "Basics"], swiftSettings: strict),
        .target(name: "Live", dependencies: ["Payloads", "Impact", "Profiles", "Time", "JSONSource", "Basics"], swiftSettings: strict),
        .target(name: "Payloads", dependencies: ["Profiles", "JSONSource", "Basics"], swiftSettings: strict),
        .target(name: "Gates", dependencies: ["Impact", "Profiles", "Time", "JSONSource", "Basics"], swiftSettings: strict),
        .target(name: "Impact", dependencies: ["JSONSource", "Profiles"], swiftSettings: strict),
        .target(name: "Profiles", dependencies: ["JSONSource", "Basics"], swiftSettings: strict),
        .target(name: "Signatures", dependencies: ["Git", "Basics", "CGitSupport"], swiftSettings: strict),
        .target(name: "Time", dependencies: ["Basics"], swiftSettings: strict),
        .target(name: "JSONSource", dependencies: ["Basics"], swiftSettings: strict),
        .target(
            name: "Git",
            dependencies: ["Basics", "CGitSupport", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: strict),
        .target(name: "Basics", dependencies: [.product(name: "Crypto", package: "swift-crypto")], swiftSettings: strict),
        .target(name: "CGitSupport", dependencies: ["CLibgit2"], linkerSettings: [.linkedLibrary("z")]),
        .systemLibrary(name: "CLibgit2", pkgConfig: "libgit2", providers: [.apt(["libgit2-dev"])]),

        // What tests of several modules need: programs, seeds, somebody else's validators.
        .target(name: "TestSupport", dependencies: ["JSONSource"], path: "Tests/TestSupport", exclude: ["Corpus"], swiftSettings: strict),
        // Microsoft Graph and its token service, as strict as they are documented to be; and the program that scripts start.
        .target(
            name: "GraphEmulator",
            dependencies: [
                "Time", "JSONSource", "Basics", .product(name: "Hummingbird", package: "hummingbird"), .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"), .product(name: "HTTPTypes", package: "swift-http-types"), .product(name: "Logging", package: "swift-log"), .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"), .product(name: "X509", package: "swift-certificates"), .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ],
            path: "Tests/GraphEmulator", swiftSettings: strict),
        .executableTarget(name: "graph-emulator", dependencies: ["GraphEmulator", "Basics"], path: "Tests/GraphEmulatorProgram", swiftSettings: strict),
        .testTarget(name: "JSONSourceTests", dependencies: ["TestSupport", "JSONSource"], swiftSettings: strict),
        .testTarget(name: "BasicsTests", dependencies: ["Basics"], swiftSettings: strict),
        .testTarget(name: "TimeTests", dependencies: ["TestSupport", "Time"], swiftSettings: strict),
        .testTarget(name: "GitTests", dependencies: ["TestSupport", "Git", "Basics", "CGitSupport", "easel"], swiftSettings: strict),
        .testTarget(name: "ProfilesTests", dependencies: ["TestSupport", "Payloads", "Profiles", "JSONSource"], swiftSettings: strict),
        .testTarget(name: "ImpactTests", dependencies: ["TestSupport", "Payloads", "Impact", "Profiles", "JSONSource"], resources: [.copy("Cases")], swiftSettings: strict),
        .testTarget(
            name: "PayloadsTests", dependencies: ["TestSupport", "Payloads", "Profiles", "JSONSource"], resources: [.copy("Reference"), .copy("Golden")],
            swiftSettings: strict),
        .testTarget(name: "LiveTests", dependencies: ["TestSupport", "Live", "Payloads", "Impact", "Profiles", "JSONSource", "Basics"], swiftSettings: strict),
        .testTarget(
            name: "GatesTests", dependencies: ["TestSupport", "Payloads", "Gates", "Impact", "Profiles", "Time", "JSONSource", "Basics"], resources: [.copy("Cases")], swiftSettings: strict),
        .testTarget(name: "SignaturesTests", dependencies: ["TestSupport", "Signatures", "Git", "Basics"], swiftSettings: strict),
        .testTarget(name: "AppliedStateTests", dependencies: ["TestSupport", "AppliedState", "Impact", "Profiles", "JSONSource", "Git"], swiftSettings: strict),
        .testTarget(
            name: "ReportsTests",
            dependencies: [
                "TestSupport", "Reports", "Health", "Importing", "History", "Deferral", "ReportModel", "Live", "Payloads", "Gates", "Impact", "Profiles", "Time", "JSONSource", "Git",
                "Basics",
            ],
            exclude: ["Browser"],
            resources: [.copy("Golden")], swiftSettings: strict),
        .testTarget(name: "PublishingTests", dependencies: ["TestSupport", "Publishing", "Live", "Payloads", "Profiles", "JSONSource"], swiftSettings: strict),
        .testTarget(name: "GraphTests", dependencies: ["TestSupport", "Graph", "GraphEmulator", "Live", "Profiles", "Time", "JSONSource", "Basics"], swiftSettings: strict),
        .testTarget(name: "HealthTests", dependencies: ["Health", "Live", "Git", "Time"], swiftSettings: strict),
        .testTarget(name: "EaselTests", dependencies: ["TestSupport", "GraphEmulator", "easel", "JSONSource", .product(name: "Crypto", package: "swift-crypto")], swiftSettings: strict),
        // What holds for the house as a whole: declared imports, the words of messages, the sizes of files, what is registered where.
        .testTarget(name: "HouseTests", swiftSettings: strict),
    ]
)
