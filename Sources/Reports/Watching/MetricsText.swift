/// Metrics in the making, in Prometheus' text format. Every sample carries the labels of the run.
struct MetricsText {
    private(set) var text = ""
    private var names: Set<String> = []
    private let labels: [(name: String, value: String)]

    init(labels: [(name: String, value: String)]) { self.labels = labels }

    /// What stands between the braces.
    func braces(_ more: [(String, String)] = []) -> String {
        (labels.map { ($0.name, $0.value) } + more).map { "\($0.0)=\"\(Self.escaped($0.1))\"" }.joined(separator: ",")
    }

    mutating func gauge(_ name: String, _ help: String, _ samples: [(labels: [(String, String)], value: String)]) {
        write(name, help, samples.map { (braces($0.labels), $0.value) })
    }

    mutating func one(_ name: String, _ help: String, _ value: some BinaryInteger) { gauge(name, help, [([], "\(value)")]) }

    /// Takes over everything that this run has not measured.
    mutating func carry(_ earlier: EarlierMetrics) {
        for family in earlier.families where !names.contains(family.name) { write(String(family.name.dropFirst("easel_".count)), family.help, family.samples) }
    }

    private mutating func write(_ name: String, _ help: String, _ samples: [(labels: String, value: String)]) {
        guard !samples.isEmpty, names.insert("easel_\(name)").inserted else { return }
        text += "# HELP easel_\(name) \(help)\n# TYPE easel_\(name) gauge\n"
        for sample in samples { text += "easel_\(name){\(sample.labels)} \(sample.value)\n" }
    }

    /// A label's value can be any text, such as the name of a gate.
    private static func escaped(_ text: String) -> String { text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n") }
}
