import Foundation
import GraphEmulator
import TestSupport
import Testing

/// What `deploy/` publishes and reads: each platform's own steps, with its own kind of proof of identity, against the emulator of Microsoft Graph.
@Suite(.enabled(if: HTTPSServer.isInstalled && Server.has("/usr/bin/jq", "/usr/bin/curl"), "needs nginx, jq and curl, which Tests/run.sh installs"))
struct PipelinePublishTests {
    private static let audience = "api://AzureADTokenExchange"
    private static let contoso = PublishBench.ids["contoso"] ?? ""
    private static let fabrikam = PublishBench.ids["fabrikam"] ?? ""

    /// Every tenant's app trusts one subject, and knows no secret.
    private static func trust(_ scenario: inout Scenario, _ subject: String) {
        for index in scenario.tenants.indices {
            scenario.tenants[index].apps[0].secret = nil
            scenario.tenants[index].apps[0].federated = (subject, audience)
        }
    }

    /// What easel is told in every place: where the emulator is, and whom to trust.
    private static func settings(_ bench: PublishBench, caFile: String) throws -> [String: String] {
        try bench.shop.write(bench.shop.read("ca.pem") + bench.shop.read(caFile), to: "both.pem")
        let options = "--ca-file \(bench.shop("both.pem")) --graph-endpoint \(bench.emulator.url)"
        return ["EASEL_OPTIONS": options, "EASEL_DRIFT_OPTIONS": options, "EASEL_DOCTOR_OPTIONS": options, "EASEL_PUBLISH": "", "EASEL_EXPORT": "", "AZURE_AUTHORITY_HOST": bench.emulator.url]
    }

    /// Approves everything that awaits it, by a report.
    private static func approve(_ report: String, _ bench: PublishBench) throws -> Int {
        let report = try JSONDecoder().decode(Report.self, from: bench.shop.data(report))
        let codes = report.profiles.values.compactMap { $0.publishing?.status == "awaitingApproval" ? $0.publishing?.code : nil }
        for code in codes { bench.emulator.approve(code, tenant: fabrikam) }
        return codes.count
    }

