import Foundation
import Testing

/// What is written beside the state: payloads, reports, and what goes to which stream.
@Suite struct OutputTests {
    @Test func payloadsForTheNextStep() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        #expect(try shop.easel("reconcile", "--repo", "config", "--out", "out").status == 0)
        let first = try shop.tree("out")
        #expect(first.keys.contains("tenants/contoso/payloads/staff.graph.json") && first.keys.contains("report.md"))
        #expect(!first.keys.contains { $0.hasSuffix(".patch.json") || $0.hasSuffix(".refs.json") })
        let inode = try inode("out/tenants/fabrikam/payloads/staff.graph.json", shop)

        try shop.edit("tenants/contoso/profiles/staff.json", #""accountName": "Mail""#, #""accountName": "Mail", "oauth": true"#)
        try shop.edit("tenants/contoso/tenant.json", "40000000", "49999999")
        try shop.commit("edit")
        #expect(try shop.easel("reconcile", "--repo", "config", "--out", "out").status == 0)
        let folder = "out/tenants/contoso/payloads/"
        #expect(try shop.read(folder + "staff.patch.json").contains(#""useOAuth": true"#))
        #expect(try shop.read(folder + "kiosk.refs.json").contains("49999999"))
        #expect(!shop.exists(folder + "kiosk.patch.json"), "only its certificate changed")
        #expect(!shop.exists(folder + "staff.refs.json") && !shop.exists(folder + "board.patch.json"))
        #expect(try self.inode("out/tenants/fabrikam/payloads/staff.graph.json", shop) == inode, "an unchanged tenant is not written again")
        for file in ["staff.graph.json", "staff.assign.json"] {
            #expect(try shop.read(folder + file) == shop.applied("tenants/contoso/payloads/\(file)") + "\n")
        }

        // A run with nothing new leaves the hand-off; what was for one run only is gone with the next one.
        let handOff = try shop.tree("out")
        #expect(try shop.easel("reconcile", "--repo", "config", "--out", "out").status == 0)
        #expect(try shop.tree("out") == handOff)
        try shop.edit("tenants/fabrikam/profiles/staff.json", "Staff mail", "Mail for staff")
        try shop.commit("another")
        #expect(try shop.easel("reconcile", "--repo", "config", "--out", "out").status == 0)
        #expect(!shop.exists(folder + "staff.patch.json") && shop.exists(folder + "staff.graph.json"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: shop.path).filter { $0.contains("easel-") }.isEmpty, "no litter")
    }

    /// A step that posts what it finds would give people the account twice.
    @Test func aTargetThatLeavesTakesItsFilesAlong() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        #expect(try shop.easel("reconcile", "--repo", "config", "--out", "out").status == 0)
        #expect(shop.exists("out/tenants/fabrikam/payloads/staff.graph.json"))
        try shop.edit("tenants/fabrikam/tenant.json", #""kind": "tenant","#, #""kind": "tenant", "targets": ["mobileconfig"],"#)
        try shop.edit("tenants/fabrikam/tenant.json", #""type": "pkcs""#, #""type": "scep", "scep": { "URL": "https://scep.fabrikam.example/" }"#)
        try shop.commit("another MDM server")
        #expect(try shop.easel("reconcile", "--repo", "config", "--out", "out").status == 0)
        let files = try shop.tree("out").keys.filter { $0.hasPrefix("tenants/fabrikam/payloads/") }
        #expect(!files.isEmpty && files.allSatisfy { $0.hasSuffix(".mobileconfig") }, "\(files)")
        #expect(try shop.git("ls-tree", "-r", "--name-only", "easel/applied", "--", "tenants/fabrikam/payloads", in: "config").split(separator: "\n").count == files.count)
    }

    private func inode(_ name: String, _ shop: Workshop) throws -> Int {
        try #require(FileManager.default.attributesOfItem(atPath: shop(name))[.systemFileNumber] as? Int)
    }

    @Test func somebodyElsesFolderIsNotTouched() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        try shop.write("mine", to: "out/thesis.txt")
        let outcome = try shop.easel("reconcile", "--repo", "config", "--out", "out")
        #expect(outcome.status == 64 && outcome.err.contains("thesis.txt"))
        #expect(try shop.tip() == nil && shop.read("out/thesis.txt") == "mine")
    }

