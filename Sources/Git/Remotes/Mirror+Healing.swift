import Basics
import CGitSupport
import Crypto
import Glibc

/// A damaged mirror is thrown away and fetched anew, once in a run. Callers hold the mirror's lock.
extension Mirror {
    /// The mirror's own settings, written anew where anything else stands there: a `url.*.insteadOf` or `http.proxy` in it would decide
    /// where easel fetches from. The first line shows that easel has made the repository.
    private static let config = """
        # easel writes this file. Do not edit it: it is written again.
        [core]
        \tbare = true
        \trepositoryformatversion = 0
        \tfilemode = true

        """

    private var configFile: String { repositoryPath + "/config" }
    private var packFolder: String { repositoryPath + "/objects/pack" }
    /// The packs that must be there, a line for each: its name, and its files' sizes and times as easel left them.
    private var packList: String { repositoryPath + "/easel-packs" }

    /// Whether easel has made this repository. Nobody else's is ever changed or thrown away.
    var isOwn: Bool { kind(of: repositoryPath + "/easel-url") == .file || textOfFile(configFile)?.hasPrefix(Self.config.prefix { $0 != "\n" }) == true }

    /// Whether it holds nothing yet, because its creation was interrupted.
    var isEmpty: Bool {
        ((try? list(repositoryPath)) ?? []).allSatisfy { ["HEAD", "config", "description", "hooks", "info", "objects", "refs"].contains($0) }
            && ((try? list(packFolder)) ?? []).isEmpty && ((try? list(repositoryPath + "/refs/heads")) ?? []).isEmpty
    }

    func writeConfig() throws(GitError) {
        guard textOfFile(configFile) != Self.config || kind(of: configFile) != .file else { return }
        do {
            try removeTree(configFile)
            try replaceFile(configFile, Array(Self.config.utf8))
        } catch { throw GitError(kind: .other, operation: "write \(configFile)", message: "\(error)") }
    }

    /// Notes which packs there are, so that one that is lost is missed, and one that nobody has touched need not be read.
    func recordPacks() {
        let names = ((try? list(packFolder)) ?? []).filter { $0.hasSuffix(".idx") }.map { name in
            let pack = String(name.dropLast(".idx".count))
            return "\(pack) \(stamp(of: pack))\n"
        }
        // Without the list nothing is missed; a full disk is reported where it matters.
        try? replaceFile(packList, Array(names.joined().utf8))
    }

    /// Size and time of the last change of a pack's two files.
    private func stamp(of pack: String) -> String {
        [".idx", ".pack"].map { ending in
            guard let status = fileStatus("\(packFolder)/\(pack)\(ending)"), status.st_mode & S_IFMT == S_IFREG else { return "-" }
            return "\(status.st_size):\(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
        }.joined(separator: " ")
    }

    /// What is wrong with the mirror; nil where it is whole. Reads only packs that have changed since easel wrote them: what goes bad
    /// on the disk later is found when it is read.
    func damage() -> String? {
        for name in ["commondir", "objects/info/alternates"] where kind(of: "\(repositoryPath)/\(name)") != .missing { return "\(name) does not belong there" }
        let head = kind(of: repositoryPath + "/HEAD") == .file ? textOfFile(repositoryPath + "/HEAD") ?? "" : ""
        guard head.hasPrefix("ref: refs/"), head.hasSuffix("\n") else { return "HEAD is damaged" }
        unlink(packFolder + "/multi-pack-index")
        let names = Set((try? list(packFolder)) ?? [])
        let listed = (textOfFile(packList) ?? "").split(separator: "\n").map { $0.split(separator: " ", maxSplits: 1).map(String.init) }
        let stamps = Dictionary(listed.map { ($0[0], $0.count > 1 ? $0[1] : "") }, uniquingKeysWith: { first, _ in first })
        let known = stamps.keys
        guard known.allSatisfy({ $0.hasPrefix("pack-") && ObjectID(hex: String($0.dropFirst(5))) != nil }) else { return "its list of packs is damaged" }
        for name in Set(known).union(names.filter { $0.hasSuffix(".idx") }.map { String($0.dropLast(".idx".count)) }).sorted() {
            guard names.contains(name + ".pack"), names.contains(name + ".idx") else { return "the pack \(name) is missing" }
            guard stamps[name] == stamp(of: name) || isWhole("\(packFolder)/\(name)") else { return "the pack \(name) is damaged" }
        }
        // libgit2 passes over a ref that it cannot read when it lists them.
        if let ref = looseRefs("refs").first(where: { $0.id == nil }) { return "\(ref.name) is damaged" }
        do throws(GitError) {
            let repository = try Repository.openBare(path: repositoryPath)
            for (name, id) in try repository.references(prefix: "refs/") where !repository.exists(id) { return "the commit of \(name) is missing" }
            return nil
        } catch { return error.message }
    }

