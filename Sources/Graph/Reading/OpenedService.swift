import Synchronization

/// A service that is made when it is needed first.
final class OpenedService: Sendable {
    private let settings: GraphService.Settings
    private let opened = Mutex<GraphService?>(nil)

    init(_ settings: GraphService.Settings) { self.settings = settings }

    /// - Throws: `EndpointError` or `FileError` where the settings cannot be used for any tenant.
    func service() throws -> GraphService {
        try opened.withLock { opened in
            if let opened { return opened }
            let service = try GraphService(settings)
            opened = service
            return service
        }
    }

    func close() async {
        let service = opened.withLock { opened in
            defer { opened = nil }
            return opened
        }
        await service?.shutdown()
    }
}
