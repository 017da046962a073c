import Crypto
import Foundation
import TestSupport
import Testing

/// Metrics, held against Prometheus' own parser.
@Suite struct WatchTests {
    /// What Prometheus' parser reads: name and labels → value.
    private func metrics(_ shop: Workshop, _ file: String) throws -> [String: Double] {
        let script = """
            import json, sys
            from prometheus_client.parser import text_string_to_metric_families as parse
            out = {}
            for family in parse(open(sys.argv[1]).read()):
                assert family.type == "gauge" and family.documentation, family
                for s in family.samples:
                    assert {"command", "repository"} <= set(s.labels), s
                    out[s.name + "".join(" %s=%s" % p for p in sorted(s.labels.items()) if p[0] not in ("command", "repository"))] = s.value
            print(json.dumps(out))
            """
        let parsed = try shop.run(["/usr/bin/python3", "-c", script, file])
        try #require(parsed.status == 0, "\(parsed.err)")
        return try JSONDecoder().decode([String: Double].self, from: Data(parsed.out.utf8))
    }

    @Test func metricsOfEveryKindOfRun() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        #expect(try shop.easel("reconcile", "--repo", "config", "--out", "out", "--metrics", "reconcile.prom").status == 0)
        let applied = try metrics(shop, "reconcile.prom")
        #expect(applied["easel_success"] == 1 && applied["easel_profiles action=create"] == 9 && applied["easel_tenants"] == 3)
        #expect(applied["easel_consequence_people consequence=credentialReentry"] == 321)
        #expect(applied["easel_last_success_timestamp_seconds"] == applied["easel_timestamp_seconds"] && applied["easel_duration_seconds"] != nil)
        try shop.export()
        try shop.change("contoso/staff") { $0["accountName"] = "Other" }
        try FileManager.default.removeItem(atPath: shop("live/fabrikam"))
        #expect(try shop.easel("drift", "--repo", "config", "--live", "live", "--metrics", "drift.prom").status == 1)
        let drift = try metrics(shop, "drift.prom")
        #expect(drift["easel_drift_profiles kind=modified"] == 1 && drift["easel_drift_profiles kind=inSync"] == 5 && drift["easel_line_tenants line=in"] == 1)
        #expect(drift["easel_success"] == 0 && drift["easel_tenants_failed"] == 1 && drift["easel_last_success_timestamp_seconds"] == nil)
        // Differences are no failure, and a failure keeps the time of the last success.
        #expect(try shop.easel("drift", "--repo", "config", "--live", "live", "--tenant", "contoso", "--metrics", "drift.prom").status == 2)
        let good = try metrics(shop, "drift.prom")
        #expect(good["easel_success tenant=contoso"] == 1 && good["easel_exit_code tenant=contoso"] == 2)
        let exported = try #require(good["easel_exports_oldest_timestamp_seconds tenant=contoso"])
        #expect(abs(exported - Date().timeIntervalSince1970) < 600)
        #expect(try shop.easel("drift", "--repo", "nowhere", "--live", "live", "--metrics", "drift.prom").status == 1)
        let bad = try metrics(shop, "drift.prom")
        #expect(bad["easel_success"] == 0 && bad["easel_drift_profiles kind=modified tenant=contoso"] == 1, "an alert does not end because the next run fails")
        // Also where the run could not begin.
        #expect(try shop.easel("drift", "--repo", "config", "--live", "nowhere", "--metrics", "drift.prom").status == 1)
        #expect(try metrics(shop, "drift.prom")["easel_success"] == 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: shop.path).filter { $0.hasPrefix(".") } == [])
        #expect(try shop.easel("plan", "--repo", "config", "--shard", "2/3", "--metrics", "shard.prom").status == 0)
        #expect(try metrics(shop, "shard.prom")["easel_success shard=2/3"] == 1)
    }

    /// Two files in one folder must never have the same series.
    @Test func noTwoRunsHaveTheSameLabels() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        try shop.git("clone", "--quiet", "config", "other")
        let runs = [
            ["--repo", "config"], ["--repo", "other"], ["--repo", "config", "--tenant", "contoso"], ["--repo", "config", "--tenant", "contoso", "--tenant", "fabrikam"],
            ["--repo", "config", "--shard", "1/2"], ["--repo", "config", "--shard", "2/2"], ["--repo", "config", "--metrics-label", "customer=A \"quoted\" \\ one"],
        ]
        var seen: Set<String> = []
        for (number, run) in runs.enumerated() {
            #expect(try shop.run([Workshop.binary, "plan", "--metrics", "\(number).prom"] + run).status == 0)
            let line = try #require(try shop.read("\(number).prom").split(separator: "\n").first { $0.hasPrefix("easel_success{") })
            #expect(seen.insert(String(line)).inserted, "\(line)")
            _ = try metrics(shop, "\(number).prom")
        }
        for label in ["command=x", "shard=x", "repository=x", "__own=x", "1st=x", "a-b=x", "none", "empty="] {
            #expect(try shop.easel("plan", "--repo", "config", "--metrics-label", label).status == 64, "\(label)")
        }
        #expect(try shop.easel("plan", "--repo", "config", "--metrics-label", "a=1", "--metrics-label", "a=2").status == 64)
        // A URL's credentials are in no label.
        #expect(try shop.easel("plan", "--repo", "https://ann:hunter2@127.0.0.1:1/x.git?key=abc", "--metrics", "remote.prom").status == 1)
        #expect(try shop.read("remote.prom").contains(#"repository="https://127.0.0.1:1/x.git""#))
    }

    /// The arguments themselves may be what is wrong: a secret that has gone is an empty variable in a pipeline.
    @Test func whoWatchesHearsOfWrongUsage() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        #expect(try shop.easel("plan", "--repo", "config", "--metrics", "m.prom").status == 0)
        for arguments in [
            ["plan", "--repo", "config", "--token-env", "GONE"], ["plan", "--repo", "config", "--no-such-option"], ["plan", "--repo", "config", "--shard", "9/3"],
            ["plan", "--repo", "config", "--notify-url-env", "GONE"], ["plan", "--repo", "config", "--now", "yesterday"], ["plan", "--repo", "config", "--metrics-label", "x"],
            ["plna", "--repo", "config"],
        ] {
            #expect(try shop.run([Workshop.binary] + arguments + ["--metrics=m.prom"]).status == 64, "\(arguments)")
            let bad = try metrics(shop, "m.prom")
            #expect(bad["easel_success"] == 0 && bad["easel_exit_code"] == 64 && bad["easel_tenants"] == 3, "\(arguments) \(bad)")
            #expect(try shop.easel("plan", "--repo", "config", "--metrics", "m.prom").status == 0)
        }
        #expect(try shop.easel("plan", "--metrics", "help.prom", "--help").status == 0)
        #expect(try shop.easel("history", "--repo", "config", "--metrics", "help.prom").status == 64)
        #expect(!shop.exists("help.prom"), "help is no failure, and history has no metrics")
    }

    @Test func whatWaitsIsMeasured() throws {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        try shop.remove("tenants/northwind")
        try shop.commit("northwind leaves")
        func held() throws -> Double? { try metrics(shop, "m.prom")["easel_held_since_timestamp_seconds gate=tenant-removal status=held"] }
        #expect(try shop.easel("reconcile", "--repo", "config", "--defer", "--out", "out", "--metrics", "m.prom").status == 3)
        let since = try #require(try held())
        // A later run goes on from what the file says.
        try shop.write(shop.read("m.prom").replacingOccurrences(of: "\(Int(since))", with: "1000"), to: "m.prom")
        try shop.edit("bases/online.json", #""oauth": false"#, #""oauth": true"#)
        try shop.commit("OAuth")
        #expect(try shop.easel("reconcile", "--repo", "config", "--defer", "--out", "out", "--metrics", "m.prom").status == 3)
        #expect(try held() == 1000)
        let deferred = try metrics(shop, "m.prom")
        #expect(deferred["easel_deferred_profiles"] == 4 && deferred["easel_deferred_timestamp_seconds"] == deferred["easel_timestamp_seconds"], "\(deferred)")
        #expect(try shop.easel("confirm", "out", "--repo", "config", "--metrics", "c.prom").status == 0)
        #expect(try metrics(shop, "c.prom")["easel_outcome_profiles outcome=confirmed"] == 4)
        #expect(try shop.easel("confirm", "out", "--repo", "config", "--metrics", "c.prom").status == 1, "it was confirmed already")
        let again = try metrics(shop, "c.prom")
        #expect(again["easel_success"] == 0 && again["easel_outcome_profiles outcome=confirmed"] == 4)
        #expect(try shop.easel("deliver", "--repo", "config", "--since", "easel/applied~1", "--out", "again", "--metrics", "d.prom").status == 0)
        #expect(try metrics(shop, "d.prom")["easel_outcome_profiles outcome=delivered"] == 4)
    }
}
