/// The names most like `wanted`, best first, for "did you mean".
///
/// Near is: at most a third of the letters differ, or the one is a part of the other.
func nearNames(_ wanted: String, among names: some Sequence<String>, limit: Int = 5) -> [String] {
    let target = Array(wanted.lowercased().utf8)
    let allowed = max(1, target.count / 3)
    var scored: [(score: Int, name: String)] = []
    for name in names {
        let candidate = Array(name.lowercased().utf8)
        let lastPart = Array(candidate.split(separator: UInt8(ascii: "/")).last ?? [])
        let distance = min(editDistance(target, candidate), editDistance(target, lastPart))
        if distance <= allowed {
            scored.append((distance, name))
        } else if target.count >= 3, name.lowercased().contains(wanted.lowercased()) {
            scored.append((allowed + 1, name))
        }
    }
    return scored.sorted { ($0.score, $0.name) < ($1.score, $1.name) }.prefix(limit).map(\.name)
}

/// A sentence that names the near names or, when none is near, the first few there are; `nil` when there are none.
func suggestion(_ wanted: String, among names: [String]) -> String? {
    let near = nearNames(wanted, among: names)
    if !near.isEmpty { return "Did you mean \(near.joined(separator: ", "))?" }
    guard !names.isEmpty else { return nil }
    let shown = names.sorted().prefix(8)
    return "There is \(shown.joined(separator: ", "))\(names.count > shown.count ? " and \(names.count - shown.count) more" : "")."
}

/// How many letters to add, drop, change or swap with their neighbour. Names are short; longer ones are not compared.
private func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    guard a.count <= 100, b.count <= 100 else { return Int.max }
    var rows = [Array(0...b.count)]
    for row in a.indices {
        var current = [row + 1]
        for column in b.indices {
            var best = min(
                rows[row][column] + (a[row] == b[column] ? 0 : 1), rows[row][column + 1] + 1, current[column] + 1)
            if row > 0, column > 0, a[row] == b[column - 1], a[row - 1] == b[column] {
                best = min(best, rows[row - 1][column - 1] + 1)
            }
            current.append(best)
        }
        rows.append(current)
    }
    return rows[a.count][b.count]
}
