/// What kind of names `nearNames` compares.
public enum NameKind: Sendable {
    /// Whole names: settings, groups, tenants.
    case plain
    /// Paths of Git refs: people often type only the last component, or a part of a name.
    case ref
}

/// The names that a person may have meant, nearest first, at most three, each once.
///
/// A name is near when its Damerau-Levenshtein distance (optimal string alignment) is at most a third of the longer name, or
/// 1; letter case does not count. Only the first 64 characters of each name are compared. Among more names than `nearNameLimit`
/// none is: the time that a search takes must not grow with a hostile file.
public func nearNames(to name: String, among candidates: some Collection<String>, kind: NameKind = .plain) -> [String] {
    guard candidates.count <= nearNameLimit else { return [] }
    let wanted = scalars(name)
    var found: [(distance: Int, name: String)] = []
    for candidate in candidates {
        let whole = scalars(candidate)
        let limit = max(1, max(wanted.count, whole.count) / 3)
        var distance = boundedDistance(wanted, whole, limit)
        if kind == .ref {
            let last = candidate.split(separator: "/").last.map { scalars(String($0)) } ?? []
            distance = distance ?? boundedDistance(wanted, last, max(1, wanted.count / 3))
            if distance == nil, wanted.count >= 3, candidate.lowercased().contains(name.lowercased()) { distance = limit + 1 }
        }
        if let distance { found.append((distance, candidate)) }
    }
    found.sort { ($0.distance, $0.name) < ($1.distance, $1.name) }
    var result: [String] = []
    for (_, name) in found where result.count < 3 && !result.contains(name) { result.append(name) }
    return result
}

/// How many names one search compares.
public let nearNameLimit = 2000

/// Whether a name is a known one in other letter case, in the singular or plural, or with one letter in five wrong. The first letter
/// must be right: "cases" is no misspelling of "bases".
public func isMisspelling(_ name: String, of known: String) -> Bool {
    let (a, b) = (scalars(name).map { $0 == "_" || $0 == " " ? "-" : $0 }, scalars(known))
    guard a.first == b.first else { return false }
    return singular(a) == singular(b) || boundedDistance(a, b, max(a.count, b.count) / 5) != nil
}

private func singular(_ name: [Unicode.Scalar]) -> [Unicode.Scalar] {
    if name.suffix(3) == ["i", "e", "s"] { return name.dropLast(3) + ["y"] }
    return name.last == "s" ? name.dropLast() : name
}

/// ". Did you mean 'oauth'?", or nothing: to append to a message that names what was not found.
public func didYouMean(_ name: String, among candidates: some Collection<String>) -> String { didYouMean(nearNames(to: name, among: candidates)) }

/// ". Did you mean 'oauth' or 'ssl'?" for these names; nothing when there are none.
public func didYouMean(_ near: [String]) -> String {
    guard let last = near.last else { return "" }
    let others = near.dropLast().map { "'\($0)'" }.joined(separator: ", ")
    return ". Did you mean \(others.isEmpty ? "" : others + " or ")'\(last)'?"
}

private func scalars(_ name: String) -> [Unicode.Scalar] { Array(String(name.unicodeScalars.prefix(64)).lowercased().unicodeScalars.prefix(64)) }

/// The optimal string alignment distance; nil where more than `limit` edits are needed, which is known as soon as every way costs more.
private func boundedDistance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar], _ limit: Int) -> Int? {
    guard abs(a.count - b.count) <= limit else { return nil }
    guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
    let far = limit + 1
    var beforePrevious = [Int](repeating: far, count: b.count + 1)
    var previous = Array(0...b.count)
    var current = beforePrevious
    for i in 1...a.count {
        // Further from the diagonal than the limit, no way is short enough.
        let (first, last) = (max(1, i - limit), min(b.count, i + limit))
        guard first <= last else { return nil }
        current[first - 1] = first == 1 ? i : far
        var least = current[first - 1]
        for j in first...last {
            let cost = a[i - 1] == b[j - 1] ? 0 : 1
            var edits = min(previous[j - 1] + cost, current[j - 1] + 1)
            if j < i + limit { edits = min(edits, previous[j] + 1) }
            if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { edits = min(edits, beforePrevious[j - 2] + 1) }
            current[j] = edits
            least = min(least, edits)
        }
        guard least <= limit else { return nil }
        (beforePrevious, previous, current) = (previous, current, beforePrevious)
    }
    return previous[b.count] <= limit ? previous[b.count] : nil
}
