import Basics
import JSONSource
import Profiles

/// What somebody's own deployment says it did: `{"results": [{"tenant", "profile", "status": "applied" or "failed", "graphId"?}]}`.
/// What it does not name was not applied.
public struct DeploymentResults: Sendable {
    let file: String
    private var applied: [String: String?] = [:]
    private var named: [String] = []

    /// - Throws: `ConfirmationRefused` with file and line of what is wrong.
    public init(file: String) throws {
        self.file = file
        let document = JSONDocument(file: file, bytes: try readFile(file, limit: JSONLimits.ownFileSize, followsLinks: true), limit: JSONLimits.ownFileSize)
        if let problem = document.problems.first {
            let place = document.position(ofOffset: problem.offset)
            throw ConfirmationRefused("\(file):\(place.line):\(place.column): \(problem.message)")
        }
        guard let results = document.root?["results"], results.kind == .array else { throw ConfirmationRefused("\(file): expected an object with a list \"results\"") }
        var seen: Set<String> = []
        var ids: Set<String> = []
        for result in results.elements {
            // Finding out where it stands means reading up to there.
            var place: (line: Int, column: Int) { result.position }
            guard let tenant = result["tenant"]?.string, let profile = result["profile"]?.string, let status = result["status"]?.string, ["applied", "failed"].contains(status)
            else { throw ConfirmationRefused("\(file):\(place.line):\(place.column): a result needs a tenant, a profile, and a status: applied or failed") }
            let name = "\(tenant)/\(profile)"
            guard seen.insert(name).inserted else { throw ConfirmationRefused("\(file):\(place.line):\(place.column): this is the second result for \(name)") }
            named.append(name)
            if let id = result["graphId"], !id.isNull, id.string.map(StringForm.guid.accepts) != true {
                let place = id.position
                throw ConfirmationRefused("\(file):\(place.line):\(place.column): graphId must be the GUID that the service gave")
            }
            let graphID = result["graphId"]?.string?.lowercased()
            if let graphID, !ids.insert("\(tenant)/\(graphID)").inserted {
                throw ConfirmationRefused("\(file):\(place.line):\(place.column): another profile of \(tenant) already has the graphId \(graphID)")
            }
            if status == "applied" { applied[name] = .some(graphID) }
        }
    }

    func isApplied(_ name: String) -> Bool { applied[name] != nil }
    func graphID(_ name: String) -> String? { applied[name].flatMap(\.self) }
    /// The first name that is not among these.
    func unknown(among known: Set<String>) -> String? { named.first { !known.contains($0) } }
}
