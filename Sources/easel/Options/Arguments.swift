import ArgumentParser
import Gates
import Profiles
import Reconciler
import Reports
import Time

extension ReportFormat: ExpressibleByArgument {}

/// `I/N`.
struct Shard: ExpressibleByArgument {
    let selection: Selection

    init?(argument: String) {
        guard let selection = Selection(shardName: argument) else { return nil }
        self.selection = selection
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
