import AsyncHTTPClient
import Basics
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// Calls over the network: HTTP/1.1, TLS always verified, redirects never followed.
final class NetworkTransport: Transport {
    struct Timeouts: Sendable {
        /// Seconds until a connection stands.
        var connect = 15.0
        /// Seconds for a whole exchange.
        var whole = 100.0
    }

    private let trust: TLSConfiguration
    private let proxies: ProxySettings
    private let timeouts: Timeouts
    private let connections: Int
    /// One for each proxy, since a client has one.
    private let clients = Mutex<[ProxySettings.Proxy?: HTTPClient]>([:])

    /// - Parameters:
    ///   - caFile: certificate authorities to trust in addition to the machine's.
    ///   - connections: as many as there are calls at the same time.
    init(caFile: String?, proxies: ProxySettings, timeouts: Timeouts, connections: Int) throws {
        var trust = TLSConfiguration.makeClientConfiguration()
        if let caFile {
            let certificates: [NIOSSLCertificate]
            do { certificates = try NIOSSLCertificate.fromPEMBytes(try readFile(caFile, limit: 16 << 20, followsLinks: true)) } catch let error as FileError { throw error } catch {
                throw EndpointError(description: "cannot use \(caFile) as --ca-file: it is not a PEM file with certificates")
            }
            guard !certificates.isEmpty else { throw EndpointError(description: "cannot use \(caFile) as --ca-file: it has no certificate") }
            trust.additionalTrustRoots = [.certificates(certificates)]
        }
        self.trust = trust
        self.proxies = proxies
        self.timeouts = timeouts
        self.connections = connections
    }

    func exchange(_ call: HTTPCall) async throws -> HTTPAnswer {
        let client = client(for: proxies.proxy(for: call.url))
        var request = HTTPClientRequest(url: call.url.description)
        request.method = .RAW(value: call.method)
        request.headers.add(name: "User-Agent", value: "easel")
        for header in call.headers { request.headers.add(name: header.name, value: header.value) }
        if !call.body.isEmpty { request.body = .bytes(ByteBuffer(bytes: call.body)) }
        let seconds = timeouts.whole
        do {
            return try await withThrowingTaskGroup(of: HTTPAnswer?.self) { [request] group in
                group.addTask {
                    let response = try await client.execute(request, timeout: .nanoseconds(Int64(seconds * 1_000_000_000)))
                    let body = try await response.body.collect(upTo: call.limit)
                    var headers: [String: String] = [:]
                    for (name, value) in response.headers where headers[name.lowercased()] == nil { headers[name.lowercased()] = value }
                    return HTTPAnswer(status: Int(response.status.code), headers: headers, body: Array(buffer: body))
                }
                // The client's own limit ends with the head of the answer; a body may come drop by drop.
                group.addTask {
                    try await Task.sleep(nanoseconds: UInt64(seconds * 1_000_000_000))
                    return nil
                }
                defer { group.cancelAll() }
                guard let answer = try await group.next() ?? nil else { throw TransportFailure.unanswered("no complete answer within \(Int(seconds.rounded(.up))) seconds") }
                return answer
            }
        } catch {
            throw Task.isCancelled ? CancellationError() : Self.failure(error, limit: call.limit)
        }
    }

    func shutdown() async {
        let all = clients.withLock { clients in
            defer { clients = [:] }
            return Array(clients.values)
        }
        // It only fails where it was shut down before.
        for client in all { try? await client.shutdown() }
    }

    private func client(for proxy: ProxySettings.Proxy?) -> HTTPClient {
        clients.withLock { clients in
            if let client = clients[proxy] { return client }
            var configuration = HTTPClient.Configuration(tlsConfiguration: trust, redirectConfiguration: .disallow)
            configuration.timeout.connect = .nanoseconds(Int64(timeouts.connect * 1_000_000_000))
            configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connections
            // The engine decides what is tried again.
            configuration.connectionPool.retryConnectionEstablishment = false
            // Shorter than servers keep an idle connection: a request on one that closes just then has an unknown fate.
            configuration.connectionPool.idleTimeout = .seconds(15)
            configuration.httpVersion = .http1Only
            if let proxy {
                configuration.proxy = .server(host: proxy.host, port: proxy.port, authorization: proxy.login.map { .basic(credentials: base64($0.reveal())) })
            }
            let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
            clients[proxy] = client
            return client
        }
    }

    /// What an error means for the request: whether the service can have seen it.
    private static func failure(_ error: any Error, limit: Int) -> any Error {
        switch error {
        case let failure as TransportFailure: return failure
        case is NIOTooManyBytesError: return TransportFailure.tooLarge(limit)
        case let error as NIOConnectionError:
            let cause = (error.connectionErrors.first?.error as? IOError).map { "\($0)" } ?? "\(error.dnsAError ?? error.dnsAAAAError ?? error)"
            return TransportFailure.notSent("cannot connect to \(error.host) port \(error.port): \(shown(cause))")
        case let error as NIOSSLExtraError: return TransportFailure.untrusted(shown("\(error.description)"))
        case NIOSSLError.handshakeFailed(let cause): return TransportFailure.untrusted(shown("\(cause)"))
        case let error as HTTPClientError:
            let beforeSending: [HTTPClientError] = [
                .connectTimeout, .tlsHandshakeTimeout, .httpProxyHandshakeTimeout, .socksHandshakeTimeout, .getConnectionFromPoolTimeout, .proxyAuthenticationRequired,
                .invalidProxyResponse,
            ]
            return beforeSending.contains(error) ? TransportFailure.notSent(error.shortDescription) : TransportFailure.unanswered(error.shortDescription)
        case let error as ChannelError:
            if case .connectTimeout = error { return TransportFailure.notSent("no connection in time") }
            return TransportFailure.unanswered("the connection broke")
        case let error as IOError: return TransportFailure.unanswered("the connection broke: \(shown("\(error)"))")
        default: return TransportFailure.unanswered(shown("\(error)"))
        }
    }
}
