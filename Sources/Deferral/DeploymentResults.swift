import Basics
import JSONSource
import Profiles

/// What somebody's own deployment says it did: `{"results": [{"tenant", "profile", "status", "graphId"?, "code"?, "message"?}]}`. What it does
/// not name was not applied.
public struct DeploymentResults: Sendable {
    public enum Status: String, Sendable, CaseIterable {
        case applied, published, failed, awaitingApproval, notSent

        public var isApplied: Bool { self == .applied || self == .published }

        var meaning: String {
            switch self {
            case .applied: "the devices' management has it"
            case .published: "Intune has accepted it"
            case .failed: "it was refused"
            case .awaitingApproval: "a second administrator must approve it (Multi Admin Approval)"
            case .notSent: "nothing was tried"
            }
        }
    }

    /// What became of one profile.
    public struct Entry: Sendable, Hashable {
        public let status: Status
        /// The service's own code of a failure or an approval request.
        public let code: String?
        public let message: String?
        let graphID: String?
    }

    let file: String
    private var entries: [String: Entry] = [:]
    private var named: [String] = []

    /// - Throws: `ConfirmationRefused` with file and line of what is wrong.
    public init(file: String) throws {
        self.file = file
        func refuse(_ place: (line: Int, column: Int), _ why: String) -> ConfirmationRefused { ConfirmationRefused("\(file):\(place.line):\(place.column): \(why)") }
        let document = JSONDocument(file: file, bytes: try readFile(file, limit: JSONLimits.ownFileSize, followsLinks: true), limit: JSONLimits.ownFileSize)
        if let problem = document.problems.first { throw refuse(document.position(ofOffset: problem.offset), problem.message) }
        guard let root = document.root else { throw ConfirmationRefused("\(file) is empty") }
        var diagnostics: [Diagnostic] = []
        Self.shape.check(root, into: &diagnostics)
        if let first = diagnostics.sorted().first { throw refuse((first.line, first.column), "\(first.message)\(first.help.map { ". \($0)" } ?? "")") }
        var ids: Set<String> = []
        guard let results = root["results"] else { return }
        for result in results.elements {
            guard let tenant = result["tenant"]?.string, let profile = result["profile"]?.string, let status = result["status"]?.string.flatMap(Status.init) else { continue }
            let name = "\(tenant)/\(profile)"
            let graphID = result["graphId"]?.string?.lowercased()
            if let graphID, !ids.insert("\(tenant)/\(graphID)").inserted { throw refuse(result.position, "another profile of \(tenant) already has the graphId \(graphID)") }
            let entry = Entry(status: status, code: result["code"]?.string, message: result["message"]?.string, graphID: graphID)
            guard entries.updateValue(entry, forKey: name) == nil else { throw refuse(result.position, "this is the second result for \(name)") }
            named.append(name)
        }
    }

    func isApplied(_ name: String) -> Bool { entries[name]?.status.isApplied ?? false }
    func graphID(_ name: String) -> String? { isApplied(name) ? entries[name]?.graphID : nil }
    /// What it says about profiles that were not applied.
    func entries(of names: [String]) -> [String: Entry] { entries.filter { !$0.value.status.isApplied && names.contains($0.key) } }
    /// The first name that is not among these.
    func unknown(among known: Set<String>) -> String? { named.first { !known.contains($0) } }
}

extension DeploymentResults {
    /// The version of this form, which a file need not name.
    public static let formatVersion = "1.0"

    /// The shape of the file.
    public static let shape = Shape.object(
        ObjectShape(
            "results of a deployment",
            [
                Field("formatVersion", .choice([Choice(formatVersion, "this form")]), "The version of this form."),
                Field("results", .array(of: result, isSet: false), required: true, "What became of each profile. What is not listed was not applied."),
            ], isRoot: true))

    private static let result = Shape.object(
        ObjectShape(
            "result",
            [
                Field("tenant", .string(.id), required: true, "The tenant's id, as in operations.json."),
                Field("profile", .string(.id), required: true, "The profile's id, as in operations.json."),
                Field("status", .choice(Status.allCases.map { Choice($0.rawValue, $0.meaning) }), required: true, "What became of it. Only applied and published are recorded."),
                Field("graphId", .nullable(.string(.guid)), "The id that Microsoft Graph gave a new profile."),
                Field("code", .nullable(.string(.line(0...1000))), "The service's code of a failure, or of an approval request."),
                Field("request", .nullable(.integer(0...1000)), "Which request of the operation awaits approval, from 0: a publisher goes on there."),
                Field("message", .nullable(.string(.text(0...10_000))), "What the service said."),
            ]))

    /// The JSON Schema of the file.
    public static var schema: JSON { JSONSchema.document(shape, title: "easel results: what a deployment applied, for easel confirm --results") }
}
