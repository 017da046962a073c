import Basics
import Glibc
import JSONSource
import Profiles

/// A folder of exports, one sub-folder per tenant id: `deviceConfigurations` as Graph returns them (one object, a list, or pages
/// with `value`; any file names, any depth), or as IntuneCD lays them out.
public struct ExportFolder: LiveSource {
    public let path: String

    public init(path: String) { self.path = path }

    public func tenants() throws -> (ids: [String], diagnostics: [Diagnostic]) {
        guard kind(of: path) == .folder else { throw FileError(path: path, operation: "read the exports in", code: kind(of: path) == .missing ? ENOENT : ENOTDIR) }
        let names = try list(path).filter { !$0.hasPrefix(".") }
        let folders = names.filter { kind(of: path + "/" + $0) == .folder }
        var diagnostics = names.filter { kind(of: path + "/" + $0) == .other }.map { name in
            Diagnostic(.unreadable, severity: .warning, file: path + "/" + name, "it is a link or no folder at all, so nobody looks at this export", help: "put the folder itself there, or take it away")
        }
        diagnostics += folders.filter { !StringForm.id.accepts($0) }.map { name in
            Diagnostic(.badFileName, severity: .warning, file: path + "/" + name, "'\(name.prefix(80))' cannot be a tenant id, so nobody looks at this export", help: "name the folder in \(StringForm.id.about)")
        }
        return (folders.filter(StringForm.id.accepts), diagnostics)
    }

    public func read(_ tenant: String, names: (LiveDirectory) -> any ReferenceNames) throws -> LiveTenant {
        let folder = path + "/" + tenant
        guard kind(of: folder) == .folder else {
            var result = LiveTenant()
            result.diagnostics.append(
                Diagnostic(
                    .noExport, file: folder, kind(of: folder) == .missing ? "there is no export of tenant \(tenant)" : "it is no folder; links are not followed",
                    help: "export it into a folder of this name; an empty tenant is a file with {\"value\": []}"))
            return result
        }
        return try Exports.read([folder], shown: { $0 }, names: names)
    }
}

/// What objects without `@odata.type` are counted under.
private let noType = "(no type)"
/// Whether a type is one of device configurations, as Graph calls them: apps and their configurations, enrollment, groups and
/// compliance policies are none.
private func isConfiguration(_ type: String) -> Bool {
    ["Configuration", "CertificateProfile", "Certificate"].contains(where: type.hasSuffix) && !type.hasSuffix("AppConfiguration") && !type.contains("Enrollment")
}

private func typeName(_ type: String) -> String { type.split(separator: ".").last.map(String.init) ?? type }

/// Whether an object without a type is an email profile by its properties.
private func looksLikeProfile(_ object: JSONValue) -> Bool {
    object["hostName"] != nil && (object["easServices"] != nil || object["emailAddressSource"] != nil)
}

/// Reads the files of one tenant's export.
public enum Exports {
    /// - Parameters:
    ///   - paths: files and folders.
    ///   - shown: the name of a path in diagnostics.
    public static func read(_ paths: [String], shown: (String) -> String, names: (LiveDirectory) -> any ReferenceNames) throws -> LiveTenant {
        var result = LiveTenant()
        var files: [String] = []
        for path in paths { try gather(path, depth: 8, shown, into: &files, &result.diagnostics) }
        guard !files.isEmpty || result.isBroken else {
            result.diagnostics.append(
                Diagnostic(
                    .noExport, file: shown(paths.first ?? ""), "there is no JSON file in this export",
                    help: "if the tenant really has no profile, put a file with {\"value\": []} there"))
            return result
        }
        var objects: [JSONValue] = []
        var pages = Pages()
        for file in files {
            let bytes: [UInt8]
            do { bytes = try readFile(file, limit: JSONLimits.ownFileSize) } catch {
                result.diagnostics.append(Diagnostic(.unreadable, file: shown(file), "\(error)"))
                continue
            }
            let document = JSONDocument(file: shown(file), bytes: exportText(bytes), limit: JSONLimits.ownFileSize)
            result.diagnostics += Diagnostic.problems(of: document)
            guard document.isComplete, let root = document.root else { continue }
            objects += Self.objects(in: root, &pages, &result.diagnostics)
        }
        for next in pages.brokenOff {
            result.diagnostics.append(
                Diagnostic(.noExport, at: next, "the export breaks off: a next page is named, and no last page is there", help: "follow @odata.nextLink to the end when exporting"))
        }
        var profiles: [JSONValue] = []
        for object in objects { sort(object, into: &profiles, &result) }
        // An empty object, say, or a list of groups, is no sign that a tenant has no profiles.
        if !pages.holdConfigurations, profiles.isEmpty, !result.isBroken, !result.others.keys.contains(where: isConfiguration) {
            result.diagnostics.append(
                Diagnostic(.noExport, file: shown(files.first ?? ""), "nothing in this export says that it is one", help: "if the tenant really has no profile, put a file with {\"value\": []} there"))
        }
        let names = names(result.directory)
        result.profiles = profiles.map { LiveProfile($0, names: names) }
        result.dropRepeated()
        result.diagnostics += result.profiles.flatMap(\.diagnostics)
        result.profiles.sort { ($0.displayName, $0.graphID ?? "") < ($1.displayName, $1.graphID ?? "") }
        return result
    }

