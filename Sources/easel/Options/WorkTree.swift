import ArgumentParser
import Basics
import Git
import Glibc
import Reconciler

/// The working files of the config repository, for commands that write a file which somebody then commits.
enum WorkTree {
    /// - Parameter what: what the command writes, for the error: `an approval`.
    static func folder(_ repo: String, _ what: String) throws -> String {
        guard case .local(let path) = Location(repo) else { throw UsageError("\(what) is written to working files on this machine; give --repo a path") }
        guard let folder = try Repository.open(path: path, trustOwner: true).workTree else {
            throw UsageError("\(path) is a bare repository; \(what) is written to working files. Use a clone")
        }
        return folder
    }

    /// - Throws: when more than one thing to read is named.
    static func checkOne(worktree: Bool, staged: Bool, ref: String?) throws {
        let named = [(worktree, "--worktree reads the working files"), (staged, "--staged reads what is staged"), (ref != nil, "--ref reads a commit")].filter(\.0).map(\.1)
        if named.count > 1 { throw ValidationError(named.joined(separator: ", ") + ": choose one") }
    }

    /// Who runs easel: the author that Git would name in the repository, or the user's name.
    static func author(_ repo: String) throws -> String {
        if let author = try Repository.open(path: repo, trustOwner: true).author(Environment.variable) { return author }
        guard let user = getpwuid(geteuid())?.pointee else { return "unknown" }
        let full = user.pw_gecos.map { String(cString: $0) }?.prefix { $0 != "," } ?? ""
        return full.isEmpty ? String(cString: user.pw_name) : String(full)
    }
}
