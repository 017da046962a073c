/// What a name says about a file, in whatever folder it is.
enum FileSort {
    case json
    /// JSON in other letter case, or another format for data: somebody may have meant easel to read it.
    case data
    /// Notes, pictures and dot files, which are for people and other tools.
    case documentation
    case unknown

    init(_ name: String) {
        let lower = name.lowercased()
        if name.hasSuffix(".json") {
            self = .json
        } else if Self.dataEndings.contains(where: lower.hasSuffix) {
            self = .data
        } else if name.hasPrefix(".") || Self.documents.contains(lower) || Self.documentEndings.contains(where: lower.hasSuffix) {
            self = .documentation
        } else {
            self = .unknown
        }
    }

    private static let dataEndings = [".json", ".jsonc", ".json5", ".yaml", ".yml", ".toml", ".mobileconfig"]
    private static let documentEndings = [".md", ".txt", ".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp"]
    private static let documents: Set<String> = ["codeowners", "readme", "license", "notice"]

    /// A name without an ending of data.
    static func stem(_ name: String) -> String {
        let lower = name.lowercased()
        return Self.dataEndings.first(where: lower.hasSuffix).map { String(name.dropLast($0.count)) } ?? name
    }

    /// What to do with a file so that easel reads it at `place`.
    static func remedy(_ name: String, place: String) -> String {
        let lower = name.lowercased()
        if name.hasSuffix(".json") { return "Move it to \(place)" }
        if lower.hasSuffix(".json") { return "Rename it to \(place)" }
        if lower.hasSuffix(".mobileconfig") { return "Write a manifest in \(place) instead; easel makes the .mobileconfig from it" }
        return FileSort(name) == .data ? "Write it as JSON in \(place)" : "Rename it to \(place)"
    }
}
