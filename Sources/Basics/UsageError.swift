/// A command line that makes no sense: exit code 64. For what is wrong in the world (a missing commit, a broken file), not in
/// what was typed, there is `Failure`.
public struct UsageError: Error, Sendable, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }
}

/// A command that cannot do its work, for a reason that no other error type has: exit code 1.
public struct Failure: Error, Sendable, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }
}
