import Impact
import ReportModel

/// Who is hit by what, by tenant: the picture at the top of the page. Kept for every tenant in which somebody notices
/// something; the ones with the most people are drawn.
struct HTMLPicture {
    private struct Bar {
        let id: String
        let name: String
        /// By the worst that happens to an audience, so that nobody is counted for two things.
        var people: [Consequence: Int] = [:]
        var unknown = 0
        var total: Int { people.values.reduce(0, +) }
    }

    private static let shown = 15
    private static let width = 640

    private var bars: [Bar] = []

    mutating func add(_ tenant: TenantReport) {
        var bar = Bar(id: tenant.id, name: tenant.displayName)
        var worst: [String: Consequence] = [:]
        var sizes: [String: Int] = [:]
        for profile in tenant.profiles where profile.drift?.isAccepted != true {
            let audiences = profile.impact.audiences
            for id in audiences.ids {
                guard let met = audiences.consequences(for: id).first, met.isNoticed else { continue }
                worst[id] = min(met, worst[id] ?? met)
                sizes[id] = audiences.sizes[id]
            }
        }
        for (id, consequence) in worst { if let number = sizes[id] { bar.people[consequence, default: 0] += number } else { bar.unknown += 1 } }
        if bar.total > 0 || bar.unknown > 0 { bars.append(bar) }
    }

    /// An SVG for the eye, and the same as a table for those who do not see it.
    var html: String {
        guard !bars.isEmpty else { return "" }
        let sorted = bars.enumerated().sorted { ($1.element.total, $0.offset) < ($0.element.total, $1.offset) }.map(\.element)
        let drawn = sorted.prefix(Self.shown)
        let most = max(1, drawn.first?.total ?? 1)
        var text = "<section aria-labelledby=\"picture\"><h2 id=\"picture\">Who is hit, by tenant</h2>"
        text += "<p class=\"note\">At most so many people, each target counted once, by the worst that happens to it; what is held counts too.\(Self.legend(drawn))</p>"
        text += "<table class=\"bars\"><thead><tr><th scope=\"col\">Tenant</th><th scope=\"col\" class=\"number\">People</th><th scope=\"col\" class=\"wide\">What happens</th></tr></thead><tbody>"
        for bar in drawn {
            let unknown = bar.unknown > 0 ? "\(bar.total > 0 ? " and " : "")unknown" : ""
            let number = bar.total > 0 ? Words.number(bar.total) : ""
            text += "<tr><th scope=\"row\"><span class=\"name\">\(HTML.text(Words.shortened(bar.name, to: 60)))</span> <span class=\"id\">\(HTML.text(bar.id))</span></th>"
            text += "<td class=\"number\">\(number)\(unknown)</td><td class=\"wide\">\(Self.drawing(bar, most))</td></tr>"
        }
        text += "</tbody></table>"
        let rest = sorted.dropFirst(Self.shown)
        if !rest.isEmpty {
            let people = rest.reduce(0) { $0 + $1.total }
            let unknown = rest.reduce(0) { $0 + $1.unknown }
            text += "<p class=\"note\">And \(Words.count(rest.count, "more tenant")): \(Words.people(people, unknown: unknown, "target")).</p>"
        }
        return text + "</section>"
    }

    private static func drawing(_ bar: Bar, _ most: Int) -> String {
        let parts = bar.people.sorted { $0.key < $1.key }.filter { $0.value > 0 }
        let words = parts.map { "\(Words.number($0.value)) \($0.key.words)" } + (bar.unknown > 0 ? ["unknown in \(Words.count(bar.unknown, "target"))"] : [])
        let label = words.joined(separator: "; ")
        var text = "<svg viewBox=\"0 0 \(width) 18\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"\(HTML.text(label))\"><title>\(HTML.text(label))</title>"
        var x = 0
        for (consequence, people) in parts {
            let length = max(2, people * (width - 40) / most)
            text += "<rect class=\"\(consequence.rawValue)\" x=\"\(x)\" y=\"1\" width=\"\(length)\" height=\"16\"/>"
            x += length
        }
        if bar.unknown > 0 { text += "<rect class=\"unknown\" x=\"\(x)\" y=\"1\" width=\"24\" height=\"16\"/>" }
        return text + "</svg>"
    }

    private static func legend(_ bars: some Sequence<Bar>) -> String {
        var met: Set<Consequence> = []
        var unknown = false
        for bar in bars {
            met.formUnion(bar.people.filter { $0.value > 0 }.keys)
            if bar.unknown > 0 { unknown = true }
        }
        func key(_ name: String, _ words: String) -> String { " <span class=\"key\"><svg viewBox=\"0 0 12 12\" aria-hidden=\"true\"><rect class=\"\(name)\" width=\"12\" height=\"12\"/></svg> \(words)</span>" }
        return met.sorted().map { key($0.rawValue, $0.words) }.joined() + (unknown ? key("unknown", "unknown") : "")
    }
}
