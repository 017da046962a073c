import Impact

/// One limit as a policy sets it, and how much of it a run has used so far.
struct Allowance: Sendable {
    enum Fit { case fits, full, tooLarge }

    let limit: any Limit
    /// The place in `Limits.all`.
    let position: Int
    let amount: Int
    let source: String
    /// Nil: all tenants.
    let tenant: String?
    private var used = 0
    /// Whether a profile did not fit: everything behind it waits too, so that a rollout keeps its order.
    private var isClosed = false

    /// The limits that a policy sets.
    static func all(of policy: Policy, tenant: String? = nil) -> [Allowance] {
        Limits.all.enumerated().compactMap { position, limit in
            policy.limits[limit.key.description].map { Allowance(limit: limit, position: position, amount: $0, source: policy.source.label, tenant: tenant) }
        }
    }

    private init(limit: any Limit, position: Int, amount: Int, source: String, tenant: String?) {
        self.limit = limit
        self.position = position
        self.amount = amount
        self.source = source
        self.tenant = tenant
    }

    func fit(_ proposal: Proposal) -> Fit {
        guard let size = limit.size(of: proposal) else { return .fits }
        guard let number = size.number, number <= amount else { return .tooLarge }
        return isClosed || number > amount - used ? .full : .fits
    }

    /// The profile goes out.
    mutating func count(_ proposal: Proposal) {
        guard let size = limit.size(of: proposal) else { return }
        if let number = size.number {
            // An approved profile may use more than is left.
            used += number
        } else {
            // Approved, but of unknown size: there may be nothing left.
            isClosed = true
        }
    }

    /// The profile did not fit.
    mutating func close() { isClosed = true }

    /// The hold of a profile that does not fit.
    func hold(_ fit: Fit) -> Hold {
        let words = limit.words(amount, tenant: tenant)
        let remedy = fit == .tooLarge ? Remedy.approveTooLarge(why: limit.tooLarge(words)) : .nextRun(limit: words)
        return Hold(name: limit.name, source: source, remedies: [remedy]).placed(at: .limit(position, tenant: tenant))
    }
}
