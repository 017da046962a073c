import Payloads

/// What only this run has, for the next step of a pipeline: PATCH and `$ref` bodies, and what a publisher must do; kept until the folder is
/// put together.
///
/// Used by one thread at a time, as the collector is.
public final class StepFiles {
    private(set) var byTenant: [String: [String: [UInt8]]] = [:]
    private(set) var operations: [Payloads.Operation] = []

    public init() {}

    public func add(_ tenant: String, _ files: [String: [UInt8]], _ operations: [Payloads.Operation]) {
        if !files.isEmpty { byTenant[tenant] = files }
        self.operations += operations
    }
}
