/// A command as the argument parser describes it: what its manual page is made of.
public struct CommandHelp: Sendable {
    /// Without the program's: `plan`; the program's own is `easel`.
    public let name: String
    public let abstract: String
    /// Paragraphs, and examples that are indented by two spaces.
    public let discussion: String
    public let arguments: [Argument]

    public init(name: String, abstract: String, discussion: String, arguments: [Argument]) {
        self.name = name
        self.abstract = abstract
        self.discussion = discussion
        self.arguments = arguments
    }

    /// An argument, option or flag.
    public struct Argument: Sendable {
        /// `--repo`, `-h`; empty for an argument without a name.
        public let names: [String]
        /// What is put after the name; nil for a flag.
        public let value: String?
        public let about: String
        /// The group that it is shown in; nil for the command's own.
        public let group: String?
        public let choices: [String]
        public let fallback: String?
        public let isOptional: Bool
        public let isRepeating: Bool

        public init(
            names: [String], value: String?, about: String, group: String?, choices: [String], fallback: String?, isOptional: Bool, isRepeating: Bool
        ) {
            self.names = names
            self.value = value
            self.about = about
            self.group = group
            self.choices = choices
            self.fallback = fallback
            self.isOptional = isOptional
            self.isRepeating = isRepeating
        }
    }
}
