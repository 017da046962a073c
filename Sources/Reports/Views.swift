import JSONSource
import ReportModel

/// The views that the pipeline asks for.
public struct Views: ReportViews {
    public init() {}

    public func tenantPart(_ tenant: TenantReport) -> [UInt8] {
        var writer = JSONWriter()
        writer.tenant(tenant)
        return writer.finish()
    }

    public func stateReport(to out: @escaping ([UInt8]) throws -> Void) -> any ReportSink { JSONReport(listsProfiles: false, to: out) }
    public func json(to out: @escaping ([UInt8]) throws -> Void) -> any ReportSink { JSONReport(to: out) }
    public func html(to out: @escaping ([UInt8]) throws -> Void) -> any ReportSink { HTMLReport(to: out) }
    public func markdown(to out: @escaping ([UInt8]) throws -> Void) -> any ReportSink { MarkdownReport(to: out) }
}
