import Basics

/// The proxy that the environment names: `HTTPS_PROXY` or `ALL_PROXY`, and `NO_PROXY`, in upper or lower case as curl reads them.
///
/// `HTTP_PROXY` is for plain HTTP, which easel speaks with this machine only, and without a proxy.
public struct ProxySettings: Sendable, Hashable {
    public struct Proxy: Sendable, Hashable {
        let host: String
        let port: Int
        /// `user:password`, decoded.
        let login: Secret?
    }

    private let proxy: Proxy?
    private let exceptions: [String]

    public static let none = ProxySettings(proxy: nil, exceptions: [])

    private init(proxy: Proxy?, exceptions: [String]) {
        self.proxy = proxy
        self.exceptions = exceptions
    }

    /// - Throws: `EndpointError` where a proxy's address cannot be used. Its password is not repeated.
    public init(environment: [String: String]) throws(EndpointError) {
        func value(_ names: String...) -> (name: String, text: String)? {
            for name in names { if let text = environment[name], !text.isEmpty { return (name, text) } }
            return nil
        }
        proxy = try value("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY").map { (found) throws(EndpointError) in try Self.proxy(found.text, name: found.name) }
        exceptions = (value("no_proxy", "NO_PROXY")?.text ?? "").split { $0 == "," || $0 == " " }.map { $0.lowercased() }
    }

    private static func proxy(_ text: String, name: String) throws(EndpointError) -> Proxy {
        let error = EndpointError(description: "\(name) is not the address of an HTTP proxy. Write it as http://HOST:PORT")
        var rest = text[...]
        if let scheme = text.firstRange(of: "://") {
            guard text[..<scheme.lowerBound].lowercased() == "http" else { throw error }
            rest = text[scheme.upperBound...]
        }
        var login: Secret?
        if let at = rest.lastIndex(of: "@") {
            guard let decoded = percentDecoded(rest[..<at]) else { throw error }
            login = Secret(decoded)
            rest = rest[rest.index(after: at)...]
        }
        // Borrows the rules for hosts and ports.
        guard let url = ServiceURL("https://" + rest), url.path.allSatisfy({ $0 == "/" }), url.query.isEmpty else { throw error }
        // The standard port of HTTP where none is named, whose rules were not the ones borrowed.
        let hasPort = rest.prefix { $0 != "/" }.drop { $0 != (rest.hasPrefix("[") ? "]" : ":") }.contains(":")
        return Proxy(host: url.host, port: hasPort ? url.port : 80, login: login)
    }

    /// The proxy that requests to an address go through; nil for none. This machine is reached without one.
    public func proxy(for url: ServiceURL) -> Proxy? {
        guard let proxy, !url.isLoopback else { return nil }
        let isExempt = exceptions.contains { exception in
            if exception == "*" { return true }
            let name = exception.split(separator: ":").first.map(String.init) ?? exception
            let domain = String(name.drop { $0 == "." || $0 == "*" })
            let hasPort = exception.contains(":")
            return !domain.isEmpty && (!hasPort || exception.hasSuffix(":\(url.port)")) && (url.host == domain || url.host.hasSuffix("." + domain))
        }
        return isExempt ? nil : proxy
    }

    private static func percentDecoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
