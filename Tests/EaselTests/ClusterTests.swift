import Foundation
import TestSupport
import Testing

/// `deploy/kubernetes`: the containers' commands, as they are in the files, with folders for their volumes.
@Suite(.enabled(if: HTTPSServer.isInstalled && Server.has("/usr/bin/jq"), "needs nginx and jq, which Tests/run.sh installs")) struct ClusterTests {
    @Test func podsShareTheFleetAndRecordWhatWasPublished() async throws {
        let cluster = try Cluster()
        let shop = cluster.shop
        for index in 0..<4 { #expect(try await cluster.pod("reconcile", index, ["EASEL_PUBLISH": "sh -c 'exit 3'"]).status == 3) }
        #expect(try shop.tip("served/config.git") == nil, "nothing is recorded")
        for index in 0..<4 {
            let outcome = try await cluster.pod("reconcile", index)
            #expect(outcome.status == 0, "\(outcome.out)\(outcome.err)")
        }
        #expect(try shop.git("ls-tree", "--name-only", "easel/applied", "tenants/", in: "served/config.git").split(separator: "\n").count == 3)
        try shop.git("clone", "--quiet", "--branch", "main", "served/config.git", "seen")
        #expect(try shop.easel("reconcile", "--repo", "seen", "--state", "copy.git", "--out", "out").status == 0)
        try shop.export()
        try shop.change("contoso/staff") { $0["accountName"] = "Other" }
        for _ in 0..<2 {
            var ends: [Int32] = []
            for index in 0..<4 { ends.append(try await cluster.pod("drift", index, change: "exports").status) }
            #expect(ends.sorted() == [0, 0, 0, 2])
        }
        #expect(try (0..<4).contains { try shop.read("reports/\($0)/drift.json").contains(#""status": "continuing""#) })
        #expect(try shop.tree("metrics").keys.filter { $0.hasSuffix(".prom") }.count == 12)
        // What a gate holds fails no pod.
        try shop.remove("tenants/northwind")
        try shop.commit("northwind leaves")
        try shop.git("push", "--quiet", shop("served/config.git"), "main", in: "config")
        for index in 0..<4 { #expect(try await cluster.pod("reconcile", index).status == 0) }
    }

    /// A node that is drained sends SIGTERM to the container's first process, which is a shell.
    @Test(arguments: ["reconcile", "drift"]) func aSignalReachesEasel(_ name: String) throws {
        let cluster = try Cluster()
        let shop = cluster.shop
        try shop.write(
            """
            #!/bin/bash
            trap 'echo heard > "$HEARD"; exit 143' TERM
            echo ready > "$READY"
            while :; do sleep 0.05; done

            """, to: "bin/easel")
        #expect(chmod(shop("bin/easel"), 0o755) == 0)
        let container = try #require(Cluster.containers(Cluster.job(name)).first)
        let environment = cluster.environment(container, 0).merging(["PATH": shop("bin") + ":/usr/bin:/bin", "HEARD": shop("heard"), "READY": shop("ready")]) { $1 }
        let pod = try shop.start(["/bin/sh", "-c", cluster.script(container, 0)], environment: environment)
        while !shop.exists("ready") { usleep(20_000) }
        kill(pod.child, SIGTERM)
        #expect(try pod.finish().status == 143 && shop.exists("heard"))
    }

    /// A pod can do what it needs and nothing more, and has secrets only as files.
    @Test(arguments: ["reconcile", "drift"]) func podsAreLockedIn(_ name: String) throws {
        let job = try Cluster.job(name)
        let template = try #require(job["template"] as? Workshop.Object)
        let pod = try #require(template["spec"] as? Workshop.Object)
        let context = try #require(pod["securityContext"] as? Workshop.Object)
        #expect(context["runAsNonRoot"] as? Bool == true && context["runAsUser"] as? Int == 65532 && pod["automountServiceAccountToken"] as? Bool == false)
        let containers = Cluster.containers(job)
        for container in containers {
            let own = try #require(container["securityContext"] as? Workshop.Object)
            #expect(own["readOnlyRootFilesystem"] as? Bool == true && own["allowPrivilegeEscalation"] as? Bool == false)
            #expect((own["capabilities"] as? Workshop.Object)?["drop"] as? [String] == ["ALL"])
            let resources = try #require(container["resources"] as? Workshop.Object)
            #expect((resources["requests"] as? Workshop.Object)?.keys.sorted() == ["cpu", "memory"] && (resources["limits"] as? Workshop.Object)?["memory"] != nil)
            for variable in container["env"] as? [Workshop.Object] ?? [] { #expect(variable["valueFrom"] == nil, "a secret in an environment") }
        }
        // Each container gets the keys that it needs: the publisher has no use for Git's token, nor easel for the publisher's secret.
        func keys(_ container: Workshop.Object) -> [String] {
            let mounted = Set((container["volumeMounts"] as? [Workshop.Object] ?? []).compactMap { $0["name"] as? String })
            return (pod["volumes"] as? [Workshop.Object] ?? []).filter { mounted.contains($0["name"] as? String ?? "") }.flatMap { volume in
                ((volume["secret"] as? Workshop.Object)?["items"] as? [Workshop.Object] ?? []).compactMap { $0["key"] as? String }
            }
        }
        for container in containers { #expect(keys(container) == [container["name"] as? String == "publish" ? "publish-secret" : "token"]) }
        // Only the container that signs in to tenants can prove who it is.
        for container in containers { #expect(Cluster.mounts(container).contains("/azure") == (container["name"] as? String == name)) }
        // The network policy is for these pods.
        let policy = try #require(JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: Workshop.package + "/deploy/kubernetes/network-policy.json"))) as? Workshop.Object)
        let spec = try #require(policy["spec"] as? Workshop.Object)
        let selected = (spec["podSelector"] as? Workshop.Object)?["matchLabels"] as? [String: String]
        #expect(selected == (template["metadata"] as? Workshop.Object)?["labels"] as? [String: String] && (spec["ingress"] as? [Any])?.isEmpty == true)
        #expect((spec["policyTypes"] as? [String]) == ["Ingress", "Egress"])
    }

    /// One number says how many shards there are, and pods that a node has lost are started again, while those that found drift are not.
    @Test(arguments: ["reconcile", "drift"]) func shardsAgree(_ name: String) throws {
        for shards in [nil, 8] {
            let job = try Cluster.job(name, shards: shards)
            let count = shards ?? (job["completions"] as? Int ?? 0)
            #expect(job["completions"] as? Int == count && job["parallelism"] as? Int == count && count > 1)
            for container in Cluster.containers(job) {
                let own = (container["env"] as? [Workshop.Object])?.filter { $0["name"] as? String == "SHARDS" }
                #expect(own?.count == 1 && own?.first?["value"] as? String == "\(count)")
                #expect((container["image"] as? String)?.contains("@sha256:") == true)
            }
            let rules = (job["podFailurePolicy"] as? Workshop.Object)?["rules"] as? [Workshop.Object]
            #expect(rules?.first?["action"] as? String == "Ignore" && job["backoffLimitPerIndex"] as? Int == 1)
        }
    }
}
