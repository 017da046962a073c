import Glibc

/// The path of a program that is on PATH and can be run; only absolute folders count.
public func programOnPath(_ name: String) -> String? {
    let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
    return path.split(separator: ":").lazy.map { "\($0)/\(name)" }.first { $0.hasPrefix("/") && access($0, X_OK) == 0 && kind(of: $0) != .folder }
}
