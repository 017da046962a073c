import ArgumentParser
import Basics
import Git
import Glibc
import Reconciler

struct Init: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Makes a working config repository to start from.",
        discussion: """
            With one example tenant, JSON Schemas, and settings that make editors use them. Files that exist are left as they are, so it
            can also bring the schemas into a repository that is there already.

              easel init mail-config
            """)

    @Argument(help: ArgumentHelp("A folder, new or not.", valueName: "dir"))
    var directory: String

    func run() throws {
        let directory = withoutTrailingSlashes(directory)
        guard !directory.isEmpty else { throw UsageError("name a folder") }
        var status = stat()
        if stat(directory, &status) == 0, status.st_mode & S_IFMT != S_IFDIR { throw UsageError("\(directory) is a file; name a folder") }
        try makeFolder(directory)
        // Somebody's tenants are there: no example among them.
        let isNew = access(directory + "/tenants", F_OK) != 0 && access(directory + "/bases", F_OK) != 0
        var written = 0
        for file in (isNew ? Starter.example : []) + Starter.editing {
            let path = directory + "/" + file.path
            var existing = stat()
            if lstat(path, &existing) == 0 {
                Console.write("  kept     \(file.path)\n")
                continue
            }
            if let slash = path.lastIndex(of: "/") { try makeFolder(String(path[..<slash])) }
            try writeFile(path, Array(file.text.utf8))
            Console.write("  written  \(file.path)\n")
            written += 1
        }
        if access(directory + "/.git", F_OK) != 0 { _ = try Repository.initialize(path: directory, bare: false, initialBranch: "main") }
        guard written > 0 else { return Console.write("\nNothing to write: everything is there.\n") }
        Console.write(
            """

            Next: put your tenants' ids and groups into tenants/, then

              cd \(directory)
              easel validate
              git add --all && git commit --message "Email profiles"
              easel plan

            """)
    }
}
