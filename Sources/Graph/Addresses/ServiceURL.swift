import Basics

/// The address of a service: HTTPS, or HTTP to this machine alone, which nobody else can listen to.
public struct ServiceURL: Sendable, Hashable, CustomStringConvertible {
    public let scheme: String
    /// In lower case; an IPv6 address without its brackets.
    public let host: String
    public let port: Int
    /// With its leading slash; empty where there is none.
    public let path: String
    /// With its question mark; empty where there is none.
    public let query: String

    /// Nil for anything else than such a URL: user names, fragments, other schemes, ports that no socket has, characters that must be escaped.
    public init?(_ url: String) {
        guard url.utf8.count <= 8192, url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !#"<>"\^`{|}#"#.utf8.contains($0) }), let separator = url.firstRange(of: "://") else { return nil }
        scheme = url[..<separator.lowerBound].lowercased()
        let place = url[separator.upperBound...].prefix { $0 != "/" && $0 != "?" }
        let rest = url[place.endIndex...]
        path = String(rest.prefix { $0 != "?" })
        query = String(rest.drop { $0 != "?" })
        let name: Substring
        let after: Substring
        if place.hasPrefix("[") {
            guard let end = place.firstIndex(of: "]") else { return nil }
            (name, after) = (place[..<end].dropFirst(), place[end...].dropFirst())
            guard name.utf8.allSatisfy({ isHexDigit($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") }) else { return nil }
        } else {
            name = place.prefix { $0 != ":" }
            after = place[name.endIndex...]
            guard name.utf8.allSatisfy({ isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }) else { return nil }
        }
        guard !name.isEmpty, after.isEmpty || (after.hasPrefix(":") && after.count <= 6 && after.dropFirst().utf8.allSatisfy(isDigit)) else { return nil }
        host = name.lowercased()
        let standard = scheme == "https" ? 443 : 80
        guard let port = after.isEmpty ? standard : Int(after.dropFirst()), (1...65535).contains(port) else { return nil }
        self.port = port
        guard scheme == "https" || (scheme == "http" && isLoopback) else { return nil }
    }

    public var isLoopback: Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        let isIPv4 = parts.count == 4 && parts.first == "127" && parts.allSatisfy { UInt8($0) != nil }
        return host == "localhost" || host == "::1" || isIPv4
    }

    /// Scheme, host and port.
    public var origin: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return "\(scheme)://\(name)" + (port == (scheme == "https" ? 443 : 80) ? "" : ":\(port)")
    }

    public func isSameOrigin(as other: ServiceURL) -> Bool { (scheme, host, port) == (other.scheme, other.host, other.port) }

    public var description: String { origin + path + query }
}
