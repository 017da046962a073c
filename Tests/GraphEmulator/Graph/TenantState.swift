import JSONSource

/// What one tenant has now.
struct TenantState {
    let tenant: EmulatedTenant
    var entities: [Entity]
    /// Approval code → the request that it stands for.
    var approvals: [String: (fingerprint: String, isApproved: Bool)] = [:]

    init(_ tenant: EmulatedTenant, now: String) {
        self.tenant = tenant
        entities = tenant.deviceConfigurations.compactMap { Entity(scenario: $0, now: now) }
    }
}

/// A request to Graph, taken apart.
struct Query {
    let method: String
    /// Below `/beta`, with keys as parts of their own: `deviceManagement`, `deviceConfigurations`, `GUID`.
    let parts: [String]
    let options: [String: String]
    let headers: [String: String]
    let body: JSON?
    /// The path as it came, with its query.
    let path: String
    /// Scheme, host and port that it came to.
    let origin: String
    /// On the emulator's clock.
    let time: Double
    let now: String

    var isWrite: Bool { method != "GET" }

    /// Throws for query options that this address does not know.
    func allow(_ names: String...) throws(Refusal) {
        if let other = options.keys.sorted().first(where: { !names.contains($0) }) { throw .badRequest("The query option '\(other)' is not supported here.") }
    }

    /// `deviceConfigurations('GUID')/assign` as `deviceConfigurations`, `GUID`, `assign`; nil for what is no address.
    static func parts(_ path: String) -> [String]? {
        var result: [String] = []
        for part in path.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            guard let decoded = percentDecoded(String(part)), !decoded.isEmpty else { return nil }
            if let open = decoded.firstIndex(of: "("), decoded.hasSuffix(")"), open != decoded.startIndex {
                result.append(String(decoded[..<open]))
                result.append(String(decoded[decoded.index(after: open)...].dropLast()).filter { $0 != "'" })
            } else {
                result.append(decoded)
            }
        }
        return result
    }
}

/// Nil for an escape that is none.
func percentDecoded(_ text: String, plusIsSpace: Bool = false) -> String? {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
        switch byte {
        case UInt8(ascii: "+") where plusIsSpace: bytes.append(0x20)
        case UInt8(ascii: "%"):
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        default: bytes.append(byte)
        }
    }
    return String(validating: bytes, as: UTF8.self)
}

/// `a=b&c=d`, decoded. A name that is there twice keeps its first value.
func formFields(_ text: some StringProtocol) -> [String: String] {
    var fields: [String: String] = [:]
    for field in text.split(separator: "&") {
        let pair = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { percentDecoded(String($0), plusIsSpace: true) ?? "" }
        if fields[pair[0]] == nil { fields[pair[0]] = pair.count > 1 ? pair[1] : "" }
    }
    return fields
}
