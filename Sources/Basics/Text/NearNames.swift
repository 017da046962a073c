/// What kind of names `nearNames` compares.
public enum NameKind: Sendable {
    /// Whole names: settings, groups, tenants.
    case plain
    /// Paths of Git refs: people often type only the last component, or a part of a name.
    case ref
}

/// The names that a person may have meant, nearest first, at most three.
///
/// A name is near when its Damerau-Levenshtein distance (optimal string alignment) is at most a third of the longer name, or
/// 1; letter case does not count. Only the first 64 characters of each name are compared.
public func nearNames(to name: String, among candidates: some Sequence<String>, kind: NameKind = .plain) -> [String] {
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
    return found.prefix(3).map(\.name)
}

/// ". Did you mean 'oauth'?", or nothing: to append to a message that names what was not found.
public func didYouMean(_ name: String, among candidates: some Sequence<String>) -> String { didYouMean(nearNames(to: name, among: candidates)) }

/// ". Did you mean 'oauth' or 'ssl'?" for these names; nothing when there are none.
public func didYouMean(_ near: [String]) -> String {
    guard let last = near.last else { return "" }
    let others = near.dropLast().map { "'\($0)'" }.joined(separator: ", ")
    return ". Did you mean \(others.isEmpty ? "" : others + " or ")'\(last)'?"
}

private func scalars(_ name: String) -> [Unicode.Scalar] { Array(name.lowercased().unicodeScalars.prefix(64)) }

/// Nil where more than `limit` edits are needed.
private func boundedDistance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar], _ limit: Int) -> Int? {
    guard abs(a.count - b.count) <= limit else { return nil }
    let distance = editDistance(a, b)
    return distance <= limit ? distance : nil
}

private func editDistance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
    guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
    var beforePrevious = [Int](repeating: 0, count: b.count + 1)
    var previous = Array(0...b.count)
    for i in 1...a.count {
        var current = [i] + [Int](repeating: 0, count: b.count)
        for j in 1...b.count {
            let cost = a[i - 1] == b[j - 1] ? 0 : 1
            current[j] = min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + cost)
            if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { current[j] = min(current[j], beforePrevious[j - 2] + 1) }
        }
        (beforePrevious, previous) = (previous, current)
    }
    return previous[b.count]
}
