import Time

/// What a source lets easel do in one tenant.
public struct TenantAccess: Sendable {
    /// Something that an app may be allowed to do in a tenant.
    public struct Permission: Sendable, Hashable {
        public let name: String
        /// What needs it: "drift, import and adopt".
        public let use: String
        /// Whether nothing works without it.
        public let isRequired: Bool
        public let isGranted: Bool

        public init(name: String, use: String, isRequired: Bool, isGranted: Bool) {
            (self.name, self.use, self.isRequired, self.isGranted) = (name, use, isRequired, isGranted)
        }
    }

    public struct Problem: Sendable, Hashable {
        public let message: String
        /// What to do, as an order.
        public let help: String?

        public init(message: String, help: String?) { (self.message, self.help) = (message, help) }
    }

    /// Whom easel signs in as, without secrets; nil where it could not be found out.
    public var credential: String?
    /// Why it cannot sign in; nil where it can.
    public var signIn: Problem?
    /// Why it cannot read profiles; nil where it can, and where it could not sign in.
    public var reading: Problem?
    /// Nil where the token does not say.
    public var permissions: [Permission]?
    /// The page where an administrator gives consent.
    public var consentURL: String?
    /// The service's clock, and this machine's at the same moment.
    public var clocks: (service: Instant, machine: Instant)?

    public init() {}
}

/// A source that can say what easel may do. Safe to ask for several tenants at the same time.
public protocol AccessSource: Sendable {
    /// - Throws: where no tenant can be asked at all. What is wrong with one tenant is in its value.
    func access(to tenant: LiveTenantQuery) async throws -> TenantAccess
}
