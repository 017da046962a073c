/// Holds the first profiles of a tenant that may already have them: created a second time, everybody would get a first install.
///
/// It works whatever the policies say. Only `easel adopt` passes it, or taking the request out of tenant.json.
public struct AdoptFirstGate: Judge {
    public static let name = "adopt-first"
    public static let about = """
        This gate holds the profiles of a tenant whose tenant.json has "adopt": "first", as easel import writes it, while the applied state knows none of its \
        profiles. With --live, it also holds those of a tenant that has profiles of the same names already. easel adopt passes it; an approval does not.
        """

    public var name: String { Self.name }
    public let source = "default"

    public init() {}

    /// Why a tenant must be adopted before anything of it goes out.
    public enum Reason: Sendable, Hashable {
        /// Its tenant.json asks for it.
        case asked
        /// The same, in a review: nobody knows there what is applied.
        case askedInReview
        /// It has live profiles of the same names.
        case namesakes
    }

    public func judge(_ proposal: Proposal, _ facts: PlanFacts, _ approvals: ApprovalBook) -> Hold? {
        guard let reason = facts.adoption, proposal.impact.action == .create else { return nil }
        return Hold(name: name, source: source, remedies: [.adopt(reason)])
    }
}

extension AdoptFirstGate.Reason {
    /// What an admin must do.
    var sentence: String {
        let adopt = "run `easel adopt --live SOURCE`, where SOURCE is graph or a folder of exports"
        switch self {
        case .asked:
            return "First record what is already there: \(adopt). If the tenant has none of these profiles, remove \"adopt\" from its tenant.json."
        case .askedInReview:
            return "\(Self.asked.sentence) A review does not know the applied state: once the tenant is adopted, this gate holds nothing."
        case .namesakes:
            return "The tenant already has profiles of these names, and the applied state knows none of its profiles. First \(adopt)."
        }
    }
}
