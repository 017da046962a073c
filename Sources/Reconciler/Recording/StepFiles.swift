/// Files that only this run has, as PATCH and `$ref` bodies; kept until the folder is put together.
///
/// Used by one thread at a time, as the collector is.
final class StepFiles {
    private(set) var byTenant: [String: [String: [UInt8]]] = [:]
    /// The last report of tenants that leave the applied state, which has no place for it.
    private(set) var leaving: [String: [UInt8]] = [:]

    func add(_ tenant: String, _ rendered: TenantRenderer.Rendered) {
        if !rendered.steps.isEmpty { byTenant[tenant] = rendered.steps }
        if let report = rendered.leaving { leaving[tenant] = report }
    }
}
