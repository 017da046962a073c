import Basics
import JSONSource
import Payloads
import Profiles

/// Reads the files of one tenant's export.
struct ExportReader {
    private var files: [String] = []
    private var pages = ExportPages()
    private var apart = ApartAssignments()
    private var result = LiveObjects(.export)

    /// - Parameters:
    ///   - paths: files and folders.
    ///   - tenant: whose export it is to be.
    static func read(_ paths: [String], of tenant: LiveTenantQuery) throws -> LiveObjects {
        var reader = ExportReader()
        for path in paths { try reader.gather(path, kind(of: path, followsLinks: true), depth: 8) }
        reader.readFiles(shownFor: paths.first ?? "")
        reader.checkOrganization(tenant)
        return reader.result
    }

    /// An export of another tenant would show that everything is missing, or the profiles of strangers.
    private mutating func checkOrganization(_ tenant: LiveTenantQuery) {
        let organizations = result.directory.organizations
        guard let wanted = tenant.tenantID ?? organizations.first?.id, let other = organizations.first(where: { $0.id != wanted }) else { return }
        tell(
            .wrongTenant, other.place, "This is the export of another tenant: its organization has the id \(other.id), not \(wanted)",
            tenant.tenantID == nil ? "Export each tenant into a folder of its own" : "Export tenant \(tenant.id) again, or correct \"tenantId\" in its tenant.json")
    }

    private static let whatToExport = "Export GET https://graph.microsoft.com/beta/deviceManagement/deviceConfigurations?$expand=assignments there, as Graph returns it"

    private mutating func readFiles(shownFor path: String) {
        guard !files.isEmpty || result.isBroken else { return tell(.noExport, file: path, "The export has no JSON file", Self.whatToExport) }
        var objects: [(JSONValue, collection: String?)] = []
        for file in files {
            let bytes: [UInt8]
            do { bytes = try readFile(file, limit: JSONLimits.ownFileSize, followsLinks: true) } catch {
                tell(.unreadable, file: file, "The file cannot be read: \((error as? FileError)?.why ?? "\(error)")", nil)
                continue
            }
            if let time = modificationTime(of: file) { result.writtenAt = max(result.writtenAt ?? time, time) }
            let document = JSONDocument(file: file, bytes: exportText(bytes), limit: JSONLimits.ownFileSize)
            result.diagnostics += Diagnostic.problems(of: document)
            guard document.isComplete, let root = document.root, !apart.take(root) else { continue }
            objects += self.objects(in: root)
        }
        for next in pages.missingNext {
            tell(.noExport, next, "The export is incomplete: it names a next page, but its last page is missing", "Follow @odata.nextLink to the end when you export")
        }
        for (count, size) in pages.tooSmall {
            tell(.noExport, count, "The export is incomplete: it says that there are \(count.sourceText.prefix(20)) objects, but it has \(size)", "Export again, and follow @odata.nextLink to the end")
        }
        for (object, collection) in objects { add(object, of: collection) }
        apart.join(to: &result)
        // An empty object, say, or a list of groups does not show that a tenant has no profiles.
        if !pages.holdConfigurations, !result.holdConfigurations, !result.isBroken {
            tell(.noExport, file: files.first ?? "", "The export does not contain device configurations", Self.whatToExport)
        }
    }

    private mutating func tell(_ code: DiagnosticCode, file: String, _ message: String, _ help: String?) {
        result.diagnostics.append(Diagnostic(code, file: file, message, help: help))
    }

    private mutating func tell(_ code: DiagnosticCode, _ place: JSONValue, _ message: String, _ help: String?) {
        result.diagnostics.append(Diagnostic(code, at: place, message, help: help))
    }

    // MARK: Files

    /// Finds every file that may be JSON. What is skipped and may have profiles is an error: they would seem to be gone.
    private mutating func gather(_ path: String, _ kind: FileKind, depth: Int) throws {
        switch kind {
        case .missing: break
        case .file where path.lowercased().hasSuffix(".json"): files.append(path)
        case .file: gatherUnnamed(path)
        case .other: tell(.unreadable, file: path, "This is not a regular file or folder; links are not followed", "Put the file or folder itself here, or remove it")
        // IntuneCD moves there what was deleted in Intune.
        case .folder where path.split(separator: "/").last?.lowercased() == "__archive__": result.archived += countFiles(path, depth: depth)
        case .folder where depth == 0: tell(.unreadable, file: path, "The export has folders more than 8 levels deep", "Export into a folder further up")
        case .folder:
            for name in try list(path) where !name.hasPrefix(".") { try gather(path + "/" + name, exportKind(of: path + "/" + name), depth: depth - 1) }
        }
    }