    @Test(arguments: Forge.allCases) func theMergeStepPublishesAndTheNightlyStepReads(_ forge: Forge) async throws {
        try await PublishBench.with(adjust: { Self.trust(&$0, forge.subject); $0.tenants[1].requiresApproval = true }) { bench in
            let (shop, emulator) = (bench.shop, bench.emulator)
            let place = try ForgePlace(forge, in: shop, bearer: GraphEmulator.oidcToken)
            for job in ["nobody", "merge", "night1", "night2"] { try place.makeJob(job) }
            try FileManager.default.createDirectory(atPath: shop("tmp"), withIntermediateDirectories: true)
            let settings = try Self.settings(bench, caFile: place.server.caFile).merging(["TMPDIR": shop("tmp")]) { $1 }
            func merge() async throws -> (status: Int32, said: String) {
                let identity = try place.identity("reconcile", bench)
                let done = try await place.runAll("reconcile", in: "merge", settings.merging(identity) { $1 })
                for secret in identity.values where secret.count > 40 { #expect(!done.said.contains(secret)) }
                #expect(!done.said.contains(GraphEmulator.oidcToken))
                #expect(try shop.tree("tmp").isEmpty, "a token is left behind")
                return done
            }
            // Nobody in particular gets nothing.
            let nobody = try await place.runAll("reconcile", in: "nobody", settings)
            #expect(try nobody.status == 1 && place.recordedProfiles() == 0 && bench.writes.isEmpty, "\(nobody.said)")

            // What awaits a second administrator fails no job. Each run gets one request further: the creation, then the assignment.
            for _ in 1...2 {
                let waits = try await merge()
                #expect(try waits.status == 0 && place.recordedProfiles() == 6, "\(waits.said)")
                bench.expectWholeFleet(["Board mail", "Kiosk mail", "Staff mail"], ["contoso", "northwind"])
                #expect(try Self.approve("merge/payloads/report.json", bench) == 3, "\(waits.said)")
            }
            let done = try await merge()
            #expect(try done.status == 0 && place.recordedProfiles() == 9, "\(done.said)")
            bench.expectWholeFleet()
            #expect(emulator.log.contains { $0.isToken } && (forge == .gitlab || emulator.log.contains { $0.path.hasPrefix("/oidc/") }))
            emulator.clearLog()
            #expect(try await merge().status == 0)
            #expect(emulator.log.isEmpty, "nothing new asks nobody")

            // A tenant that fails fails the job; the others are published and recorded, and the next job sends the rest.
            for tenant in ["contoso", "northwind"] { try shop.edit("tenants/\(tenant)/profiles/staff.json", #""accountName": "Mail""#, #""accountName": "Other""#) }
            try place.push("two tenants")
            emulator.add(Fault(.answer(status: 400, code: "BadRequest", message: "The profile is not wanted."), tenant: Self.contoso, method: "PATCH"))
            let records = try place.records()
            let failed = try await merge()
            #expect(try failed.status == 1 && failed.said.contains("not wanted") && place.records() == records + 1 && shop.exists("merge/changed"), "\(failed.said)")
            #expect(try text(bench.profile("northwind", "Staff mail"), "accountName") == "Other" && text(bench.profile("contoso", "Staff mail"), "accountName") == "Mail")
            let again = try await merge()
            #expect(try again.status == 0 && text(bench.profile("contoso", "Staff mail"), "accountName") == "Other", "\(again.said)")

            // The night needs no export.
            func night(_ job: String, _ more: [String: String] = [:]) async throws -> Workshop.Outcome {
                try await place.run(place.steps("drift").rest[0], in: job, place.environment(settings.merging(place.identity("drift", bench)) { $1 }.merging(more) { $1 }))
            }
            let quiet = try await night("night1")
            #expect(quiet.status == 0 && !shop.exists("night1/exports") && !quiet.out.contains("Doctor: "), "\(quiet.out)\(quiet.err)")
            // Started by hand, it says what tenants permit.
            let byHand = try await night("night1", ["GITHUB_EVENT_NAME": "workflow_dispatch", "BUILD_REASON": "Manual", "CI_PIPELINE_SOURCE": "web"])
            #expect(byHand.status == 0 && byHand.out.contains("3 tenants with nothing to do: contoso, fabrikam, northwind"), "\(byHand.out)\(byHand.err)")
            emulator.change(try bench.id("contoso", "Staff mail"), tenant: Self.contoso, ["hostName": "elsewhere.example"])
            let drift = try await night("night2")
            #expect(try drift.status == 2 && shop.read("night2/drift/drift.json").contains("elsewhere.example"), "\(drift.out)\(drift.err)")
            #expect(try shop.tree("tmp").isEmpty, "a token is left behind")
        }
    }

    /// Your own publisher, as the documentation names it: what it could not publish fails the job, and everything else is recorded.
    @Test func theMergeStepRecordsWhatTheScriptPublished() async throws {
        try await PublishBench.with { bench in
            let documents = try String(contentsOfFile: Workshop.package + "/deploy/README.md", encoding: .utf8)
            let command = try String(#require(documents.firstMatch(of: /`EASEL_PUBLISH='([^']+)'`/)).output.1).replacing("publish.sh ", with: "'\(Workshop.package)/deploy/publish/publish.sh' ")
            let place = try ForgePlace(.github, in: bench.shop)
            try place.makeJob("merge")
            let settings = try Self.settings(bench, caFile: place.server.caFile).merging([
                "EASEL_PUBLISH": command, "EASEL_PUBLISH_SECRET": PublishBench.secret, "AZURE_CLIENT_ID": PublishBench.app, "GRAPH_ENDPOINT": bench.emulator.url,
                "CURL_CA_BUNDLE": bench.shop("both.pem"), "EASEL_OPTIONS": "--ca-file \(place.server.caFile)",
            ]) { $1 }
            bench.emulator.add(Fault(.answer(status: 400, code: "BadRequest", message: "The profile is not wanted."), tenant: Self.fabrikam, method: "POST", path: "deviceConfigurations"))
            let failed = try await place.runAll("reconcile", in: "merge", settings)
            #expect(try failed.status == 1 && failed.said.contains("not wanted") && place.recordedProfiles() == 8, "\(failed.said)")
            let again = try await place.runAll("reconcile", in: "merge", settings)
            #expect(try again.status == 0 && place.recordedProfiles() == 9 && !(failed.said + again.said).contains(PublishBench.secret), "\(again.said)")
            bench.expectWholeFleet()
        }
    }

    /// What easel may ask for is what an administrator is told to give.
    @Test func everyPermissionIsDocumented() throws {
        let shop = try Workshop()
        func permissions(_ text: String) -> Set<String> { Set(text.matches(of: /[A-Za-z]+\.Read(?:Write)?\.All/).map { String($0.output) }) }
        let documents = try String(contentsOfFile: Workshop.package + "/deploy/README.md", encoding: .utf8)
        #expect(try permissions(documents) == permissions(shop.easel("help", "graph").out))
        // Nobody else's token is for Microsoft Entra.
        for file in ["gitlab-ci/reconcile.yml", "gitlab-ci/drift.yml", "kubernetes/reconcile.json", "kubernetes/drift.json", "README.md"] {
            #expect(try String(contentsOfFile: "\(Workshop.package)/deploy/\(file)", encoding: .utf8).contains(Self.audience), "\(file)")
        }
    }

    @Test func podsPublishAndReadAsTheirServiceAccount() async throws {
        try await PublishBench.with(adjust: { Self.trust(&$0, "system:serviceaccount:easel:easel"); $0.tenants[1].requiresApproval = true }) { bench in
            let (shop, emulator) = (bench.shop, bench.emulator)
            let cluster = try Cluster(in: shop)
            let settings = try Self.settings(bench, caFile: cluster.server.caFile).merging(["AZURE_CLIENT_ID": PublishBench.app]) { $1 }
            func pods(_ name: String) async throws -> [Int32] {
                var ends: [Int32] = []
                for index in 0..<4 {
                    // The kubelet renews it.
                    try cluster.projectTokens(name, namespace: "easel", bench)
                    let outcome = try await cluster.pod(name, index, settings)
                    #expect(outcome.status != 1, "\(outcome.out)\(outcome.err)")
                    ends.append(outcome.status)
                }
                return ends
            }
            for _ in 1...2 {
                #expect(try await pods("reconcile") == [0, 0, 0, 0])
                bench.expectWholeFleet(["Board mail", "Kiosk mail", "Staff mail"], ["contoso", "northwind"])
                #expect(try (0..<4).map { try Self.approve("work\($0)/payloads/report.json", bench) }.reduce(0, +) == 3)
            }
            #expect(try await pods("reconcile") == [0, 0, 0, 0])
            bench.expectWholeFleet()
            #expect(try shop.git("ls-tree", "--name-only", "easel/applied", "tenants/", in: "served/config.git").split(separator: "\n").count == 3)
            #expect(try await pods("drift") == [0, 0, 0, 0])
            emulator.change(try bench.id("contoso", "Staff mail"), tenant: Self.contoso, ["hostName": "elsewhere.example"])
            #expect(try await pods("drift").sorted() == [0, 0, 0, 2])
            try cluster.projectTokens("drift", namespace: "easel", bench)
            let doctor = try await cluster.pod("drift", 0, change: "doctor", settings)
            #expect(doctor.status == 0 && doctor.out.contains("3 tenants with nothing to do: contoso, fabrikam, northwind"), "\(doctor.out)\(doctor.err)")
            // Without the token's volume, nobody signs in.
            try FileManager.default.removeItem(atPath: shop("azure/token"))
            var ends: Set<Int32> = []
            for index in 0..<4 { ends.insert(try await cluster.pod("drift", index, settings).status) }
            #expect(ends.contains(1) && !ends.contains(2))
        }
    }

    enum Credential: CaseIterable { case certificate, secret }

    @Test(arguments: Credential.allCases) func servicesPublishAndReadWithTheirCredential(_ credential: Credential) async throws {
        let shop = try Workshop()
        try shop.makeFleet()
        _ = try Program.output(["/usr/bin/openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "app.key", "-out", "app.crt", "-subj", "/CN=easel", "-days", "2"], in: shop.path)
        let certificate = try shop.read("app.crt")
        try await PublishBench.with(
            shop,
            adjust: {
                for index in $0.tenants.indices {
                    if credential == .certificate { $0.tenants[index].apps[0].secret = nil }
                    $0.tenants[index].apps[0].certificates = [certificate]
                }
            }
        ) { bench in
            let machine = try Machine(in: shop, settings: Self.settings(bench, caFile: "ca.pem").merging(["EASEL_REPO": shop("config"), "AZURE_CLIENT_ID": PublishBench.app]) { $1 })
            func start(_ service: String) async throws -> (status: Int32, said: String) {
                let outcome = try await machine.start(service)
                #expect(!outcome.said.contains(PublishBench.secret))
                return outcome
            }
            let nobody = try await start("easel-reconcile")
            #expect(nobody.status == 1 && bench.writes.isEmpty, "\(nobody.said)")
            switch credential {
            case .certificate: try shop.write(certificate + shop.read("app.key"), to: "credentials/app.pem")
            case .secret: try shop.write(PublishBench.secret, to: "credentials/client-secret")
            }
            let first = try await start("easel-reconcile")
            #expect(first.status == 0 && first.said.contains("Published 9 creates"), "\(first.said)")
            bench.expectWholeFleet()
            let quiet = try await start("easel-drift")
            #expect(quiet.status == 0 && !quiet.said.contains("cannot"), "\(quiet.said)")
            bench.emulator.change(try bench.id("contoso", "Staff mail"), tenant: Self.contoso, ["hostName": "elsewhere.example"])
            let drift = try await start("easel-drift")
            // Drift fails no unit; the report and the metrics show it.
            #expect(try drift.status == 0 && shop.read("state/easel/drift.json").contains("elsewhere.example"), "\(drift.said)")
        }
    }

    /// One setting hands publishing over to a command, and another one reading.
    @Test func servicesRunYourOwnCommands() async throws {
        let shop = try Workshop()
        try shop.makeFleet()
        let machine = try Machine(in: shop, settings: ["EASEL_REPO": shop("config"), "EASEL_PUBLISH": "exit 3"])
        func records() throws -> Int { try shop.tip("state/easel/state.git") == nil ? 0 : #require(Int(shop.git("rev-list", "--count", "easel/applied", in: "state/easel/state.git"))) }
        #expect(try await machine.start("easel-reconcile").status == 1)
        #expect(try records() == 0)
        // What a command that fails says it has applied is recorded.
        let results = #"{"results": [{"tenant": "contoso", "profile": "staff", "status": "published"}]}"#
        for (code, end) in [(1, 1), (3, 0)] as [(Int, Int32)] {
            machine.settings["EASEL_PUBLISH"] = #"test -d "$EASEL_OUT/tenants" && echo '\#(results)' > results.json; exit \#(code)"#
            let part = try await machine.start("easel-reconcile")
            #expect(part.status == end, "\(part.said)")
            try shop.edit("tenants/contoso/profiles/staff.json", #""accountName": ""#, #""accountName": "New "#)
            try shop.commit("edit \(code)")
        }
        #expect(try records() == 2)
        machine.settings["EASEL_PUBLISH"] = "true"
        #expect(try await machine.start("easel-reconcile").status == 0)
        #expect(try records() == 3)

        try shop.export("state/easel/out", to: "exported")
        machine.settings["EASEL_EXPORT"] = "exit 2"
        let failed = try await machine.start("easel-drift")
        #expect(failed.status == 1 && failed.said.contains("EASEL_EXPORT failed") && !shop.exists("state/easel/drift.json"))
        machine.settings["EASEL_EXPORT"] = #"rm -rf "$EASEL_EXPORTS"; cp -r \#(shop("exported")) "$EASEL_EXPORTS""#
        let night = try await machine.start("easel-drift")
        #expect(night.status == 0 && shop.exists("state/easel/drift.html"), "\(night.said)")
    }
}

extension Forge {
    fileprivate static let connection = "66666666-6666-4666-8666-666666666666"

    /// Whom a tenant's app trusts: a job of the default branch.
    fileprivate var subject: String {
        switch self {
        case .github: "repo:contoso/config:ref:refs/heads/main"
        case .gitlab: "project_path:contoso/config:ref_type:branch:ref:main"
        case .azure: "sc://contoso/\(Self.connection)"
        }
    }
}

extension ForgePlace {
    /// How many profiles are recorded as applied.
    fileprivate func recordedProfiles() throws -> Int {
        guard try shop.tip("served/config.git") != nil else { return 0 }
        return try shop.git("ls-tree", "-r", "--name-only", "easel/applied", in: "served/config.git").matches(of: /tenants\/[a-z]+\/profiles\/[a-z]+\.json/).count
    }

    /// What the forge gives a job to prove who it is, where its file asks for it, and the variables that the file passes on.
    fileprivate func identity(_ name: String, _ bench: PublishBench) throws -> [String: String] {
        let parsed = try file(name)
        switch forge {
        case .github:
            guard (parsed["permissions"] as? Workshop.Object)?["id-token"] as? String == "write" else { return [:] }
            let job = (parsed["jobs"] as? Workshop.Object)?.values.first as? Workshop.Object
            guard (job?["env"] as? Workshop.Object)?["AZURE_CLIENT_ID"] as? String == "${{ vars.AZURE_CLIENT_ID }}" else { return [:] }
            return ["AZURE_CLIENT_ID": PublishBench.app, "ACTIONS_ID_TOKEN_REQUEST_URL": bench.emulator.url + "/oidc/github?api-version=2.0", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": GraphEmulator.oidcToken]
        case .gitlab:
            let tokens = (parsed["easel-\(name)"] as? Workshop.Object)?["id_tokens"] as? [String: [String: String]] ?? [:]
            return tokens.mapValues { bench.emulator.federatedToken(subject: forge.subject, audience: $0["aud"] ?? "") }.merging(["AZURE_CLIENT_ID": PublishBench.app]) { $1 }
        case .azure:
            // "There is no explicit reference to service connection … from current stage" is what the service says otherwise.
            let steps = (parsed["jobs"] as? [Workshop.Object])?.first?["steps"] as? [Workshop.Object] ?? []
            guard steps.contains(where: { ($0["inputs"] as? Workshop.Object)?["azureSubscription"] as? String == "easel" }) else { return [:] }
            return ["AZURE_CLIENT_ID": PublishBench.app, "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID": Forge.connection, "SYSTEM_OIDCREQUESTURI": bench.emulator.url + "/oidc/azure"]
        }
    }
}

extension Cluster {
    /// Puts the pod's tokens where the kubelet would: for its service account, with the audience and under the path that the file says.
    fileprivate func projectTokens(_ name: String, namespace: String, _ bench: PublishBench) throws {
        let job = try Cluster.job(name)
        let pod = (job["template"] as? Workshop.Object)?["spec"] as? Workshop.Object ?? [:]
        let account = try #require(pod["serviceAccountName"] as? String)
        for volume in pod["volumes"] as? [Workshop.Object] ?? [] {
            for source in (volume["projected"] as? Workshop.Object)?["sources"] as? [Workshop.Object] ?? [] {
                let token = try #require(source["serviceAccountToken"] as? Workshop.Object)
                let mounts = Cluster.containers(job).flatMap { $0["volumeMounts"] as? [Workshop.Object] ?? [] }.filter { $0["name"] as? String == volume["name"] as? String }
                let folder = try #require(mounts.first?["mountPath"] as? String)
                let path = folder + "/" + (token["path"] as? String ?? "")
                for old in try FileManager.default.contentsOfDirectory(atPath: shop(String(folder.dropFirst()))) { try FileManager.default.removeItem(atPath: shop(String(folder.dropFirst()) + "/" + old)) }
                let text = bench.emulator.federatedToken(subject: "system:serviceaccount:\(namespace):\(account)", audience: token["audience"] as? String ?? "")
                try shop.write(text, to: String(path.dropFirst()))
            }
        }
    }
}
