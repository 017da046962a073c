/// Why a server refused a push. Forges say so only in words: these are GitHub's, GitLab's, Azure DevOps', Bitbucket's and Gitea's.
enum PushRefusal {
    /// What to do, as orders.
    ///
    /// - Parameters:
    ///   - words: the status of the ref, and what the server wrote beside it.
    ///   - ref: full name of what was pushed.
    static func help(_ words: String, ref: String) -> String {
        let words = words.lowercased()
        func says(_ parts: String...) -> Bool { parts.contains { words.contains($0) } }
        let branch = ref.hasPrefix("refs/heads/") ? String(ref.dropFirst("refs/heads/".count)) : ref
        var orders: [String] = []
        if says("verified signature", "signed commit", "must be signed", "be signed with", "unsigned commit", "not signed", "reject_unsigned") {
            orders.append("The server wants signed commits: sign them with --state-signing-key, and register its public key there for the address of --state-author.")
        }
        if says("author's email", "author email", "committer email", "committer's email", "email address", "is not verified", "tf402453", "not a member of team") {
            orders.append("The server does not accept this author: give a name and address that it knows with --state-author.")
        }
        if says(
            "pull request", "merge request", "not allowed to push", "not permitted", "not allowed to create", "cannot update this protected ref", "creations being restricted",
            "genericcontribute", "tf402455", "tf401027", "permission denied")
        {
            orders.append("Allow the account that pushes to update the branch \(branch) without a pull request, or exempt the branch from that rule.")
        }
        if says("status check", "pipeline must succeed") { orders.append("Exempt the branch \(branch) from required status checks: nothing builds it.") }
        if says("currently checked out") { orders.append("Push to a bare repository, or check out another branch there.") }
        if orders.isEmpty, says("protected branch", "gh006", "gh013", "rule violation") {
            orders.append("A rule protects the branch \(branch): exempt it, or let the account that pushes bypass the rule.")
        }
        return orders.isEmpty ? "Check the branch protection and the server's hooks." : orders.joined(separator: " ")
    }
}
