import GraphEmulator
import JSONSource
import Testing

@testable import Graph

/// The engine against an emulator over TLS.
@Suite struct EngineTests {
    @Test func aProfileFromCreationToRemoval() async throws {
        let certificate = "33333333-3333-4333-8333-333333333333"
        let scenario = twoTenants { scenario in
            scenario.tenants[0].deviceConfigurations = [["@odata.type": "#microsoft.graph.iosScepCertificateProfile", "id": .string(certificate), "displayName": "SCEP"]]
            scenario.tenants[0].groups = [["id": "44444444-4444-4444-8444-444444444444", "displayName": "Staff", "users": 120]]
        }
        try await Bench.with(scenario) { bench in
            let tenant = try bench.contosoTenant()
            let made = try await tenant.send(GraphRequest(.post, profiles, json: profileBody))
            let id = try #require(made.body?["id"]?.string)
            #expect(made.status == 201)
            let assigned: JSON = ["assignments": [["target": ["@odata.type": "#microsoft.graph.groupAssignmentTarget", "groupId": "44444444-4444-4444-8444-444444444444"]]]]
            _ = try await tenant.send(GraphRequest(.post, "\(profiles)/\(id)/assign", json: assigned, isRepeatable: true))
            let navigation = "\(profiles)/\(id)/microsoft.graph.iosEasEmailProfileConfiguration/identityCertificate"
            _ = try await tenant.send(GraphRequest(.put, navigation + "/$ref", json: ["@odata.id": .string("https://graph.microsoft.com/beta/deviceManagement/deviceConfigurations('\(certificate)')")]))
            #expect(try await tenant.get(navigation).body?["id"]?.string == certificate)
            _ = try await tenant.send(GraphRequest(.delete, navigation + "/$ref"))
            #expect(await bench.error { _ = try await tenant.get(navigation) }?.status == 404)
            _ = try await tenant.send(GraphRequest(.patch, "\(profiles)/\(id)", json: ["@odata.type": "#microsoft.graph.iosEasEmailProfileConfiguration", "useOAuth": true]))
            let read = try await tenant.get("\(profiles)/\(id)?$expand=assignments")
            #expect(read.body?["useOAuth"]?.bool == true && read.body?["assignments"]?.count == 1 && (read.body?["version"]?.integer ?? 0) > 1)
            #expect(try await tenant.count("/groups/44444444-4444-4444-8444-444444444444/transitiveMembers/microsoft.graph.user/$count") == 120)
            #expect(try await tenant.send(GraphRequest(.delete, "\(profiles)/\(id)")).status == 204)
            // One token for all of them.
            #expect(bench.tokens.count == 1)
        }
    }

