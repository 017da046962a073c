import Profiles

/// The folders of a config repository in which every file has a place, and what may be in each. This table is the one place that
/// says so; whoever reads a folder gets from `inspect` what has a place there, and what is wrong with the rest.
enum ConfigFolder {
    case root
    case tenants
    case tenant(String)
    case profiles(tenant: String)
    case approvals
    /// `bases/` or a folder below it; its path ends in a slash.
    case bases(String)

    /// From the root, with a slash at its end.
    var path: String {
        switch self {
        case .root: ""
        case .tenants: "tenants/"
        case .tenant(let id): "tenants/\(id)/"
        case .profiles(let id): "tenants/\(id)/profiles/"
        case .approvals: "approvals/"
        case .bases(let path): path
        }
    }

    /// Files that have a place by their name.
    var files: [String] {
        switch self {
        case .root: ["policy.json"]
        case .tenant: ["tenant.json", "policy.json", "accepted-drift.json"]
        case .tenants, .profiles, .approvals, .bases: []
        }
    }

    /// Folders that have a place by their name.
    var folders: [String] {
        switch self {
        case .root: ["tenants", "bases", "approvals"]
        case .tenant: ["profiles"]
        case .tenants, .profiles, .approvals, .bases: []
        }
    }

    /// Whether what has this name has a place here. A link in the place of a file has, so that whoever reads it reports it.
    func takes(_ name: String, _ kind: ConfigEntry.Kind) -> Bool {
        switch self {
        case .root, .tenant: kind == .folder ? folders.contains(name) : files.contains(name)
        case .tenants: kind == .folder && StringForm.id.accepts(name)
        case .profiles, .approvals: kind != .folder && name.hasSuffix(".json")
        case .bases(let path): kind == .folder ? !name.hasPrefix(".") : kind == .file && StringForm.basePath.accepts(path + name)
        }
    }

    /// The place of a file that has none here: what it could have been meant for.
    func home(of name: String) -> String {
        let stem = FileSort.stem(name)
        let id = stem.lowercased()
        let named = StringForm.id.accepts(id) ? id : "NAME"
        if let meant = meant(by: name) { return meant }
        return switch self {
        case .root:
            switch Self.misspelt(stem, among: folders) {
            case "tenants": "tenants/TENANT/tenant.json"
            case "approvals": "approvals/NAME.json"
            default: "bases/NAME.json"
            }
        case .tenants:
            switch Self.misspelt(stem, among: ["policy", "tenant"]) {
            case "policy": "policy.json or tenants/TENANT/policy.json"
            case "tenant": "tenants/TENANT/tenant.json"
            default: "tenants/\(named == "NAME" ? "TENANT" : named)/tenant.json"
            }
        case .tenant(let id), .profiles(let id): "tenants/\(id)/profiles/\(named).json"
        case .approvals: "approvals/\(stem).json"
        case .bases(let path): "\(path)\(stem).json"
        }
    }

    /// The path of a file or folder of this folder's own that a name was meant for, in other letter case, spelling or format.
    func meant(by name: String) -> String? {
        let stem = FileSort.stem(name)
        return files.first { Self.misspelt(stem, among: [FileSort.stem($0)]) != nil }.map { path + $0 }
    }

    /// Whether something that has no place here could be a policy or an approval: without it, gates would be open that should not be.
    func concernsGates(_ name: String) -> Bool {
        switch self {
        case .root, .approvals: true
        case .tenants, .tenant: Self.misspelt(FileSort.stem(name), among: ["policy", "approvals"]) != nil
        case .profiles, .bases: false
        }
    }
}
