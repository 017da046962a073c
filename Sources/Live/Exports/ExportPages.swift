import JSONSource
import Payloads

/// The pages of an export, by collection: the last page of the groups does not complete the profiles.
struct ExportPages {
    private var complete: Set<String> = []
    /// Collection → what it says of its size, and how many objects there are.
    private var counted: [String: (count: JSONValue, size: Int)] = [:]
    private var sizes: [String: Int] = [:]
    private var continued: [(collection: String, isNamed: Bool, next: JSONValue)] = []

    /// Whether a page or list contains device configurations, as far as it says.
    private(set) var holdConfigurations = false

    mutating func note(_ root: JSONValue) {
        let page = root.kind == .array ? root : root["value"] ?? root
        let elements = page.kind == .array ? Array(page.elements) : [page]
        // …/$metadata#deviceManagement/deviceConfigurations(assignments()); nil where a tool has removed it.
        let context = Self.collection(of: root)
        // Without a context, the elements show whether this can be the list of profiles; an empty list can.
        let isOther = context == nil && !elements.isEmpty && !elements.contains(where: Self.canBeConfiguration)
        var collection = context ?? (isOther ? "(other)" : "")
        if let next = root["@odata.nextLink"], !next.isNull, !next.isString("") {
            if !isOther { collection = context ?? Self.name((next.string ?? "").prefix { $0 != "?" }) }
            continued.append((collection, context != nil, next))
        } else {
            complete.insert(collection)
        }
        sizes[collection, default: 0] += elements.count
        if let count = root["@odata.count"], let size = count.integer, size > counted[collection]?.size ?? -1 { counted[collection] = (count, size) }
        if collection.isEmpty || collection == GraphNames.Collection.deviceConfigurations.rawValue { holdConfigurations = true }
    }

    /// The next pages of collections whose last page is missing.
    var missingNext: [JSONValue] {
        var seen: Set<String> = []
        return continued.filter { !complete.contains($0.collection) && ($0.isNamed || !complete.contains("")) && seen.insert($0.collection).inserted }.map(\.next)
    }

    /// Collections that say that they have more objects than are there.
    var tooSmall: [(count: JSONValue, size: Int)] {
        counted.sorted { $0.key < $1.key }.compactMap { collection, said in
            let size = sizes[collection] ?? 0
            return said.size > size ? (said.count, size) : nil
        }
    }

    /// The collection that a page's context names, such as "organization"; nil where a tool has removed the context.
    static func collection(of page: JSONValue) -> String? { page["@odata.context"]?.string?.split(separator: "#", maxSplits: 1).last.map(name) }

    private static func canBeConfiguration(_ object: JSONValue) -> Bool {
        LiveObjects.isConfiguration(object["@odata.type"]?.string.map(LiveObjects.typeName) ?? LiveObjects.noType) || LiveObjects.looksLikeProfile(object)
    }

    /// The last part of a path that names a collection: not a query, and not a cast to a type.
    private static func name(_ path: Substring) -> String {
        var depth = 0
        let plain = path.filter { character in
            if character == "(" { depth += 1 }
            defer { if character == ")" { depth -= 1 } }
            return depth == 0
        }
        return plain.split(separator: "/").last { $0.contains { $0 >= "a" && $0 <= "z" } && !$0.hasPrefix("$") && !$0.hasPrefix("microsoft.graph.") }.map(String.init) ?? ""
    }
}
