import JSONSource
import Synchronization

/// The bases of one run: each is read and parsed once, whichever thread asks first.
///
/// Reads run under the lock of the store, so two threads never parse the same base; after the first manifests all of a
/// fleet's bases are there.
public final class Bases: Sendable {
    /// Reads a base by its path; nil where there is none. Throws what the repository throws.
    public typealias Reader = (String) throws -> Source?

    public struct Source {
        public let bytes: [UInt8]
        /// The blob's id, or nothing where the files are read as they lie.
        public let id: String

        public init(bytes: [UInt8], id: String) {
            self.bytes = bytes
            self.id = id
        }
    }

    struct Base: Sendable {
        /// This base over all it extends.
        let layer: Layer
        /// Path → blob id, of this base and all it extends.
        let sources: [String: String]
        /// What is wrong with this base or one it extends.
        let diagnostics: [Diagnostic]
        let depth: Int
    }

    enum Found: Sendable {
        case base(Base)
        case missing
        case cycle([String])
        case tooDeep([String])
    }

    /// Bases that a manifest may stand on, one on the other.
    public static let depthLimit = 8

    private let known = Mutex<[String: Found]>([:])

    public init() {}

    /// The base at `path`, with all it extends merged.
    func base(_ path: String, reader: Reader) throws -> Found {
        try known.withLock { known in try Self.load(path, trail: [], known: &known, reader: reader) }
    }

    /// Every base in `paths` that no manifest has led to: for a check of the whole repository.
    public func checkAll(_ paths: [String], reader: Reader) throws -> [Diagnostic] {
        var diagnostics: [Diagnostic] = []
        for path in paths {
            switch try base(path, reader: reader) {
            case .base(let base): diagnostics += base.diagnostics
            case .cycle(let trail): diagnostics.append(Self.cycle(trail))
            case .tooDeep(let trail): diagnostics.append(Self.tooDeep(trail))
            case .missing: break
            }
        }
        return diagnostics
    }

    private static func load(_ path: String, trail: [String], known: inout [String: Found], reader: Reader) throws -> Found {
        if let start = trail.firstIndex(of: path) { return .cycle(Array(trail[start...]) + [path]) }
        if let found = known[path] { return found }
        // Not remembered: a base high up is in reach of one chain and out of reach of another.
        guard trail.count < depthLimit else { return .tooDeep(trail + [path]) }
        guard let source = try reader(path) else {
            known[path] = .missing
            return .missing
        }
        var diagnostics: [Diagnostic] = []
        var layer = Layer(JSONDocument(file: path, bytes: source.bytes), diagnostics: &diagnostics)
        var sources = [path: source.id]
        var depth = 1
        if let extends = layer.extends {
            switch try load(extends.path, trail: trail + [path], known: &known, reader: reader) {
            case .missing: diagnostics.append(Self.missing(extends.path, at: extends.at))
            case .cycle(let trail):
                // Every base on the circle has the same thing wrong with it.
                known[path] = .cycle(trail)
                return .cycle(trail)
            case .tooDeep(let trail): return .tooDeep(trail)
            case .base(let below):
                layer = layer.over(below.layer)
                diagnostics += below.diagnostics
                sources.merge(below.sources) { own, _ in own }
                depth = below.depth + 1
                guard depth <= depthLimit else { return .tooDeep(trail + [path] + below.sources.keys.sorted()) }
            }
        }
        let base = Base(layer: layer, sources: sources, diagnostics: diagnostics, depth: depth)
        known[path] = .base(base)
        return .base(base)
    }

    static func missing(_ path: String, at value: JSONValue) -> Diagnostic {
        Diagnostic(.baseNotFound, at: value, "there is no base '\(path)'", help: "the path is taken from the root of the repository")
    }

    static func tooDeep(_ trail: [String]) -> Diagnostic {
        Diagnostic(
            .baseTooDeep, file: trail.first ?? "", "more than \(depthLimit) bases stand on each other",
            help: "bases on the way: \(trail.prefix(12).joined(separator: ", "))")
    }

    static func cycle(_ trail: [String]) -> Diagnostic {
        Diagnostic(.baseCycle, file: trail.first ?? "", "bases extend each other in a circle: \(trail.joined(separator: " → "))")
    }
}
