import Foundation

/// Random texts, made by changing real ones.
extension Seeded {
    private static let pieces: [[UInt8]] =
        ["{", "}", "[", "]", "\"", ",", ":", "\\", "'", "//", "/*", "*/", "#", "\\u", "\\ud800", "\\udc00", "\\u00", "tru", "null", "-", "+", ".",
            "e", "0", "1", "\n", "\t", " ", "a", "\"a\":", "{\"", "é", "😀", "\u{0}"].map { Array($0.utf8) }
        + [[0xFF], [0xC3], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xEF, 0xBB, 0xBF], [0x80]]

    /// A piece of text with a meaning in JSON or UTF-8.
    public mutating func piece() -> [UInt8] { Self.pieces[below(Self.pieces.count)] }

    /// The bytes with one to three random changes.
    public mutating func mutated(_ text: [UInt8]) -> [UInt8] {
        var bytes = text
        for _ in 0..<1 + below(3) {
            let position = below(bytes.count + 1)
            switch below(6) {
            case 0, 1: bytes.insert(contentsOf: piece(), at: position)
            case 2: if position < bytes.count { bytes.remove(at: position) }
            case 3: if position < bytes.count { bytes[position] = UInt8(below(256)) }
            case 4: bytes.removeSubrange(position...)
            default:
                let end = position + below(bytes.count - position + 1)
                bytes.insert(contentsOf: Array(bytes[position..<min(end, position + 8)]), at: position)
            }
        }
        return bytes
    }
}

/// The committed corpus: files to start from, and every file that has ever caused a failure.
public enum Corpus {
    public struct File: Sendable, CustomStringConvertible {
        public let name: String
        public let bytes: [UInt8]
        public var description: String { name }
    }

    /// The files of one kind, sorted by name: `json`, `manifests`, `bases`, `tenants`, `policies`, `approvals`.
    public static func files(_ kind: String) -> [File] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Corpus/\(kind)").path
        // A missing corpus must not look like one that has passed.
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder), !names.isEmpty else { fatalError("no corpus in \(folder)") }
        return names.sorted().map { name in File(name: name, bytes: FileManager.default.contents(atPath: folder + "/" + name).map(Array.init) ?? []) }
    }
}
