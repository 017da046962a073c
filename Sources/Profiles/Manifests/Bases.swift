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
        /// This base and all it extends, nearest first.
        let chain: [String]
        /// Path → blob id of those in `chain`.
        let sources: [String: String]
        /// What is wrong with any of those.
        let diagnostics: [Diagnostic]
    }

    enum Found: Sendable {
        case base(Base)
        case missing
        /// A circle, or too long a chain.
        case broken(Diagnostic)
    }

    /// Bases that a manifest may stand on, one on the other.
    public static let depthLimit = 8

    private let known = Mutex<[String: Loaded]>([:])

    public init() {}

    /// The base at `path`, with all it extends merged.
    func base(_ path: String, reader: Reader) throws -> Found {
        switch try known.withLock({ known in try Self.load(path, trail: [], known: &known, reader: reader) }) {
        case .base(let base): .base(base)
        case .missing: .missing
        case .circle(let circle): .broken(circle.diagnostic)
        case .tooDeep(let chain): .broken(chain.diagnostic)
        }
    }

    /// Every base in `paths` that no manifest has led to: for a check of the whole repository.
    public func checkAll(_ paths: [String], reader: Reader) throws -> [Diagnostic] {
        var diagnostics: [Diagnostic] = []
        for path in paths {
            switch try base(path, reader: reader) {
            case .base(let base): diagnostics += base.diagnostics
            case .broken(let diagnostic): diagnostics.append(diagnostic)
            case .missing: break
            }
        }
        return diagnostics
    }

    static func missing(_ path: String, at value: JSONValue) -> Diagnostic {
        Diagnostic(.baseNotFound, at: value, "there is no base '\(path)'", help: "the path is taken from the root of the repository")
    }

    // MARK: Loading

    private enum Loaded: Sendable {
        case base(Base)
        case missing
        case circle(Circle)
        case tooDeep(Chain)
    }

    /// The same whichever base on it is asked for first, since threads differ in that from run to run.
    private struct Circle: Sendable {
        /// From the first in the alphabet.
        let paths: [String]
        /// The first one's `extends`; nil until the search has come back to it.
        var place: JSONValue?

        init(_ paths: [String]) {
            let start = paths.indices.min { JSONWriter.precedes(paths[$0], paths[$1]) } ?? 0
            self.paths = Array(paths[start...] + paths[..<start])
        }

        var diagnostic: Diagnostic {
            let message = "bases extend each other in a circle: \((paths + paths.prefix(1)).joined(separator: " → "))"
            return place.map { Diagnostic(.baseCycle, at: $0, message) } ?? Diagnostic(.baseCycle, file: paths.first ?? "", message)
        }
    }

    private struct Chain: Sendable {
        /// One more than the limit, nearest first.
        let paths: [String]
        /// The first one's `extends`.
        var place: JSONValue?

        init(_ paths: [String]) { self.paths = Array(paths.prefix(depthLimit + 1)) }

        var diagnostic: Diagnostic {
            let message = "more than \(depthLimit) bases stand on each other"
            var result = place.map { Diagnostic(.baseTooDeep, at: $0, message) } ?? Diagnostic(.baseTooDeep, file: paths.first ?? "", message)
            result.help = "bases on the way: \(paths.joined(separator: ", "))"
            return result
        }
    }

    private static func load(_ path: String, trail: [String], known: inout [String: Loaded], reader: Reader) throws -> Loaded {
        if let start = trail.firstIndex(of: path) { return .circle(Circle(Array(trail[start...]))) }
        if let found = known[path] { return found }
        // Not remembered: a base high up is in reach of one chain and out of reach of another.
        guard trail.count < depthLimit else { return .tooDeep(Chain(trail + [path])) }
        guard let source = try reader(path) else {
            known[path] = .missing
            return .missing
        }
        var diagnostics: [Diagnostic] = []
        var layer = Layer(JSONDocument(file: path, bytes: source.bytes), diagnostics: &diagnostics)
        var sources = [path: source.id]
        var chain = [path]
        if let extends = layer.extends {
            switch try load(extends.path, trail: trail + [path], known: &known, reader: reader) {
            case .missing:
                diagnostics.append(missing(extends.path, at: extends.at))
                layer.isWhole = false
            case .circle(var circle):
                if path == circle.paths.first { circle.place = extends.at }
                // Whatever leads into the circle has the same thing wrong with it.
                if circle.place != nil { known[path] = .circle(circle) }
                return .circle(circle)
            case .tooDeep(var chain):
                chain.place = extends.at
                return .tooDeep(chain)
            case .base(let below):
                guard below.chain.count < depthLimit else {
                    var chain = Chain(trail + [path] + below.chain)
                    chain.place = extends.at
                    return .tooDeep(chain)
                }
                layer = layer.over(below.layer)
                diagnostics += below.diagnostics
                sources.merge(below.sources) { own, _ in own }
                chain += below.chain
            }
        }
        let base = Base(layer: layer, chain: chain, sources: sources, diagnostics: diagnostics)
        known[path] = .base(base)
        return .base(base)
    }
}
