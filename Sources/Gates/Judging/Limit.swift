import Impact

/// One limit as far as a run has come.
struct Limit: Sendable {
    enum Kind: String, Sendable, CaseIterable { case peoplePerRun, removalsPerRun }

    enum Fit { case fits, full, tooLarge }

    let kind: Kind
    let limit: Int
    let source: String
    /// Nil: all tenants.
    let tenant: String?
    private var used = 0
    /// Whether something did not fit: then all behind it waits, so that a rollout keeps its order.
    private var isClosed = false

    /// Nil for a policy that does not set this limit.
    init?(_ kind: Kind, of policy: Policy, tenant: String? = nil) {
        let limit =
            switch kind {
            case .peoplePerRun: policy.peoplePerRun
            case .removalsPerRun: policy.removalsPerRun
            }
        guard let limit else { return nil }
        self.kind = kind
        self.limit = limit
        self.tenant = tenant
        source = policy.source.label
    }

    var name: String { LimitWalk.namePrefix + kind.rawValue }

    /// What a profile takes of it; nil when the limit does not count the profile.
    private func size(of proposal: Proposal) -> People? {
        let impact = proposal.impact
        switch kind {
        case .peoplePerRun: return impact.consequences.keys.contains(where: \.isNoticed) ? impact.people : nil
        case .removalsPerRun: return impact.action == .remove ? .atMost(1) : nil
        }
    }

    func fit(_ proposal: Proposal) -> Fit {
        guard let size = size(of: proposal) else { return .fits }
        guard let number = size.number, number <= limit else { return .tooLarge }
        return isClosed || number > limit - used ? .full : .fits
    }

    /// The profile goes out.
    mutating func count(_ proposal: Proposal) {
        guard let size = size(of: proposal) else { return }
        if let number = size.number {
            // An approved profile may take more than there is.
            used += number
        } else {
            // Approved, and nobody knows how much it takes: there may be nothing left.
            isClosed = true
        }
    }

    /// The profile did not fit.
    mutating func close() { isClosed = true }
}
