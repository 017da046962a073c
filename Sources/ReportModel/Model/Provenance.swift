/// The commit of the config repository that made an edit: who changed what people get.
public struct SourceEdit: Sendable, Hashable {
    /// 40 hex digits.
    public let commit: String
    /// `Name <address>`, as the commit says.
    public let author: String
    /// The first line of the commit's message.
    public let subject: String
    /// When it was written, RFC 3339 in UTC.
    public let time: String

    public init(commit: String, author: String, subject: String, time: String) {
        self.commit = commit
        self.author = author
        self.subject = subject
        self.time = time
    }
}

/// An approval that counts for the change of a profile: who let it out, and why.
public struct GivenApproval: Sendable, Hashable {
    /// Path in the config repository.
    public let file: String
    public let approvedBy: String
    public let reason: String
    /// Names of the gates that would hold the profile without it.
    public let gates: [String]
    /// The commit that last changed the file, and its author; nil where it is not committed, or where the history ends before it.
    public let commit: String?
    public let author: String?

    public init(file: String, approvedBy: String, reason: String, gates: [String], commit: String?, author: String?) {
        self.file = file
        self.approvedBy = approvedBy
        self.reason = reason
        self.gates = gates
        self.commit = commit
        self.author = author
    }
}
