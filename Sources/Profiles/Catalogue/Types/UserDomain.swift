import JSONSource

/// The attributes that hold a domain.
private let domainAttributes = [Choice("fullDomainName", "such as contoso.com"), Choice("netBiosDomainName", "such as contoso")]

extension GraphObject {
    /// Reads a property that names an attribute.
    func userDomain(_ property: String) -> Found {
        guard let text = text(property) else { return .absent }
        let word = domainAttributes.first { $0.word.lowercased() == text.trimmed.lowercased() }?.word
        if let word, word != text { tell(property, .oddLiveValue, "\(property) is \(Self.shown(text)), which Intune writes \"\(word)\"; it is read as that") }
        return .value(.domain(.attribute(word ?? text)))
    }
}

extension SettingType {
    /// The domain of a user name: an attribute of Microsoft Entra ID, or a text.
    static let userDomain = SettingType(
        shape: .object(
            ObjectShape(
                "user domain",
                [
                    Field("attribute", .choice(domainAttributes), "The attribute from Microsoft Entra ID."),
                    Field("custom", .string(.line(1...255)), "The domain itself.", example: "contoso.com"),
                ], exactlyOne: [["attribute", "custom"]])),
        isHost: true, samples: [.none, .domain(.custom("a"))],
        declare: { value in
            func member(_ key: StaticString) -> DeclaredValue.Member {
                guard let value = value[key] else { return .silent }
                return value.string.map(DeclaredValue.Member.text) ?? .cleared
            }
            return .domain(attribute: member("attribute"), custom: member("custom"))
        },
        merge: { value, base in
            guard case .domain(let attribute, let custom) = value else { return value }
            // What the base removes stays removed, whatever the base's own base says.
            guard case .domain(let attributeBelow, let customBelow)? = base else {
                return .domain(attribute: attribute.over(.cleared), custom: custom.over(.cleared))
            }
            return .domain(attribute: attribute.over(attributeBelow), custom: custom.over(customBelow))
        },
        resolve: { value, place, names in
            guard case .domain(let attribute, let custom) = value else { return .none }
            switch (attribute.text, custom.text) {
            case (let word?, nil): return .domain(.attribute(word))
            case (nil, let name?): return .domain(.custom(name))
            case (nil, nil): return .none
            default:
                names.tell(
                    Diagnostic(.badCombination, at: place, "'attribute' and 'custom' cannot be used together", help: "Set the one from the base to null"))
                return .none
            }
        },
        read: { value in
            if let attribute = value["attribute"]?.string { return .domain(.attribute(attribute)) }
            return value["custom"]?.string.map { .domain(.custom($0)) }
        })
}
