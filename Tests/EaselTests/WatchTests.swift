import Crypto
import Foundation
import TestSupport
import Testing

/// Metrics, held against Prometheus' own parser, and notifications, to a server on loopback.
@Suite struct WatchTests {
    /// What Prometheus' parser reads: name and labels → value.
    private func metrics(_ shop: Workshop, _ file: String) throws -> [String: Double] {
        let script = """
            import json, sys
            from prometheus_client.parser import text_string_to_metric_families as parse
            out = {}
            for family in parse(open(sys.argv[1]).read()):
                assert family.type == "gauge" and family.documentation, family
                for s in family.samples: out[s.name + "".join(" %s=%s" % p for p in sorted(s.labels.items()) if p[0] != "command")] = s.value
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
        #expect(good["easel_success"] == 1 && good["easel_exit_code"] == 2)
        #expect(try shop.easel("drift", "--repo", "nowhere", "--live", "live", "--metrics", "drift.prom").status == 1)
        let bad = try metrics(shop, "drift.prom")
        #expect(bad["easel_success"] == 0 && bad["easel_last_success_timestamp_seconds"] == good["easel_last_success_timestamp_seconds"])
        // Also where the run could not begin.
        #expect(try shop.easel("drift", "--repo", "config", "--live", "nowhere", "--metrics", "drift.prom").status == 1)
        #expect(try metrics(shop, "drift.prom")["easel_success"] == 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: shop.path).filter { $0.hasPrefix(".") } == [])
        #expect(try shop.easel("plan", "--repo", "config", "--shard", "2/3", "--metrics", "shard.prom").status == 0)
        #expect(try metrics(shop, "shard.prom")["easel_success shard=2/3"] == 1)
    }

    /// Answers every POST with `status`, and keeps what it got.
    private final class Receiver {
        let port: UInt16
        private let program: Program

        init(_ shop: Workshop, status: Int = 204, certificates: String? = nil) throws {
            port = try freePort()
            let script = """
                import http.server, json, ssl, sys
                class Handler(http.server.BaseHTTPRequestHandler):
                    def do_POST(self):
                        body = self.rfile.read(int(self.headers["Content-Length"]))
                        json.dump({"headers": {k.lower(): v for k, v in self.headers.items()}, "body": body.decode(), "path": self.path}, open("got.json", "w"))
                        self.send_response(\(status)); self.send_header("Location", "http://127.0.0.1:1/"); self.send_header("Content-Length", "0"); self.end_headers()
                    def log_message(self, *a): pass
                server = http.server.HTTPServer(("127.0.0.1", \(port)), Handler)
                if len(sys.argv) > 1:
                    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER); context.load_cert_chain(sys.argv[1] + "/server.pem", sys.argv[1] + "/server.key")
                    server.socket = context.wrap_socket(server.socket, server_side=True)
                server.serve_forever()
                """
            program = try shop.start(["/usr/bin/timeout", "120", "/usr/bin/python3", "-c", script] + (certificates.map { [$0] } ?? []))
            try awaitServer(on: port)
        }

        deinit {
            kill(program.child, SIGTERM)
            _ = try? program.finish()
        }
    }

    private struct Got: Decodable { let headers: [String: String]; let body, path: String }

    private func got(_ shop: Workshop) throws -> Got {
        defer { try? FileManager.default.removeItem(atPath: shop("got.json")) }
        return try JSONDecoder().decode(Got.self, from: shop.data("got.json"))
    }

    @Test(.enabled(if: HTTPSServer.isInstalled, "needs openssl and nginx, which Tests/run.sh installs")) func aSignedNotificationOverTLS() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        let authority = try HTTPSServer(shop("tls"), repositories: shop("none"))
        let receiver = try Receiver(shop, certificates: shop("tls"))
        let url = "https://localhost:\(receiver.port)/hook?token=t0ken"
        let outcome = try shop.easel(
            "reconcile", "--repo", "config", "--out", "out", "--notify", url, "--notify-secret-env", "SECRET", "--ca-file", authority.caFile, environment: ["SECRET": "s3cret\n"])
        #expect(outcome.status == 0 && outcome.err == "", "\(outcome.err)")
        let got = try got(shop)
        let signature = HMAC<SHA256>.authenticationCode(for: Data(got.body.utf8), using: SymmetricKey(data: Data("s3cret".utf8))).map { String(format: "%02x", $0) }.joined()
        #expect(got.headers["x-easel-signature-256"] == "sha256=" + signature && got.headers["content-type"] == "application/json" && got.path == "/hook?token=t0ken")
        let body = try #require(JSONSerialization.jsonObject(with: Data(got.body.utf8)) as? [String: Any])
        #expect(body["command"] as? String == "reconcile" && body["exitCode"] as? Int == 0 && (body["text"] as? String)?.hasPrefix("Recorded 9 creates; ") == true)
        // An authority that nobody vouches for.
        let stranger = try shop.easel("plan", "--repo", "config", "--notify", url)
        #expect(stranger.status == 0 && stranger.err.contains("warning: the notification was not delivered") && !stranger.err.contains("t0ken"), "\(stranger.err)")
        #expect(!shop.exists("got.json"))
    }

    @Test func onlyWhatIsNewIsSaidOfADrift() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        #expect(try shop.easel("reconcile", "--repo", "config", "--out", "out").status == 0)
        try shop.export()
        try shop.change("contoso/staff") { $0["accountName"] = "Other" }
        let receiver = try Receiver(shop)
        func night(_ number: Int) throws -> Int32 {
            try shop.easel(
                "drift", "--repo", "config", "--live", "live", "--previous", "\(number - 1).json", "--report", "\(number).json", "--notify", "http://127.0.0.1:\(receiver.port)/"
            ).status
        }
        #expect(try night(1) == 2 && got(shop).body.contains(#""newCount": 1"#))
        #expect(try night(2) == 2)
        #expect(!shop.exists("got.json"), "the same again is nothing to say")
        try shop.change("contoso/staff") { $0["accountName"] = "Mail" }
        #expect(try night(3) == 0 && got(shop).body.contains(#""path": "/account/accountName""#))
    }

    @Test func aReceiverThatIsDownFailsNothingButIsTold() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        for url in ["http://127.0.0.1:1/s3cret", "https://localhost:1/s3cret"] {
            let outcome = try shop.easel("plan", "--repo", "config", "--notify", url)
            #expect(outcome.status == 0 && outcome.err.hasPrefix("warning: the notification was not delivered") && !outcome.err.contains("s3cret"), "\(outcome.err)")
        }
        for status in [500, 302] {
            let receiver = try Receiver(shop, status: status)
            let outcome = try shop.easel("plan", "--repo", "config", "--notify", "http://127.0.0.1:\(receiver.port)/")
            #expect(outcome.status == 0 && outcome.err.contains("the receiver answered with status \(status)"), "\(outcome.err)")
        }
        // A run that fails says so, too.
        let receiver = try Receiver(shop)
        #expect(try shop.easel("plan", "--repo", "https://ann:hunter2@127.0.0.1:1/x", "--notify", "http://127.0.0.1:\(receiver.port)/").status == 1)
        let failed = try got(shop).body
        #expect(failed.contains(#""exitCode": 1"#) && failed.contains("error") && !failed.contains("hunter2"))
        for url in [
            "http://example.com/", "ftp://localhost/", "localhost", "https://h:65536/", "https://h:0/", "https://h:-1/", "https://h:x/", "https://h:99999999999999999999/", "https://h:+1/",
            "https:///x", "https://:443/", "https://[::1/", "https://[::1]:70000/", "https://h/a b", "https://h\r\nX: y/", "https://ü.example/",
        ] {
            let outcome = try shop.easel("reconcile", "--repo", "config", "--notify", url)
            #expect(outcome.status == 64, "\(url): \(outcome.status) \(outcome.err)")
        }
        #expect(try shop.tip() == nil, "nothing ran")
        #expect(try shop.easel("plan", "--repo", "config", "--notify-url-env", "NOWHERE").status == 64)
    }
}
