import JSONSource

/// Assignments that are apart from their profiles: IntuneBackupAndRestore's `FOLDER/Assignments/NAME.json` has those of `FOLDER/NAME.json`,
/// and Graph's answer to `GET …/deviceConfigurations/ID/assignments` names the id in its context.
struct ApartAssignments {
    /// Folder with a slash → name without `.json` → the list, or its one element.
    private var lists: [String: [String: JSONValue]] = [:]
    /// The service's id in lower case → the list.
    private var listsByID: [String: JSONValue] = [:]

    /// Takes a file's content if that is what it has.
    mutating func take(_ root: JSONValue) -> Bool {
        if let id = Self.id(root["@odata.context"]?.string ?? ""), let list = root["value"], list.kind == .array {
            // Without the last page it is not known who else is in it.
            if root["@odata.nextLink"] == nil { listsByID[id] = list }
            return true
        }
        let path = root.document.file
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 2, parts[parts.count - 2].lowercased() == "assignments", let list = Self.list(root) else { return false }
        lists[parts.dropLast(2).map { $0 + "/" }.joined(), default: [:]][Self.stem(parts[parts.count - 1])] = list
        return true
    }

    /// …/$metadata#deviceManagement/deviceConfigurations('ID')/assignments, with a cast in between where Graph knows the type.
    private static func id(_ context: String) -> String? {
        let parts = context.split(separator: "'", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].hasSuffix("#deviceManagement/deviceConfigurations("), parts[2].hasPrefix(")/"), parts[2].hasSuffix("/assignments") else { return nil }
        return parts[1].lowercased()
    }

    /// Nil for what has no assignments.
    private static func list(_ root: JSONValue) -> JSONValue? {
        if root.kind == .object, root["target"] != nil { return root }
        let list = root.kind == .array ? root : root["value"]
        guard let list, list.kind == .array, list.count > 0, list.elements.allSatisfy({ $0["target"] != nil }) else { return nil }
        return list
    }

    /// Gives the profiles their assignments. A file is joined by its name or by the profile's, in which the tool replaces what cannot be in a
    /// file's name.
    func join(to objects: inout LiveObjects) {
        for (id, list) in listsByID.sorted(by: { $0.key < $1.key }) { objects.join(list) { $0["id"]?.string?.lowercased() == id } }
        for (folder, lists) in lists.sorted(by: { $0.key < $1.key }) {
            for (name, list) in lists.sorted(by: { $0.key < $1.key }) {
                objects.join(list) { profile in
                    let file = profile.document.file
                    guard file.hasPrefix(folder), !file.dropFirst(folder.count).contains("/") else { return false }
                    return Self.stem(file.dropFirst(folder.count)) == name || profile["displayName"]?.string.map(Self.fileName) == name
                }
            }
        }
    }

    private static func stem(_ name: Substring) -> String { String(name.lowercased().hasSuffix(".json") ? name.dropLast(5) : name) }

    private static func fileName(_ displayName: String) -> String {
        String(displayName.map { "\"<>|:*?\\/".contains($0) ? "_" : $0 })
    }
}
