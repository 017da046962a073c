import JSONSource

extension SettingType {
    /// One of a few words. The values are the catalogue's own strings, so that a word that every manifest has costs no allocation.
    static func choice(_ choices: [Choice]) -> SettingType {
        SettingType(
            shape: .choice(choices), samples: choices.map { .text($0.word) },
            declare: { value in
                let text = value.string
                return choices.first { $0.word == text }.map { .plain(.text($0.word)) }
            },
            read: { value in
                // A word that no manifest can say was adopted from a tenant that has it.
                value.string.map { text in .text(choices.first { $0.word == text }?.word ?? text) }
            },
            live: { object, property, value in
                guard let text = object.text(property) else { return .absent }
                if let choice = choices.first(where: { $0.word == text }) { return .value(.text(choice.word)) }
                if let choice = choices.first(where: { $0.word.lowercased() == text.trimmed.lowercased() }) {
                    object.tell(value, .oddLiveValue, "\(property) is \(GraphObject.shown(text)), which Intune writes \"\(choice.word)\"; it is read as that")
                    return .value(.text(choice.word))
                }
                object.tell(value, .inexpressible, "A manifest cannot express \(property) \(GraphObject.shown(text))")
                return .value(.text(text))
            },
            sayable: { value in choices.contains { $0.word == value.text } ? value : nil })
    }
}
