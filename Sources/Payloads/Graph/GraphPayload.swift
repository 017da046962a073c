import JSONSource
import Profiles

/// The bodies for Microsoft Graph that create a profile, assign it and change it.
///
/// The catalogue's `GraphMapping`s decide what they say; no code here knows a setting. Bodies have sorted keys, and the same profile
/// always gives the same bytes.
public enum GraphPayload {
    /// The complete body for `POST …/deviceConfigurations`: every property of the catalogue that has a value, with the certificates and the
    /// derived credential issuer as `…@odata.bind` to addresses in `cloud`.
    public static func body(_ profile: EffectiveProfile, cloud: Tenant.Cloud) -> [UInt8] {
        let items = slots(profile)
        var writer = JSONWriter()
        writer.beginObject()
        writer.member(GraphNames.typeKey, GraphNames.emailProfileType)
        for slot in items.indices {
            switch items[slot] {
            case .property(let name, let value): writer.member(name, value)
            // '@' sorts before every letter, so the longer key has the place of the bare one.
            case .configuration(let navigation, _), .derivedCredential(let navigation, _):
                writer.key(navigation + GraphNames.bindSuffix)
                address(items[slot], cloud: cloud, into: &writer)
            case nil: break
            }
        }
        writer.endObject()
        return writer.finish()
    }

    /// The body for PATCH that turns `before` into `after`: `@odata.type`, each property whose value differs, and `null` for each that
    /// `after` no longer has, because a PATCH changes only what it names.
    ///
    /// Navigation properties are not in it but in `references`, since `@odata.bind` is for POST only. Where only those or the
    /// assignments changed, the body has nothing but `@odata.type`.
    ///
    /// - Parameter wakes: whether to name settings that had no effect before and have one now even if they did not change: if somebody
    ///   else created the profile, Intune can have any value there.
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

    /// The navigation properties that differ between `before` and `after`, each with the address to PUT to its `$ref`, or `null` where the
    /// `$ref` is to be deleted; nil where none differs.
    ///
    /// A certificate profile with the same id has not changed, whatever its name or SCEP block in the tenant.
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

    /// The profile's item for each key of `order`.
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
