import Time

/// Who changed or deleted a profile, as the service's own record says.
public struct Attribution: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable { case person, app }

    public let kind: Kind
    /// A person's user principal name, or an app's name.
    public let who: String
    public let time: Instant

    public init(kind: Kind, who: String, time: Instant) {
        (self.kind, self.who, self.time) = (kind, who, time)
    }
}

/// What a source's record says about some profiles.
public struct Attributions: Sendable {
    /// The service's id, in lower case → the last change.
    public var found: [String: Attribution] = [:]
    /// Why the record could not be read, as a sentence without its full stop, and what to do.
    public var refusal: String?

    public init() {}
}

/// A profile of which somebody wants to know who changed it.
public struct AttributionQuery: Sendable, Hashable {
    /// The service's id, in lower case.
    public let graphID: String
    /// When it was last changed; nil for one that is gone.
    public let lastModified: Instant?

    public init(graphID: String, lastModified: Instant?) {
        self.graphID = graphID.lowercased()
        self.lastModified = lastModified
    }
}
