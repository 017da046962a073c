import Basics
import Glibc
import JSONSource

/// The process that holds a claim, told so precisely that another process of the same machine can see whether it still runs.
public struct ClaimHolder: Sendable, Hashable {
    /// The machine's name, for people.
    public let host: String
    public let process: Int
    /// Which machine, since its start, and which of its containers: process numbers mean nothing elsewhere.
    let machine: String
    /// When the process began, in the kernel's ticks: numbers are used again.
    let began: String

    /// This process.
    public static func current() -> ClaimHolder {
        var name = [CChar](repeating: 0, count: 256)
        let host = gethostname(&name, name.count - 1) == 0 ? String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) : "unknown"
        let process = Int(getpid())
        return ClaimHolder(host: harmless(host), process: process, machine: thisMachine, began: Self.began(process) ?? "")
    }

    /// Whether the process is known to have ended. False where nobody can tell from here.
    public var isGone: Bool { !began.isEmpty && machine == Self.thisMachine && Self.began(process) != began }

    /// `process 4711 on build-3`.
    public var words: String { "process \(process) on \(harmless(host))" }

    private static let thisMachine: String = {
        let boot = (try? readFile("/proc/sys/kernel/random/boot_id", limit: 100)).map { String(decoding: $0, as: UTF8.self).filter { !$0.isWhitespace } } ?? ""
        var target = [CChar](repeating: 0, count: 100)
        let count = readlink("/proc/self/ns/pid", &target, target.count)
        let namespace = count > 0 ? String(decoding: target.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self) : ""
        return "\(boot) \(namespace)"
    }()

    /// The 22nd field of `/proc/PID/stat`; nil where there is no such process, or only what its parent has not buried yet.
    private static func began(_ process: Int) -> String? {
        guard let bytes = try? readFile("/proc/\(process)/stat", limit: 4096) else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        // The second field is a name in parentheses, which may hold anything.
        guard let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 19, fields[0] != "Z", fields[0] != "X" else { return nil }
        return String(fields[19])
    }

    var json: JSON { ["began": .string(began), "host": .string(host), "machine": .string(machine), "process": .integer(process)] }

    init?(_ value: JSONValue) {
        guard let host = value["host"]?.string, let process = value["process"]?.integer, let machine = value["machine"]?.string, let began = value["began"]?.string else { return nil }
        self.init(host: host, process: process, machine: machine, began: began)
    }

    init(host: String, process: Int, machine: String, began: String) {
        (self.host, self.process, self.machine, self.began) = (host, process, machine, began)
    }
}
