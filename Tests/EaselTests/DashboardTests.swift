import Foundation
import TestSupport
import Testing

/// `deploy/grafana`: the dashboard, held against the metrics that easel writes.
@Suite struct DashboardTests {
    private struct Dashboard: Decodable {
        struct Panel: Decodable {
            struct Target: Decodable { let expr: String }
            struct Place: Decodable { let x, y, w, h: Int }
            let id: Int
            let title: String
            let targets: [Target]
            let gridPos: Place
        }
        let panels: [Panel]

        static func read() throws -> Dashboard {
            try JSONDecoder().decode(Dashboard.self, from: Data(contentsOf: URL(fileURLWithPath: Workshop.package + "/deploy/grafana/easel.json")))
        }
    }

    /// Every metric that runs of all kinds write, with the labels of its samples.
    private func written() throws -> [String: [String: Set<String>]] {
        let shop = try Workshop()
        try shop.makeFleet()
        #expect(try shop.easel("reconcile", "--repo", "config", "--out", "out", "--metrics", "1.prom").status == 0)
        try shop.export()
        try shop.change("contoso/staff") { $0["accountName"] = "Other" }
        for night in 2...3 {
            let previous = night == 2 ? [] : ["--previous", "drift.json"]
            // Nobody listens there: the failure is counted.
            let notify = ["--notify", "http://127.0.0.1:9/", "--metrics", "\(night).prom", "--report", "drift.json"]
            _ = try shop.run([Workshop.binary, "drift", "--repo", "config", "--live", "live"] + previous + notify)
        }
        try shop.remove("tenants/northwind")
        try shop.edit("tenants/contoso/profiles/staff.json", #""Mail""#, #""Third""#)
        try shop.commit("northwind leaves")
        #expect(try shop.easel("reconcile", "--repo", "config", "--defer", "--out", "deferred", "--metrics", "4.prom").status == 3)
        var names: [String: [String: Set<String>]] = [:]
        for file in 1...4 {
            for match in try shop.read("\(file).prom").matches(of: /(?m)^(easel_\w+)\{(.*)\}\x20/) {
                for label in match.output.2.matches(of: /(\w+)="([^"]*)"/) { names[String(match.output.1), default: [:]][String(label.output.1), default: []].insert(String(label.output.2)) }
            }
        }
        return names
    }

    @Test func everyMetricIsOneThatEaselWrites() throws {
        let names = try written()
        #expect(names.count > 20)
        for panel in try Dashboard.read().panels {
            #expect(!panel.targets.isEmpty)
            for target in panel.targets {
                let used = target.expr.matches(of: /(easel_\w+)\{([^}]*)\}/)
                #expect(!used.isEmpty, "\(panel.title): \(target.expr)")
                for metric in used {
                    guard let labels = names[String(metric.output.1)] else {
                        Issue.record("\(panel.title): easel writes no \(metric.output.1)")
                        continue
                    }
                    for matcher in metric.output.2.matches(of: /(\w+)(=~|!=|=)"([^"]*)"/) {
                        guard let values = labels[String(matcher.output.1)] else {
                            Issue.record("\(panel.title): \(metric.output.1) has no label \(matcher.output.1)")
                            continue
                        }
                        let value = String(matcher.output.3)
                        #expect(value.hasPrefix("$") || values.contains(value), "\(panel.title): \(metric.output.1) never has \(matcher.output.1)=\(value)")
                    }
                }
                for label in target.expr.matches(of: /by \((\w+)\)/) {
                    let name = String(label.output.1)
                    #expect(used.allSatisfy { names[String($0.output.1)]?[name] != nil }, "\(panel.title): no label \(name)")
                }
            }
        }
    }

    @Test func panelsDoNotOverlap() throws {
        let panels = try Dashboard.read().panels
        #expect(Set(panels.map(\.id)).count == panels.count && panels.count > 10)
        var taken: Set<[Int]> = []
        for panel in panels {
            let place = panel.gridPos
            #expect(place.x + place.w <= 24)
            for x in place.x..<place.x + place.w {
                for y in place.y..<place.y + place.h { #expect(taken.insert([x, y]).inserted, "\(panel.title) lies on another panel") }
            }
        }
    }

    @Test(.enabled(if: Server.has("/usr/bin/promtool"), "needs promtool, which Tests/run.sh installs")) func prometheusReadsEveryExpression() throws {
        let shop = try Workshop()
        var rules: [[String: String]] = []
        for target in try Dashboard.read().panels.flatMap(\.targets) { rules.append(["record": "dashboard:\(rules.count)", "expr": target.expr.replacing("$repository", with: ".*")]) }
        // JSON is YAML, too.
        try shop.write(String(decoding: JSONSerialization.data(withJSONObject: ["groups": [["name": "dashboard", "rules": rules]]]), as: UTF8.self), to: "rules.yml")
        let checked = try shop.run(["/usr/bin/promtool", "check", "rules", "rules.yml"])
        #expect(checked.status == 0, "\(checked.out)\(checked.err)")
    }
}
