import Foundation
import TestSupport
import Testing

/// The fleet's tenants in an emulator of Microsoft Graph, over TLS.
extension Workshop {
    static let app = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"
    static let secret = "s3cr3t-of-the-app~+/"

    static func tenantID(_ index: Int) -> String { "00000000-0000-4000-8000-00000000000\(index + 1)" }

    /// A shop with the fleet, committed and not applied, what its tenants would have in `live`, and a test authority.
    static func withGraphFleet() throws -> Workshop {
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

    /// The objects of a tenant beside its email profiles.
    static func certificates(_ index: Int) -> [Object] {
        ["40000000", "50000000"].map {
            ["@odata.type": "#microsoft.graph.iosPkcsCertificateProfile", "id": "\($0)-0000-4000-8000-00000000000\(index + 1)", "displayName": "Certificate \($0)"]
        }
    }

    /// A scenario of what lies in `live`.
    ///
    /// - Parameter adjust: changes a tenant, by its id.
    func scenario(_ adjust: (_ tenant: String, inout Object) throws -> Void = { _, _ in }) throws -> Object {
        let tenants = try Fleet.tenants.enumerated().map { index, tenant -> Object in
            var objects = Self.certificates(index)
            for file in try FileManager.default.contentsOfDirectory(atPath: self("live/\(tenant)")).sorted() where file != "names.json" {
                var profile = try object("live/\(tenant)/\(file)")
                for (key, value) in profile where key.hasSuffix("@odata.bind") {
                    profile[key] = nil
                    profile[String(key.dropLast("@odata.bind".count))] = try #require("\(value)".firstMatch(of: /[0-9a-f]{8}-[0-9a-f-]{27}/)).output.description
                }
                objects.append(profile)
            }
            var emulated: Object = ["id": Self.tenantID(index), "displayName": tenant, "apps": [["clientId": Self.app, "secret": Self.secret] as Object], "deviceConfigurations": objects]
            try adjust(tenant, &emulated)
            return emulated
        }
        return ["tenants": tenants]
    }

    /// Runs a body with an emulator, and with easel set up to ask it. No output may have the secret.
    func emulating(_ scenario: Object, _ body: (_ easel: ([String]) throws -> Outcome) throws -> Void) throws {
        try starting(scenario) { start in
            try body { arguments in
                let outcome = try start(arguments).finish()
                #expect(!(outcome.out + outcome.err).contains(Self.secret), "\(arguments)")
                return outcome
            }
        }
    }

    /// The same for a body that runs several at a time.
    func starting(_ scenario: Object, _ body: (_ start: @escaping ([String]) throws -> Program) throws -> Void) throws {
        try write(scenario, to: "scenario.json")
        try? FileManager.default.removeItem(atPath: self("address"))
        let program = URL(filePath: Self.binary).deletingLastPathComponent().appending(path: "graph-emulator").path
        let emulator = try start(["/bin/sh", "-c", "exec '\(program)' scenario.json --tls server.pem server.key > address"])
        defer {
            kill(emulator.child, SIGKILL)
            _ = try? emulator.finish()
        }
        var address = ""
        for _ in 0..<1000 where !address.hasSuffix("\n") {
            usleep(10_000)
            address = (try? read("address")) ?? ""
        }
        address = try #require(address.hasSuffix("\n") ? String(address.dropLast()) : nil, "the emulator did not start")
        try body { arguments in
            try self.start(
                [Self.binary] + arguments + ["--live", "graph", "--graph-endpoint", address, "--ca-file", "ca.pem"],
                environment: ["AZURE_CLIENT_ID": Self.app, "AZURE_CLIENT_SECRET": Self.secret, "AZURE_AUTHORITY_HOST": address])
        }
    }
}

extension Workshop.Object {
    /// Changes the app of an emulated tenant.
    mutating func changeApp(_ key: String, _ value: Any) {
        var apps = self["apps"] as? [Workshop.Object] ?? []
        for index in apps.indices { apps[index][key] = value }
        self["apps"] = apps
    }
}
