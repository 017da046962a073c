import Impact

/// One limit as a policy sets it, and how much of it is used so far.
struct Allowance: Sendable {
    enum Fit { case fits, full, tooLarge }

    let limit: any Limit
    /// The place in `Limits.all`.
    let position: Int
    let amount: Int
    let source: PolicySource
    /// Nil: all tenants.
    let tenant: String?
    private var used: Int
    /// Whether anything that the limit counts has gone out: then what is larger than the whole limit must wait, approved or not.
    private var isBegun: Bool
    /// Whether something did not fit, or filled the limit: everything behind it waits too, so that a rollout keeps its order.
    private var isClosed = false
    /// What has been counted of that which counts only once.
    private var shared: Set<String> = []

    /// The limits that a policy sets.
    ///
    /// - Parameter today: people who noticed something in earlier runs of the day.
    static func all(of policy: Policy, tenant: String? = nil, today: Int) -> [Allowance] {
        Limits.all.enumerated().compactMap { position, limit in
            policy.limits[limit.key.description].map { amount in
                Allowance(limit, position, amount, policy.source, tenant: tenant, used: limit is PeoplePerDayLimit ? today : 0)
            }
        }
    }

    private init(_ limit: any Limit, _ position: Int, _ amount: Int, _ source: PolicySource, tenant: String?, used: Int) {
        self.limit = limit
        self.position = position
        self.amount = amount
        self.source = source
        self.tenant = tenant
        self.used = used
        isBegun = used > 0
    }

    /// - Parameter isApproved: whether an approval that counts names the change. It passes no limit; it lets what is larger than the
    ///   whole limit take its turn.
    func fit(_ proposal: Proposal, isApproved: @autoclosure () -> Bool) -> Fit {
        guard let size = size(of: proposal) else { return .fits }
        if let number = size.number, number <= amount { return isClosed || number > amount - used ? .full : .fits }
        guard isApproved() else { return .tooLarge }
        return isClosed || isBegun ? .full : .fits
    }

    /// The profile goes out.
    mutating func count(_ proposal: Proposal) {
        guard let size = size(of: proposal) else { return }
        if let key = limit.shared(by: proposal) { shared.insert(key) }
        isBegun = true
        if let number = size.number, number <= amount { used += number } else { isClosed = true }
    }

    /// The profile did not fit.
    mutating func close() { isClosed = true }

    /// Nil when the limit does not count the profile, or has counted it with another.
    private func size(of proposal: Proposal) -> People? {
        if let key = limit.shared(by: proposal), shared.contains(key) { return nil }
        return limit.size(of: proposal)
    }

    /// The hold of a profile that does not fit.
    func hold(_ fit: Fit) -> Hold {
        let words = limit.words(amount, tenant: tenant)
        let remedy = fit == .tooLarge ? Remedy.approveTooLarge(why: limit.tooLarge(words), isOutside: source.isOutside) : .nextRun(limit: words)
        return Hold(name: limit.name, source: source.label, remedies: [remedy]).placed(at: .limit(position, tenant: tenant))
    }
}
