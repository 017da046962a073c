import ArgumentParser
import Deferral
import Gates
import JSONSource
import Live
import Payloads
import Profiles
import ReportModel
import Reports

struct Schema: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints the JSON Schema (draft 2020-12) of a file that easel reads or writes.",
        discussion: """
              easel schema manifest > manifest.schema.json
            """)

    @Argument(help: "manifest, tenant, policy, approval, acceptedDrift, report, operations or results.")
    var kind: SchemaKind

    func run() { Console.show(SchemaView(kind.schema), as: .json) }
}

enum SchemaKind: String, ExpressibleByArgument, CaseIterable {
    case manifest, tenant, policy, approval, acceptedDrift, report, operations, results

    var schema: JSON {
        switch self {
        case .manifest: ManifestShape.schema
        case .tenant: JSONSchema.document(Tenant.shape(targets: PayloadTargets.descriptions), title: "easel tenant: one Intune tenant, and the names that its manifests use")
        case .policy: Policy.schema
        case .approval: Approval.schema
        case .acceptedDrift: AcceptedDrift.schema
        case .report: ReportSchema.json
        case .operations: OperationsFile.schema
        case .results: DeploymentResults.schema
        }
    }
}
