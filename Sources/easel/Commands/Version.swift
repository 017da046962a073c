import AppliedState
import ArgumentParser
import Deferral
import Git
import Payloads
import ReportModel
import Reports

struct Version: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints the version of easel, of libgit2, and of the files that easel writes.",
        discussion: """
              easel version --json

            --json prints {"formatVersion", "formats": {"operations", "report", "results", "state"}, "libgit2", "platform", "version"}.
            """)

    @Flag(help: "Print JSON.")
    var json = false

    func run() {
        let formats: [String: String] = ["operations": OperationsFile.formatVersion, "report": JSONReport.formatVersion, "results": DeploymentResults.formatVersion]
        let view = VersionView(
            version: easelVersion, platform: Self.platform, libgit2: libgit2Version,
            formats: formats.mapValues { .string($0) }.merging(["state": .integer(RootState.formatVersion)]) { own, _ in own })
        Console.show(view, as: json ? .json : .text)
    }

    private static var platform: String {
        #if arch(x86_64)
            "linux-x86_64"
        #elseif arch(arm64)
            "linux-arm64"
        #else
            "linux"
        #endif
    }
}
