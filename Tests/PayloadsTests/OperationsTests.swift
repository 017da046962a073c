import JSONSource
import Payloads
import Profiles
import Testing

/// What a publisher is told to do says the same as the payloads beside it.
struct OperationsTests {
    private static let id = "11111111-0000-4000-8000-000000000001"

    private func operation(
        _ change: Operation.Change, tenant: String = "contoso", profile: String = "mail", cloud: Tenant.Cloud = .global, graphID: String? = id
    ) -> Operation {
        Operation(
            change, tenant: tenant, tenantID: "22222222-0000-4000-8000-000000000002", cloud: cloud, profile: profile, displayName: "Mail", fingerprint: "f",
            graphID: graphID, files: "tenants/\(tenant)/payloads/\(profile)")
    }

    private func lines(_ operation: Operation) -> [String] { operation.requests.map { "\($0.method.rawValue) \($0.url)" } }

    @Test func requestsGoToTheCloudOfTheTenant() {
        let china = "https://microsoftgraph.chinacloudapi.cn/beta/deviceManagement/deviceConfigurations"
        #expect(lines(operation(.create, cloud: .china, graphID: nil)) == ["POST \(china)", "POST \(china)/{id}/assign"])
        let global = "https://graph.microsoft.com/beta/deviceManagement/deviceConfigurations"
        #expect(lines(operation(.remove)) == ["DELETE \(global)/\(Self.id)"])
        #expect(operation(.create).requests.map(\.body) == [.file("tenants/contoso/payloads/mail.graph.json"), .file("tenants/contoso/payloads/mail.assign.json")])
    }

    /// PATCH exactly where there is a patch, and a `$ref` for exactly what `references` names.
    @Test func changesFollowThePayloads() throws {
        let profiles = try randomProfiles(300, seed: 11).map(\.profile)
        let place = "https://graph.microsoft.com/beta/deviceManagement/deviceConfigurations/\(Self.id)"
        let cast = place + "/microsoft.graph.iosEasEmailProfileConfiguration/"
        var seen: Set<String> = []
        for (before, after) in zip(profiles, profiles.dropFirst()) {
            var requests = operation(.update(from: before, to: after)).requests
            #expect(requests == operation(.reinstall(from: before, to: after)).requests)
            #expect(requests.popLast()?.url == place + "/assign")
            if GraphPayload.patch(before: before, after: after) != nil {
                let patch = requests.removeFirst()
                #expect(patch.method == .patch && patch.url == place && patch.body == .file("tenants/contoso/payloads/mail.patch.json"))
            }
            let named = try GraphPayload.references(before: before, after: after, cloud: .global).map { try read($0).members } ?? [:]
            #expect(requests.map(\.url) == named.keys.sorted().map { cast + $0 + "/$ref" })
            for (request, (_, address)) in zip(requests, named.sorted { $0.key < $1.key }) {
                #expect(request.method == (address == .null ? .delete : .put))
                #expect(request.body == (address == .null ? .none : .inline(["@odata.id": address])))
                seen.insert(request.method.rawValue)
            }
        }
        #expect(seen == ["DELETE", "PUT"])
    }

    @Test func whatGoesMakesRoomFirst() throws {
        let profile = try #require(try randomProfiles(1, seed: 1).first).profile
        let operations = [
            operation(.create, tenant: "b", profile: "a"), operation(.remove, tenant: "b", profile: "z"), operation(.create, tenant: "a", profile: "a", graphID: nil),
            operation(.reinstall(from: profile, to: profile), tenant: "b", profile: "n"), operation(.update(from: profile, to: profile), tenant: "b", profile: "m"),
        ]
        let text = OperationsFile.text(operations)
        #expect(text == OperationsFile.text(operations.reversed()))
        guard case .array(let written)? = try read(text).members["operations"] else { Issue.record("no operations"); return }
        #expect(written.map { [$0.members["tenant"], $0.members["action"], $0.members["profile"]] } == [
            ["a", "create", "a"], ["b", "remove", "z"], ["b", "update", "m"], ["b", "reinstall", "n"], ["b", "create", "a"],
        ])
        #expect(written.first?.members["graphId"] == .null)
    }
}