    /// Every file that may hold JSON. What is not looked into and may hold profiles is an error: they would seem to be gone.
    private static func gather(_ path: String, depth: Int, _ shown: (String) -> String, into files: inout [String], _ diagnostics: inout [Diagnostic]) throws {
        switch kind(of: path) {
        case .missing: break
        case .file where path.lowercased().hasSuffix(".json"): files.append(path)
        case .file: try gatherUnnamed(path, shown, into: &files, &diagnostics)
        case .other: diagnostics.append(Diagnostic(.unreadable, file: shown(path), "it is a link or no file at all, and is not followed", help: "put the file or folder itself there, or take it away"))
        case .folder where depth == 0: diagnostics.append(Diagnostic(.unreadable, file: shown(path), "folders lie in each other more than 8 deep", help: "export into folders further up"))
        case .folder:
            for name in try list(path) where !name.hasPrefix(".") { try gather(path + "/" + name, depth: depth - 1, shown, into: &files, &diagnostics) }
        }
    }

    /// A file of another name: JSON all the same, IntuneCD's YAML, or somebody's notes, which are none of easel's business.
    private static func gatherUnnamed(_ path: String, _ shown: (String) -> String, into files: inout [String], _ diagnostics: inout [Diagnostic]) throws {
        guard let bytes = try? readFile(path, limit: JSONLimits.ownFileSize) else { return files.append(path) }
        let text = exportText(bytes)
        // A list of objects, or an empty one: notes may begin with a bracket, too.
        let start = String(decoding: text.lazy.filter { !" \t\r\n".utf8.contains($0) }.prefix(2), as: UTF8.self)
        if start.hasPrefix("{") || start == "[{" || start == "[]" { return files.append(path) }
        guard path.lowercased().hasSuffix(".yaml") || path.lowercased().hasSuffix(".yml"), String(decoding: text, as: UTF8.self).contains(LiveProfile.type.dropFirst()) else { return }
        diagnostics.append(Diagnostic(.unreadable, file: shown(path), "it holds an iOS email profile in YAML, and easel reads JSON", help: "have IntuneCD write JSON (its option -o json)"))
    }

    /// The pages of an export, by collection: pages of groups are no end of those of profiles.
    private struct Pages {
        private var whole: Set<String> = []
        private var continued: [(collection: String, isSaid: Bool, next: JSONValue)] = []

        /// Whether a page or list is of device configurations, as far as it says.
        private(set) var holdConfigurations = false

        mutating func note(_ root: JSONValue) {
            let page = root.kind == .array ? root : root["value"] ?? root
            let elements = page.kind == .array ? Array(page.elements) : [page]
            // …/$metadata#deviceManagement/deviceConfigurations(assignments()); nothing where a tool has left it out.
            let context = root["@odata.context"]?.string?.split(separator: "#", maxSplits: 1).last.map(Self.name)
            // Then what is in it says whether it can be the list of profiles, as an empty one can.
            let isOther = context == nil && !elements.isEmpty && !elements.contains { isConfiguration($0["@odata.type"]?.string.map(typeName) ?? noType) || looksLikeProfile($0) }
            var collection = context ?? (isOther ? "(other)" : "")
            if let next = root["@odata.nextLink"], !next.isNull, !next.isString("") {
                if !isOther { collection = context ?? Self.name((next.string ?? "").prefix { $0 != "?" }) }
                continued.append((collection, context != nil, next))
            } else {
                whole.insert(collection)
            }
            if collection.isEmpty || collection == "deviceConfigurations" { holdConfigurations = true }
        }

        /// Where collections go on, and no last page is there.
        var brokenOff: [JSONValue] {
            var seen: Set<String> = []
            return continued.filter { !whole.contains($0.collection) && ($0.isSaid || !whole.contains("")) && seen.insert($0.collection).inserted }.map(\.next)
        }

        /// The last part of a path, without what is asked of it.
        private static func name(_ path: Substring) -> String {
            var depth = 0
            let plain = path.filter { character in
                if character == "(" { depth += 1 }
                defer { if character == ")" { depth -= 1 } }
                return depth == 0
            }
            // Neither what is asked of it nor a cast to a type is a collection of its own.
            return plain.split(separator: "/").last { $0.contains { $0 >= "a" && $0 <= "z" } && !$0.hasPrefix("$") && !$0.hasPrefix("microsoft.graph.") }.map(String.init) ?? ""
        }
    }

