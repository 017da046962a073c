import Basics

/// A sentence with the refs that a person may have meant or, when none is similar, with the first few there are; nil when there are none.
func suggestion(_ wanted: String, among names: [String]) -> String? {
    let near = nearNames(to: wanted, among: names, kind: .ref)
    // Without the full stop that ends the clause before it.
    if !near.isEmpty { return String(didYouMean(near).drop { $0 == "." || $0 == " " }) }
    let shown = names.sorted().prefix(8).map { "'\($0)'" }
    guard let first = shown.first else { return nil }
    let others = names.count - shown.count
    return names.count == 1 ? "The only name is \(first)." : "Choose one of \(shown.joined(separator: ", "))\(others > 0 ? " and \(others) more" : "")."
}
