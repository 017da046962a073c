import Crypto
import Foundation
import TestSupport
import Testing

/// The pipelines in `deploy/`: their shell steps, as they stand in the files, run against a real remote over TLS.
@Suite(.enabled(if: HTTPSServer.isInstalled && Server.has("/usr/bin/jq", "/usr/bin/curl"), "needs nginx, jq and curl, which Tests/run.sh installs"))
struct PipelineStepTests {
    enum Forge: String, CaseIterable, Sendable {
        case github = "github-actions"
        case gitlab = "gitlab-ci"
        case azure = "azure-devops"
    }

    /// A remote repository with a fleet, a comment API, and what a forge tells its jobs.
    private final class Place {
        let shop: Workshop
        let server: HTTPSServer
        private let api: Program
        let apiPort: UInt16
        let forge: Forge

        init(_ forge: Forge) throws {
            self.forge = forge
            shop = try Workshop()
            try shop.makeFleet()
            try shop.git("clone", "--quiet", "--bare", "config", "served/config.git")
            try shop.git("config", "http.receivepack", "true", in: "served/config.git")
            server = try HTTPSServer(shop("https"), repositories: shop("served"))
            apiPort = try freePort()
            let script = """
                import http.server, json, re
                notes = []
                class Handler(http.server.BaseHTTPRequestHandler):
                    def answer(self, value):
                        body = json.dumps(value).encode()
                        self.send_response(200); self.send_header("Content-Length", str(len(body))); self.end_headers(); self.wfile.write(body)
                    def body(self):
                        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                        return sent.get("body") or sent.get("content") or sent["comments"][0]["content"]
                    def keep(self):
                        json.dump({"notes": notes, "path": self.path, "auth": self.headers.get("Authorization") or self.headers.get("PRIVATE-TOKEN")}, open("notes.json", "w"))
                        self.answer({})
                    def do_GET(self):
                        if "threads" in self.path: self.answer({"value": [{"id": i + 7, "comments": [{"content": n}]} for i, n in enumerate(notes)]})
                        else: self.answer([{"id": 1, "body": "<!-- easel review --> of somebody else", "user": {"login": "mallory"}}] * ("/repos/" in self.path) + [{"id": i + 7, "body": n, "user": {"login": "github-actions[bot]"}} for i, n in enumerate(notes)])
                    def do_POST(self): notes.append(self.body()); self.keep()
                    def do_PATCH(self): notes[int(re.search(r"(?:threads|comments|notes)/([0-9]+)", self.path).group(1)) - 7] = self.body(); self.keep()
                    do_PUT = do_PATCH
                    def log_message(self, *a): pass
                http.server.HTTPServer(("127.0.0.1", \(apiPort)), Handler).serve_forever()
                """
            api = try shop.start(["/usr/bin/timeout", "200", "/usr/bin/python3", "-c", script])
            try awaitServer(on: apiPort)
        }

        deinit {
            kill(api.child, SIGTERM)
            _ = try? api.finish()
        }

