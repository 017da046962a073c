import Basics
import Glibc
import Synchronization

extension TimeZoneData {
    /// Reads a zone from the machine's zone data. Never reads outside `directory`, whatever the name; `UTC` needs no file.
    public static func load(_ name: String, directory: String = "/usr/share/zoneinfo") throws(ZoneError) -> TimeZoneData {
        guard isPossibleName(name) else { throw .badName(name) }
        if name == "UTC" { return .utc }
        guard let bytes = try file(directory + "/" + name, zone: name) else {
            let found = names(in: directory)
            if found.isEmpty { throw .noZoneData(directory: directory) }
            throw .unknown(name, near: near(name, in: directory, found))
        }
        do {
            return try TZifReader.read(bytes, name: name)
        } catch {
            throw .unusable(name, reason: error.reason)
        }
    }

    /// Parts of letters, digits, `_`, `+` and `-`, separated by single slashes.
    private static func isPossibleName(_ name: String) -> Bool {
        guard name.utf8.count <= 100 else { return false }
        return name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy { part in
            !part.isEmpty
                && part.allSatisfy { byte in
                    isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_")
                        || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
                }
        }
    }

    /// The zones of the same region with similar names.
    private static func near(_ name: String, in directory: String, _ top: [String]) -> [String] {
        guard let slash = name.lastIndex(of: "/") else { return nearNames(to: name, among: top) }
        let region = String(name[..<slash])
        return nearNames(to: name, among: names(in: directory + "/" + region).map { region + "/" + $0 })
    }

    /// Nil when there is no such file.
    private static func file(_ path: String, zone: String) throws(ZoneError) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw .unusable(zone, reason: String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        // The largest zone has a few thousand bytes.
        var bytes = [UInt8](repeating: 0, count: 1 << 18)
        var count = 0
        while count < bytes.count {
            let start = count
            let got = bytes.withUnsafeMutableBytes { read(descriptor, UnsafeMutableRawBufferPointer(rebasing: $0[start...]).baseAddress, $0.count - start) }
            if got == 0 { break }
            if got < 0 {
                if errno == EINTR { continue }
                // It is a region, such as "Europe".
                if errno == EISDIR { return nil }
                throw .unusable(zone, reason: String(cString: strerror(errno)))
            }
            count += got
        }
        return Array(bytes[..<count])
    }

    private static func names(in directory: String) -> [String] {
        guard let folder = opendir(directory) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: $0.pointee)) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names
    }
}

/// The zones of one run. Each is read once, whichever thread asks first.
public final class ZoneStore: Sendable {
    private let directory: String
    private let known = Mutex<[String: Result<TimeZoneData, ZoneError>]>([:])

    public init(directory: String = "/usr/share/zoneinfo") { self.directory = directory }

    public func zone(_ name: String) throws(ZoneError) -> TimeZoneData {
        let found = known.withLock { known in
            if let found = known[name] { return found }
            let result = Result { () throws(ZoneError) in try TimeZoneData.load(name, directory: directory) }
            known[name] = result
            return result
        }
        return try found.get()
    }
}
