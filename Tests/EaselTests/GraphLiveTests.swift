import Foundation
import TestSupport
import Testing

/// `--live graph`, against an emulator of Microsoft Graph over TLS.
@Suite struct GraphLiveTests {
    private static let app = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"
    private static let secret = "s3cr3t-of-the-app~+/"

    /// The fleet, committed and not applied, and what its tenants would have in `live`.
    private func shop() throws -> Workshop {
        let shop = try Workshop()
        try shop.makeFleet()
        #expect(try shop.easel("reconcile", "--repo", "config", "--state", "elsewhere.git", "--out", "out").status == 0)
        try shop.export()
        func openssl(_ arguments: String...) throws { _ = try Program.output(["/usr/bin/openssl"] + arguments, in: shop.path) }
        let curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        _ = try Program.output(["/usr/bin/openssl", "req", "-x509"] + curve + ["-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Test authority", "-days", "2"], in: shop.path)
        _ = try Program.output(["/usr/bin/openssl", "req"] + curve + ["-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost"], in: shop.path)
        try shop.write("subjectAltName=DNS:localhost,IP:127.0.0.1", to: "names")
        try openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", "server.pem", "-days", "2", "-extfile", "names")
        return shop
    }

    /// A scenario of what lies in `live`.
    private func scenario(_ shop: Workshop, withoutConsent: String? = nil) throws -> Workshop.Object {
        let tenants = try Fleet.tenants.enumerated().map { index, tenant -> Workshop.Object in
            var objects: [Workshop.Object] = ["40000000", "50000000"].map {
                ["@odata.type": "#microsoft.graph.iosPkcsCertificateProfile", "id": "\($0)-0000-4000-8000-00000000000\(index + 1)", "displayName": "Certificate \($0)"]
            }
            for file in try FileManager.default.contentsOfDirectory(atPath: shop("live/\(tenant)")).sorted() {
                var profile = try shop.object("live/\(tenant)/\(file)")
                for (key, value) in profile where key.hasSuffix("@odata.bind") {
                    profile[key] = nil
                    profile[String(key.dropLast("@odata.bind".count))] = try #require("\(value)".firstMatch(of: /[0-9a-f]{8}-[0-9a-f-]{27}/)).output.description
                }
                objects.append(profile)
            }
            let app: Workshop.Object = ["clientId": Self.app, "secret": Self.secret, "consent": tenant != withoutConsent]
            return ["id": "00000000-0000-4000-8000-00000000000\(index + 1)", "displayName": tenant, "apps": [app], "deviceConfigurations": objects]
        }
        return ["tenants": tenants]
    }

    /// Runs a body with an emulator, and with easel set up to ask it. No output may have the secret.
    private func emulating(_ shop: Workshop, _ scenario: Workshop.Object, _ body: (_ easel: ([String]) throws -> Workshop.Outcome) throws -> Void) throws {
        try shop.write(scenario, to: "scenario.json")
        try? FileManager.default.removeItem(atPath: shop("address"))
        let program = URL(filePath: Workshop.binary).deletingLastPathComponent().appending(path: "graph-emulator").path
        let emulator = try shop.start(["/bin/sh", "-c", "exec '\(program)' scenario.json --tls server.pem server.key > address"])
        defer {
            kill(emulator.child, SIGKILL)
            _ = try? emulator.finish()
        }
        var address = ""
        for _ in 0..<1000 where !address.hasSuffix("\n") {
            usleep(10_000)
            address = (try? shop.read("address")) ?? ""
        }
        address = try #require(address.hasSuffix("\n") ? String(address.dropLast()) : nil, "the emulator did not start")
        try body { arguments in
            let outcome = try shop.run(
                [Workshop.binary] + arguments + ["--repo", "config", "--live", "graph", "--graph-endpoint", address, "--ca-file", "ca.pem"],
                environment: ["AZURE_CLIENT_ID": Self.app, "AZURE_CLIENT_SECRET": Self.secret, "AZURE_AUTHORITY_HOST": address])
            #expect(!(outcome.out + outcome.err).contains(Self.secret), "\(arguments)")
            return outcome
        }
    }

    @Test func adoptThenDrift() throws {
        let shop = try shop()
        try emulating(shop, scenario(shop)) { easel in
            let held = try easel(["plan"])
            #expect(held.status == 3 && held.out.contains("adopt-first"), "\(held.out)\(held.err)")
            let adopted = try easel(["adopt"])
            #expect(adopted.status == 0 && adopted.lastLine.hasPrefix("Adopted: 9 profiles"), "\(adopted.out)\(adopted.err)")
            let drift = try easel(["drift"])
            #expect(drift.status == 0, "\(drift.out)\(drift.err)")
            #expect(try easel(["plan", "--detailed-exitcode"]).status == 0)
        }
        try shop.change("contoso/staff") { $0["hostName"] = "elsewhere.example" }
        try shop.remove("../live/fabrikam/board.json")
        var own = try shop.object("live/northwind/staff.json")
        (own["displayName"], own["id"]) = ("Own mail", "99999999-0000-4000-8000-000000000001")
        try shop.write(own, to: "live/northwind/own.json")
        try emulating(shop, scenario(shop)) { easel in
            let drift = try easel(["drift"])
            #expect(drift.status == 2 && drift.out.contains("elsewhere.example") && drift.out.contains("Own mail") && drift.out.contains("missing"), "\(drift.out)\(drift.err)")
        }
        try emulating(shop, scenario(shop)) { easel in
            let drift = try easel(["drift", "--adopt"])
            let manifest = try shop.read("config/tenants/northwind/profiles/own-mail.json")
            #expect(drift.status == 2 && manifest.contains("\"Own mail\"") && manifest.contains("\"staff\""), "\(drift.out)\(drift.err)")
        }
        // Of a tenant that cannot be read nothing is known; the others are compared.
        try emulating(shop, scenario(shop, withoutConsent: "fabrikam")) { easel in
            let drift = try easel(["drift"])
            #expect(drift.status == 1 && drift.out.contains("adminconsent") && drift.out.contains("elsewhere.example") && !drift.out.contains("missing"), "\(drift.out)\(drift.err)")
        }
    }
}
