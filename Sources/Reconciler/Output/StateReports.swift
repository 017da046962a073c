import ReportModel

/// `report.json` and `report.md` of a state commit, made in memory: neither grows with the number of profiles.
final class StateReports {
    let sinks: [any ReportSink]
    private let json = Buffer()
    private let markdown = Buffer()

    private final class Buffer {
        var bytes: [UInt8] = []
    }

    init(_ views: any ReportViews, isNeeded: Bool) {
        guard isNeeded else {
            sinks = []
            return
        }
        let (json, markdown) = (json, markdown)
        sinks = [
            views.stateReport { json.bytes += $0 },
            views.markdown { markdown.bytes += $0 },
        ]
    }

    func end(_ tail: ReportTail) throws {
        for sink in sinks { try sink.end(tail) }
    }

    var files: [String: [UInt8]] { ["report.json": json.bytes, "report.md": markdown.bytes] }
}