    /// Whether a pack and its index hash to what they say, and belong together.
    private func isWhole(_ path: String) -> Bool {
        guard let index = contents(path + ".idx"), index.count > 40, let pack = contents(path + ".pack"), pack.count > 32 else { return false }
        return index[(index.count - 40)..<(index.count - 20)] == pack.suffix(20) && Self.endsInItsHash(index) && Self.endsInItsHash(pack)
    }

    private func contents(_ file: String) -> [UInt8]? { fileStatus(file).flatMap { $0.st_mode & S_IFMT == S_IFREG ? bytesOfFile(file, limit: Int($0.st_size)) : nil } }

    private static func endsInItsHash(_ bytes: [UInt8]) -> Bool { Array(Insecure.SHA1.hash(data: bytes.dropLast(20))) == Array(bytes.suffix(20)) }

    /// Throws the mirror away and makes a new one. What this machine has last seen on state branches is kept.
    func startAgain(_ damage: String, _ shownURL: String) throws(GitError) {
        rescueMarkers()
        let discarded = uniqueName(discardedPrefix)
        try moveFile(repositoryPath, to: discarded)
        try? removeTree(discarded)
        try create(shownURL)
        hasHealed = true
        options.warn?("the mirror \(repositoryPath) was damaged (\(damage)); easel deleted it and fetches everything again")
    }

    /// What a process that was killed while it threw a mirror away has left.
    func removeDiscarded() {
        let folder = String(repositoryPath.prefix(upTo: repositoryPath.lastIndex(of: "/") ?? repositoryPath.startIndex))
        for name in (try? list(folder)) ?? [] where "\(folder)/\(name)".hasPrefix(discardedPrefix) { try? removeTree("\(folder)/\(name)") }
    }

    private var discardedPrefix: String { repositoryPath.dropLast(".git".count) + ".discarded-" }

    /// Whether a failure may come from the mirror, and not from the remote, the network or what was asked for.
    static func mayBeDamage(_ error: GitError) -> Bool {
        [GIT_ERROR_ODB, GIT_ERROR_REFERENCE, GIT_ERROR_REPOSITORY, GIT_ERROR_CONFIG, GIT_ERROR_OBJECT, GIT_ERROR_TREE, GIT_ERROR_TAG, GIT_ERROR_ZLIB].contains(error.errorClass)
            && ![.cancelled, .locked, .refMoved].contains(error.kind)
    }

    // MARK: What was last seen

    private static let markerPrefix = "refs/easel/seen/"

    private func rescueMarkers() {
        for ref in looseRefs(String(Self.markerPrefix.dropLast())) { rescued[ref.name] = ref.id }
    }

    /// The refs below a folder that are files of their own, as all of a mirror are; the id is nil where one cannot be read.
    private func looseRefs(_ name: String, depth: Int = 16) -> [(name: String, id: ObjectID?)] {
        let path = repositoryPath + "/" + name
        guard kind(of: path) == .folder, depth > 0 else { return [(name, textOfFile(path).flatMap { ObjectID(hex: String($0.prefix { $0 != "\n" })) })] }
        return ((try? list(path)) ?? []).filter { !$0.hasSuffix(".lock") }.flatMap { looseRefs(name + "/" + $0, depth: depth - 1) }
    }

    /// The branches that rescued markers are about: they are fetched as well, so that the markers have their commits again.
    var branchesOfRescued: [String] { rescued.keys.map { "refs/" + $0.dropFirst(Self.markerPrefix.count) }.sorted() }

    /// Puts rescued markers back whose commits are there.
    func restoreMarkers(_ repository: Repository) throws(GitError) {
        for (name, id) in rescued where repository.exists(id) {
            try repository.forceReference(name, to: id)
            rescued[name] = nil
        }
    }

    /// A note of this machine in `refs/easel/`, also when its commit was lost with a damaged mirror.
    public func note(_ name: String) throws(GitError) -> ObjectID? {
        if let id = rescued[name] { return id }
        return try Repository.openBare(path: repositoryPath).reference(name)
    }
}
