import Git
import Glibc
import Profiles

/// The labels that tell one run's metrics from those of others: the config repository, and the tenants or the shard that it is narrowed to.
func runLabels(repo: String, selection: Selection) -> [(name: String, value: String)] {
    var labels = [(name: "repository", value: repositoryName(repo))]
    if selection.shard.count > 1 { labels.append(("shard", selection.shardName)) }
    if !selection.tenants.isEmpty { labels.append(("tenant", selection.tenants.sorted().joined(separator: ","))) }
    return labels
}

/// What metrics call a config repository: its URL without credentials and query, or its whole path.
func repositoryName(_ repo: String) -> String {
    switch Location(repo) {
    case .local(let path):
        guard let whole = realpath(path, nil) else { return path }
        defer { free(whole) }
        return String(cString: whole)
    case .remote(let url):
        guard let separator = url.firstRange(of: "://") else {
            // user@host:path
            return url.firstIndex(of: "@").map { String(url[url.index(after: $0)...]) } ?? url
        }
        let rest = url[separator.upperBound...]
        let place = userInfoEnd(rest).map { rest[rest.index(after: $0)...] } ?? rest
        return String(url[..<separator.upperBound]) + place.prefix { $0 != "?" && $0 != "#" }
    }
}
