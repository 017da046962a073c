import JSONSource

/// What became of an operation.
public struct PublishingResult: Sendable, Hashable {
    public enum Status: String, Sendable, CaseIterable {
        /// The service has accepted all of it.
        case published
        /// The service refused it, or did not answer. The next run tries again.
        case failed
        /// A second administrator must approve it (Multi Admin Approval). The next run sends it again with its code.
        case awaitingApproval
        /// Nothing of it was sent, or not all of it. The next run goes on.
        case notSent

        /// What it says of an operation, as a sentence without its end.
        public var words: String {
            switch self {
            case .published: "Intune has the change"
            case .failed: "Intune does not have the change; the next run tries again"
            case .awaitingApproval: "a second administrator must approve the change in Intune; the next run sends it again"
            case .notSent: "the change was not sent, or not all of it; the next run sends it"
            }
        }
    }

    public var status: Status
    /// The service's code of a failure, or the code of an approval request.
    public var code: String?
    /// Why it is not published, or what is odd about it although it is: a sentence without its end.
    public var message: String?
    /// What to do about it, as an order.
    public var help: String?
    /// The live profile after a publication; nil where it is gone or could not be read.
    public var live: LiveVersion?
    /// Pointers of the settings whose live value differs from what was sent.
    public var drift: [String] = []
    /// Of what was not published: whether a part of it has arrived, or may have. The next run looks for it before it sends it again.
    public var mayHaveArrived = false
    /// Of what awaits approval: which request, so that the code goes with no other.
    public var request: String?

    public init(_ status: Status, code: String? = nil, message: String? = nil, help: String? = nil, live: LiveVersion? = nil, drift: [String] = [], request: String? = nil) {
        self.status = status
        self.code = code
        self.message = message
        self.help = help
        self.live = live
        self.drift = drift
        self.request = request
    }
}

/// By what a live profile is told from its earlier and later forms. Microsoft Graph has no ETag.
public struct LiveVersion: Sendable, Hashable {
    /// The service's id, in lower case.
    public var graphID: String
    public var version: Int?
    /// RFC 3339, as the service writes it.
    public var lastModified: String?

    public init(graphID: String, version: Int? = nil, lastModified: String? = nil) {
        self.graphID = graphID
        self.version = version
        self.lastModified = lastModified
    }

    /// Nil for an object without an id.
    public init?(_ object: JSONValue) {
        guard let id = object["id"]?.string, !id.isEmpty else { return nil }
        self.init(graphID: id.lowercased(), version: object["version"]?.integer, lastModified: object["lastModifiedDateTime"]?.string)
    }

    /// Whether both are the same form of the same profile, as far as is known; false where nothing is known.
    public func isSame(as other: LiveVersion) -> Bool {
        graphID == other.graphID && version != nil && version == other.version && lastModified == other.lastModified
    }
}
