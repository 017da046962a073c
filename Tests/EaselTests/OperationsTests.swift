import Foundation
import TestSupport
import Testing

/// `operations.json`: what a publisher must do, in the folder of `--out`.
@Suite struct OperationsTests {
    private struct File: Decodable {
        struct Request: Decodable, Equatable { let method, url: String }
        struct Operation: Decodable {
            let tenant, tenantId, cloud, profile, action, fingerprint: String
            let graphId: String?
            let requests: [Request]
            var name: String { "\(tenant)/\(profile)" }
        }
        let formatVersion: String
        let operations: [Operation]
    }

    private func operations(_ shop: Workshop, _ folder: String = "out") throws -> [File.Operation] {
        try JSONDecoder().decode(File.self, from: shop.data("\(folder)/operations.json")).operations
    }

    @Test func everythingThatGoesOutAndNothingElse() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        try shop.git("init", "--quiet", "--bare", "state.git")
        func reconcile(_ out: String, _ more: String..., status: Int32 = 0) throws {
            let outcome = try shop.run([Workshop.binary, "reconcile", "--repo", "config", "--state", "state.git", "--out", out] + more)
            #expect(outcome.status == status, "\(outcome.out)\(outcome.err)")
        }
        try reconcile("deferred", "--defer")
        try reconcile("out")
        let first = try operations(shop)
        #expect(first.count == 9 && first.allSatisfy { $0.action == "create" && $0.graphId == nil && $0.requests.map(\.method) == ["POST", "POST"] })
        #expect(first.map(\.name) == first.map(\.name).sorted())
        #expect(first.allSatisfy { $0.requests[0].url == "https://graph.microsoft.com/beta/deviceManagement/deviceConfigurations" && $0.requests[1].url == $0.requests[0].url + "/{id}/assign" })
        #expect(try shop.data("deferred/operations.json") == shop.data("out/operations.json"))
        let text = try shop.read("out/operations.json")
        for name in ["tenants/contoso/payloads/staff.graph.json", "tenants/contoso/payloads/staff.assign.json"] { #expect(text.contains("\"\(name)\"") && shop.exists("out/\(name)")) }

        // A run with nothing new leaves the last hand-off as it is.
        try reconcile("out")
        #expect(try shop.read("out/operations.json") == text)

        // In a tenant what goes comes first, then what changes, then what is new; what a gate holds is not there.
        try shop.write(#"{"kind": "policy", "gates": [{"name": "not-there", "when": {"tenants": ["fabrikam"]}, "require": "approval"}]}"#, to: "config/policy.json")
        try shop.edit("bases/online.json", #""oauth": false"#, #""oauth": true"#)
        try shop.git("rm", "--quiet", "tenants/contoso/profiles/board.json", in: "config")
        try shop.write(try shop.read("config/tenants/contoso/profiles/staff.json").replacing("\"displayName\": \"", with: "\"displayName\": \"New "), to: "config/tenants/contoso/profiles/annex.json")
        let before = try shop.git("rev-parse", "easel/applied", in: "state.git")
        try shop.commit("Everything at once")
        let outcome = try shop.run([Workshop.binary, "reconcile", "--repo", "config", "--state", "state.git", "--out", "out"])
        #expect(outcome.status == 3, "\(outcome.out)\(outcome.err)")
        let second = try operations(shop)
        let contoso = second.filter { $0.tenant == "contoso" }
        #expect(contoso.map(\.action) == ["remove", "reinstall", "create"] && contoso.map(\.profile) == ["board", "staff", "annex"], "\(contoso)")
        #expect(contoso[0].requests == [.init(method: "DELETE", url: "https://graph.microsoft.com/beta/deviceManagement/deviceConfigurations/{id}")])
        #expect(contoso[1].requests.map(\.method) == ["PATCH", "POST"] && shop.exists("out/tenants/contoso/payloads/staff.patch.json"))
        #expect(second.map(\.tenant).contains("northwind") && !second.map(\.tenant).contains("fabrikam"))
        // Whoever lost the folder gets the same again.
        #expect(try shop.easel("deliver", "--repo", "config", "--state", "state.git", "--since", before, "--out", "again").status == 0)
        #expect(try shop.data("again/operations.json") == shop.data("out/operations.json"))
    }
}
