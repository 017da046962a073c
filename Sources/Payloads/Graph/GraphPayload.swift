import JSONSource
import Profiles

/// What Microsoft Graph gets for a profile: the bodies that create it, assign it and change it.
///
/// All of it is decided by the catalogue's `GraphMapping`s; nothing here knows a setting. Every text has sorted keys and
/// is the same, byte for byte, for the same profile.
public enum GraphPayload {
    /// The complete body for `POST …/deviceConfigurations`: every property of the catalogue that has a value, and the
    /// certificates and the derived credential issuer as `…@odata.bind`. `cloud` gives the bound addresses their host.
    public static func body(_ profile: EffectiveProfile, cloud: Tenant.Cloud) -> [UInt8] {
        let items = slots(profile)
        var writer = JSONWriter()
        writer.beginObject()
        writer.member(GraphNames.typeKey, GraphNames.emailProfileType)
        for slot in items.indices {
            switch items[slot] {
            case .property(let name, let value): writer.member(name, value)
            // '@' sorts before every letter, so the longer key stands where the bare one would.
            case .configuration(let navigation, _), .derivedCredential(let navigation, _):
                writer.key(navigation + GraphNames.bindSuffix)
                address(items[slot], cloud: cloud, into: &writer)
            case nil: break
            }
        }
        writer.endObject()
        return writer.finish()
    }

    /// The body for PATCH that turns `before` into `after`: `@odata.type`, each property whose value differs, and an
    /// explicit `null` for each that `after` no longer has, because a PATCH leaves alone what it does not name.
    ///
    /// Navigation properties are never in it, since `@odata.bind` is for POST only: they are in `references`. Where nothing
    /// but those or the assignments changed, `@odata.type` stands alone.
    ///
    /// - Parameter wakes: names also the settings that had no effect before and have one now, changed or not: of a profile that
    ///   somebody else has made, the service may hold anything there.
    public static func patch(before: EffectiveProfile, after: EffectiveProfile, wakes: Bool = false) -> [UInt8] {
        let old = slots(before)
        let new = slots(after)
        var woken: Set<Int> = []
        if wakes {
            let settings = Set(Catalogue.withoutEffect(before.values)).subtracting(Catalogue.withoutEffect(after.values))
            for source in order.sources where settings.contains(source.setting) { woken.formUnion(source.slots) }
        }
        var writer = JSONWriter()
        writer.beginObject()
        writer.member(GraphNames.typeKey, GraphNames.emailProfileType)
        for slot in new.indices where old[slot] != new[slot] || woken.contains(slot) {
            if case .property(let name, let value)? = new[slot] {
                writer.member(name, value)
            } else if case .property(let name, _)? = old[slot] {
                writer.key(name)
                writer.null()
            }
        }
        writer.endObject()
        return writer.finish()
    }

    /// The navigation properties that point somewhere else in `after` than in `before`, each with the address to PUT to
    /// its `$ref`, or `null` where the `$ref` is to be deleted; nil where none changed.
    ///
    /// A certificate profile that kept its id has not changed, whatever the tenant calls it or puts into its SCEP block.
    public static func references(before: EffectiveProfile, after: EffectiveProfile, cloud: Tenant.Cloud) -> [UInt8]? {
        let old = slots(before)
        let new = slots(after)
        let changed = new.indices.filter { old[$0] != new[$0] && (isNavigation(old[$0]) || isNavigation(new[$0])) }
        guard !changed.isEmpty else { return nil }
        var writer = JSONWriter()
        writer.object { writer in
            for slot in changed {
                writer.key(order.keys[slot])
                address(new[slot], cloud: cloud, into: &writer)
            }
        }
        return writer.finish()
    }

    // MARK: The catalogue's items in the order of their keys

    private static let order = KeyOrder(Catalogue.settings.map(\.graph.properties))

    /// What a profile has for each key of `order`.
    private static func slots(_ profile: EffectiveProfile) -> [GraphMapping.Item?] {
        var slots = [GraphMapping.Item?](repeating: nil, count: order.keys.count)
        for source in order.sources {
            for item in Catalogue.settings[source.setting].graph.items(profile.values[source.setting]) {
                if let slot = order.slot(of: item.name, from: source) { slots[slot] = item }
            }
        }
        return slots
    }

    private static func isNavigation(_ item: GraphMapping.Item?) -> Bool {
        switch item {
        case .configuration, .derivedCredential: true
        case .property, nil: false
        }
    }

    private static func address(_ item: GraphMapping.Item?, cloud: Tenant.Cloud, into writer: inout JSONWriter) {
        switch item {
        case .configuration(_, let id): writer.string(GraphNames.address(.deviceConfigurations, id: id, in: cloud))
        case .derivedCredential(_, let id): writer.string(GraphNames.address(.derivedCredentials, id: id, in: cloud))
        case .property, nil: writer.null()
        }
    }
}

extension GraphMapping.Item {
    /// The property's name, without `@odata.bind`.
    var name: String {
        switch self {
        case .property(let name, _): name
        case .configuration(let navigation, _), .derivedCredential(let navigation, _): navigation
        }
    }
}
