import Foundation
import TestSupport
import Testing

/// Clones that do not have everything: sparse checkouts and partial clones.
@Suite struct CloneFormTests {
    /// What a sparse checkout leaves out of the folder was removed by nobody.
    @Test func aSparseCheckoutRemovesNothing() throws {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        let whole = try shop.easel("plan", "--worktree", in: "config")
        try shop.git("sparse-checkout", "set", "tenants/contoso", in: "config")
        try shop.git("config", "core.repositoryformatversion", "1", in: "config")
        #expect(!shop.exists("config/bases") && !shop.exists("config/tenants/fabrikam"))
        let sparse = try shop.easel("plan", "--worktree", in: "config")
        #expect(sparse.status == 0 && sparse.lastLine == whole.lastLine, "\(whole.out)\(sparse.out)\(sparse.err)")
        #expect(try shop.easel("validate", in: "config").lastLine.contains("3 tenants"))
        #expect(try shop.easel("review", "--worktree", "--detailed-exitcode", in: "config").status == 0)
        #expect(try shop.easel("plan", "--detailed-exitcode", in: "config").status == 0, "a commit has everything")
        // What is there counts, as in any other working folder.
        try shop.write("{", to: "config/bases/online.json")
        let edited = try shop.easel("plan", "--worktree", in: "config")
        #expect(edited.status == 1 && edited.out.contains("bases/online.json:1"), "\(edited.out)")
    }

    /// libgit2 cannot read an index that has folders in place of files: an error says what to do, and nothing seems to be removed.
    @Test func aSparseIndexIsAnError() throws {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        try shop.git("sparse-checkout", "set", "--sparse-index", "tenants/contoso", in: "config")
        let outcome = try shop.easel("plan", "--worktree", in: "config")
        #expect(outcome.status == 1 && outcome.err.contains("git sparse-checkout reapply --no-sparse-index"), "\(outcome.out)\(outcome.err)")
        #expect(try shop.easel("plan", in: "config").status == 0)
    }

    /// Git itself would fetch what is missing there; easel says what it needs, and takes it for no damage.
    @Test(arguments: ["blob:none", "tree:0"]) func aPartialCloneIsNamed(_ filter: String) throws {
        let shop = try Workshop()
        try shop.makeFleet()
        try shop.git("config", "uploadpack.allowFilter", "true", in: "config")
        try shop.git("clone", "--quiet", "--filter=\(filter)", "--no-checkout", "file://" + shop("config"), "part")
        let outcome = try shop.easel("plan", "--repo", "part")
        let words = outcome.out + outcome.err
        #expect(outcome.status == 1 && words.contains("partial clone (git clone --filter)") && words.contains("git fetch --refetch --no-filter") && !words.contains("fsck"), "\(words)")
        // As the message says.
        try shop.git("fetch", "--quiet", "--refetch", "--no-filter", in: "part")
        #expect(try shop.easel("plan", "--repo", "part").status == 0)
        // With a checkout, all that a run needs may be there.
        guard filter == "blob:none" else { return }
        try shop.git("clone", "--quiet", "--filter=\(filter)", "file://" + shop("config"), "checked-out")
        #expect(try shop.easel("plan", "--repo", "checked-out").status == 0)
    }

    /// Git's newer formats: what does not concern reading is accepted, and everything else says what it is and what to do.
    @Test func aNewerFormatIsReadOrNamed() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        try shop.git("config", "core.repositoryformatversion", "1", in: "config")
        try shop.git("worktree", "add", "--quiet", "-b", "other", "../tree", in: "config")
        // An older Git no longer reads what follows, so the files are written.
        let config = try shop.read("config/.git/config")
        try shop.write(config + "[extensions]\n\tpreciousObjects = true\n\trelativeWorktrees = true\n\tworktreeConfig = true\n", to: "config/.git/config")
        try shop.write("gitdir: ../config/.git/worktrees/tree\n", to: "tree/.git")
        try shop.write("../../../../tree/.git\n", to: "config/.git/worktrees/tree/gitdir")
        for folder in ["config", "tree"] { #expect(try shop.easel("validate", "--worktree", in: folder).lastLine.contains("3 tenants"), "\(folder)") }
        for (line, words) in [
            ("refStorage = reftable", ["reftable", "git refs migrate --ref-format=files"]), ("objectFormat = sha256", ["SHA-256", "SHA-1"]),
            ("compatObjectFormat = sha1", ["extensions.compatobjectformat", "remote's URL"]), ("partialClone = origin", ["partial clone", "--refetch"]),
        ] {
            try shop.write(config + "[extensions]\n\t\(line)\n", to: "config/.git/config")
            let outcome = try shop.easel("validate", "--ref", "HEAD", in: "config")
            #expect(outcome.status == 1 && words.allSatisfy(outcome.err.contains), "\(outcome.err)")
        }
    }
}
