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
                writer.value(address(items[slot], cloud: cloud).map(JSON.string) ?? .null)
            case nil: break
            }
        }
        writer.endObject()
        return writer.finish()
    }

    /// The body for PATCH that makes `after` of whatever is there: every property of the POST, and each that does not apply with its neutral
    /// value, so that nothing that Intune has kept comes into effect. Nil where `after` differs from `before` in no property.
    ///
    /// A certificate type that is not configured is not in it, since that leaves alone what is there. Navigation properties are in
    /// `references`, because `@odata.bind` is for POST only.
    public static func patch(before: EffectiveProfile, after: EffectiveProfile) -> [UInt8]? {
        let (old, new) = (whole(before), whole(after))
        let slots = new.indices.filter { new[$0] != nil && !navigationSlots.contains($0) }
        guard slots.contains(where: { old[$0] != new[$0] }) else { return nil }
        var writer = JSONWriter()
        writer.beginObject()
        writer.member(GraphNames.typeKey, GraphNames.emailProfileType)
        for slot in slots {
            if case .property(let name, let value)? = new[slot] { writer.member(name, value) }
        }
        writer.endObject()
        return writer.finish()
    }

    /// The navigation properties that differ between `before` and `after`, each with the address to PUT to its `$ref`, or `null` where the
    /// `$ref` is to be deleted; nil where none differs.
    ///
    /// A certificate profile with the same id has not changed, whatever its name or SCEP block in the tenant. Where `before` left alone
    /// what was there, it is not known, and what `after` has is named in any case.
    public static func references(before: EffectiveProfile, after: EffectiveProfile, cloud: Tenant.Cloud) -> [UInt8]? {
        let changed = changedReferences(before: before, after: after, cloud: cloud)
        guard !changed.isEmpty else { return nil }
        var writer = JSONWriter()
        writer.object { writer in
            for (navigation, address) in changed { writer.member(navigation, address.map(JSON.string) ?? .null) }
        }
        return writer.finish()
    }

    /// What `references` writes, by name; a nil address is a `$ref` to delete.
    public static func changedReferences(before: EffectiveProfile, after: EffectiveProfile, cloud: Tenant.Cloud) -> [(navigation: String, address: String?)] {
        let (old, new) = (whole(before), whole(after))
        return navigationSlots.sorted().filter { new[$0] != nil && old[$0] != new[$0] }.map { (order.keys[$0], address(new[$0], cloud: cloud)) }
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

    /// The profile's item for each key of `order`, the neutral value where it has none; nil for what it leaves alone.
    private static func whole(_ profile: EffectiveProfile) -> [GraphMapping.Item?] {
        var slots = slots(profile)
        let leftAlone = Catalogue.leftAlone(profile.values)
        for source in order.sources where !leftAlone.contains(source.setting) {
            let neutral = Catalogue.settings[source.setting].graph.neutral
            for slot in source.slots where slots[slot] == nil { slots[slot] = .property(order.keys[slot], neutral) }
        }
        return slots
    }

    private static let navigationSlots: Set<Int> = Set(order.sources.filter { Catalogue.settings[$0.setting].graph.isNavigation }.flatMap(\.slots))

    private static func address(_ item: GraphMapping.Item?, cloud: Tenant.Cloud) -> String? {
        switch item {
        case .configuration(_, let id): GraphNames.address(.deviceConfigurations, id: id, in: cloud)
        case .derivedCredential(_, let id): GraphNames.address(.derivedCredentials, id: id, in: cloud)
        case .property, nil: nil
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
