import JSONSource

/// The pages of a collection, in order, each fetched when it is asked for.
///
/// A next page must be on the host that the first was asked from, below `/beta/` and in the same part of Graph; a page that was there before
/// ends the walk with an error, and so does one that cannot be read: a list that is cut short must not look like a short list.
public struct GraphPages: AsyncSequence, Sendable {
    public typealias Element = JSONDocument

    let session: TenantSession
    let first: GraphRequest
    /// More pages than any tenant has.
    var limit = 10_000

    public func makeAsyncIterator() -> Iterator { Iterator(session: session, next: first, limit: limit) }

    public struct Iterator: AsyncIteratorProtocol {
        fileprivate let session: TenantSession
        fileprivate var next: GraphRequest?
        fileprivate let limit: Int
        private var seen: Set<String> = []

        fileprivate init(session: TenantSession, next: GraphRequest?, limit: Int) {
            self.session = session
            self.next = next
            self.limit = limit
        }

        /// - Throws: as `GraphTenant.send`.
        public mutating func next() async throws -> JSONDocument? {
            guard let request = next else { return nil }
            next = nil
            guard seen.insert(request.path).inserted, seen.count <= limit else { throw error(request, "the pages go round in a circle") }
            guard let document = try await session.send(request).document, let root = document.root, root["value"]?.kind == .array else {
                throw error(request, "the answer is not a page of a list")
            }
            if let link = root["@odata.nextLink"], !link.isNull { next = try follow(link, from: request) }
            return document
        }

        private func follow(_ link: JSONValue, from request: GraphRequest) throws -> GraphRequest {
            guard let url = link.string.flatMap({ ServiceURL($0) }) else { throw error(request, "@odata.nextLink is not an address") }
            guard url.isSameOrigin(as: session.endpoints.graph) else {
                throw error(request, "@odata.nextLink leads to \(shown(url.origin)), not to \(session.endpoints.graph.origin), and a token goes to no other address")
            }
            let path = String(url.path.dropFirst("/beta".count))
            let next = GraphRequest(.get, path + url.query, headers: request.headers)
            guard url.path.hasPrefix("/beta/"), Self.part(path) == Self.part(request.path), next.hasSafePath else {
                throw error(request, "@odata.nextLink leads to another part of the service: \(shown(url.path))")
            }
            return next
        }

        /// `deviceManagement` of `/deviceManagement/deviceConfigurations`.
        private static func part(_ path: String) -> Substring { path.dropFirst().prefix { $0 != "/" && $0 != "?" && $0 != "(" } }

        private func error(_ request: GraphRequest, _ message: String) -> GraphError {
            GraphError(.badAnswer, tenant: session.id, request: request, message: message, help: "Nothing is known about the rest of the list. Check --graph-endpoint and the proxy")
        }
    }
}
