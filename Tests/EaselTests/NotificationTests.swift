import Crypto
import Foundation
import TestSupport
import Testing

/// Notifications, to receivers on loopback.
@Suite struct NotificationTests {
    /// Answers POSTs with the first of `answers`, which it takes away, and with the last for ever; keeps what it got in `got.json`, and every body in
    /// `bodies`.
    private final class Receiver {
        let port: UInt16
        private let program: Program

        init(_ shop: Workshop, _ answers: Int..., certificates: String? = nil) throws {
            port = try freePort()
            let script = """
                import http.server, json, ssl, sys
                answers = \(answers.isEmpty ? [204] : answers)
                class Handler(http.server.BaseHTTPRequestHandler):
                    def do_POST(self):
                        body = self.rfile.read(int(self.headers["Content-Length"]))
                        status = answers.pop(0) if len(answers) > 1 else answers[0]
                        open("bodies", "a").write(json.dumps({"status": status, "body": body.decode()}) + "\\n")
                        json.dump({"headers": {k.lower(): v for k, v in self.headers.items()}, "body": body.decode(), "path": self.path}, open("got.json", "w"))
                        self.send_response(status); self.send_header("Location", "http://127.0.0.1:1/"); self.send_header("Content-Length", "0"); self.end_headers()
                    def log_message(self, *a): pass
                server = http.server.HTTPServer(("127.0.0.1", \(port)), Handler)
                if len(sys.argv) > 1:
                    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER); context.load_cert_chain(sys.argv[1] + "/server.pem", sys.argv[1] + "/server.key")
                    server.socket = context.wrap_socket(server.socket, server_side=True)
                server.serve_forever()
                """
            program = try shop.start(["/usr/bin/timeout", "3600", "/usr/bin/python3", "-c", script] + (certificates.map { [$0] } ?? []))
            try awaitServer(on: port)
        }

        deinit {
            kill(program.child, SIGTERM)
            _ = try? program.finish()
        }

        var url: String { "http://127.0.0.1:\(port)/" }
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
                "drift", "--repo", "config", "--live", "live", "--previous", "\(number - 1).json", "--report", "\(number).json", "--notify", receiver.url
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
        let nobody = try shop.easel("plan", "--repo", "config", "--notify", "https://localhost:1/s3cret", "--metrics", "m.prom")
        #expect(nobody.status == 0 && nobody.err.hasPrefix("warning: the notification was not delivered") && !nobody.err.contains("s3cret"), "\(nobody.err)")
        #expect(try shop.read("m.prom").contains(/easel_notification_failures\{.*} 1\n/))
        // What another attempt cannot change is not tried again.
        for status in [302, 404] {
            let receiver = try Receiver(shop, status)
            let outcome = try withExtendedLifetime(receiver) { try shop.easel("plan", "--repo", "config", "--notify", receiver.url) }
            #expect(outcome.status == 0 && outcome.err.contains("the receiver answered with status \(status)"), "\(outcome.err)")
            #expect(try bodies(shop).count == 1)
        }
        // Attempts repeat one message: whoever got it twice knows it by its id.
        let tired = try Receiver(shop, 503, 429, 204)
        #expect(try withExtendedLifetime(tired) { try shop.easel("plan", "--repo", "config", "--notify", tired.url, "--metrics", "m.prom").err } == "")
        let sent = try bodies(shop)
        #expect(sent.map(\.status) == [503, 429, 204] && Set(sent.map(\.body)).count == 1)
        #expect(try shop.read("m.prom").contains(/easel_notification_failures\{.*} 0\n/))
        // A run that fails says so, too.
        let receiver = try Receiver(shop)
        #expect(try shop.easel("plan", "--repo", "https://ann:hunter2@127.0.0.1:1/x", "--notify", receiver.url).status == 1)
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

    private struct Sent: Decodable { let status: Int; let body: String }

    /// What receivers got since this was asked last.
    private func bodies(_ shop: Workshop) throws -> [Sent] {
        defer { try? FileManager.default.removeItem(atPath: shop("bodies")) }
        return try shop.read("bodies").split(separator: "\n").map { try JSONDecoder().decode(Sent.self, from: Data($0.utf8)) }
    }

    /// A drifted tenant, and a night of which nobody could be notified.
    private func unheardNight(_ shop: Workshop) throws {
        try shop.makeFleet()
        #expect(try shop.easel("reconcile", "--repo", "config", "--out", "out").status == 0)
        try shop.export()
        try shop.change("contoso/staff") { $0["accountName"] = "Other" }
        #expect(try night(shop, Receiver(shop, 401)) == 2)
        #expect(try shop.read("p.json").contains(#""notified": false"#))
        _ = try (got(shop), bodies(shop))
    }

