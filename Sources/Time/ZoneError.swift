/// Why a time zone cannot be had. Every case stops the run: a window in an unknown zone could be open at any time.
public enum ZoneError: Error, Sendable, Hashable {
    /// No text that could name a zone: a path out of the folder, or characters that no zone has.
    case badName(String)
    /// Zone data are there, and this zone is not among them.
    case unknown(String, near: [String])
    /// There are no zone data on this machine.
    case noZoneData(directory: String)
    /// The zone is there and cannot be used.
    case unusable(String, reason: String)

    public var message: String {
        switch self {
        case .badName(let name): "'\(name.prefix(80))' is no name of a time zone"
        case .unknown(let name, let near):
            "there is no time zone '\(name.prefix(80))'"
                + (near.isEmpty ? "" : ", did you mean \(near.map { "'\($0)'" }.joined(separator: " or "))?")
        case .noZoneData(let directory): "this machine has no time zone data in \(directory)"
        case .unusable(let name, let reason): "the data of time zone '\(name.prefix(80))' cannot be used: \(reason)"
        }
    }

    public var help: String {
        switch self {
        case .badName, .unknown: "an IANA name, as \"Europe/Amsterdam\" or \"UTC\""
        case .noZoneData: "install the package tzdata, or use \"UTC\""
        case .unusable: "install the package tzdata again, or use another zone"
        }
    }
}