    @Test func aMobileconfigKeepsItsIdentityUntilANewProfileIsDeployed() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        try shop.edit("tenants/contoso/tenant.json", #""exchange""#, #""targets": ["graph", "mobileconfig"], "exchange""#)
        try shop.edit("tenants/contoso/tenant.json", #""type": "pkcs" }"#, #""type": "scep", "scep": { "URL": "https://scep.example.com/x" } }"#)
        try shop.commit("mobileconfig")
        func identity() throws -> String {
            let outcome = try shop.easel("reconcile", "--repo", "config", "--out", "out")
            try #require(outcome.status == 0, "\(outcome.out)\(outcome.err)")
            // Debian's own reader of property lists.
            let read = try shop.run(["/usr/bin/plistutil", "-i", "out/tenants/contoso/payloads/staff.mobileconfig", "-f", "bin", "-o", "staff.plist"])
            try #require(read.status == 0, "\(read.err)")
            let plist = try #require(PropertyListSerialization.propertyList(from: shop.data("staff.plist"), format: nil) as? [String: Any])
            let payload = try #require((plist["PayloadContent"] as? [[String: Any]])?.first { $0["PayloadType"] as? String == "com.apple.eas.account" })
            #expect(payload["Host"] as? String == "outlook.office365.com")
            #expect(payload["OAuth"] as? Bool == (try shop.read("config/tenants/contoso/profiles/staff.json").contains("oauth")))
            return "\(plist["PayloadUUID"] ?? "") \(plist["PayloadIdentifier"] ?? "")"
        }
        let first = try identity()
        try shop.edit("tenants/contoso/profiles/staff.json", "Staff mail", "Mail for staff")
        try shop.commit("name")
        #expect(try identity() == first)
        try shop.edit("tenants/contoso/profiles/staff.json", #""accountName": "Mail""#, #""accountName": "Mail", "oauth": true"#)
        try shop.commit("OAuth")
        let second = try identity()
        #expect(second != first && second.split(separator: " ")[1] == first.split(separator: " ")[1], "another UUID, the same identifier")
    }

    @Test func theSameCommitGivesTheSameBytes() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        try shop.git("clone", "--quiet", "config", "elsewhere/copy")
        try shop.git("checkout", "--quiet", "-b", "main2", in: "elsewhere/copy")
        var runs: [(out: [String: Data], profiles: String, report: Data)] = []
        for (number, repository) in [shop("config"), shop("elsewhere/copy"), "file://" + shop("config")].enumerated() {
            let outcome = try shop.easel(
                "reconcile", "--repo", repository, "--ref", "main", "--cache", "cache", "--state", "state\(number)", "--out", "out\(number)",
                "--report", "report\(number).json", "--reproducible")
            #expect(outcome.status == 0, "\(outcome.err)")
            let profiles = try shop.git("ls-tree", "-r", "easel/applied", "tenants/contoso/profiles", in: "state\(number)")
            runs.append((try shop.tree("out\(number)"), profiles, try shop.data("report\(number).json")))
        }
        #expect(runs[0].out == runs[1].out && runs[0].profiles == runs[1].profiles && runs[0].report == runs[1].report)
        #expect(runs[0].profiles == runs[2].profiles)
        let payloads = runs.map { $0.out.filter { $0.key.hasPrefix("tenants/") } }
        #expect(payloads[0] == payloads[2])
        #expect(!String(decoding: runs[0].report, as: UTF8.self).contains("startedAt"))
    }

    @Test func reportsAreWhatTheSchemaSays() throws {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        try shop.edit("bases/online.json", #""oauth": false"#, #""oauth": true"#)
        try shop.edit("tenants/fabrikam/profiles/staff.json", #""accountName""#, #""acountName""#)
        try shop.remove("tenants/northwind")
        try shop.commit("edit")
        let outcome = try shop.easel("plan", "--report", "../report.json", "--report", "../report.md", in: "config")
        #expect(outcome.status == 1)
        try shop.write(try shop.easel("schema", "report").out, to: "schema.json")
        let checked = try shop.run([
            "/usr/bin/python3", "-c",
            "import json, jsonschema; jsonschema.Draft202012Validator(json.load(open('schema.json'))).validate(json.load(open('report.json')))",
        ])
        #expect(checked.status == 0, "\(checked.err)")
        let report = try JSONDecoder().decode(Report.self, from: shop.data("report.json"))
        #expect(report.tenants.map(\.status) == ["ok", "failed", "held"])
        let markdown = try shop.read("report.md")
        #expect(markdown.hasPrefix("### Plan: 2 to reinstall, 3 held, ") && markdown.contains("EAS001"))
        #expect(try shop.easel("plan", "--report", "report.xls", in: "config").status == 64)
        #expect(try shop.easel("plan", "--report", "missing/report.json", in: "config").status == 1)
    }

    @Test func resultsGoToStdoutAndNothingElseDoes() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        let outcome = try shop.easel("plan", "--log-format", "json", in: "config")
        #expect(!outcome.out.contains("\u{1B}") && outcome.lastLine.hasPrefix("Plan: 9 to create"))
        let lines = outcome.err.split(separator: "\n")
        #expect(!lines.isEmpty)
        for line in lines {
            let entry = try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String])
            #expect(entry["level"] != nil && entry["message"] != nil && entry["time"] != nil)
        }
        #expect(try shop.easel("plan", in: "config").err.isEmpty)
        let failed = try shop.easel("plan", "--repo", "missing", "--log-format", "json")
        #expect(failed.status == 1 && failed.err.contains(#""level":"error""#))
    }

