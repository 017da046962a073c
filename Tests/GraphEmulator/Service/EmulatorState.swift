import Crypto
import JSONSource
import Time

/// Everything that an emulator knows, behind one lock.
struct EmulatorState {
    var scenario: Scenario
    var tenants: [String: TenantState]
    var faults: [(fault: Fault, seen: Int, happened: Int)]
    var tokens: [String: (issued: TokenService.Issued, expires: Double)] = [:]
    var usedIDs: Set<String> = []
    var log: [LoggedRequest] = []
    /// Tenant and app → times of requests and of writes within the window.
    var counts: [String: (requests: [Double], writes: [Double])] = [:]
    let issuerKey = SymmetricKey(size: .bits256)

    init(_ scenario: Scenario, now: String) {
        self.scenario = scenario
        tenants = Dictionary(scenario.tenants.map { ($0.id, TenantState($0, now: now)) }, uniquingKeysWith: { first, _ in first })
        faults = scenario.faults.map { ($0, 0, 0) }
    }

    /// The fault that this request meets, which counts as having happened.
    mutating func fault(tenant: String, method: String, path: String) -> Fault.Effect? {
        for index in faults.indices where faults[index].fault.matches(tenant: tenant, method: method, path: path) {
            faults[index].seen += 1
            let fault = faults[index].fault
            guard faults[index].seen > fault.after, fault.times.map({ faults[index].happened < $0 }) ?? true else { continue }
            faults[index].happened += 1
            return fault.effect
        }
        return nil
    }

    /// Counts a request against the documented limits. Returns the seconds to wait where there are too many.
    mutating func throttle(_ key: String, isWrite: Bool, time: Double) -> Int? {
        guard let limits = scenario.limits else { return nil }
        var count = counts[key] ?? ([], [])
        count.requests.removeAll { $0 <= time - limits.window }
        count.writes.removeAll { $0 <= time - limits.window }
        defer { counts[key] = count }
        let tooMany = count.requests.count >= limits.requests ? count.requests : isWrite && count.writes.count >= limits.writes ? count.writes : nil
        if let oldest = tooMany?.first { return max(1, Int((oldest + limits.window - time).rounded(.up))) }
        count.requests.append(time)
        if isWrite { count.writes.append(time) }
        return nil
    }
}
