/// Duplicate keys.
extension Parser {
    mutating func checkDuplicates(_ object: Int) {
        let count = Int(nodes[object].count)
        guard count > 1, mayTellMore else { return }
        if count <= 16 {
            var seen: [Int] = []
            seen.reserveCapacity(count)
            var child = object + 1
            while child < Int(nodes[object].next) {
                if let earlier = seen.first(where: { sameKey($0, child) }) { duplicate(child, earlier) } else { seen.append(child) }
                child = Int(nodes[child + 1].next)
            }
        } else {
            var seen: [[UInt8]: Int] = [:]
            seen.reserveCapacity(count)
            var child = object + 1
            while child < Int(nodes[object].next) {
                // As bytes: Swift compares strings by canonical equivalence, but JSON keys are equal only if their code points are.
                let name = keyBytes(nodes[child])
                if let earlier = seen[name] { duplicate(child, earlier) } else { seen[name] = child }
                child = Int(nodes[child + 1].next)
            }
        }
    }

    private func sameKey(_ one: Int, _ other: Int) -> Bool {
        let (a, b) = (nodes[one], nodes[other])
        guard a.isPlain, b.isPlain else { return keyBytes(a) == keyBytes(b) }
        guard a.count == b.count else { return false }
        let (first, second) = (a.textRange.lowerBound, b.textRange.lowerBound)
        for position in 0..<Int(a.count) where text[first + position] != text[second + position] { return false }
        return true
    }

    func keyBytes(_ key: Node) -> [UInt8] {
        let bytes = Array(text[key.textRange])
        return key.isPlain ? bytes : unescaped(bytes[...])
    }

    private mutating func duplicate(_ key: Int, _ earlier: Int) {
        // Checked here too: counting lines for each of thousands of duplicates would take longer than everything else.
        guard mayTellMore else { return }
        let name = String(decoding: keyBytes(nodes[key]), as: UTF8.self)
        problem(
            .duplicateKey, at: Int(nodes[key].start), "Duplicate key '\(name.prefix(80))'",
            help: "Remove one; the first is in line \(line(of: Int(nodes[earlier].start)))", key: key)
    }
}
