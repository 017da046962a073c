import ArgumentParser
import Foundation
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

    /// The tenants of the config repository in which one types. The completion of a shell reads no other repository and no network.
    static let defaultCompletionKind = CompletionKind.custom { _, _, _ in
        ((try? FileManager.default.contentsOfDirectory(atPath: "tenants")) ?? []).filter(StringForm.id.accepts).sorted()
    }

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
