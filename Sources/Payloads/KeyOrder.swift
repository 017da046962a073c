/// The keys of a payload in the order in which they are written, and which setting writes which of them.
///
/// The catalogue is in the order in which people read settings, while payloads have sorted keys. Sorting a few dozen strings for each
/// of 100,000 profiles would cost more than writing them, so the keys are sorted once: rendering a profile puts each item into its slot
/// and then walks the slots.
struct KeyOrder: Sendable {
    /// Sorted, without duplicates.
    let keys: [String]
    /// The settings that write at least one key.
    let sources: [Source]

    struct Source: Sendable {
        /// Position in `Catalogue.settings`.
        let setting: Int
        /// Positions in `keys` of those that it can write.
        let slots: [Int]
    }

    /// - Parameters:
    ///   - keysOfSettings: by position in the catalogue.
    ///   - others: keys that no setting writes.
    init(_ keysOfSettings: [[String]], others: [String] = []) {
        // By bytes, as in everything that easel writes; plain `<` compares normalised text.
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
