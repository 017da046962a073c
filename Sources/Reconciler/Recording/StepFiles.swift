/// Files that only this run has, as PATCH and `$ref` bodies; kept until the folder is put together.
///
/// Used by one thread at a time, as the collector is.
final class StepFiles {
    private(set) var byTenant: [String: [String: [UInt8]]] = [:]

    func add(_ tenant: String, _ files: [String: [UInt8]]) { if !files.isEmpty { byTenant[tenant] = files } }
}
