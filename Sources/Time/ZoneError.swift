import Basics

/// Why a time zone cannot be used. Every case stops the run: a window in an unknown zone could be open at any time.
public enum ZoneError: Error, Sendable, Hashable {
    /// The text cannot be the name of a zone: it leads out of the folder, or has characters that no name has.
    case badName(String)
    /// The machine has zone data, but not for this zone.
    case unknown(String, near: [String])
    /// The machine has no zone data.
    case noZoneData(directory: String)
    /// The zone has data that cannot be read.
    case unusable(String, reason: String)

    public var message: String {
        switch self {
        case .badName(let name): "'\(name.prefix(80))' is not the name of a time zone"
        case .unknown(let name, let near): "Unknown time zone '\(name.prefix(80))'\(didYouMean(near))"
        case .noZoneData(let directory): "This machine has no time zone data in \(directory)"
        case .unusable(let name, let reason): "The data of time zone '\(name.prefix(80))' cannot be used: \(reason)"
        }
    }

    public var help: String {
        switch self {
        case .badName, .unknown: "Use an IANA name, such as \"Europe/Amsterdam\" or \"UTC\""
        case .noZoneData: "Install the package tzdata, or use \"UTC\""
        case .unusable: "Reinstall the package tzdata, or use another zone"
        }
    }
}
