import CGitSupport

extension Repository {
    /// A commit's signature (the text of its `gpgsig` header) and the bytes that it covers: the commit without that header.
    /// Nil for a commit that is not signed.
    public func signature(ofCommit id: ObjectID) throws(GitError) -> (text: String, payload: [UInt8])? {
        var oid = id.oid
        var signature = git_buf()
        var payload = git_buf()
        defer {
            git_buf_dispose(&signature)
            git_buf_dispose(&payload)
        }
        let call = failure(of: git_commit_extract_signature(&signature, &payload, handle, &oid, nil), "read the signature of commit \(id)")
        if let failure = call {
            // The code is the same for a commit without a signature and for a missing commit.
            if failure.code == GIT_ENOTFOUND.rawValue, exists(id) { return nil }
            throw explainedMissing(failure)
        }
        func bytes(_ buffer: git_buf) -> [UInt8] { Array(UnsafeRawBufferPointer(start: buffer.ptr, count: buffer.size)) }
        return (String(decoding: bytes(signature), as: UTF8.self), bytes(payload))
    }
}
