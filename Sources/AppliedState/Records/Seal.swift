import Basics
import Git
import JSONSource

/// The digest that every `state.json` bears, over all that it says and over the files beside it that it stands for. Whatever somebody edits
/// by hand in any of them, the digest no longer fits.
///
/// It covers the JSON value, whatever keys it has, so that a new key needs nothing here. It protects from accidents, not from people who
/// compute it anew: whom those are is decided by who may push to the branch.
enum Seal {
    private static let key = "digest"

    /// A `state.json` with its digest.
    ///
    /// - Parameter entries: the files and folders that it stands for.
    static func sealed(_ state: [UInt8], over entries: [TreeEntry]) throws -> [UInt8] {
        guard var members = members(JSONDocument(file: "state.json", bytes: state, limit: JSONLimits.ownFileSize)) else {
            throw StateError.unreadable(file: "state.json", why: "it is not a JSON object")
        }
        members[key] = .string(try digest(members, entries))
        return Array(pretty(.object(members)).utf8)
    }

    /// Whether a `state.json` and everything that it stands for are as easel left them.
    static func fits(_ state: JSONDocument, over entries: [TreeEntry]) -> Bool {
        guard var members = members(state), case .string(let recorded)? = members.removeValue(forKey: key) else { return false }
        // A tree that Git would not write is not easel's.
        return (try? digest(members, entries)) == recorded
    }

    private static func members(_ document: JSONDocument) -> [String: JSON]? {
        guard document.problems.isEmpty, case .object(let members)? = document.root?.plain else { return nil }
        return members
    }

    private static func digest(_ members: [String: JSON], _ entries: [TreeEntry]) throws -> String {
        sha256(Array((JSON.object(members).compact + "\n").utf8) + (try encodeTree(entries)))
    }
}
