import Basics
import Git
import Glibc
import Reconciler

/// The config repository as somebody works on it, for commands that write a file to be committed.
enum WorkTree {
    /// - Parameter what: what is written, for the error: `an approval`.
    static func folder(_ repo: String, _ what: String) throws -> String {
        guard case .local(let path) = Location(repo) else { throw UsageError("\(what) is written into a work tree on this machine; --repo takes a path") }
        guard let folder = try Repository.open(path: path, trustOwner: true).workTree else {
            throw UsageError("\(path) is a bare repository; \(what) is written into a work tree")
        }
        return folder
    }

    /// Who is at work: what Git would be told, or the user's name.
    static var author: String {
        if let name = getenv("GIT_AUTHOR_NAME"), name.pointee != 0 { return String(cString: name) }
        guard let user = getpwuid(geteuid())?.pointee else { return "unknown" }
        let full = user.pw_gecos.map { String(cString: $0) }?.prefix { $0 != "," } ?? ""
        return full.isEmpty ? String(cString: user.pw_name) : String(full)
    }
}
