/// Takes a report as it comes: `begin` once, `tenant` in the order of ids, `end` once. Memory must not grow with the
/// number of tenants, but with what is worth telling.
public protocol ReportSink: AnyObject {
    func begin(_ head: ReportHead) throws
    func tenant(_ tenant: TenantReport) throws
    func end(_ tail: ReportTail) throws
}

/// A form in which a report is written into a file that goes with the work: beside the applied state, or into `--out`.
///
/// The pipeline takes these as values from whoever runs it, since it does not know the forms that people read.
public struct ReportDocument: Sendable {
    /// The file's name, as `report.md`.
    public let name: String
    /// Makes the sink that writes the file's bytes, in pieces, to its argument.
    public let sink: @Sendable (@escaping ([UInt8]) throws -> Void) -> any ReportSink

    public init(name: String, sink: @escaping @Sendable (@escaping ([UInt8]) throws -> Void) -> any ReportSink) {
        self.name = name
        self.sink = sink
    }
}
