import AppliedState
import Basics
import Git
import JSONSource
import Profiles

/// The folder that a deferred reconcile wrote, read back. Every file in it must still be what was deferred.
struct DeferredFolder {
    /// Nil where the run found nothing to record.
    let record: Record?
    /// The folder of `--out`.
    private let out: String

    /// What `deferral.json` says.
    struct Record {
        let branch: String
        /// Tip of the state branch that the run was planned on; nil before the first one.
        let base: String?
        let statePlace: String?
        let message: CommitMessage
        let selection: Selection
        let time: Int64
        /// Tenant → id of its tree in the state.
        let trees: [String: String]
        fileprivate let digests: [String: String]
    }

    var path: String { "\(withoutTrailingSlashes(out))/\(Deferral.folder)" }

    init(out: String) throws {
        self.out = out
        guard kind(of: "\(withoutTrailingSlashes(out))/\(Deferral.folder)/\(Deferral.file)") != .missing else {
            throw ConfirmationRefused(
                "\(out) holds no deferred reconcile (there is no \(Deferral.folder)/\(Deferral.file)): it was confirmed already, or was not made with --defer")
        }
        let path = "\(withoutTrailingSlashes(out))/\(Deferral.folder)/\(Deferral.file)"
        let document = JSONDocument(file: path, bytes: try readFile(path, limit: JSONLimits.ownFileSize), limit: JSONLimits.ownFileSize)
        if document.root?["nothing"]?.bool == true {
            record = nil
            return
        }
        guard let record = document.root.flatMap(Record.init) else { throw ConfirmationRefused("\(path) is not what this easel writes; run reconcile --defer again") }
        self.record = record
    }

    func bytes(_ name: String) throws -> [UInt8] {
        guard kind(of: "\(path)/\(name)") != .missing else {
            throw ConfirmationRefused("\(path)/\(name) is missing; run reconcile --defer again, and deploy its result")
        }
        return try readFile("\(path)/\(name)", limit: JSONLimits.ownFileSize)
    }

    func document(_ name: String) throws -> JSONDocument {
        JSONDocument(file: "\(Deferral.folder)/\(name)", bytes: try bytes(name), limit: JSONLimits.ownFileSize)
    }

    /// A file that `deferral.json` names, unchanged.
    func whole(_ name: String) throws -> JSONDocument {
        let document = try document(name)
        guard record?.digests[name] == Deferral.digest(document.text) else { throw ConfirmationRefused.notAsDeferred("\(path)/\(name)") }
        return document
    }
}

extension DeferredFolder.Record {
    init?(_ root: JSONValue) {
        guard root["formatVersion"]?.integer == Deferral.formatVersion, let branch = root["branch"]?.string, let base = root["base"],
            let message = CommitMessage(root["message"]), let selection = root["selection"].flatMap(Selection.init), let time = root["time"]?.integer
        else { return nil }
        func texts(_ object: JSONValue?) -> [String: String] {
            let members = (object.map { Array($0.members) } ?? []).compactMap { member in member.key.string.flatMap { key in member.value.string.map { (key, $0) } } }
            return Dictionary(members, uniquingKeysWith: { first, _ in first })
        }
        self.init(
            branch: branch, base: base.string, statePlace: root["state"]?.string, message: message, selection: selection, time: Int64(time),
            trees: texts(root["tenants"]), digests: texts(root["files"]))
    }
}
