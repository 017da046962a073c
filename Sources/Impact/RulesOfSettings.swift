import Profiles

extension Rules {
    /// The rules that a change of this setting alone can fire, in order: found by trying every kind of change on a made-up
    /// profile, so that no list beside the rules can go stale.
    public static func firing(on setting: Setting) -> [Rule] {
        guard let index = Catalogue.settings.firstIndex(where: { $0.path == setting.path }) else { return [] }
        let values = values(of: setting)
        var found: Set<String> = []
        for context in contexts {
            for before in values {
                for after in values where before != after {
                    func profile(_ value: SettingValue) -> Impact.Applied {
                        var values = context
                        if let condition = setting.condition { values[SettingKey(condition.path).index] = .text(condition.word) }
                        values[index] = value
                        return Impact.Applied(profile: EffectiveProfile(id: "a", values: values), advice: [])
                    }
                    let facts = TenantFacts(exchange: .online, iosAccountsApp: .granted, minimumOS: OSVersion(99))
                    let impact = Impact.compare(tenant: "a", before: profile(before), after: (profile(after).profile, facts)) { _ in 1 }
                    for change in impact.changes where change.path == setting.pointer { found.formUnion(change.rules) }
                }
            }
        }
        return all.filter { found.contains($0.id) }
    }

    /// Profiles that sign in by password and by certificate.
    private static let contexts: [[SettingValue]] = ["usernameAndPassword", "certificate"].map { method in
        var values = Catalogue.settings.map(\.restingValue)
        values[SettingKey.method.index] = .text(method)
        values[SettingKey.include.index] = .targets([AssignmentTarget(.allUsers)])
        if method == "certificate" { values[SettingKey("account.authentication.certificateProfile").index] = .reference(Reference(name: "a", id: "a")) }
        return values
    }

    private static func values(of setting: Setting) -> [SettingValue] {
        func references() -> [SettingValue] { ["a", "b"].map { .reference(Reference(name: $0, id: $0)) } }
        switch setting.type {
        case .boolean: return [.bool(false), .bool(true)]
        case .choice(let choices): return choices.map { .text($0.word) }
        case .text, .hostName: return [.text("a"), .text("b")]
        case .userDomain: return [.none, .domain(.custom("a"))]
        case .certificateProfile: return references()
        case .vpnProfile: return [.none] + references()
        case .textSet: return [.texts(["a"]), .texts(["b"])]
        case .includeTargets, .excludeTargets:
            let groups = ["a", "b"].map { AssignmentTarget(.group(Reference(name: $0, id: $0))) }
            return [.targets([]), .targets([groups[0]]), .targets(groups)]
        case .fromTenant(.text): return [.text("a"), .text("b")]
        case .fromTenant(.reference): return references()
        }
    }
}