    @Test func pagesToTheEnd() async throws {
        let scenario = twoTenants { scenario in
            scenario.pageSize = 2
            scenario.tenants[0].deviceConfigurations = (0..<5).map { ["@odata.type": "#microsoft.graph.iosEasEmailProfileConfiguration", "displayName": .string("Mail \($0)")] }
        }
        try await Bench.with(scenario) { bench in
            let tenant = try bench.contosoTenant()
            var names: [String] = []
            for try await page in tenant.pages("\(profiles)?$filter=isof('microsoft.graph.iosEasEmailProfileConfiguration')&$expand=assignments") {
                for object in try #require(page.root?["value"]).elements { names.append(object["displayName"]?.string ?? "") }
            }
            #expect(names == (0..<5).map { "Mail \($0)" } && bench.asked.count == 3)
            for (link, reason) in [
                ("https://evil.example/beta/deviceManagement/deviceConfigurations?$skiptoken=p2", "evil.example"), ("\(bench.emulator.url)/beta/groups", "another part"),
                ("\(bench.emulator.url)/v1.0/deviceManagement/x", "another part"), ("\(bench.emulator.url)/beta\(profiles)", "circle"), ("ftp://x", "not an address"),
            ] {
                bench.emulator.add(Fault(.body("{\"value\": [], \"@odata.nextLink\": \"\(link)\"}")))
                let error = await bench.error { for try await _ in tenant.pages(profiles) {} }
                // A page that leads to itself is fetched once more, and has no next page then.
                if reason != "circle" { #expect(error?.kind == .badAnswer && error?.message.contains(reason) == true, "\(link): \(String(describing: error))") }
            }
            bench.emulator.add(Fault(.body("{\"value\": [], \"@odata.nextLink\": \"\(bench.emulator.url)/beta\(profiles)\"}"), times: nil))
            let circle = await bench.error { for try await _ in tenant.pages(profiles) {} }
            #expect(circle?.message.contains("circle") == true)
        }
    }

    @Test(arguments: [
        Fault(.answer(status: 429, headers: ["Retry-After": "7"])), Fault(.answer(status: 429)), Fault(.answer(status: 503, headers: ["Retry-After": "7"])), Fault(.answer(status: 500)),
        Fault(.answer(status: 504)), Fault(.resetBefore), Fault(.resetAfter), Fault(.cut(after: 20)),
    ]) func readingGoesOnAfterAFault(_ fault: Fault) async throws {
        try await Bench.with { bench in
            let tenant = try bench.contosoTenant()
            try await tenant.signIn()
            bench.emulator.add(fault)
            #expect(try await tenant.get(profiles).body?["value"]?.count == 0)
            #expect(bench.asked.count == 2)
            if case .answer(_, _, _, let headers) = fault.effect, !headers.isEmpty { #expect(bench.clock.slept.contains { $0 >= 7 && $0 < 9 }) }
        }
    }

    /// A POST is sent again only where the service certainly did nothing.
    @Test(arguments: [
        (Fault(.answer(status: 429)), true), (Fault(.answer(status: 503, headers: ["Retry-After": "7"])), true), (Fault(.answer(status: 503)), false), (Fault(.answer(status: 500)), false),
        (Fault(.resetAfter), false), (Fault(.cut(after: 20)), false),
    ]) func creatingHappensOnce(_ fault: Fault, isSentAgain: Bool) async throws {
        try await Bench.with { bench in
            let tenant = try bench.contosoTenant()
            try await tenant.signIn()
            bench.emulator.add(fault)
            let error = await bench.error { _ = try await tenant.send(GraphRequest(.post, profiles, json: profileBody)) }
            #expect((error == nil) == isSentAgain && bench.asked.count == (isSentAgain ? 2 : 1))
            #expect(bench.emulator.configurations(of: contoso).count <= 1)
            // Whoever asked must be told that it may have happened.
            if !isSentAgain, case .answer(status: 503, _, _, _) = fault.effect {} else if !isSentAgain { #expect(error?.mayHaveHappened == true) }
        }
    }

    @Test func givesUp() async throws {
        try await Bench.with { bench in
            let tenant = try bench.contosoTenant()
            try await tenant.signIn()
            bench.emulator.add(Fault(.answer(status: 429), tenant: contoso, times: nil))
            let error = await bench.error { _ = try await tenant.get(profiles) }
            #expect(error?.kind == .throttled && bench.asked.count == 6)
            #expect(error?.description.hasPrefix("tenant contoso: GET \(profiles) failed: 429: the tenant is throttled") == true)
            // The other tenant is not held up.
            var settings = bench.service.settings
            settings.environment["AZURE_CLIENT_SECRET"] = fabrikamSecret
            let service = try GraphService(settings)
            let slept = bench.clock.slept.count
            let other = try service.tenant("fabrikam", tenantID: fabrikam, cloud: .global)
            #expect(try await other.get(profiles).status == 200 && bench.clock.slept.count == slept)
            // Nobody waits for an hour.
            bench.emulator.add(Fault(.answer(status: 503, headers: ["Retry-After": "4000"])))
            #expect(await bench.error { _ = try await other.get(profiles) }?.status == 503 && bench.clock.slept.count == slept)
            await service.shutdown()
        }
    }

    @Test func aTokenIsRenewedOnce() async throws {
        try await Bench.with { bench in
            let tenant = try bench.contosoTenant()
            _ = try await tenant.get(profiles)
            bench.emulator.expireTokens()
            _ = try await tenant.get(profiles)
            #expect(bench.tokens.count == 2)
            bench.emulator.add(Fault(.expiredToken, times: nil))
            let error = await bench.error { _ = try await tenant.get(profiles) }
            #expect(error?.status == 401 && bench.tokens.count == 3)
        }
    }

    @Test func oneTokenForManyAtOnceAndBeforeItExpires() async throws {
        try await Bench.with { bench in
            let tenant = try bench.contosoTenant()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<20 { group.addTask { _ = try await tenant.get(profiles) } }
                try await group.waitForAll()
            }
            #expect(bench.tokens.count == 1)
            bench.clock.advance(3599 - 200)
            _ = try await tenant.get(profiles)
            #expect(bench.tokens.count == 2 && bench.asked.allSatisfy { $0.status == 200 })
        }
    }

    @Test func redirectsAndStrangeAnswersAreRefused() async throws {
        try await Bench.with { bench in
            let tenant = try bench.contosoTenant()
            bench.emulator.add(Fault(.redirect(to: "https://evil.example/steal?x=1"), path: "/beta/"))
            let redirected = await bench.error { _ = try await tenant.get(profiles) }
            #expect(redirected?.kind == .redirected && redirected?.message.contains("evil.example") == true && bench.asked.count == 1)
            bench.emulator.add(Fault(.body("<html>Sign in to the proxy</html>"), path: "/beta/"))
            #expect(await bench.error { _ = try await tenant.get(profiles) }?.kind == .badAnswer)
            for path in ["deviceManagement", "//evil.example/x", "/../x", "/a/%2e%2e/b", "/a b", "/a\r\nX: y", "/a%2fb", "/@evil.example"] {
                let error = await bench.error { _ = try await tenant.get(path) }
                #expect(path == "/@evil.example" ? error?.status == 400 : error?.kind == .badRequest, "\(path)")
            }
        }
    }

    @Test func headersCannotBeSmuggled() async throws {
        try await Bench.with { bench in
            let tenant = try bench.contosoTenant()
            for headers in [["X": "a\r\nY: b"], ["authorization": "Bearer other"], ["X Y": "a"], ["X": "ü"]] {
                #expect(await bench.error { _ = try await tenant.get(profiles, headers: headers) }?.kind == .badRequest)
            }
            let code = GraphRequest(.post, profiles, json: profileBody, approval: .code("a\nb"))
            #expect(await bench.error { _ = try await tenant.send(code) }?.kind == .badRequest && bench.emulator.log.isEmpty)
        }
    }

    @Test func slowAndLargeAnswersEnd() async throws {
        try await Bench.with(adjust: { settings, _ in
            // Enough for a token on a busy machine, and less than the slow answer takes.
            settings.timeout = 15
            settings.retrying.attempts = 1
            settings.answerLimit = 2000
        }) { bench in
            let tenant = try bench.contosoTenant()
            bench.emulator.add(Fault(.drip(seconds: 0.5), path: "/beta/"))
            #expect(await bench.error { _ = try await tenant.get(profiles) }?.kind == .unavailable)
            bench.emulator.add(Fault(.body("\"" + String(repeating: "x", count: 3000) + "\""), path: "/beta/"))
            #expect(await bench.error { _ = try await tenant.get(profiles) }?.message.contains("more than 2000 bytes") == true)
        }
    }

    @Test func onlyTrustedHosts() async throws {
        try await Bench.with(adjust: { settings, _ in settings.caFile = nil }) { bench in
            let error = await bench.error { try await bench.contosoTenant().signIn() }
            #expect(error?.message.contains("not trusted") == true && bench.emulator.log.isEmpty && bench.clock.slept.isEmpty)
        }
    }

    /// At no moment are more requests under way than allowed, and the limits that the service documents are never met.
    @Test func staysBelowTheLimits() async throws {
        try await Bench.with(twoTenants { $0.latency = 0.001 }) { bench in
            let tenant = try bench.contosoTenant()
            await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<150 {
                    group.addTask { _ = try await tenant.send(GraphRequest(.delete, "\(profiles)/55555555-5555-4555-8555-\(number + 100_000_000_000)")) }
                }
                while let result = await group.nextResult() { if case .failure(let error) = result { #expect((error as? GraphError)?.status == 404) } }
            }
            #expect(bench.asked.count == 150 && !bench.asked.contains { $0.status == 429 })
            #expect(bench.clock.time > 20)
        }
    }

    /// What has begun is finished and its answer known; what has not begun is not sent.
    @Test func stoppingEndsAfterTheRequestInFlight() async throws {
        try await Bench.with { bench in
            let tenant = try bench.contosoTenant()
            try await tenant.signIn()
            bench.emulator.add(Fault(.delay(seconds: 0.5), method: "POST"))
            let writing = Task { try await tenant.send(GraphRequest(.post, profiles, json: profileBody)) }
            // It is under way as soon as it has taken its place in the limits; half a second is enough for that.
            while !tenant.session.isSending { await Task.yield() }
            writing.cancel()
            #expect(try await writing.value.status == 201)
            let next = Task {
                while !Task.isCancelled { await Task.yield() }
                return try await tenant.send(GraphRequest(.post, profiles, json: profileBody))
            }
            next.cancel()
            await #expect(throws: CancellationError.self) { try await next.value }
            #expect(bench.emulator.configurations(of: contoso).count == 1)
        }
    }

    @Test func approvalIsNoFailure() async throws {
        try await Bench.with(twoTenants { $0.tenants[0].requiresApproval = true }) { bench in
            let tenant = try bench.contosoTenant()
            var request = GraphRequest(.post, profiles, json: profileBody)
            #expect(await bench.error { _ = try await tenant.send(request) }?.kind == .approval(.needsJustification))
            request.approval = .justification("Change 4711: OAuth für alle")
            let asked = await bench.error { _ = try await tenant.send(request) }
            guard case .approval(.requested(let code))? = asked?.kind else {
                Issue.record("\(String(describing: asked))")
                return
            }
            #expect(await bench.error { _ = try await tenant.send(request) }?.kind == .approval(.alreadyRequested))
            request.approval = .code(code)
            #expect(await bench.error { _ = try await tenant.send(request) }?.kind == .approval(.requested(code: code)))
            bench.emulator.approve(code, tenant: contoso)
            #expect(try await tenant.send(request).status == 201 && bench.emulator.configurations(of: contoso).count == 1)
        }
    }

    @Test func aMissingPermissionIsNamed() async throws {
        try await Bench.with(twoTenants { $0.tenants[0].apps[0].permissions = ["DeviceManagementConfiguration.Read.All"] }) { bench in
            let tenant = try bench.contosoTenant()
            let error = await bench.error { _ = try await tenant.send(GraphRequest(.post, profiles, json: profileBody)) }
            #expect(error?.status == 403 && error?.help?.contains("DeviceManagementConfiguration.ReadWrite.All (needed for reconcile --publish graph)") == true)
            #expect(await bench.error { _ = try await tenant.get("/deviceManagement/auditEvents") }?.help?.contains("DeviceManagementApps.Read.All") == true)
        }
    }
}
