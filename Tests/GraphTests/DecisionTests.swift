import Basics
import Testing
import Time

@testable import Graph

/// What is decided by pure functions.
@Suite struct DecisionTests {
    /// In no window, wherever it begins, more than the limit.
    @Test func tokenBucket() {
        var bucket = TokenBucket(limit: 95, window: 20, burst: 15, now: 0)
        var sent: [Double] = []
        var now = 0.0
        while now < 120 {
            if let wait = bucket.take(now: now) { now += max(wait, 1e-6) } else { sent.append(now) }
            // After a silence there is no more than a burst.
            if sent.count == 200 { now += 60 }
        }
        #expect(sent.count > 250)
        for (index, start) in sent.enumerated() { #expect(sent[index...].prefix { $0 < start + 20 }.count <= 95) }
    }

    @Test func aPauseHoldsForTheTenant() {
        var throttle = TenantThrottle(.intune, now: 0)
        #expect(throttle.admit(isWrite: true, now: 0) == nil)
        throttle.pause(until: 30)
        #expect(throttle.admit(isWrite: false, now: 10) == 20)
        #expect(throttle.admit(isWrite: false, now: 30) == nil)
    }

    @Test(arguments: [
        ("7", 7.0), (" 120 ", 120.0), ("Thu, 26 Nov 2026 12:00:30 GMT", 30.0), ("Thu, 26 Nov 2026 11:00:00 GMT", 0.0), ("", nil), ("-1", nil), ("soon", nil), ("1.5", nil),
        ("Thu, 31 Feb 2026 11:00:00 GMT", nil), ("99999999999999999999", 1e20),
    ]) func retryAfter(_ text: String, seconds: Double?) throws {
        #expect(Retrying.retryAfter(text, now: try #require(Instant("2026-11-26T12:00:00Z"))) == seconds)
    }

    @Test func backOffGrowsToItsLimit() {
        let retrying = Retrying()
        #expect((1...8).map { retrying.pause($0, 1) } == [1, 2, 4, 8, 16, 30, 30, 30])
        #expect(retrying.pause(3, 0) == 2)
    }

    @Test func whichCredential() throws {
        func choose(_ environment: [String: String], folder: CredentialFolder? = nil) throws -> Credential.Proof {
            try CredentialChoice.credential(environment: environment, folder: folder, tenant: "contoso", folders: folder == nil ? nil : "/run/secrets").proof
        }
        let gitHub = ["AZURE_CLIENT_ID": appID, "ACTIONS_ID_TOKEN_REQUEST_URL": "https://a.example/x?y", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "t"]
        #expect(try choose(gitHub) == .gitHub(requestURL: "https://a.example/x?y", token: Secret("t")))
        // An explicit one goes before what the pipeline offers.
        #expect(try choose(gitHub.merging(["AZURE_CLIENT_SECRET": "s"]) { $1 }) == .secret(Secret("s")))
        #expect(try choose(gitHub.merging(["AZURE_CLIENT_SECRET": ""]) { $1 }) == .gitHub(requestURL: "https://a.example/x?y", token: Secret("t")))
        let folder = CredentialFolder(path: "/run/secrets/contoso", clientID: appID, secret: nil, certificatePath: "/run/secrets/contoso/certificate.pem")
        #expect(try choose(gitHub, folder: folder) == .certificate(path: "/run/secrets/contoso/certificate.pem"))
    }

    @Test(arguments: [
        ([:], "there is no credential"), (["AZURE_CLIENT_ID": appID], "there is no credential"), (["AZURE_CLIENT_SECRET": "s3cret"], "AZURE_CLIENT_ID is not set"),
        (["AZURE_CLIENT_ID": "s3cret", "AZURE_CLIENT_SECRET": "x"], "AZURE_CLIENT_ID is not a GUID"),
        (["AZURE_CLIENT_ID": appID, "AZURE_CLIENT_SECRET": "s3cret", "AZURE_CLIENT_CERTIFICATE_PATH": "/c"], "AZURE_CLIENT_SECRET and AZURE_CLIENT_CERTIFICATE_PATH are set"),
        (["AZURE_CLIENT_ID": appID, "GITHUB_ACTIONS": "true"], "Give the GitHub job 'permissions: id-token: write'"),
        (["AZURE_CLIENT_ID": appID, "ACTIONS_ID_TOKEN_REQUEST_URL": "https://x"], "ACTIONS_ID_TOKEN_REQUEST_TOKEN is not set"),
        (["AZURE_CLIENT_ID": appID, "SYSTEM_OIDCREQUESTURI": "https://x", "SYSTEM_ACCESSTOKEN": "s3cret"], "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID is not set"),
    ]) func noCredential(_ environment: [String: String], reason: String) {
        do {
            _ = try CredentialChoice.credential(environment: environment, folder: nil, tenant: "contoso")
            Issue.record("a credential was chosen")
        } catch { #expect(error.description.contains(reason) && !error.description.contains("s3cret"), "\(error)") }
    }

    @Test func foldersThatAreIncomplete() {
        for (id, secret, certificate, reason) in [
            (nil, Secret("s"), nil, "has no client-id"), (appID, nil, nil, "neither client-secret nor certificate.pem"), (appID, Secret("s"), "/c", "both client-secret and certificate.pem"),
            (appID, Secret(""), nil, "is empty"), ("s3cret", Secret("s"), nil, "is not a GUID"),
        ] as [(String?, Secret?, String?, String)] {
            let folder = CredentialFolder(path: "/d/contoso", clientID: id, secret: secret, certificatePath: certificate)
            #expect { try CredentialChoice.credential(environment: [:], folder: folder, tenant: "contoso") } throws: { "\($0)".contains(reason) && !"\($0)".contains("s3cret") }
        }
    }

    @Test func addresses() throws {
        for (text, origin) in [
            ("https://Graph.Microsoft.com/x?y", "https://graph.microsoft.com"), ("http://127.0.0.1:8080", "http://127.0.0.1:8080"), ("http://[::1]:1/", "http://[::1]:1"),
            ("https://graph.microsoft.com:443", "https://graph.microsoft.com"), ("http://localhost", "http://localhost"),
        ] { #expect(ServiceURL(text)?.origin == origin) }
        for text in [
            "http://graph.microsoft.com", "http://127.evil.example", "http://127.0.0.1.evil.example", "https://a@b.example", "https://", "ftp://x", "https://x:0", "https://x:70000", "https://x y", "https://x#y",
            "https://x\r\nHost: y", "//x", "https://[::1", "https://ü.example",
        ] { #expect(ServiceURL(text) == nil, "\(text)") }
        let china = try Endpoints(cloud: .china)
        #expect(china.tokenURL(tenantID: contoso) == "https://login.partner.microsoftonline.cn/\(contoso)/oauth2/v2.0/token" && china.resource == "https://microsoftgraph.chinacloudapi.cn")
        let other = try Endpoints(cloud: .usGov, graph: "https://127.0.0.1:1", authority: "login.example/")
        #expect(other.authority.origin == "https://login.example" && other.graph.origin == "https://127.0.0.1:1" && other.resource == "https://graph.microsoft.us")
        for graph in ["http://graph.example", "https://x/beta", "https://x?y"] { #expect(throws: EndpointError.self) { try Endpoints(cloud: .global, graph: graph) } }
    }

    @Test func proxies() throws {
        let settings = try ProxySettings(environment: ["HTTPS_PROXY": "http://user:p%40ss@proxy.example:3128", "NO_PROXY": "graph.microsoft.us, .internal.example,x.example:8443"])
        func url(_ text: String) throws -> ServiceURL { try #require(ServiceURL(text)) }
        #expect(try settings.proxy(for: url("https://graph.microsoft.com"))?.login?.reveal() == "user:p@ss")
        for direct in ["https://graph.microsoft.us", "https://a.internal.example", "https://localhost:1", "https://x.example:8443"] { #expect(try settings.proxy(for: url(direct)) == nil) }
        for proxied in ["https://notinternal.example", "https://x.example"] { #expect(try settings.proxy(for: url(proxied)) != nil) }
        #expect(try ProxySettings(environment: ["https_proxy": "proxy.example"]).proxy(for: url("https://x"))?.port == 80)
        #expect { try ProxySettings(environment: ["HTTPS_PROXY": "socks5://u:s3cret@x"]) } throws: { "\($0)".contains("HTTPS_PROXY") && !"\($0)".contains("s3cret") }
    }
}
