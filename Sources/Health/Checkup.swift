import Basics
import ConfigRepository
import Live
import Profiles

/// Looks at everything that easel needs to work: this machine, the repositories and, with a source that can be asked, each tenant.
///
/// Nothing is changed, but a mirror of a remote repository is made or brought up to date.
public struct Checkup: Sendable {
    public var places: Places
    public var selection = Selection()
    /// The folder of `--out`; nil: not looked at.
    public var out: String?
    /// Nil: no tenant is asked.
    public var source: (any AccessSource)?
    /// Called with how many tenants were asked, of how many.
    public var progress: @Sendable (Int, Int) -> Void = { _, _ in }

    public init(_ places: Places) { self.places = places }

    /// Every check, in the order of a report: the machine, the repositories, the disk, the tenants by id.
    ///
    /// - Throws: where the source cannot be used at all; `CancellationError` where it was told to stop.
    public func run() throws -> [Check] {
        let repositories = RepositoryChecks(places)
        var checks = MachineChecks.all
        checks += repositories.checks
        checks += DiskChecks.all(places, out: out)
        guard let source else { return checks + [.clock(nil)] }
        let queries = repositories.tenants(selection)
        let isCancelled: @Sendable () -> Bool = { [places] in places.isCancelled?() ?? false }
        let answers = try waiting { [progress] in
            try await concurrently(queries, isCancelled: isCancelled, progress: progress) { query -> TenantAccess? in
                guard query.isReadable else { return nil }
                return try await source.access(to: query.query)
            }
        }
        checks.append(.clock(answers.compactMap { $0?.clocks }.max { abs(Check.difference($0)) < abs(Check.difference($1)) }))
        for (query, access) in zip(queries, answers) { checks += Check.tenant(query.query.id, access) }
        if queries.isEmpty { checks.append(Check("tenants", .skipped, "No tenant to ask: the config repository has none that was selected")) }
        return checks
    }
}
