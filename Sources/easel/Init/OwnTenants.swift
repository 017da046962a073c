import Basics
import ConfigRepository
import Importing
import JSONSource
import ReportModel
import Reconciler
import Reports

/// Makes a config repository of tenants that exist: manifests of their profiles, and what a repository needs beside them.
struct OwnTenants {
    let directory: String
    /// Whom CODEOWNERS names.
    let owner: String?
    /// `--from FOLDER` or `--from-graph` in the words of `--live`.
    let live: String

    /// Writes the repository of what an import found, and checks it as `easel validate` does.
    func make(_ imported: Import.Result, by job: Import) throws -> InitView {
        var imported = imported
        var profiles: [String: Int] = [:]
        for path in imported.files.keys {
            let parts = path.split(separator: "/")
            if parts.first == "tenants", parts.count > 2 { profiles[String(parts[1]), default: 0] += parts[2] == "profiles" ? 1 : 0 }
        }
        var programs: [Starter.File] = []
        for file in [Starter.policy(rings: Starter.rings(profiles)), Starter.owners(owner)] + Starter.editing + Starter.hooks where kind(of: directory + "/" + file.path) == .missing {
            if file.isProgram { programs.append(file) } else { imported.files[file.path] = Array(file.text.utf8) }
        }
        try job.write(imported)
        let folder = GuardedFolder(directory)
        for file in programs { try folder.write(file.path, Array(file.text.utf8), isProgram: true) }
        try NewRepository.initialize(directory)
        let written = (imported.files.keys + programs.map(\.path)).sorted(by: JSONWriter.precedes)
        var view = InitView(directory: directory, written: written, kept: [], hooksFolder: Starter.hooksFolder)
        view.own = .init(imported: imported, check: try check(), live: live)
        return view
    }

    /// What `easel validate` finds in the new repository.
    private func check() throws -> InitView.Check {
        var places = Places()
        places.repo = directory
        places.reads = .files
        let tail = TailOnly()
        _ = try Reconciler.run(RunRequest(mode: .validate, places: places, selection: .init(), now: Running.moment(nil))) { [tail] }
        guard let end = tail.end else { throw Failure("the new repository in \(directory) could not be checked; run easel validate there") }
        return .init(summary: end.summary, diagnostics: end.diagnostics)
    }

    private final class TailOnly: ReportSink {
        private(set) var end: ReportTail?

        func begin(_ head: ReportHead) {}
        func tenant(_ tenant: TenantReport) {}
        func end(_ tail: ReportTail) { end = tail }
    }
}
