/// The keys of a payload in the order in which they are written, and which setting writes which of them.
///
/// Settings stand in the catalogue in the order in which people read them; payloads have sorted keys. Sorting a few dozen
/// strings for each of 100,000 profiles would cost more than writing them, so the order is found once: rendering a
/// profile puts each item into its slot and then walks the slots.
struct KeyOrder: Sendable {
    /// Sorted, each once.
    let keys: [String]
    /// Which settings write at least one key.
    let sources: [Source]

    struct Source: Sendable {
        /// Position in `Catalogue.settings`.
        let setting: Int
        /// Positions in `keys` of what it may write.
        let slots: [Int]
    }

    /// `keysOfSettings` by position in the catalogue; `others` are keys that no setting writes.
    init(_ keysOfSettings: [[String]], others: [String] = []) {
        // Compared as bytes, as all of easel's output; plain `<` compares normalised text, which is the same for ASCII.
        let keys = Set(keysOfSettings.joined()).union(others).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let position = Dictionary(uniqueKeysWithValues: keys.enumerated().map { ($1, $0) })
        self.keys = keys
        sources = keysOfSettings.enumerated().compactMap { index, keys in
            keys.isEmpty ? nil : Source(setting: index, slots: keys.compactMap { position[$0] })
        }
    }

    /// The slot of `key`, which `source` writes; nil for a key that its mapping does not declare.
    func slot(of key: String, from source: Source) -> Int? {
        source.slots.first { keys[$0] == key }
    }
}
