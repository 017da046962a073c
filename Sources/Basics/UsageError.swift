/// A command line that makes no sense: exit code 64. When something in the world is wrong (a missing commit, a broken file) and
/// not what was typed, throw `Failure`.
public struct UsageError: Error, Sendable, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }
}

/// A command cannot do its work, and no other error type has the reason: exit code 1.
public struct Failure: Error, Sendable, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }
}

/// The state branch has what a command did, and something after that failed, such as writing a report: exit code 4. Running it again finds nothing
/// to do, so whoever sees only "an error" would take it for a command that did nothing.
public struct RecordedButUnreported: Error, Sendable, CustomStringConvertible {
    public let description: String

    /// - Parameters:
    ///   - commit: on the state branch.
    ///   - problem: what failed, as a sentence without its end.
    public init(commit: String, _ problem: String) { description = "this run was recorded as \(commit.prefix(7)), but \(problem)" }
}

/// An error that takes more than one line. Texts from elsewhere stay within theirs, whatever is in them.
public protocol ErrorInLines: Error, CustomStringConvertible {
    /// Not empty.
    var lines: [String] { get }
}

extension ErrorInLines {
    public var description: String { lines.joined(separator: "\n") }
}