    /// Half reports of killed runs go; one that a run may be writing stays, as does what only looks alike.
    @Test func whatKilledRunsLeftBesideAReportGoes() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        for name in [".r.json.4711", ".r.json.4712", ".r.json.old"] {
            try shop.write("{", to: name)
            guard name != ".r.json.4712" else { continue }
            try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSinceNow: -120)], ofItemAtPath: shop(name))
        }
        #expect(try shop.easel("plan", "--report", "../r.json", in: "config").status == 0)
        #expect(shop.exists("r.json") && !shop.exists(".r.json.4711") && shop.exists(".r.json.4712") && shop.exists(".r.json.old"))
    }

    @Test func hostileTextStaysText() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        // One that is a name all the same, and one that is refused, and quoted.
        try shop.edit("tenants/contoso/profiles/staff.json", "Staff mail", "@everyone </details> `code` | <script>")
        try shop.edit("tenants/fabrikam/profiles/staff.json", "Staff mail", #"\u001b[31m\u202e @everyone `x` \n# heading"#)
        try shop.commit("hostile")
        let outcome = try shop.easel("plan", "--report", "../report.md", in: "config")
        let markdown = try shop.read("report.md")
        for text in [outcome.out, markdown] {
            #expect(text.contains("@everyone") && !text.contains("\u{1B}") && !text.contains("\u{202E}") && !text.contains("\n#  heading"))
        }
        #expect(markdown.contains("- `contoso/staff` ``@everyone </details> `code` | <script>``\n"))
        let lines = markdown.split(separator: "\n").filter { $0.contains("@everyone") && !$0.hasPrefix("- `contoso") }
        #expect(lines.count == 1 && lines[0].contains(#": ``'\u{1B}[31m\u{202E} @everyone `x` \n# heading'"#))
    }

    @Test func exitCodesInTheirOrder() throws {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        #expect(try shop.easel("plan", "--detailed-exitcode", in: "config").status == 0)
        try shop.edit("tenants/contoso/profiles/staff.json", "Staff mail", "Mail for staff")
        try shop.commit("edit")
        #expect(try shop.easel("plan", in: "config").status == 0)
        #expect(try shop.easel("plan", "--detailed-exitcode", in: "config").status == 2)
        try shop.remove("tenants/northwind")
        try shop.commit("held")
        #expect(try shop.easel("plan", "--detailed-exitcode", in: "config").status == 3)
        try shop.write("no JSON", to: "config/tenants/fabrikam/tenant.json")
        try shop.commit("broken")
        #expect(try shop.easel("plan", "--detailed-exitcode", in: "config").status == 1)
        #expect(try shop.easel("plan", "--no-such-option", in: "config").status == 64)
        let unknown = try shop.easel("plan", "--tenant", "contos", in: "config")
        #expect(unknown.status == 64 && unknown.err.contains("Did you mean 'contoso'?"))
    }
}
