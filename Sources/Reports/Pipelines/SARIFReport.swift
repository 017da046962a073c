import Basics
import Impact
import JSONSource
import Profiles
import ReportModel

/// SARIF 2.1.0 (OASIS Standard, 27 March 2020): what code-scanning views of GitHub, Azure DevOps and editors read.
final class SARIFReport: FindingSink {
    override func write(_ findings: [Finding], _ tail: ReportTail) throws {
        let codes = Set(findings.map(\.code)).sorted()
        let indices = Dictionary(uniqueKeysWithValues: codes.enumerated().map { ($1, $0) })
        let hasErrors = tail.isStopped || tail.diagnostics.contains { $0.severity == .error }
        var writer = JSONWriter()
        try writer.object { writer in
            writer.member("$schema", "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json")
            writer.key("runs")
            try writer.array { writer in
                try writer.object { writer in
                    // Columns are counted as everywhere in easel (3.14.17).
                    writer.member("columnKind", "unicodeCodePoints")
                    writer.member("invocations", [["executionSuccessful": .bool(!hasErrors)]])
                    writer.member("originalUriBaseIds", ["%SRCROOT%": ["description": ["text": "The root of the config repository."]]])
                    writer.key("results")
                    try writer.array { writer in
                        for finding in findings {
                            writer.value(Self.result(finding, indices[finding.code] ?? 0))
                            try writer.drain(into: out)
                        }
                    }
                    writer.member("tool", ["driver": driver(codes)])
                    if let provenance { writer.member("versionControlProvenance", [provenance]) }
                }
            }
            writer.member("version", "2.1.0")
        }
        try out(writer.finish())
    }

    private func driver(_ codes: [String]) -> JSON {
        [
            "name": "easel", "rules": .array(codes.map(Self.rule)), "semanticVersion": .string(easelVersion), "version": .string(easelVersion),
        ]
    }

    private static func rule(_ code: String) -> JSON {
        func rule(_ title: String, _ about: String, _ remedy: String) -> JSON {
            ["fullDescription": ["text": .string(about)], "help": ["text": .string(remedy)], "id": .string(code), "shortDescription": ["text": .string(title)]]
        }
        if let known = Rules.byID[code] {
            let basis = known.basis.parts.map { "\($0.sentence)." }.joined(separator: " ")
            return rule(known.title, known.explanation, "\(known.remedy) \(basis)")
        }
        switch (code, Explanation(code)) {
        case (_, .diagnostic(_, let title, let remedy)?): return rule(title.capitalizedFirst, title.capitalizedFirst + ".", remedy)
        case ("gate", _): return rule("A gate holds changes", "A policy holds changes; everything else proceeds.", "The message says how to let them through.")
        case ("waiting", _): return rule("Changes wait their turn", "A window or a limit lets changes go out in a later run.", "Nothing: a later run lets them through.")
        case ("policy", _):
            return rule(
                "A policy or approval changes", "Policies and approvals decide what may go out, so each change of one is listed.",
                "Ask the owner of the policy to agree to it.")
        default: return rule("A change", "A change that no impact rule describes.", "Nothing to do.")
        }
    }

    private static func result(_ finding: Finding, _ index: Int) -> JSON {
        var members: [String: JSON] = [
            "level": .string(finding.level.sarif), "message": ["text": .string("\(finding.title): \(finding.message)")],
            "partialFingerprints": ["easel/v1": .string(String(sha256(Array(finding.key.utf8)).prefix(32)))], "ruleId": .string(finding.code),
            "ruleIndex": .integer(index),
        ]
        if finding.profiles > 0 { members["properties"] = ["profiles": .integer(finding.profiles), "tenants": .integer(finding.tenants)] }
        // A result about no file has no location (3.27.12).
        if let place = finding.place {
            members["locations"] = [
                [
                    "physicalLocation": [
                        "artifactLocation": ["uri": .string(uri(place.file)), "uriBaseId": "%SRCROOT%"],
                        "region": ["startColumn": .integer(place.column), "startLine": .integer(place.line)],
                    ]
                ]
            ]
        }
        return .object(members)
    }

    /// A relative reference (RFC 3986): what is not unreserved in a path's segments, percent-encoded; a colon, too, since in
    /// the first segment it would make a scheme.
    static func uri(_ path: String) -> String {
        var result = ""
        for byte in path.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "/"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += "%" + (digits.count < 2 ? "0" : "") + digits
            }
        }
        return result
    }

    /// Where the files are under version control (3.14.28), for a repository that has a URL.
    private var provenance: JSON? {
        let source = gathered.head.source
        guard let repository = source.repository, let commit = source.commit,
            ["https://", "http://", "ssh://", "git://"].contains(where: repository.hasPrefix), repository.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return nil }
        return ["mappedTo": ["uriBaseId": "%SRCROOT%"], "repositoryUri": .string(repository), "revisionId": .string(commit)]
    }
}

extension Finding.Level {
    fileprivate var sarif: String {
        switch self {
        case .error: "error"
        case .warning: "warning"
        case .notice: "note"
        }
    }
}
