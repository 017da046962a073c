import JSONSource
import Profiles

/// What a publisher must do for one profile of one tenant: requests to Microsoft Graph in the order to send them.
public struct Operation: Sendable, Hashable {
    /// In the order in which a tenant's operations run: what goes makes room first, because a duplicate would block what comes.
    public enum Action: String, Sendable, CaseIterable {
        case remove, update, reinstall, create

        fileprivate var rank: Int {
            switch self {
            case .remove: 0
            case .update, .reinstall: 1
            case .create: 2
            }
        }
    }

    public enum Method: String, Sendable, CaseIterable {
        case post = "POST", patch = "PATCH", put = "PUT", delete = "DELETE"
    }

    public enum Body: Sendable, Hashable {
        case none
        /// A path below the folder that holds `operations.json`.
        case file(String)
        case inline(JSON)
    }

    public struct Request: Sendable, Hashable {
        public let method: Method
        /// Complete, at the tenant's cloud. `{id}` stands for a Graph id that nobody knows yet.
        public let url: String
        public let body: Body
    }

    /// What becomes of the profile; the effective values say which requests that takes.
    public enum Change: Sendable {
        case create
        case update(from: EffectiveProfile, to: EffectiveProfile)
        case reinstall(from: EffectiveProfile, to: EffectiveProfile)
        case remove

        var action: Action {
            switch self {
            case .create: .create
            case .update: .update
            case .reinstall: .reinstall
            case .remove: .remove
            }
        }
    }

    /// Stands in a URL for an id that comes with the POST's answer, or is found by the profile's name.
    public static let unknownID = "{id}"

    public let tenant: String
    public let tenantID: String
    public let cloud: Tenant.Cloud
    public let profile: String
    public let displayName: String
    public let action: Action
    public let fingerprint: String
    public let graphID: String?
    public let requests: [Request]

    /// - Parameter files: the path of the profile's files below the folder, without their endings: `tenants/contoso/payloads/staff-mail`.
    public init(
        _ change: Change, tenant: String, tenantID: String, cloud: Tenant.Cloud, profile: String, displayName: String, fingerprint: String, graphID: String?, files: String
    ) {
        self.tenant = tenant
        self.tenantID = tenantID
        self.cloud = cloud
        self.profile = profile
        self.displayName = displayName
        self.action = change.action
        self.fingerprint = fingerprint
        self.graphID = graphID
        let collection = GraphNames.address(.deviceConfigurations, in: cloud)
        let object = "\(collection)/\(graphID ?? Self.unknownID)"
        let assign = Request(method: .post, url: object + "/assign", body: .file(files + ".assign.json"))
        switch change {
        case .create: requests = [Request(method: .post, url: collection, body: .file(files + ".graph.json")), assign]
        case .remove: requests = [Request(method: .delete, url: object, body: .none)]
        case .update(let before, let after), .reinstall(let before, let after):
            var requests: [Request] = []
            if GraphPayload.patch(before: before, after: after) != nil { requests.append(Request(method: .patch, url: object, body: .file(files + ".patch.json"))) }
            for (navigation, address) in GraphPayload.changedReferences(before: before, after: after, cloud: cloud) {
                let url = GraphNames.reference(navigation, of: object)
                let body = address.map { Body.inline(.object(["@odata.id": .string($0)])) }
                requests.append(Request(method: body == nil ? .delete : .put, url: url, body: body ?? .none))
            }
            self.requests = requests + [assign]
        }
    }

    /// By tenant; in a tenant removals, then changes, then creations; then by profile.
    public static func precedes(_ one: Operation, _ other: Operation) -> Bool {
        if one.tenant != other.tenant { return JSONWriter.precedes(one.tenant, other.tenant) }
        if one.action.rank != other.action.rank { return one.action.rank < other.action.rank }
        return JSONWriter.precedes(one.profile, other.profile)
    }
}
