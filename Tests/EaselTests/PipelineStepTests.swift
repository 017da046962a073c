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
                import http.server, json, os, re
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
                        stranger = "<!-- easel review --> of somebody else"
                        # Curl tries again after some of the codes.
                        if os.path.exists("api-down"): self.send_response(403); self.end_headers(); return
                        if self.path.endswith("/user"): self.answer({"id": 42})
                        elif "connectionData" in self.path: self.answer({"authenticatedUser": {"id": "42"}})
                        elif "threads" in self.path: self.answer({"value": [{"id": 1, "comments": []}, {"id": 2, "comments": [{"content": stranger, "author": {"id": "7"}}]}] + [{"id": i + 7, "comments": [{"content": n, "author": {"id": "42"}}]} for i, n in enumerate(notes)]})
                        else:
                            # The first page is full of what others have written.
                            all = [{"id": 1, "body": stranger, "user": {"login": "mallory"}, "author": {"id": 7}}] * 100 + [{"id": i + 7, "body": n, "user": {"login": "github-actions[bot]"}, "author": {"id": 42}} for i, n in enumerate(notes)]
                            page = int(re.search(r"[?&]page=([0-9]+)", self.path).group(1))
                            self.answer(all[100 * page - 100:100 * page])
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
            var environment = [
                "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "EASEL_OPTIONS": "--ca-file \(server.caFile) --now 2026-11-24T03:00:00Z",
                "EASEL_DRIFT_OPTIONS": "--ca-file \(server.caFile) --now 2026-11-24T03:00:00Z", "EASEL_CONFIRM_OPTIONS": "--ca-file \(server.caFile)",
                "EASEL_PUBLISH": "test -d payloads/tenants && echo published >> \(shop("published"))",
                "DEBIAN_FRONTEND": "noninteractive",
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
                    "SYSTEM_TEAMPROJECTID": "p", "BUILD_REPOSITORY_ID": "r",
                ]) { $1 }
            }
            return environment.merging(more) { $1 }
        }

        /// The shell steps of a file, in order, without the one that fetches easel.
        func steps(_ name: String) throws -> (get: String, rest: [String]) {
            let script = "import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1])), default=str, skipkeys=True))"
            let file = "\(Workshop.package)/deploy/\(forge.rawValue)/\(name).yml"
            let parsed = try JSONSerialization.jsonObject(with: Data(shop.run(["/usr/bin/python3", "-c", script, file]).out.utf8)) as? Workshop.Object ?? [:]
            switch forge {
            case .github:
                let jobs = (parsed["jobs"] as? Workshop.Object)?.values.first as? Workshop.Object
                let all = (jobs?["steps"] as? [Workshop.Object] ?? []).compactMap { $0["run"] as? String }
                return (all.first ?? "", Array(all.dropFirst()))
            case .gitlab:
                let job = parsed["easel-\(name)"] as? Workshop.Object
                return ((job?["before_script"] as? [String])?.first ?? "", job?["script"] as? [String] ?? [])
            case .azure:
                let job = (parsed["jobs"] as? [Workshop.Object])?.first
                let all = (job?["steps"] as? [Workshop.Object] ?? []).compactMap { $0["bash"] as? String }
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
            try shop.run(shell + [step], in: job, environment: environment.merging(["AGENT_TEMPDIRECTORY": shop(job), "GITHUB_OUTPUT": shop(job) + "/output"]) { own, _ in own })
        }

        /// Runs a job's steps, as a forge does, until one fails; returns that one's outcome, or the last one's, with everything that was printed.
        func runAll(_ name: String, in job: String, _ more: [String: String] = [:]) throws -> (status: Int32, said: String) {
            var said = ""
            for step in try steps(name).rest {
                let outcome = try run(step, in: job, environment(more))
                said += outcome.out + outcome.err
                if outcome.status != 0 { return (outcome.status, said) }
            }
            return (0, said)
        }

        /// Commits what a test has edited, on the remote.
        func push(_ message: String) throws {
            try shop.commit(message)
            try shop.git("push", "--quiet", shop("served/config.git"), "main", in: "config")
        }

        /// How many state commits the remote has.
        func records() throws -> Int {
            guard try shop.tip("served/config.git") != nil else { return 0 }
            return try #require(Int(shop.git("rev-list", "--count", "easel/applied", in: "served/config.git")))
        }
    }

    @Test(arguments: Forge.allCases) func theMergeStepRecordsWhatWasPublished(_ forge: Forge) throws {
        let place = try Place(forge)
        let shop = place.shop
        for job in ["one", "two", "three", "four", "five"] { try place.makeJob(job) }
        // Whatever code the publisher fails with, nothing is recorded, and the next run plans the same again: on the same runner, too.
        for publish in ["exit 2", "exit 3", "false"] {
            let failed = try place.runAll("reconcile", in: "one", ["EASEL_PUBLISH": publish])
            #expect(try failed.status == 1 && place.records() == 0, "\(publish) \(failed.said)")
        }
        #expect(try place.runAll("reconcile", in: "one", ["EASEL_PUBLISH": ""]).status == 1)
        let first = try place.runAll("reconcile", in: "one")
        #expect(try first.status == 0 && place.records() == 1 && !first.said.contains("s3cret") && !first.said.contains("t0ken"), "\(first.said)")
        #expect(try shop.exists("one/payloads/tenants/contoso/payloads/staff.graph.json") && shop.read("published") == "published\n")
        // Nothing new is not published.
        #expect(try place.runAll("reconcile", in: "two").status == 0)
        #expect(try shop.read("published") == "published\n" && !shop.exists("two/changed") && place.records() == 1)
        // What the publisher says it has applied is recorded, and the rest is planned again.
        for tenant in ["contoso", "fabrikam"] { try shop.edit("tenants/\(tenant)/profiles/staff.json", #""Mail""#, #""Other""#) }
        try place.push("two tenants")
        let results = #"{"results": [{"tenant": "contoso", "profile": "staff", "status": "applied"}, {"tenant": "fabrikam", "profile": "staff", "status": "failed"}]}"#
        let part = try place.runAll("reconcile", in: "two", ["EASEL_PUBLISH": "echo '\(results)' > results.json"])
        #expect(part.status == 0 && part.said.contains("1 not applied"), "\(part.said)")
        let rest = try place.runAll("reconcile", in: "two")
        #expect(try rest.status == 0 && rest.said.contains("1 to update") && place.records() == 3, "\(rest.said)")
        // What a gate holds fails no merge; what is broken does.
        try shop.remove("tenants/northwind")
        try place.push("northwind leaves")
        let held = try place.runAll("reconcile", in: "three")
        #expect(held.status == 0 && held.said.contains("tenant-removal"), "\(held.said)")
        try shop.write("{", to: "config/tenants/contoso/profiles/staff.json")
        try place.push("broken")
        #expect(try place.runAll("reconcile", in: "four").status == 1)
        // Another run has recorded something meanwhile: what was published is not recorded over it.
        try shop.git("revert", "--no-edit", "HEAD", in: "config")
        try shop.edit("tenants/contoso/profiles/staff.json", #""Other""#, #""Third""#)
        try place.push("third")
        let other = "\(Workshop.binary) reconcile --repo \(shop("served/config.git")) --ref main >&2"
        let raced = try place.runAll("reconcile", in: "five", ["EASEL_PUBLISH": other])
        #expect(raced.status == 1 && raced.said.contains("moved"), "\(raced.said)")
    }

    @Test(arguments: Forge.allCases) func theNightlyStepTellsWhatIsNew(_ forge: Forge) throws {
        let place = try Place(forge)
        try place.makeJob("merge")
        #expect(try place.runAll("reconcile", in: "merge").status == 0)
        try place.shop.export("merge/payloads", to: "exported")
        let (_, steps) = try place.steps("drift")
        try #require(steps.count == 1)
        let environment = try place.environment(["EASEL_EXPORT": "cp -r \(place.shop("exported")) exports"])
        try place.makeJob("night1")
        #expect(try place.run(steps[0], in: "night1", environment).status == 0)
        try place.shop.change("contoso/staff", in: "exported") { $0["accountName"] = "Other" }
        // The forge hands the folder on.
        try place.makeJob("night2")
        if forge == .azure {
            for attempt in 1...2 {
                try place.shop.write(attempt == 1 ? "of the attempt before" : place.shop.read("night1/drift/drift.json"), to: "night2/earlier/easel-drift-\(attempt)/drift.json")
            }
        } else {
            try FileManager.default.copyItem(atPath: place.shop("night1/drift"), toPath: place.shop("night2/drift"))
        }
        let beat = environment.merging(["EASEL_HEARTBEAT": "file://" + place.shop("heartbeat")]) { $1 }
        try place.shop.write("alive", to: "heartbeat")
        let second = try place.run(steps[0], in: "night2", beat)
        #expect(second.status == 2 && (place.shop.exists("night2/drift.html") || place.shop.exists("night2/drift/drift.html")), "\(second.out)\(second.err)")
        #expect(try place.shop.read("night2/drift/drift.json").contains(#""status": "new""#) && place.shop.exists("night2/heartbeat.txt"))
        // An export that fails is no drift, with whatever code; nor is anything of an earlier night taken for this one's.
        for code in [1, 2, 3] {
            let failed = try place.run(steps[0], in: "night2", beat.merging(["EASEL_EXPORT": "exit \(code)"]) { $1 })
            #expect(failed.status == 1, "\(code): \(failed.out)\(failed.err)")
        }
        #expect(!place.shop.exists("night2/exports") && !place.shop.exists("night2/drift.html") && !place.shop.exists("night2/drift/drift.html"))
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
            // A lookup that fails once makes no second comment; nor does a review that fails post an older one.
            try shop.write("", to: "api-down")
            for step in steps { #expect(try place.run(step, in: "job\(number)", place.environment()).status == 0) }
            try FileManager.default.removeItem(atPath: shop("api-down"))
            try shop.write("an older review", to: "job\(number)/review.md")
            _ = try steps.map { try place.run($0, in: "job\(number)", place.environment(["EASEL_OPTIONS": "--no-such-option"])) }
            #expect(try JSONDecoder().decode(Notes.self, from: shop.data("notes.json")).notes == kept.notes)
            #expect(kept.auth == ["s3cret", "n0te", "t0ken"].map { forge == .gitlab ? $0 : "Bearer \($0)" }[Forge.allCases.firstIndex(of: forge) ?? 0])
        }
    }

    /// The step that fetches easel is the same everywhere, and does what it says: a download that is another than it should be is refused.
    @Test(.enabled(if: geteuid() == 0, "apt-get wants root")) func easelIsFetchedAndChecked() throws {
        let steps = try Forge.allCases.flatMap { forge in
            let place = try Place(forge)
            return try ["reconcile", "drift", "review"].map { try place.steps($0).get.split(separator: "\n").drop { !$0.hasPrefix("# If the job") }.joined(separator: "\n").trimmingCharacters(in: .whitespacesAndNewlines) }
        }
        #expect(Set(steps).count == 1)
        let place = try Place(.github)
        // The form of a release's archive: a folder with its name and version, and the program in bin/.
        let shop = place.shop
        try FileManager.default.createDirectory(atPath: shop("easel-0.1.0-linux-x86_64/bin"), withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: Workshop.binary, toPath: shop("easel-0.1.0-linux-x86_64/bin/easel"))
        #expect(try shop.run(["/bin/tar", "--create", "--gzip", "--file", "easel.tgz", "easel-0.1.0-linux-x86_64"]).status == 0)
        let digest = try SHA256.hash(data: shop.data("easel.tgz")).map { String(format: "%02x", $0) }.joined()
        let release = ["EASEL_URL": "file://" + shop("easel.tgz"), "EASEL_SHA256": digest]
        for job in ["good", "bad"] { try FileManager.default.createDirectory(atPath: shop(job), withIntermediateDirectories: true) }
        let good = try place.run(steps[0] + "\n./easel --version", in: "good", place.environment(release))
        #expect(good.status == 0, "\(good.out)\(good.err)")
        let bad = try place.run(steps[0] + "\n./easel --version", in: "bad", place.environment(release.merging(["EASEL_SHA256": String(repeating: "0", count: 64)]) { $1 }))
        #expect(bad.status != 0 && !shop.exists("bad/easel") && !shop.exists("bad/easel-release"))
    }
}
