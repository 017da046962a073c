import JSONSource
import ReportModel

/// The profiles that a deferred reconcile renames. Each is one entry of the state: it is recorded under its new id and taken from the
/// earlier one, or neither.
struct DeferredMoves {
    /// `tenant/profile` → the same under the earlier id.
    private var origins: [String: String] = [:]
    /// Earlier id → id.
    private var names: [String: String] = [:]
    /// Those that nobody has to deploy.
    private var isAlone: Set<String> = []

    /// - Parameter reports: the tenants' parts of the deferred report.
    init(_ reports: [JSONDocument]) throws {
        for document in reports {
            guard let report = document.root.flatMap(TenantReport.init) else { throw ConfirmationRefused.notAsDeferred(document.file) }
            for profile in report.profiles where profile.heldBy.isEmpty {
                guard let origin = profile.movedFrom else { continue }
                let name = "\(report.id)/\(profile.impact.profile)"
                let earlier = origin.contains("/") ? origin : "\(report.id)/\(origin)"
                (origins[name], names[earlier]) = (earlier, name)
                if profile.impact.action == .none { isAlone.insert(name) }
            }
        }
    }

    /// Whether the id is no profile's any more.
    func isEarlierID(_ name: String) -> Bool { names[name] != nil && origins[name] == nil }

    /// The tenant id that a profile had before it was renamed.
    func formerTenant(of name: String) -> String? { origins[name].map { String($0.prefix { $0 != "/" }) } }

    /// Whether a profile was applied and, where it takes the id of another or gives its own to one, so were those.
    func isApplied(_ name: String, _ results: DeploymentResults) -> Bool {
        var seen: Set<String> = []
        var open = [name]
        while let next = open.popLast() {
            guard seen.insert(next).inserted else { continue }
            if !isEarlierID(next), !isAlone.contains(next), !results.isApplied(next) { return false }
            open += [origins[next], names[next]].compactMap(\.self)
        }
        return true
    }
}
