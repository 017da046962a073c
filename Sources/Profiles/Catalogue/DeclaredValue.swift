import JSONSource

/// A value as a manifest gives it, names not yet resolved.
enum DeclaredValue: Sendable {
    /// A value without names: it is the same in every tenant.
    case plain(SettingValue)
    /// A name that tenant.json defines.
    case name(String)
    case domain(attribute: Member, custom: Member)
    case targets([DeclaredTarget])

    /// A member of an object, which a patch can leave alone, remove or set.
    enum Member: Sendable {
        case silent, cleared
        case text(String)

        func over(_ base: Member) -> Member { if case .silent = self { base } else { self } }
        var text: String? { if case .text(let text) = self { text } else { nil } }
    }

    /// The value of a kind that has no names.
    var plain: SettingValue { if case .plain(let value) = self { value } else { .none } }

    /// Whether it is an object that has become empty.
    var isEmpty: Bool { if case .domain(let attribute, let custom) = self { attribute.text == nil && custom.text == nil } else { false } }
}

/// An entry of an assignment list, as a manifest gives it.
struct DeclaredTarget: Sendable {
    /// `allUsers`, `allDevices`, or nil for a group.
    var word: String?
    var group: JSONValue?
    var filter: JSONValue?
    var filterMode: AssignmentTarget.FilterMode?
    var place: JSONValue
}
