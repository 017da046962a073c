import JSONSource
import Synchronization

/// The bases of one run. Each is read and parsed once, by the thread that first asks for it.
///
/// Bases are read under a lock, so no two threads parse the same one. After the first few manifests, all bases of a repository are
/// known.
public final class Bases: Sendable {
    /// Reads a base by its path; nil where there is none. Throws the errors of the repository.
    public typealias Reader = (String) throws -> Source?

    public struct Source {
        public let bytes: [UInt8]
        /// The blob's id; empty where working files are read.
        public let id: String
        /// Why there is a base that cannot be read.
        let problem: Diagnostic?

        public init(bytes: [UInt8], id: String) {
            self.bytes = bytes
            self.id = id
            problem = nil
        }

        public init(problem: Diagnostic) {
            bytes = []
            id = ""
            self.problem = problem
        }
    }

    struct Base: Sendable {
        /// This base merged over all that it extends.
        let layer: Layer
        /// This base and all it extends, nearest first.
        let chain: [String]
        /// Path → blob id of those in `chain`.
        let sources: [String: String]
        /// What is wrong with any of them.
        let diagnostics: [Diagnostic]
    }

    enum Found: Sendable {
        case base(Base)
        case missing
        /// It cannot be read, the bases extend each other in a circle, or the chain is too long.
        case broken(Diagnostic)
    }

    /// The longest chain of bases that extend each other.
    public static let depthLimit = 8

    private let known = Mutex<[String: Loaded]>([:])

    public init() {}

    /// The base at `path`, merged over all that it extends.
    func base(_ path: String, reader: Reader) throws -> Found {
        switch try known.withLock({ known in try Self.load(path, trail: [], known: &known, reader: reader) }) {
        case .base(let base): .base(base)
        case .missing: .missing
        case .unreadable(let problem): .broken(problem)
        case .circle(let circle): .broken(circle.diagnostic)
        case .tooDeep(let chain): .broken(chain.diagnostic)
        }
    }

    /// What is wrong with the bases at `paths`, whether a manifest extends them or not.
    public func checkAll(_ paths: [String], reader: Reader) throws -> [Diagnostic] {
        var diagnostics: [Diagnostic] = []
        for path in paths {
            switch try base(path, reader: reader) {
            case .base(let base): diagnostics += base.diagnostics
            case .broken(let diagnostic):
                diagnostics.append(diagnostic)
                // What else is wrong with the file itself, which nobody sees while a circle hides it.
                if let source = try reader(path), source.problem == nil { _ = Layer(JSONDocument(file: path, bytes: source.bytes), diagnostics: &diagnostics) }
            case .missing: break
            }
        }
        return diagnostics
    }

    static func missing(_ path: String, at value: JSONValue) -> Diagnostic {
        Diagnostic(.baseNotFound, at: value, "Base '\(path)' does not exist", help: "Give its path from the root of the repository")
    }

    // MARK: Loading

    private enum Loaded: Sendable {
        case base(Base)
        case missing
        case unreadable(Diagnostic)
        case circle(Circle)
        case tooDeep(Chain)
    }

    /// The same, whichever of its bases a thread asks for first.
    private struct Circle: Sendable {
        /// Begins with the first in the alphabet.
        let paths: [String]
        /// The first one's `extends`; nil until the search has come back to it.
        var place: JSONValue?

        init(_ paths: [String]) {
            let start = paths.indices.min { JSONWriter.precedes(paths[$0], paths[$1]) } ?? 0
            self.paths = Array(paths[start...] + paths[..<start])
        }

        var diagnostic: Diagnostic {
            let message = "Bases extend each other in a circle: \((paths + paths.prefix(1)).joined(separator: " → "))"
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
            let message = "More than \(depthLimit) bases extend each other"
            var result = place.map { Diagnostic(.baseTooDeep, at: $0, message) } ?? Diagnostic(.baseTooDeep, file: paths.first ?? "", message)
            result.help = "Merge some of them: \(paths.joined(separator: ", "))"
            return result
        }
    }

    private static func load(_ path: String, trail: [String], known: inout [String: Loaded], reader: Reader) throws -> Loaded {
        if let start = trail.firstIndex(of: path) { return .circle(Circle(Array(trail[start...]))) }
        if let found = known[path] { return found }
        // Not remembered: a base can be within the limit for one chain and beyond it for another.
        guard trail.count < depthLimit else { return .tooDeep(Chain(trail + [path])) }
        guard let source = try reader(path) else {
            known[path] = .missing
            return .missing
        }
        if let problem = source.problem {
            known[path] = .unreadable(problem)
            return .unreadable(problem)
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
            case .unreadable(let problem):
                diagnostics.append(problem)
                layer.isWhole = false
            case .circle(var circle):
                if path == circle.paths.first { circle.place = extends.at }
                // Whatever extends a base of the circle has the same problem.
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
