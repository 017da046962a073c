import Foundation
import TestSupport
import Testing

/// A cluster's volumes, and a remote.
final class Cluster {
    let shop: Workshop
    let server: HTTPSServer

    convenience init() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        try self.init(in: shop)
    }

    /// - Parameter shop: has a fleet, committed.
    init(in shop: Workshop) throws {
        self.shop = shop
        try shop.git("clone", "--quiet", "--bare", "config", "served/config.git")
        try shop.git("config", "http.receivepack", "true", in: "served/config.git")
        server = try HTTPSServer(shop("https"), repositories: shop("served"))
        for folder in ["tmp", "cache", "metrics", "reports", "secrets", "azure"] { try FileManager.default.createDirectory(atPath: shop(folder), withIntermediateDirectories: true) }
        // As the kubelet mounts a Secret: every name is a link into a folder that it exchanges.
        try shop.write("s3cret\n", to: "secrets/..2026_11_26/token")
        try FileManager.default.createSymbolicLink(atPath: shop("secrets/..data"), withDestinationPath: "..2026_11_26")
        try FileManager.default.createSymbolicLink(atPath: shop("secrets/token"), withDestinationPath: "..data/token")
    }

    /// A CronJob's specification of its jobs.
    static func job(_ name: String, shards: Int? = nil, change: String? = nil) throws -> Workshop.Object {
        let folder = Workshop.package + "/deploy/kubernetes"
        var data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name).json"))
        if change == "doctor" {
            // What `kubectl create job --from` makes of it.
            return try jq("jq '.spec.jobTemplate' '\(folder)/\(name).json' | jq --from-file '\(folder)/doctor.jq'")["spec"] as? Workshop.Object ?? [:]
        }
        if let change { data = try Program.output(["/usr/bin/jq", "--from-file", "\(folder)/\(change).jq", "\(folder)/\(name).json"]) }
        if let shards { data = try Program.output(["/usr/bin/jq", "--argjson", "shards", "\(shards)", "--from-file", "\(folder)/shards.jq", "\(folder)/\(name).json"]) }
        let object = try JSONSerialization.jsonObject(with: data) as? Workshop.Object
        let spec = object?["spec"] as? Workshop.Object
        #expect(spec?["timeZone"] as? String == "Etc/UTC")
        return try #require((spec?["jobTemplate"] as? Workshop.Object)?["spec"] as? Workshop.Object)
    }

    private static func jq(_ command: String) throws -> Workshop.Object {
        try #require(JSONSerialization.jsonObject(with: Program.output(["/bin/sh", "-c", command])) as? Workshop.Object)
    }

    static func containers(_ job: Workshop.Object) -> [Workshop.Object] {
        let pod = (job["template"] as? Workshop.Object)?["spec"] as? Workshop.Object ?? [:]
        return (pod["initContainers"] as? [Workshop.Object] ?? []) + (pod["containers"] as? [Workshop.Object] ?? [])
    }

    /// Runs a pod's containers in order, as the kubelet does; returns the outcome of the one that failed, or of the last.
    func pod(_ name: String, _ index: Int, change: String? = nil, _ more: [String: String] = [:]) async throws -> Workshop.Outcome {
        let job = try Cluster.job(name, change: change)
        var last: Workshop.Outcome?
        try FileManager.default.createDirectory(atPath: shop("work\(index)"), withIntermediateDirectories: true)
        for container in Cluster.containers(job) {
            last = try await shop.start(["/bin/sh", "-c", script(container, index)], environment: environment(container, index).merging(more) { $1 }).finished()
            if last?.status != 0 { break }
        }
        return try #require(last)
    }

    /// Every volume that the script names is mounted, and is one of the test's folders.
    func script(_ container: Workshop.Object, _ index: Int) throws -> String {
        var text = try #require((container["command"] as? [String])?.last)
        for mount in Cluster.mounts(container) { text = text.replacing(try Regex("([ \"])\(mount)(?=[/ \"\n])")) { "\($0.output[1].substring ?? "")\(folder(mount, index))" } }
        return text
    }

    static func mounts(_ container: Workshop.Object) -> [String] { (container["volumeMounts"] as? [Workshop.Object] ?? []).compactMap { $0["mountPath"] as? String } }

    private func folder(_ mount: String, _ index: Int) -> String { shop(mount == "/work" ? "work\(index)" : mount == "/exports" ? "live" : String(mount.dropFirst())) }

    func environment(_ container: Workshop.Object, _ index: Int) -> [String: String] {
        var values: [String: String] = [:]
        for variable in container["env"] as? [Workshop.Object] ?? [] {
            let value = variable["value"] as? String ?? ""
            let mount = Cluster.mounts(container).first { value == $0 || value.hasPrefix($0 + "/") }
            values[variable["name"] as? String ?? ""] = mount.map { folder($0, index) + value.dropFirst($0.count) } ?? value
        }
        return values.merging([
            "JOB_COMPLETION_INDEX": "\(index)", "EASEL_REPO": server.url("basic/config.git"), "PATH": "\((Workshop.binary as NSString).deletingLastPathComponent):/usr/bin:/bin",
            "EASEL_OPTIONS": "--ca-file \(server.caFile)", "EASEL_DRIFT_OPTIONS": "--ca-file \(server.caFile)", "EASEL_CONFIRM_OPTIONS": "--ca-file \(server.caFile)",
            "EASEL_PUBLISH": "test -d payloads",
        ]) { $1 }
    }
}
