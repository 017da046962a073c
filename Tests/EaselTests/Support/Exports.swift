import Foundation
import Testing

/// Exports of the fleet's tenants, made from what reconcile writes for the next pipeline step.
extension Workshop {
    typealias Object = [String: Any]

    func object(_ name: String) throws -> Object { try #require(JSONSerialization.jsonObject(with: data(name)) as? Object) }

    func write(_ object: Any, to name: String) throws {
        try write(String(decoding: JSONSerialization.data(withJSONObject: object, options: [.sortedKeys, .prettyPrinted]), as: UTF8.self), to: name)
    }

    /// `out/tenants/T/payloads` → `live/T/P.json`, as the service would return it.
    func export(_ out: String = "out", to live: String = "live") throws {
        for tenant in try FileManager.default.contentsOfDirectory(atPath: self(out) + "/tenants") {
            let payloads = "\(out)/tenants/\(tenant)/payloads"
            for file in try FileManager.default.contentsOfDirectory(atPath: self(payloads)) where file.hasSuffix(".graph.json") {
                let profile = String(file.dropLast(".graph.json".count))
                var exported = try object("\(payloads)/\(file)")
                exported["id"] = Self.graphID(tenant, profile)
                exported["version"] = 4
                exported["lastModifiedDateTime"] = "2026-01-01T00:00:00Z"
                exported["assignments"] = try object("\(payloads)/\(profile).assign.json")["assignments"]
                try write(exported, to: "\(live)/\(tenant)/\(profile).json")
            }
        }
    }

    /// Changes an exported profile.
    func change(_ profile: String, in live: String = "live", _ body: (inout Object) -> Void) throws {
        var exported = try object("\(live)/\(profile).json")
        body(&exported)
        try write(exported, to: "\(live)/\(profile).json")
    }

    static func graphID(_ tenant: String, _ profile: String) -> String {
        let digits = "\(tenant)/\(profile)".utf8.reduce(UInt64(14_695_981_039_346_656_037)) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
        return String(format: "%08x-0000-4000-8000-%012x", UInt32(truncatingIfNeeded: digits >> 32), digits & 0xFFFF_FFFF)
    }
}