    private func night(_ shop: Workshop, _ receiver: Receiver) throws -> Int32 {
        // The receiver ends with its object.
        try withExtendedLifetime(receiver) {
            try shop.easel("drift", "--repo", "config", "--live", "live", "--previous", "p.json", "--report", "p.json", "--notify", receiver.url).status
        }
    }

    @Test func newsIsNewUntilSomebodyHasIt() throws {
        let shop = try Workshop()
        try unheardNight(shop)
        let up = try Receiver(shop)
        #expect(try night(shop, up) == 2 && got(shop).body.contains(#""newCount": 1"#))
        #expect(try shop.read("p.json").contains(#""notified": true"#))
        #expect(try shop.read("p.json").contains(#""status": "new""#))
        // The report is what its schema says.
        try shop.write(shop.easel("schema", "report").out, to: "schema.json")
        let valid = try shop.run(["/usr/bin/python3", "-c", "import json, jsonschema; jsonschema.validate(json.load(open('p.json')), json.load(open('schema.json')))"])
        #expect(valid.status == 0, "\(valid.err.suffix(400))")
        #expect(try night(shop, up) == 2)
        #expect(!shop.exists("got.json") && shop.exists("p.json"), "the same again is nothing to say")
        // So it is when the end of a drift finds nobody.
        try shop.change("contoso/staff") { $0["accountName"] = "Mail" }
        #expect(try night(shop, Receiver(shop, 401)) == 0)
        _ = try got(shop)
        #expect(try night(shop, up) == 0 && got(shop).body.contains(#""resolvedCount": 1"#))
        #expect(try night(shop, up) == 0)
        #expect(!shop.exists("got.json"))
    }

    /// What somebody could not be notified of is not forgotten while the tenant's export is broken.
    @Test func newsOfATenantThatCannotBeReadIsKept() throws {
        let shop = try Workshop()
        try unheardNight(shop)
        try FileManager.default.moveItem(atPath: shop("live/contoso"), toPath: shop("aside"))
        let up = try Receiver(shop)
        #expect(try night(shop, up) == 1)
        _ = try got(shop)
        try FileManager.default.moveItem(atPath: shop("aside"), toPath: shop("live/contoso"))
        #expect(try night(shop, up) == 2 && got(shop).body.contains(#""newCount": 1"#))
    }

    @Test func aSignalEndsTheAttempts() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        #expect(try shop.easel("reconcile", "--repo", "config", "--out", "out").status == 0)
        try shop.export()
        try shop.change("contoso/staff") { $0["accountName"] = "Other" }
        let down = try Receiver(shop, 503)
        let run = try shop.start([Workshop.binary, "drift", "--repo", "config", "--live", "live", "--report", "r.json", "--notify", down.url])
        while !shop.exists("bodies") { usleep(20_000) }
        kill(run.child, SIGTERM)
        let outcome = try run.finish()
        #expect(outcome.status == 143 && outcome.err.contains("the notification was not delivered: it was interrupted"), "\(outcome.status) \(outcome.err)")
        #expect(try shop.read("r.json").contains(#""notified": false"#), "the report is there, and the news is kept for the next run")
        #expect(try bodies(shop).count < 4)
    }

    /// `confirm` and wrong usage post, too, and a message says when it was sent and which it is.
    @Test func everyEndingIsPosted() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        let receiver = try Receiver(shop)
        #expect(try shop.easel("plan", "--repo", "config", "--notify", receiver.url, "--token-env", "GONE").status == 64)
        let wrong = try #require(JSONSerialization.jsonObject(with: Data(got(shop).body.utf8)) as? Workshop.Object)
        #expect(wrong["exitCode"] as? Int == 64 && (wrong["error"] as? String)?.contains("the variable GONE is not set") == true && wrong["command"] as? String == "plan")
        #expect((wrong["id"] as? String)?.count == 32 && (wrong["time"] as? String)?.hasSuffix("Z") == true)
        #expect(try shop.easel("reconcile", "--repo", "config", "--defer", "--out", "out").status == 0)
        #expect(try shop.easel("confirm", "out", "--repo", "config", "--notify", receiver.url).status == 0)
        #expect(try got(shop).body.contains(#""text": "Recorded 9 profiles on easel/applied as "#))
        for format in ["slack", "teams"] {
            #expect(try shop.easel("plan", "--repo", "config", "--notify", receiver.url, "--notify-format", format).status == 0)
            #expect(try JSONSerialization.jsonObject(with: Data(got(shop).body.utf8)) is Workshop.Object)
            #expect(try shop.easel("plan", "--repo", "config", "--notify", receiver.url, "--notify-format", format, "--notify-secret-env", "HOME").status == 64)
        }
        // A reproducible run has neither.
        #expect(try shop.easel("plan", "--repo", "config", "--reproducible", "--notify", receiver.url).status == 0)
        #expect(try !got(shop).body.contains(#""id""#))
    }
}

