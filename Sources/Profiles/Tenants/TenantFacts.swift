import JSONSource

/// The facts about a tenant that rules read; they are not part of any profile.
public struct TenantFacts: Hashable, Sendable {
    public var exchange: Tenant.Exchange
    public var iosAccountsApp: Tenant.AccountsApp
    public var minimumOS: OSVersion
    /// Group id → whether it holds people or devices, where that is known.
    public var kinds: [String: Tenant.GroupKind]
    /// Audiences (`AssignmentTarget.audienceID`) whose compliance policy requires a managed email profile.
    public var managedEmailRequired: Set<String>
    /// Id → type of each certificate profile.
    public var certificateTypes: [String: Tenant.CertificateType]
    /// Whether a target carries certificates itself, as a .mobileconfig does: what is not configured is then gone, and not left alone.
    public var writesMobileconfig: Bool

    public init(
        exchange: Tenant.Exchange, iosAccountsApp: Tenant.AccountsApp, minimumOS: OSVersion, kinds: [String: Tenant.GroupKind] = [:],
        managedEmailRequired: Set<String> = [], certificateTypes: [String: Tenant.CertificateType] = [:],
        writesMobileconfig: Bool = false
    ) {
        self.exchange = exchange
        self.iosAccountsApp = iosAccountsApp
        self.minimumOS = minimumOS
        self.kinds = kinds
        self.managedEmailRequired = managedEmailRequired
        self.certificateTypes = certificateTypes
        self.writesMobileconfig = writesMobileconfig
    }
}

// MARK: In the applied state

extension TenantFacts {
    public var json: JSON {
        [
            "certificateTypes": .object(certificateTypes.mapValues { .string($0.rawValue) }), "exchange": .string(exchange.rawValue),
            "iosAccountsApp": .string(iosAccountsApp.rawValue), "kinds": .object(kinds.mapValues { .string($0.rawValue) }),
            "managedEmailRequired": .array(managedEmailRequired.sorted().map(JSON.string)), "minimumOS": .string(minimumOS.description),
            "writesMobileconfig": .bool(writesMobileconfig),
        ]
    }

    /// Reads what `json` wrote; nil for anything else.
    public init?(_ value: JSONValue) {
        func words<Word: RawRepresentable>(_ key: StaticString, _ type: Word.Type) -> [String: Word]? where Word.RawValue == String {
            guard let members = value[key]?.members else { return nil }
            var result: [String: Word] = [:]
            for member in members {
                guard let name = member.key.string, let word = member.value.string.flatMap(Word.init(rawValue:)) else { return nil }
                result[name] = word
            }
            return result
        }
        guard let exchange = value["exchange"]?.string.flatMap(Tenant.Exchange.init(rawValue:)),
            let app = value["iosAccountsApp"]?.string.flatMap(Tenant.AccountsApp.init(rawValue:)),
            let minimumOS = value["minimumOS"]?.string.flatMap(OSVersion.init), let kinds = words("kinds", Tenant.GroupKind.self),
            let types = words("certificateTypes", Tenant.CertificateType.self), let required = value["managedEmailRequired"]?.elements,
            let mobileconfig = value["writesMobileconfig"]?.bool
        else { return nil }
        self.init(
            exchange: exchange, iosAccountsApp: app, minimumOS: minimumOS, kinds: kinds, managedEmailRequired: Set(required.compactMap(\.string)),
            certificateTypes: types, writesMobileconfig: mobileconfig)
    }
}