        /// What the forge sets in a job; its token is the server's.
        func environment(_ more: [String: String] = [:]) throws -> [String: String] {
            let binary = try Data(contentsOf: URL(fileURLWithPath: Workshop.binary))
            var environment = [
                "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "EASEL_URL": "file://" + Workshop.binary, "EASEL_OPTIONS": "--ca-file \(server.caFile) --now 2026-11-24T03:00:00Z",
                "EASEL_DRIFT_OPTIONS": "--ca-file \(server.caFile) --now 2026-11-24T03:00:00Z",
                "EASEL_SHA256": SHA256.hash(data: binary).map { String(format: "%02x", $0) }.joined(), "DEBIAN_FRONTEND": "noninteractive",
            ]
            switch forge {
            case .github:
                environment.merge([
                    "GITHUB_SERVER_URL": server.url("basic"), "GITHUB_REPOSITORY": "config", "GITHUB_REF": "refs/heads/main", "GITHUB_TOKEN": "s3cret", "GITHUB_BASE_REF": "main",
                    "GITHUB_API_URL": "http://127.0.0.1:\(apiPort)", "PULL_REQUEST": "1",
                ]) { $1 }
            case .gitlab:
                environment.merge([
                    "CI_PROJECT_URL": server.url("basic/config"), "CI_COMMIT_BRANCH": "main", "CI_JOB_TOKEN": "s3cret", "CI_MERGE_REQUEST_IID": "1", "CI_MERGE_REQUEST_PROJECT_ID": "5", "CI_MERGE_REQUEST_PROJECT_URL": server.url("basic/config"),
                    "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main", "CI_API_V4_URL": "http://127.0.0.1:\(apiPort)", "EASEL_COMMENT_TOKEN": "n0te",
                ]) { $1 }
            case .azure:
                environment.merge([
                    "BUILD_REPOSITORY_URI": server.url("bearer/config.git"), "BUILD_SOURCEBRANCH": "refs/heads/main", "SYSTEM_ACCESSTOKEN": "t0ken", "TF_BUILD": "True",
                    "SYSTEM_PULLREQUEST_TARGETBRANCH": "refs/heads/main", "SYSTEM_PULLREQUEST_PULLREQUESTID": "1", "SYSTEM_COLLECTIONURI": "http://127.0.0.1:\(apiPort)/",
                    "SYSTEM_TEAMPROJECTID": "p", "BUILD_REPOSITORY_ID": "r", "AGENT_TEMPDIRECTORY": "/tmp",
                ]) { $1 }
            }
            return environment.merging(more) { $1 }
        }

        /// The shell steps of a file, in order, without the one that fetches easel.
        func steps(_ name: String) throws -> (get: String, rest: [String]) {
            let script = "import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1])), default=str, skipkeys=True))"
            let file = "\(Workshop.package)/deploy/\(forge.rawValue)/\(name).yml"
            let parsed = try JSONSerialization.jsonObject(with: Data(shop.run(["/usr/bin/python3", "-c", script, file]).out.utf8)) as? Workshop.Object ?? [:]
            let jobs = (parsed["jobs"] as? Workshop.Object)?.values.first as? Workshop.Object
            switch forge {
            case .github:
                let all = (jobs?["steps"] as? [Workshop.Object] ?? []).compactMap { $0["run"] as? String }
                return (all.first ?? "", Array(all.dropFirst()))
            case .gitlab:
                let job = parsed.values.first as? Workshop.Object
                return ((job?["before_script"] as? [String])?.first ?? "", job?["script"] as? [String] ?? [])
            case .azure:
                let all = (parsed["steps"] as? [Workshop.Object] ?? []).compactMap { $0["bash"] as? String }
                return (all.first ?? "", Array(all.dropFirst()))
            }
        }

        var shell: [String] {
            switch forge {
            case .github: ["/bin/sh", "-e", "-c"]  // What GitHub starts in a container without "shell:".
            case .gitlab: ["/bin/bash", "-eo", "pipefail", "-c"]
            case .azure: ["/bin/bash", "-c"]
            }
        }

        /// A job's own folder, with easel in it.
        func makeJob(_ name: String) throws {
            try FileManager.default.createDirectory(atPath: shop(name), withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(atPath: shop(name) + "/easel", withDestinationPath: Workshop.binary)
        }

        func run(_ step: String, in job: String, _ environment: [String: String]) throws -> Workshop.Outcome {
            try shop.run(shell + [step], in: job, environment: environment)
        }
    }

