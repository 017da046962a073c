import Basics
import Gates
import Impact
import Profiles
import ReportModel

/// JUnit XML, which every pipeline shows as test results: a suite for each tenant, a case for each profile that changes or is
/// held. What is held is a failure, what only waits its turn is skipped, a tenant with errors is an error, and what goes out passes. A property counts the unchanged
/// profiles.
final class JUnitReport: ReportSink {
    private let out: ([UInt8]) throws -> Void
    /// Suites wait here, because the counts come before them.
    private let suites = Spool()
    private var head = ReportHead(command: .plan, source: .init(repository: nil, ref: nil, commit: nil), base: nil)
    private var total = Count()

    private struct Count {
        var tests = 0
        var failures = 0
        var errors = 0
        var skipped = 0

        var attributes: String { "tests=\"\(tests)\" failures=\"\(failures)\" errors=\"\(errors)\"\(skipped > 0 ? " skipped=\"\(skipped)\"" : "")" }

        static func += (one: inout Count, other: Count) {
            one.tests += other.tests
            one.failures += other.failures
            one.errors += other.errors
            one.skipped += other.skipped
        }
    }

    init(to out: @escaping ([UInt8]) throws -> Void) { self.out = out }

    func begin(_ head: ReportHead) throws { self.head = head }

    func tenant(_ tenant: TenantReport) throws {
        var count = Count()
        var cases = ""
        for profile in tenant.profiles {
            count.tests += 1
            if profile.isWaiting || profile.awaitsApproval { count.skipped += 1 } else if !profile.isPublished && profile.heldBy.isEmpty { count.failures += 1 } else if !profile.heldBy.isEmpty || profile.drift?.isAccepted == false { count.failures += 1 }
            cases += Self.testCase(profile, tenant.id)
        }
        if !tenant.diagnostics.isEmpty || tenant.status == .failed {
            count.tests += 1
            if tenant.status == .failed { count.errors += 1 }
            cases += Self.testCase(tenant.diagnostics, tenant.id, isFailed: tenant.status == .failed)
        }
        try suite(tenant.id, count, cases, properties: [("displayName", tenant.displayName), ("unchanged", String(tenant.unchanged))])
    }

    func end(_ tail: ReportTail) throws {
        // Files that belong to no tenant: bases, policies, approvals.
        let rest = tail.diagnostics.filter { $0.tenant == nil }
        if !rest.isEmpty {
            var count = Count()
            count.tests = 1
            let isFailed = rest.contains { $0.severity == .error }
            if isFailed { count.errors = 1 }
            try suite("repository", count, Self.testCase(rest, "repository", isFailed: isFailed), properties: [])
        }
        try put("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"\(XML.attribute("easel \(head.command.rawValue)"))\" \(total.attributes)>\n")
        try suites.copy(to: out)
        try put("</testsuites>\n")
    }

    private func suite(_ name: String, _ count: Count, _ cases: String, properties: [(String, String)]) throws {
        total += count
        var text = "  <testsuite name=\"\(XML.attribute(name))\" \(count.attributes)>\n"
        if !properties.isEmpty {
            text += "    <properties>\n"
            for (name, value) in properties { text += "      <property name=\"\(name)\" value=\"\(XML.attribute(value))\"/>\n" }
            text += "    </properties>\n"
        }
        try suites.append(Array((text + cases + "  </testsuite>\n").utf8))
    }

