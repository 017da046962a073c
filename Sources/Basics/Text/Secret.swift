/// A text that must not reach a log, report, error or crash dump: printing, interpolating or dumping it shows `[secret]`.
///
/// `reveal` is the one way to its content; call it only where the text leaves for the service that it is meant for.
public struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let text: String

    public init(_ text: String) { self.text = text }

    public func reveal() -> String { text }

    public var isEmpty: Bool { text.isEmpty }
    public var description: String { "[secret]" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