    @Test(arguments: Forge.allCases) func theMergeStepRecordsThroughTheRemote(_ forge: Forge) throws {
        let place = try Place(forge)
        let (_, steps) = try place.steps("reconcile")
        try #require(steps.count == 1)
        // Twice at once, on two runners: both end well, and what is applied is applied once.
        for job in ["one", "two"] { try place.makeJob(job) }
        let environment = try place.environment()
        let running = try ["one", "two"].map { try place.shop.start(place.shell + [steps[0]], in: $0, environment: environment) }
        let outcomes = try running.map { try $0.finish() }
        for outcome in outcomes { #expect(outcome.status == 0, "\(outcome.out)\(outcome.err)") }
        for outcome in outcomes { #expect(!(outcome.out + outcome.err).contains("s3cret") && !(outcome.out + outcome.err).contains("t0ken")) }
        #expect(try place.shop.git("rev-list", "--count", "easel/applied", in: "served/config.git") == "1")
        #expect(place.shop.exists("one/payloads/tenants/contoso/payloads/staff.graph.json") && place.shop.exists("two/payloads/report.html"))
        // What a gate holds fails no merge; what is broken does.
        try place.shop.remove("tenants/northwind")
        try place.shop.commit("northwind leaves")
        try place.shop.git("push", "--quiet", place.shop("served/config.git"), "main", in: "config")
        try place.makeJob("three")
        let held = try place.run(steps[0], in: "three", place.environment())
        #expect(held.status == 0 && held.out.contains("tenant-removal"), "\(held.out)\(held.err)")
        try place.shop.write("{", to: "config/tenants/contoso/profiles/staff.json")
        try place.shop.commit("broken")
        try place.shop.git("push", "--quiet", place.shop("served/config.git"), "main", in: "config")
        try place.makeJob("four")
        #expect(try place.run(steps[0], in: "four", place.environment()).status == 1)
    }

    @Test(arguments: Forge.allCases) func theNightlyStepTellsWhatIsNew(_ forge: Forge) throws {
        let place = try Place(forge)
        try place.makeJob("merge")
        #expect(try place.run(place.steps("reconcile").rest[0], in: "merge", place.environment()).status == 0)
        try place.shop.export("merge/payloads", to: "exported")
        let (_, steps) = try place.steps("drift")
        try #require(steps.count == 1)
        let environment = try place.environment(["EASEL_EXPORT": "cp -r \(place.shop("exported")) exports"])
        try place.makeJob("night1")
        #expect(try place.run(steps[0], in: "night1", environment).status == 0)
        try place.shop.change("contoso/staff", in: "exported") { $0["accountName"] = "Other" }
        // The forge hands the folder on.
        try place.makeJob("night2")
        try FileManager.default.copyItem(atPath: place.shop("night1/drift"), toPath: place.shop("night2/drift"))
        let second = try place.run(steps[0], in: "night2", environment)
        #expect(second.status == 2 && (place.shop.exists("night2/drift.html") || place.shop.exists("night2/drift/drift.html")), "\(second.out)\(second.err)")
        #expect(try place.shop.read("night2/drift/drift.json").contains(#""status": "new""#))
        try place.makeJob("night3")
        #expect(try place.run(steps[0], in: "night3", place.environment(["EASEL_EXPORT": "false"])).status != 0, "an export that fails is no drift")
        #expect(!place.shop.exists("night3/drift.html"))
    }

    @Test(arguments: Forge.allCases) func theReviewStepKeepsOneComment(_ forge: Forge) throws {
        let place = try Place(forge)
        let shop = place.shop
        let head = ["refs/pull/1/head", "refs/merge-requests/1/head", "refs/pull/1/merge"]
        func push(_ text: String) throws {
            try shop.edit("tenants/contoso/profiles/staff.json", #""accountName": "Mail""#, #""accountName": "\#(text)""#)
            try shop.commit(text)
            for ref in head { try shop.git("push", "--quiet", "--force", shop("served/config.git"), "HEAD:\(ref)", in: "config") }
            try shop.edit("tenants/contoso/profiles/staff.json", #""accountName": "\#(text)""#, #""accountName": "Mail""#)
        }
        let (_, steps) = try place.steps("review")
        struct Notes: Decodable { let notes: [String]; let auth: String }
        for (number, text) in ["First", "Second"].enumerated() {
            try push(text)
            try place.makeJob("job\(number)")
            for step in steps {
                let outcome = try place.run(step, in: "job\(number)", place.environment())
                #expect(outcome.status == 0, "\(outcome.out)\(outcome.err)")
                #expect(!(outcome.out + outcome.err).contains("s3cret"))
            }
            let kept = try JSONDecoder().decode(Notes.self, from: shop.data("notes.json"))
            #expect(kept.notes.count == 1 && kept.notes[0].hasPrefix("<!-- easel review -->\n### Review: 1 to update") && kept.notes[0].contains(text), "\(kept.notes)")
            #expect(kept.auth == ["s3cret", "n0te", "t0ken"].map { forge == .gitlab ? $0 : "Bearer \($0)" }[Forge.allCases.firstIndex(of: forge) ?? 0])
        }
    }

    /// The step that fetches easel is the same everywhere, and does what it says: a download that is another than it should be is refused.
    @Test(.enabled(if: geteuid() == 0, "apt-get wants root")) func easelIsFetchedAndChecked() throws {
        let steps = try Forge.allCases.flatMap { forge in
            let place = try Place(forge)
            return try ["reconcile", "drift", "review"].map { try place.steps($0).get.replacingOccurrences(of: "set -e\n", with: "").trimmingCharacters(in: .whitespacesAndNewlines) }
        }
        #expect(Set(steps).count == 1)
        let place = try Place(.github)
        let good = try place.run(steps[0] + "\n./easel --version", in: ".", place.environment())
        #expect(good.status == 0, "\(good.out)\(good.err)")
        let bad = try place.run(steps[0] + "\n./easel --version", in: ".", place.environment(["EASEL_SHA256": String(repeating: "0", count: 64)]))
        #expect(bad.status != 0)
    }

    @Test func theJobsOfAClusterShareTheFleet() throws {
        let place = try Place(.github)
        func script(_ name: String) throws -> (script: String, shards: Int) {
            let object = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: "\(Workshop.package)/deploy/kubernetes/\(name).json")))
            let job = ((object as? Workshop.Object)?["spec"] as? Workshop.Object)?["jobTemplate"] as? Workshop.Object
            let spec = job?["spec"] as? Workshop.Object ?? [:]
            let pod = (spec["template"] as? Workshop.Object)?["spec"] as? Workshop.Object
            let container = try #require((pod?["containers"] as? [Workshop.Object])?.first)
            let shards = try #require(spec["completions"] as? Int)
            #expect((container["env"] as? [Workshop.Object])?.contains { $0["name"] as? String == "SHARDS" && $0["value"] as? String == "\(shards)" } == true)
            return (try #require((container["command"] as? [String])?.last), shards)
        }
        func run(_ name: String, _ replacing: [String: String] = [:]) throws -> [Workshop.Outcome] {
            let (text, shards) = try script(name)
            let own = replacing.reduce(text) { $0.replacingOccurrences(of: $1.key, with: $1.value) }
            return try (0..<shards).map { index in
                try place.shop.start(["/bin/sh", "-c", own.replacingOccurrences(of: "/tmp/cache", with: "cache\(index)")], environment: place.environment([
                    "JOB_COMPLETION_INDEX": "\(index)", "SHARDS": "\(shards)", "EASEL_REPO": place.server.url("basic/config.git"), "EASEL_TOKEN": "s3cret",
                    "PATH": "\((Workshop.binary as NSString).deletingLastPathComponent):/usr/bin:/bin",
                ]))
            }.map { try $0.finish() }
        }
        for outcome in try run("reconcile") { #expect(outcome.status == 0, "\(outcome.out)\(outcome.err)") }
        #expect(try place.shop.git("ls-tree", "--name-only", "easel/applied", "tenants/", in: "served/config.git").split(separator: "\n").count == 3)
        try place.shop.git("clone", "--quiet", "--branch", "main", "served/config.git", "seen")
        #expect(try place.shop.easel("reconcile", "--repo", "seen", "--state", "copy.git", "--out", "out").status == 0)
        try place.shop.export()
        try place.shop.change("contoso/staff") { $0["accountName"] = "Other" }
        let folders = ["/reports": place.shop("reports"), "/exports": place.shop("live")]
        #expect(try run("drift", folders).map(\.status).sorted() == [0, 0, 0, 2])
        #expect(try run("drift", folders).map(\.status).sorted() == [0, 0, 0, 2])
        #expect(try place.shop.tree("reports").filter { $0.key.hasSuffix(".prom") }.count == 4)
    }
}
