import JSONSource

extension SettingType {
    enum TenantFact: Sendable { case text, reference }

    /// What no manifest says: `Resolution` derives it from the tenant and the other settings.
    static func fromTenant(_ fact: TenantFact) -> SettingType {
        switch fact {
        case .text:
            SettingType(
                shape: .anything, isFromTenant: true, samples: [.text("a"), .text("b")], declare: { _ in nil },
                read: { value in value.string.map(SettingValue.text) })
        case .reference:
            SettingType(
                shape: .anything, isFromTenant: true, samples: ["a", "b"].map { .reference(Reference(name: $0, id: $0)) }, declare: { _ in nil },
                read: { value in Reference(value).map(SettingValue.reference) })
        }
    }
}