/// `deploy/notifications`: the example receiver as a process, and the examples of bodies.
@Suite struct NotificationExampleTests {
    private static let folder = Workshop.package + "/deploy/notifications"

    @Test func theExampleReceiverBelievesAMessageOnce() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        try shop.write("s3cret\n", to: "secret")
        let port = try freePort()
        let receiver = try shop.start(["/usr/bin/timeout", "3600", "/usr/bin/python3", Self.folder + "/receiver.py", "\(port)", "secret"])
        defer { kill(receiver.child, SIGTERM) }
        try awaitServer(on: port)
        let url = "http://127.0.0.1:\(port)/"
        #expect(try shop.easel("plan", "--repo", "config", "--notify", url, "--notify-secret-file", "secret").err == "")
        for secret in ["other", ""] {
            let outcome = try shop.run([Workshop.binary, "plan", "--repo", "config", "--notify", url] + (secret.isEmpty ? [] : ["--notify-secret-env", "S"]), environment: ["S": secret])
            #expect(outcome.status == 0 && outcome.err.contains("status 401"), "\(outcome.err)")
        }
        // A reproducible message has no time, so it could be sent again.
        #expect(try shop.easel("plan", "--repo", "config", "--reproducible", "--notify", url, "--notify-secret-file", "secret").err.contains("status 400"))
        func post(_ id: String, at time: Date) throws -> String {
            let body = #"{"id": "\#(id)", "text": "t", "time": "\#(ISO8601DateFormatter().string(from: time))"}"#
            let signature = HMAC<SHA256>.authenticationCode(for: Data(body.utf8), using: SymmetricKey(data: Data("s3cret".utf8))).map { String(format: "%02x", $0) }.joined()
            return try shop.run(["/usr/bin/curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-H", "X-Easel-Signature-256: sha256=\(signature)", "-d", body, url]).out
        }
        #expect(try post("a", at: Date()) == "204")
        #expect(try post("a", at: Date()) == "200", "a message that comes twice is heard once")
        #expect(try post("b", at: Date(timeIntervalSinceNow: -600)) == "403")
        kill(receiver.child, SIGTERM)
        let heard = try receiver.finish().out.split(separator: "\n")
        #expect(heard.count == 2 && heard[0].hasPrefix("Plan: 9 to create"), "\(heard)")
    }

    /// What the README shows is what is sent. `EASEL_RECORD=1` writes them anew.
    @Test func theExamplesAreWhatIsSent() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        #expect(try shop.easel("reconcile", "--repo", "config", "--out", "out").status == 0)
        try shop.export()
        try shop.change("contoso/staff") { $0["accountName"] = "Other" }
        let port = try freePort()
        let script = """
            import http.server
            class Handler(http.server.BaseHTTPRequestHandler):
                def do_POST(self):
                    open("got", "wb").write(self.rfile.read(int(self.headers["Content-Length"]))); self.send_response(204); self.end_headers()
                def log_message(self, *a): pass
            http.server.HTTPServer(("127.0.0.1", \(port)), Handler).serve_forever()
            """
        let receiver = try shop.start(["/usr/bin/timeout", "3600", "/usr/bin/python3", "-c", script])
        defer { kill(receiver.child, SIGTERM) }
        try awaitServer(on: port)
        for format in ["json", "slack", "teams"] {
            let run = try shop.easel(
                "drift", "--repo", "config", "--live", "live", "--ref", "main", "--now", "2026-11-25T03:17:00Z", "--notify", "http://127.0.0.1:\(port)/", "--notify-format", format)
            #expect(run.status == 2)
            let file = "\(Self.folder)/\(format).json"
            // Another commit whenever the fleet of the tests changes; another time and id in every message.
            let sent = try JSONSerialization.jsonObject(with: shop.data("got"))
            let pretty = String(decoding: try JSONSerialization.data(withJSONObject: sent, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]), as: UTF8.self) + "\n"
            let shown = pretty.replacing(/"commit" : "[0-9a-f]{40}"/, with: #""commit" : "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d""#)
                .replacing(/"id" : "[0-9a-f]{32}"/, with: #""id" : "8f14e45fceea167a5a36dedd4bea2543""#).replacing(/"time" : "[0-9T:-]+Z"/, with: #""time" : "2026-11-25T03:17:42Z""#)
            if ProcessInfo.processInfo.environment["EASEL_RECORD"] != nil { try shown.write(toFile: file, atomically: true, encoding: .utf8) }
            #expect(try String(contentsOfFile: file, encoding: .utf8) == shown, "\(format)")
        }
    }
}
