import CGitSupport

/// What a commit carries as its signature.
public enum CommitSignature: Sendable {
    case none
    /// The text of its `gpgsig` header, and the bytes that it covers: the commit without that header.
    case one(text: [UInt8], payload: [UInt8])
    /// More than one signature, of the same kind or for another hash: programs differ about which counts, and what it covers.
    case several
}

extension Repository {
    /// A commit's signature, from the commit's own bytes.
    public func signature(ofCommit id: ObjectID) throws(GitError) -> CommitSignature {
        let headers = try rawCommit(id)
        var signatures: [(isOurs: Bool, text: [UInt8])] = []
        var payload: [UInt8] = []
        var isInSignature = false
        for line in headers.lines {
            let isContinued = line.first == UInt8(ascii: " ")
            if isContinued, isInSignature {
                signatures[signatures.count - 1].text += line.dropFirst()
            } else if !isContinued, line.starts(with: "gpgsig".utf8) {
                // Also `gpgsig-sha256`, which covers the commit as it is in repositories with that hash.
                isInSignature = true
                let name = line.prefix { $0 != UInt8(ascii: " ") }
                signatures.append((name.elementsEqual("gpgsig".utf8), Array(line.dropFirst(name.count + 1))))
            } else {
                isInSignature = false
                payload += line
            }
        }
        guard signatures.count < 2 else { return .several }
        guard let signature = signatures.first, signature.isOurs else { return .none }
        return .one(text: signature.text, payload: payload + headers.rest)
    }

    /// The commits that are reachable from `tip` and from none of `known`, `tip` among them whatever else.
    ///
    /// Throws ``GitError/Kind/notFound`` when a part of this history is missing, as in a shallow clone, and ``GitError/Kind/tooLarge`` for
    /// more than `limit` commits.
    public func commits(from tip: ObjectID, since known: [ObjectID], limit: Int) throws(GitError) -> [ObjectID] {
        let operation = "read the history of commit \(tip)"
        var walk: OpaquePointer?
        try check(git_revwalk_new(&walk, handle), operation)
        defer { git_revwalk_free(walk) }
        var start = tip.oid
        try checkRead(git_revwalk_push(walk, &start), "read commit", tip)
        for id in known {
            var end = id.oid
            try checkRead(git_revwalk_hide(walk, &end), "read commit", id)
        }
        var found: [ObjectID] = []
        var next = git_oid()
        while true {
            if let failure = failure(of: git_revwalk_next(&next, walk), operation) {
                if failure.code == GIT_ITEROVER.rawValue { break }
                throw explainedMissing(failure)
            }
            guard found.count < limit else { throw GitError(kind: .tooLarge, operation: operation, message: "more than \(limit) commits are new") }
            found.append(ObjectID(next))
        }
        // Newer versions of libgit2 end a shallow clone's history in silence; the commits' own bytes name all parents.
        for id in found {
            for parent in try rawCommit(id).parents where !exists(parent) {
                throw explainedMissing(GitError(kind: .notFound, operation: operation, message: "commit \(parent) is missing"))
            }
        }
        return found.contains(tip) ? found : [tip] + found
    }

    /// A commit's bytes: the lines of its headers, each with its line end, and from the empty line on the rest.
    private func rawCommit(_ id: ObjectID) throws(GitError) -> (lines: [ArraySlice<UInt8>], rest: ArraySlice<UInt8>, parents: [ObjectID]) {
        let object = try readObject(id, .commit)
        defer { git_odb_object_free(object) }
        var rest = Array(content(of: object))[...]
        var lines: [ArraySlice<UInt8>] = []
        while let first = rest.first, first != UInt8(ascii: "\n") {
            let line = rest.prefix { $0 != UInt8(ascii: "\n") }
            let end = min(line.endIndex + 1, rest.endIndex)
            lines.append(rest[rest.startIndex..<end])
            rest = rest[end...]
        }
        let parents = lines.compactMap { line in
            line.starts(with: "parent ".utf8) ? ObjectID(hex: String(decoding: line.dropFirst(7).prefix(40), as: UTF8.self)) : nil
        }
        return (lines, rest, parents)
    }
}