    private static func testCase(_ profile: ProfileReport, _ tenant: String) -> String {
        let impact = profile.impact
        var lines = ["\(Words.label(profile)): \(Words.plain(impact.displayName))"]
        var tally = PeopleTally()
        tally.add(impact, of: tenant, where: \.isNoticed)
        let counts = tally.counts.sorted { $0.key < $1.key }
        if !counts.isEmpty, counts.allSatisfy(\.value.isNobody) { lines.append("assigned to nobody") }
        lines += counts.filter { !$0.value.isNobody }.map { $0.value.sentence($0.key) }
        if let changed = Words.changed(profile.drift) { lines.append(changed.capitalizedFirst) }
        for (position, change) in impact.changes.enumerated() where !change.path.isEmpty {
            lines.append("\(change.path): \(Words.change(change, profile.drift?.differences[position])) \(change.rules.joined(separator: " "))")
        }
        var text = "    <testcase classname=\"\(XML.attribute(tenant))\" name=\"\(XML.attribute(impact.profile))\">\n"
        if profile.isWaiting {
            text += "      <skipped message=\"\(XML.attribute("waits for \(profile.heldBy.map(Words.plain).joined(separator: ", "))"))\"/>\n"
        } else if !profile.heldBy.isEmpty {
            let by = profile.heldBy.map(Words.plain).joined(separator: ", ")
            let fingerprint = impact.fingerprint.map { "; fingerprint \(Fingerprint.short($0))" } ?? ""
            text += "      <failure type=\"held\" message=\"\(XML.attribute("held by \(by)"))\">\(XML.text("held by \(by)\(fingerprint)"))</failure>\n"
        }
        if let publishing = profile.publishing, profile.heldBy.isEmpty, !profile.isPublished {
            let why = Words.plain(publishing.message ?? publishing.status.words)
            text += profile.awaitsApproval
                ? "      <skipped message=\"\(XML.attribute("awaits approval in Intune: \(why)"))\"/>\n"
                : "      <failure type=\"\(publishing.status.rawValue)\" message=\"\(XML.attribute(why))\">\(XML.text(lines.joined(separator: "\n")))</failure>\n"
        }
        if let drift = profile.drift, !drift.isAccepted {
            text += "      <failure type=\"drift\" message=\"\(XML.attribute(drift.kind.rawValue))\">\(XML.text(lines.joined(separator: "\n")))</failure>\n"
        }
        return text + "      <system-out>\(XML.text(lines.joined(separator: "\n")))</system-out>\n    </testcase>\n"
    }

    /// The files of a tenant, or those of the repository as a whole, as one case.
    private static func testCase(_ diagnostics: [Diagnostic], _ tenant: String, isFailed: Bool) -> String {
        let lines = diagnostics.map { diagnostic in
            "\(Words.plain(diagnostic.file)):\(diagnostic.line):\(diagnostic.column): \(diagnostic.severity.rawValue) \(diagnostic.code): \(Words.plain(diagnostic.message))"
                + (diagnostic.help.map { " (\(Words.plain($0)))" } ?? "")
        }
        let errors = diagnostics.count { $0.severity == .error }
        let body = XML.text(lines.joined(separator: "\n"))
        let text = "    <testcase classname=\"\(XML.attribute(tenant))\" name=\"files\">\n"
        let inner = isFailed ? "<error type=\"invalid\" message=\"\(Words.count(errors, "error"))\">\(body)</error>" : "<system-out>\(body)</system-out>"
        return text + "      \(inner)\n    </testcase>\n"
    }

    private func put(_ text: String) throws { try out(Array(text.utf8)) }
}

/// Text in XML 1.0.
enum XML {
    static func text(_ text: String) -> String { escaped(text, isAttribute: false) }
    static func attribute(_ text: String) -> String { escaped(text, isAttribute: true) }

    private static func escaped(_ text: String, isAttribute: Bool) -> String {
        var result = String.UnicodeScalarView()
        for scalar in harmlessLines(text).unicodeScalars {
            switch scalar {
            case "&": result.append(contentsOf: "&amp;".unicodeScalars)
            case "<": result.append(contentsOf: "&lt;".unicodeScalars)
            case ">": result.append(contentsOf: "&gt;".unicodeScalars)
            case "\"" where isAttribute: result.append(contentsOf: "&quot;".unicodeScalars)
            // In an attribute a line end would become a space, unless it is written as a reference.
            case "\n" where isAttribute: result.append(contentsOf: "&#10;".unicodeScalars)
            // Of what no XML 1.0 document may hold (section 2.2), the rest is escaped already.
            case "\u{FFFE}", "\u{FFFF}": result.append("\u{FFFD}")
            default: result.append(scalar)
            }
        }
        return String(result)
    }
}

extension ProfileReport {
    /// Whether a second administrator must approve it in Intune.
    fileprivate var awaitsApproval: Bool { heldBy.isEmpty && publishing?.status == .awaitingApproval }
}
