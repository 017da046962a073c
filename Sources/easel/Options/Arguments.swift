import ArgumentParser
import Gates
import Profiles
import Reconciler
import Reports

extension ReportFormat: ExpressibleByArgument {}

/// `I/N`.
struct Shard: ExpressibleByArgument {
    let index: Int
    let count: Int

    init?(argument: String) {
        let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let index = Int(parts[0]), let count = Int(parts[1]), count >= 1, count <= 100_000, (1...count).contains(index)
        else { return nil }
        self.index = index
        self.count = count
    }
}

struct TenantID: ExpressibleByArgument {
    let id: String

    init?(argument: String) {
        guard StringForm.id.accepts(argument) else { return nil }
        id = argument
    }
}

struct Moment: ExpressibleByArgument {
    let instant: Instant

    init?(argument: String) {
        guard let instant = Instant(argument) else { return nil }
        self.instant = instant
    }
}