    private func countFiles(_ path: String, depth: Int) -> Int {
        guard depth > 0, let names = try? list(path) else { return 0 }
        return names.filter { !$0.hasPrefix(".") }.reduce(0) { $0 + (exportKind(of: "\(path)/\($1)") == .folder ? countFiles("\(path)/\($1)", depth: depth - 1) : 1) }
    }

    /// A file with another ending may be JSON all the same, YAML from IntuneCD, or notes, which easel ignores.
    private mutating func gatherUnnamed(_ path: String) {
        guard let bytes = try? readFile(path, limit: JSONLimits.ownFileSize, followsLinks: true) else { return files.append(path) }
        let text = exportText(bytes)
        // A list of objects, or an empty one: notes may begin with a bracket, too.
        let start = String(decoding: text.lazy.filter { !" \t\r\n".utf8.contains($0) }.prefix(2), as: UTF8.self)
        if start.hasPrefix("{") || start == "[{" || start == "[]" { return files.append(path) }
        let form = path.split(separator: "/").last?.split(separator: ".").last?.lowercased() ?? ""
        guard ["yaml", "yml", "xml", "clixml", "csv"].contains(form), String(decoding: text, as: UTF8.self).contains(GraphNames.emailProfile) else { return }
        let isYAML = form == "yaml" || form == "yml"
        tell(.unreadable, file: path, "This file has an iOS email profile in \(isYAML ? "YAML" : form.uppercased()), but easel reads JSON", isYAML ? "Export with IntuneCD's option -o json" : Self.whatToExport)
    }

    // MARK: Objects

    private mutating func objects(in root: JSONValue) -> [(JSONValue, collection: String?)] {
        if root.kind == .array {
            // A list of pages, or of objects.
            guard root.elements.contains(where: { ($0["value"] ?? $0["responses"]) != nil && $0["@odata.type"] == nil }) else {
                pages.note(root)
                return root.elements.map { ($0, nil) }
            }
            var found: [(JSONValue, collection: String?)] = []
            for page in root.elements { found += objects(in: page) }
            return found
        }
        guard root.kind == .object else {
            tell(.unreadableLiveValue, root, "An export contains an object, a list of objects, or pages with \"value\"", nil)
            return []
        }
        if let value = root["value"], CutShort.isCut(value) {
            tell(.unreadableLiveValue, value, "The list is cut off: ConvertTo-Json reached its -Depth and wrote a text in its place", CutShort.help)
            return []
        }
        // IntuneManagement's table of the ids in its files.
        if let table = root["Objects"], table.kind == .array, root["TenantId"] != nil {
            result.addMigrationTable(root)
            return []
        }
        // The answers to a $batch, each with its status.
        if let answers = root["responses"], answers.kind == .array {
            var found: [(JSONValue, collection: String?)] = []
            for answer in answers.elements {
                if let body = answer["body"], let status = answer["status"]?.integer, (200..<300).contains(status) {
                    found += objects(in: body)
                } else {
                    refuse(answer["body"]?["error"] ?? answer, at: answer)
                }
            }
            return found
        }
        // An error counts, whatever is beside it.
        guard root["error"]?.isNull != false, let value = root["value"], value.kind == .array || value.kind == .object, root["@odata.type"] == nil else { return [(root, ExportPages.collection(of: root))] }
        pages.note(root)
        // PowerShell writes a list with one element as that element.
        let collection = ExportPages.collection(of: root)
        return value.kind == .object ? [(value, collection)] : value.elements.map { ($0, collection) }
    }

    private mutating func add(_ object: JSONValue, of collection: String?) {
        guard object.kind == .object else {
            let isCut = CutShort.isCut(object)
            return tell(.unreadableLiveValue, object, isCut ? "The object is cut off: ConvertTo-Json reached its -Depth and wrote a text in its place" : "An export contains objects only", isCut ? CutShort.help : nil)
        }
        if object["@odata.type"]?.string == nil {
            if let error = object["error"], !error.isNull { return refuse(error, at: error) }
            // A gateway refuses with a message alone.
            if let message = object["Message"], object["id"] == nil { return refuse(message, at: object) }
            if !LiveObjects.looksLikeProfile(object), let form = ForeignForm(object) { return tell(.noExport, form.place, form.message, form.help) }
        }
        result.add(object, of: collection)
    }

    /// Notes an error that the service returned in place of profiles.
    private mutating func refuse(_ error: JSONValue, at place: JSONValue) {
        let words = [error["code"], error["message"], error].compactMap { $0?.string }.joined(separator: ": ")
        tell(
            .noExport, place, "This is an error from the service, not an export\(words.isEmpty ? "" : ": \(GraphObject.shown(words))")",
            "Give the app that exports permission to read deviceManagement/deviceConfigurations, then export again")
    }
}
