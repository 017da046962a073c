import JSONSource

extension SettingType {
    /// A text of some form.
    static func text(_ form: StringForm) -> SettingType {
        SettingType(
            shape: .string(form), samples: [.text("a"), .text("b")],
            declare: { value in value.string.map { .plain(.text($0)) } },
            read: { value in value.string.map(SettingValue.text) },
            sayable: { value in value.text.map(form.accepts) == true ? value : nil })
    }
}