    private static func objects(in root: JSONValue, _ pages: inout Pages, _ diagnostics: inout [Diagnostic]) -> [JSONValue] {
        if root.kind == .array {
            // A list of pages, or of objects.
            guard root.elements.contains(where: { ($0["value"] ?? $0["responses"]) != nil && $0["@odata.type"] == nil }) else {
                pages.note(root)
                return Array(root.elements)
            }
            return root.elements.flatMap { objects(in: $0, &pages, &diagnostics) }
        }
        guard root.kind == .object else {
            diagnostics.append(Diagnostic(.unreadableLiveValue, at: root, "an export holds an object, a list of objects, or pages with \"value\""))
            return []
        }
        // The answers to a $batch, each with its status.
        if let answers = root["responses"], answers.kind == .array {
            return answers.elements.flatMap { answer -> [JSONValue] in
                guard let body = answer["body"], (answer["status"]?.integer).map({ (200..<300).contains($0) }) == true else {
                    diagnostics.append(refusal(answer["body"]?["error"] ?? answer, at: answer))
                    return []
                }
                return objects(in: body, &pages, &diagnostics)
            }
        }
        // A refusal counts whatever stands beside it.
        guard root["error"]?.isNull != false, let value = root["value"], value.kind == .array || value.kind == .object, root["@odata.type"] == nil else { return [root] }
        pages.note(root)
        // PowerShell makes of a list of one that one.
        return value.kind == .object ? [value] : Array(value.elements)
    }

    private static func refusal(_ error: JSONValue, at place: JSONValue) -> Diagnostic {
        let words = [error["code"], error["message"], error].compactMap { $0?.string }.joined(separator: ": ")
        return Diagnostic(
            .noExport, at: place, "this is an answer that refuses the export\(words.isEmpty ? "" : ": \(GraphObject.shown(words))")",
            help: "see that the export may read deviceManagement/deviceConfigurations, and export again")
    }

    private static func sort(_ object: JSONValue, into profiles: inout [JSONValue], _ result: inout LiveTenant) {
        guard object.kind == .object else {
            result.diagnostics.append(Diagnostic(.unreadableLiveValue, at: object, "an export holds objects"))
            return
        }
        guard let type = object["@odata.type"]?.string else {
            if let error = object["error"], !error.isNull {
                result.diagnostics.append(refusal(error, at: error))
                return
            }
            // Without a type and an id of its own, as a gateway refuses.
            if let message = object["Message"], object["id"] == nil {
                result.diagnostics.append(refusal(message, at: object))
                return
            }
            // What else has a host name and services?
            if looksLikeProfile(object) {
                result.diagnostics.append(
                    Diagnostic(.oddLiveValue, severity: .warning, at: object, "the object has no @odata.type; by its properties it is an iOS email profile, and it is read as one"))
                profiles.append(object)
            } else {
                result.others[noType, default: 0] += 1
                if object["rule"] != nil, object["platform"] != nil { result.directory.note(.filters, object) }
            }
            return
        }
        switch typeName(type) {
        case "iosEasEmailProfileConfiguration":
            profiles.append(object)
            // What is expanded in it says what it is.
            for property in LiveProfile.certificateProperties { if let certificate = object[name: property] { result.directory.noteCertificate(certificate) } }
        case let other:
            result.others[other, default: 0] += 1
            switch other {
            case "group": result.directory.note(.groups, object)
            case "deviceAndAppManagementAssignmentFilter", "payloadCompatibleAssignmentFilter": result.directory.note(.filters, object)
            case "organization":
                if let id = object["id"]?.string, StringForm.guid.accepts(id) { result.directory.organization = (id.lowercased(), object["displayName"]?.string ?? "") }
            case _ where other.hasPrefix("ios") && other.hasSuffix("CertificateProfile"): result.directory.noteCertificate(object)
            case _ where other.hasPrefix("ios") && other.lowercased().contains("vpn"): result.directory.note(.vpnProfiles, object)
            default: break
            }
        }
    }
}

extension LiveTenant {
    /// The same profile in two files, as in a page and by itself, is one; where they differ, nobody knows which is true.
    fileprivate mutating func dropRepeated() {
        var first: [String: Int] = [:]
        var kept: [LiveProfile] = []
        for profile in profiles {
            guard let id = profile.graphID, let known = first[id] else {
                if let id = profile.graphID { first[id] = kept.count }
                kept.append(profile)
                continue
            }
            let other = kept[known]
            // One may be a page without assignments.
            if kept[known].complete(with: profile) { continue }
            let (file, line) = (other.object.document.file, other.object.position.line)
            diagnostics.append(
                Diagnostic(.ambiguousLive, at: profile.object, "the profile with the id \(id) stands also in \(file):\(line), and differs there", help: "take the older export away"))
        }
        profiles = kept
    }
}
