/// The reports of a state commit, made in memory: none of them grows with the number of profiles.
public final class StateReports {
    public let sinks: [any ReportSink]
    private let buffers: [(name: String, buffer: Buffer)]

    private final class Buffer {
        var bytes: [UInt8] = []
    }

    /// - Parameter documents: beside `report.json`; nil for a run that records nothing.
    public init(_ documents: [ReportDocument]?) {
        guard let documents else {
            (sinks, buffers) = ([], [])
            return
        }
        let json = ReportDocument(name: "report.json") { JSONReport(listsProfiles: false, to: $0) }
        let made = ([json] + documents).map { document in
            let buffer = Buffer()
            return (name: document.name, buffer: buffer, sink: document.sink { buffer.bytes += $0 })
        }
        sinks = made.map(\.sink)
        buffers = made.map { ($0.name, $0.buffer) }
    }

    public func end(_ tail: ReportTail) throws { for sink in sinks { try sink.end(tail) } }

    /// Name → bytes, once ended.
    public var files: [String: [UInt8]] { Dictionary(uniqueKeysWithValues: buffers.map { ($0.name, $0.buffer.bytes) }) }
}
