import Basics

/// A sentence that names the refs a person may have meant or, when none is near, the first few there are; nil when there are none.
func suggestion(_ wanted: String, among names: [String]) -> String? {
    let near = nearNames(to: wanted, among: names, kind: .ref)
    if !near.isEmpty { return "Did you mean \(near.joined(separator: ", "))?" }
    guard !names.isEmpty else { return nil }
    let shown = names.sorted().prefix(8)
    return "There is \(shown.joined(separator: ", "))\(names.count > shown.count ? " and \(names.count - shown.count) more" : "")."
}
