import Basics
import ConfigRepository
import Git
import Glibc

/// Places that easel writes to: whether it may, and how much room there is.
enum DiskChecks {
    /// Below this, a run may end in the middle of its work. A state of 1,000 tenants takes some tens of megabytes.
    private static let least: UInt64 = 50 << 20
    private static let comfortable: UInt64 = 500 << 20

    static func all(_ places: Places, out: String?) -> [Check] {
        let isRemote = [places.repo, places.statePlace].compactMap(\.self).contains { if case .remote = Location($0) { true } else { false } }
        return [
            isRemote ? check("cache", places.cache) : Check("cache", .skipped, "No repository is remote, so no mirror is kept"),
            out.map { check("--out", $0) } ?? Check("--out", .skipped, "Not looked at; name the folder with --out"),
        ]
    }

    /// - Parameter path: need not exist: then the nearest folder above it counts.
    static func check(_ name: String, _ path: String) -> Check {
        let folder = nearestFolder(path)
        let place = folder == path ? path : "\(path) (to be made in \(folder))"
        guard kind(of: folder, followsLinks: true) == .folder else { return Check(name, .failed, "\(folder) is not a folder, so \(path) cannot be one", fix: "Name another folder") }
        guard access(folder, W_OK | X_OK) == 0 else {
            return Check(name, .failed, "\(place) cannot be written to: \(String(cString: strerror(errno)))", fix: "Name another folder, or give the user that runs easel the right to write there")
        }
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else { return Check(name, .failed, "\(place): \(String(cString: strerror(errno)))", fix: "Name another folder") }
        return room(name, place, free: UInt64(status.f_bavail) * UInt64(status.f_frsize), isFullOfFiles: status.f_files > 0 && status.f_favail < 1000)
    }

    static func room(_ name: String, _ place: String, free: UInt64, isFullOfFiles: Bool) -> Check {
        let megabytes = "\(free >> 20) MiB"
        if isFullOfFiles { return Check(name, .failed, "\(place): the file system has no room for more files", fix: "Delete files there, or name a folder elsewhere") }
        if free < least { return Check(name, .failed, "\(place): only \(megabytes) are free", fix: "Free some space, or name a folder elsewhere") }
        if free < comfortable { return Check(name, .warning, "\(place): only \(megabytes) are free", fix: "Free some space before it runs out") }
        return Check(name, .ok, "\(place), with \(free >> 30 > 0 ? "\(free >> 30) GiB" : megabytes) free")
    }

    /// The folder itself, or what is there of the way to it.
    private static func nearestFolder(_ path: String) -> String {
        var path = withoutTrailingSlashes(path)
        while kind(of: path, followsLinks: true) == .missing {
            guard let slash = path.lastIndex(of: "/") else { return "." }
            path = slash == path.startIndex ? "/" : String(path[..<slash])
        }
        return path
    }
}
