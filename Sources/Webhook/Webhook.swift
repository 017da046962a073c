import AsyncHTTPClient
import Basics
import Crypto
import NIOCore
import NIOSSL

/// A receiver of JSON over HTTPS: each message is one POST, signed when there is a secret.
///
/// The header `X-Easel-Signature-256` has the signature: `sha256=` and the hex digits of the HMAC-SHA-256 of the body, in the way
/// that forges sign their webhooks. Whoever makes the body writes a time and an id into it, so that nobody can send it again.
public struct Webhook: Sendable {
    public let url: String
    private let secret: [UInt8]?
    private let caFile: String?

    /// - Parameters:
    ///   - secret: only signatures made with it leave the process.
    ///   - caFile: a PEM file of certificate authorities to trust in addition to the machine's.
    /// - Throws: `WebhookError` when the URL cannot be used, or is not HTTPS, unless its host is this machine.
    public init(url: String, secret: [UInt8]?, caFile: String?) throws {
        guard let parts = URLParts(url) else { throw WebhookError("the URL is not valid: it needs a host, a port from 1 to 65535 if any, and no spaces or characters that are not ASCII") }
        guard parts.scheme == "https" || (parts.scheme == "http" && parts.isLoopback) else {
            throw WebhookError("the URL must begin with https:// (http:// is allowed only for this machine)")
        }
        self.url = url
        self.secret = secret
        self.caFile = caFile
    }

    /// Seconds before each further attempt.
    static let pauses: [Double] = [1, 2, 4]
    /// Seconds that a receiver has to answer one attempt, and that it can ask to be left alone before the next.
    private static let patience = 15

    /// Posts a body and waits for the answer. What may be better a moment later (no connection, no answer, 408, 429, 5xx) is tried again,
    /// four times in all, after a pause that grows or that the receiver asks for; it takes two minutes at most.
    ///
    /// - Parameter isCancelled: asked ten times a second; then it ends at once.
    /// - Throws: `WebhookError` when no attempt was answered with 2xx.
    public func post(_ body: [UInt8], isCancelled: @escaping @Sendable () -> Bool) throws {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.headers.add(name: "User-Agent", value: "easel")
        if let secret { request.headers.add(name: "X-Easel-Signature-256", value: "sha256=" + Self.signature(of: body, secret: secret)) }
        request.body = .bytes(ByteBuffer(bytes: body))
        do {
            try waiting { [request, caFile] in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await Self.deliver(request, caFile: caFile) }
                    group.addTask {
                        while !isCancelled() { try await Task.sleep(for: .milliseconds(100)) }
                        throw WebhookError("it was interrupted")
                    }
                    defer { group.cancelAll() }
                    try await group.next()
                }
            }
        } catch {
            throw error as? WebhookError ?? WebhookError("\(error)")
        }
    }

    static func signature(of body: [UInt8], secret: [UInt8]) -> String {
        hexadecimal(HMAC<SHA256>.authenticationCode(for: body, using: SymmetricKey(data: secret)))
    }

    private static func deliver(_ request: HTTPClientRequest, caFile: String?) async throws {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout.connect = .seconds(Int64(patience))
        // Attempts are counted here.
        configuration.connectionPool.retryConnectionEstablishment = false
        if let caFile {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.additionalTrustRoots = [.file(caFile)]
            configuration.tlsConfiguration = tls
        }
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            for pause in pauses {
                guard let wait = try await attempt(request, client, pause: pause) else { return try await client.shutdown() }
                try await Task.sleep(for: .seconds(wait))
            }
            _ = try await attempt(request, client, pause: nil)
            try await client.shutdown()
        } catch {
            try? await client.shutdown()  // The first error counts.
            throw error
        }
    }

    /// Nil when it was delivered; otherwise the seconds to wait before the next attempt.
    ///
    /// - Parameter pause: nil in the last attempt, which throws what went wrong.
    private static func attempt(_ request: HTTPClientRequest, _ client: HTTPClient, pause: Double?) async throws -> Double? {
        do {
            let response = try await client.execute(request, timeout: .seconds(Int64(patience)))
            let status = Int(response.status.code)
            if (200..<300).contains(status) { return nil }
            guard let pause, isWorthAnotherAttempt(status) else { throw WebhookError("the receiver answered with status \(status)") }
            return wait(pause, askedFor: response.headers.first(name: "Retry-After"))
        } catch let error where !(error is WebhookError) && !(error is CancellationError) {
            // A certificate that nobody vouches for is none the better a second later.
            guard let pause, !(error is NIOSSLError) else { throw error }
            return wait(pause, askedFor: nil)
        }
    }

    static func isWorthAnotherAttempt(_ status: Int) -> Bool { status == 408 || status == 429 || (500..<600).contains(status) }

    /// Not all at the same moment, where many shards have one receiver.
    private static func wait(_ pause: Double, askedFor seconds: String?) -> Double {
        min(max(pause, seconds.flatMap(Double.init) ?? 0), Double(patience)) * Double.random(in: 0.8...1.2)
    }
}

/// Why nothing can be delivered to a webhook, or was not.
public struct WebhookError: Error, Sendable, CustomStringConvertible {
    public let description: String
    init(_ description: String) { self.description = description }
}

/// The parts of a URL that decide whether it can be sent to, and whether that is safe.
private struct URLParts {
    let scheme: String
    let isLoopback: Bool

    /// Nil for a URL that the client cannot take: it traps on ports that no socket has.
    init?(_ url: String) {
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !#"<>"\^`{|}"#.utf8.contains($0) }), let separator = url.firstRange(of: "://") else { return nil }
        scheme = url[..<separator.lowerBound].lowercased()
        let authority = url[separator.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let place = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        let host: Substring
        let rest: Substring
        if place.hasPrefix("[") {
            guard let end = place.firstIndex(of: "]") else { return nil }
            (host, rest) = (place[..<end].dropFirst(), place[end...].dropFirst())
            guard host.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else { return nil }
        } else {
            host = place.prefix { $0 != ":" }
            rest = place[host.endIndex...]
            guard host.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "-" || $0 == "." || $0 == "_" }) else { return nil }
        }
        guard !host.isEmpty, rest.isEmpty || (rest.hasPrefix(":") && rest.count <= 6 && rest.dropFirst().utf8.allSatisfy { (0x30...0x39).contains($0) } && UInt16(rest.dropFirst()).map { $0 > 0 } == true) else { return nil }
        isLoopback = host == "localhost" || host == "::1" || (host.hasPrefix("127.") && host.allSatisfy { $0.isNumber || $0 == "." })
    }
}
