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
        let code = git_commit_extract_signature(&signature, &payload, handle, &oid, nil)
        // Said of a commit without a signature, and of one that is missing: which of them, the object tells.
        if code == GIT_ENOTFOUND.rawValue, exists(id) { return nil }
        try checkRead(code, "read the signature of commit", id)
        func bytes(_ buffer: git_buf) -> [UInt8] { Array(UnsafeRawBufferPointer(start: buffer.ptr, count: buffer.size)) }
        return (String(decoding: bytes(signature), as: UTF8.self), bytes(payload))
    }
}
