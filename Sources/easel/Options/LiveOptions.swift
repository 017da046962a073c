import ArgumentParser
import Basics
import Foundation
import Graph
import Live
import Payloads

/// Where easel reads what tenants have now.
struct LiveOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("'graph' for Microsoft Graph, or a folder of exports (Graph JSON or IntuneCD) with one sub-folder per tenant id. Write ./graph for a folder of that name.", valueName: "source"), completion: .directory)
    var live: String

    @OptionGroup(title: "Microsoft Graph") var graph: GraphOptions

    /// Ask for it once in a run: everything that the run does must see the same source.
    func source(caFile: String?, readsNames: Bool = false) -> any LiveSource { graph.source(live, caFile: caFile, readsNames: readsNames) }

    /// - Throws: when the source cannot be used at all.
    static func checked(_ source: any LiveSource) throws -> any LiveSource {
        _ = try waiting { try await source.tenants() }
        return source
    }

    /// Runs work with a source, and with a service to publish through, and ends what they hold open.
    static func closing<T>(_ source: (any LiveSource)?, _ service: (any PublishingService)? = nil, _ work: () throws -> T) throws -> T {
        let result = Result(catching: work)
        if let source { try waiting { await source.close() } }
        if let service { try waiting { await service.close() } }
        return try result.get()
    }
}

/// How Microsoft Graph is reached. Credentials are in the environment, by the names of Azure's SDKs, or below `--credentials`.
struct GraphOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Folder with a folder for each tenant: client-id, and client-secret or certificate.pem (default: AZURE_CLIENT_ID and what Azure's SDKs read beside it).", valueName: "dir"), completion: .directory)
    var credentials: String?

    @Option(help: ArgumentHelp("Address of Microsoft Graph, for a proxy or an emulator: scheme, host and port (default: the tenant's cloud).", valueName: "url"))
    var graphEndpoint: String?

    /// The source that `--live` names.
    func source(_ live: String, caFile: String?, readsNames: Bool = false) -> any LiveSource {
        live == "graph" ? graph(caFile: caFile, readsNames: readsNames) : ExportFolder(path: live)
    }

    /// Microsoft Graph itself, for commands that ask it for more than live profiles.
    func graph(caFile: String?, readsNames: Bool = false) -> GraphSource {
        GraphSource(settings(caFile: caFile), readsNames: readsNames)
    }

    /// The service that `--publish graph` sends to.
    func publishing(caFile: String?) -> any PublishingService { GraphPublishing(settings(caFile: caFile)) }

    func settings(caFile: String?) -> GraphService.Settings {
        var settings = GraphService.Settings(environment: ProcessInfo.processInfo.environment)
        (settings.credentials, settings.graphEndpoint, settings.caFile) = (credentials, graphEndpoint, caFile)
        return settings
    }
}

/// Whom easel trusts beside the machine's own authorities, for commands that reach no Git remote.
struct AuthorityOptions: ParsableArguments {
    @Option(help: ArgumentHelp("File in PEM with certificate authorities for HTTPS, in addition to the system's.", valueName: "file"), completion: .file())
    var caFile: String?
}
