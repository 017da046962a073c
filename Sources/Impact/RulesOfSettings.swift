import Profiles

extension Rules {
    /// The rules that a change of this setting alone can fire, in order. They are found by trying every kind of change on a made-up
    /// profile, so there is no second list beside the rules that could be out of date.
    public static func firing(on setting: Setting) -> [Rule] {
        guard let index = Catalogue.settings.firstIndex(where: { $0.path == setting.path }) else { return [] }
        let values = setting.type.samples
        var found: Set<String> = []
        for context in contexts {
            for before in values {
                for after in values where before != after {
                    func profile(_ value: SettingValue) -> EffectiveProfile {
                        var values = context
                        for condition in [setting.condition, setting.inEffect].compactMap(\.self) { values[SettingKey(condition.path).index] = condition.value }
                        values[index] = value
                        return EffectiveProfile(id: "a", values: values)
                    }
                    let impact = Impact.compare(tenant: "a", before: profile(before), after: profile(after), was: tenant, is: tenant) { _ in 1 }
                    for change in impact.changes where change.path == setting.pointer { found.formUnion(change.rules) }
                }
            }
        }
        return all.filter { found.contains($0.id) }
    }

    /// A tenant in which no rule fires by its facts, but that requires a managed profile.
    private static let tenant = TenantView(TenantFacts(exchange: .online, iosAccountsApp: .granted, minimumOS: OSVersion(99), managedEmailRequired: ["a", "allUsers"]))

    /// Made-up profiles that sign in with a password and with a certificate.
    private static let contexts: [[SettingValue]] = ["usernameAndPassword", "certificate"].map { method in
        var values = Catalogue.settings.map(\.restingValue)
        values[SettingKey.method.index] = .text(method)
        values[SettingKey.include.index] = .targets([AssignmentTarget(.allUsers)])
        if method == "certificate" { values[SettingKey.identityCertificate.index] = .reference(Reference(name: "a", id: "a")) }
        return values
    }
}
