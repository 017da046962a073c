import JSONSource

/// Edits of bases, and which manifests follow them.
public enum BaseEdit {
    /// Pointers (RFC 6901) of the settings of which two versions of a base say something else; none where one is not JSON.
    public static func pointers(from old: [UInt8], to new: [UInt8]) -> [String] {
        guard let old = JSONDocument(file: "", bytes: old).root, let new = JSONDocument(file: "", bytes: new).root else { return [] }
        func value(_ root: JSONValue, _ setting: Setting) -> JSON? {
            setting.components.reduce(root as JSONValue?) { object, component in object?[component] }?.plain
        }
        return Catalogue.manifestIndices.map { Catalogue.settings[$0] }.filter { value(old, $0) != value(new, $0) }.map(\.pointer)
    }
}

extension Manifest {
    /// Whether a setting of a base that the manifest extends means nothing for it, since the manifest or a nearer base says something
    /// of its own. False where both count together.
    public func overrides(_ pointer: String, of path: String) -> Bool {
        guard let index = Catalogue.settings.firstIndex(where: { $0.pointer == pointer }), Catalogue.settings[index].type.merge == nil, let base,
            let position = base.chain.firstIndex(of: path), case .value(_, let place) = layer.over(base.layer).entries[index]
        else { return false }
        let file = SourcePlace(place).file
        return file == self.file || base.chain[..<position].contains(file)
    }
}
