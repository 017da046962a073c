import Foundation
import TestSupport
import Testing

enum Forge: String, CaseIterable, Sendable {
    case github = "github-actions"
    case gitlab = "gitlab-ci"
    case azure = "azure-devops"
}

/// A remote repository with a fleet, a comment API, and what a forge tells its jobs.
final class ForgePlace {
    let shop: Workshop
    let server: HTTPSServer
    private let api: Program
    let apiPort: UInt16
    let forge: Forge
    private let bearer: String

    convenience init(_ forge: Forge) throws {
        let shop = try Workshop()
        try shop.makeFleet()
        try self.init(forge, in: shop)
    }

    /// - Parameters:
    ///   - shop: has a fleet, committed.
    ///   - bearer: the job's token, where the forge sends it as a bearer header.
    init(_ forge: Forge, in shop: Workshop, bearer: String = "t0ken") throws {
        self.forge = forge
        self.shop = shop
        self.bearer = bearer
        try shop.git("clone", "--quiet", "--bare", "config", "served/config.git")
        try shop.git("config", "http.receivepack", "true", in: "served/config.git")
        server = try HTTPSServer(shop("https"), repositories: shop("served"), bearer: bearer)
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
        api = try shop.start(["/usr/bin/timeout", "3600", "/usr/bin/python3", "-c", script])
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
                "BUILD_REPOSITORY_URI": server.url("bearer/config.git"), "BUILD_SOURCEBRANCH": "refs/heads/main", "SYSTEM_ACCESSTOKEN": bearer, "TF_BUILD": "True",
                "SYSTEM_PULLREQUEST_TARGETBRANCH": "refs/heads/main", "SYSTEM_PULLREQUEST_PULLREQUESTID": "1", "SYSTEM_COLLECTIONURI": "http://127.0.0.1:\(apiPort)/",
                "SYSTEM_TEAMPROJECTID": "p", "BUILD_REPOSITORY_ID": "r",
            ]) { $1 }
        }
        return environment.merging(more) { $1 }
    }

    /// A file, read as a forge reads it.
    func file(_ name: String) throws -> Workshop.Object {
        let script = "import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1])), default=str, skipkeys=True))"
        let file = "\(Workshop.package)/deploy/\(forge.rawValue)/\(name).yml"
        return try #require(JSONSerialization.jsonObject(with: Data(shop.run(["/usr/bin/python3", "-c", script, file]).out.utf8)) as? Workshop.Object)
    }

    /// The shell steps of a file, in order, without the one that fetches easel.
    func steps(_ name: String) throws -> (get: String, rest: [String]) {
        let parsed = try file(name)
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

    func run(_ step: String, in job: String, _ environment: [String: String]) async throws -> Workshop.Outcome {
        try await shop.start(shell + [step], in: job, environment: environment.merging(["AGENT_TEMPDIRECTORY": shop(job), "GITHUB_OUTPUT": shop(job) + "/output"]) { own, _ in own }).finished()
    }

    /// Runs a job's steps, as a forge does, until one fails; returns that one's outcome, or the last one's, with everything that was printed.
    func runAll(_ name: String, in job: String, _ more: [String: String] = [:]) async throws -> (status: Int32, said: String) {
        var said = ""
        for step in try steps(name).rest {
            let outcome = try await run(step, in: job, environment(more))
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
