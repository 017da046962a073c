import AsyncHTTPClient
import Basics
import Crypto
import NIOCore
import NIOSSL

/// A receiver of JSON over HTTPS: each message is one POST, signed when there is a secret.
///
/// The header `X-Easel-Signature-256` has the signature: `sha256=` and the hex digits of the HMAC-SHA-256 of the body, in the way
/// that forges sign their webhooks.
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

    /// Posts a body and waits for the answer.
    ///
    /// - Parameter timeout: in seconds, for the whole exchange.
    /// - Throws: `WebhookError` when no answer comes in time, or its status is not 2xx.
    public func post(_ body: [UInt8], timeout: Int) throws {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.headers.add(name: "User-Agent", value: "easel")
        if let secret { request.headers.add(name: "X-Easel-Signature-256", value: "sha256=" + Self.signature(of: body, secret: secret)) }
        request.body = .bytes(ByteBuffer(bytes: body))
        do {
            try waiting { [request, caFile] in try await Self.send(request, caFile: caFile, timeout: timeout) }
        } catch {
            throw error as? WebhookError ?? WebhookError("\(error)")
        }
    }

    static func signature(of body: [UInt8], secret: [UInt8]) -> String {
        hexadecimal(HMAC<SHA256>.authenticationCode(for: body, using: SymmetricKey(data: secret)))
    }

    private static func send(_ request: HTTPClientRequest, caFile: String?, timeout: Int) async throws {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout.connect = .seconds(Int64(timeout))
        if let caFile {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.additionalTrustRoots = [.file(caFile)]
            configuration.tlsConfiguration = tls
        }
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            let response = try await client.execute(request, timeout: .seconds(Int64(timeout)))
            guard (200..<300).contains(Int(response.status.code)) else { throw WebhookError("the receiver answered with status \(response.status.code)") }
            try await client.shutdown()
        } catch {
            try? await client.shutdown()  // The first error counts.
            throw error
        }
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
