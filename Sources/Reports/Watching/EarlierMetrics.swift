/// The file of metrics that the run before has left, sample by sample. What is not in easel's own form is left out: a damaged file must not make the
/// collector refuse the next one.
public struct EarlierMetrics: Sendable {
    struct Family: Sendable {
        let name: String
        let help: String
        /// Text between the braces → value.
        var samples: [(labels: String, value: String)] = []
    }

    /// In the order of the file.
    private(set) var families: [Family] = []

    /// - Parameter text: empty where there is no earlier file.
    public init(_ text: String = "") {
        for line in text.split(separator: "\n") {
            if let help = line.wholeMatch(of: /# HELP (easel_[a-z_]+) (\P{Cc}+)/)?.output {
                families.append(Family(name: String(help.1), help: String(help.2)))
            } else if let sample = line.wholeMatch(of: /(easel_[a-z_]+)\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\p{Cc}]|\\[\\"n])*",?)*)\} (-?[0-9.]+)/)?.output, families.last?.name == String(sample.1) {
                families[families.count - 1].samples.append((String(sample.2), String(sample.3)))
            }
        }
    }

    /// The value of a sample; nil if the file does not have it.
    func value(_ name: String, _ labels: String) -> Int64? {
        families.first { $0.name == name }?.samples.first { $0.labels == labels }.flatMap { Int64($0.value) }
    }
}
