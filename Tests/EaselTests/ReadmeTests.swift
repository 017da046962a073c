import Foundation
import Testing

/// README.md and the pages in `.github/docs`: their commands run, their output is what easel prints, their files are valid.
@Suite struct ReadmeTests {
    private static let docs = Workshop.package + "/.github/docs"

    private func text(_ path: String) throws -> String { try String(contentsOfFile: path.hasPrefix("/") ? path : "\(Workshop.package)/\(path)", encoding: .utf8) }
    private func pages() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: Self.docs).sorted().map { "\(Self.docs)/\($0)" } }

    /// The fenced blocks of one language, in order.
    private func blocks(_ language: String, in text: String) -> [String] {
        text.components(separatedBy: "```\(language)\n").dropFirst().compactMap { $0.components(separatedBy: "\n```").first }
    }

    private func withoutCommits(_ text: String) -> String { text.replacing(/[0-9a-f]{7,40}/, with: "1a2b3c4") }

    /// Whether an output has the parts of a block in their order; a line `…` stands for what is left out.
    private func shows(_ block: String, _ output: String) -> Bool {
        var rest = withoutCommits(output)[...]
        for part in ("\n" + withoutCommits(block) + "\n").components(separatedBy: "\n…\n") where !part.allSatisfy(\.isNewline) {
            let lines = part.trimmingCharacters(in: .newlines)
            guard let found = rest.range(of: "\n" + lines + "\n") else { return false }
            // The line's end also begins the next line.
            rest = rest[rest.index(before: found.upperBound)...]
        }
        return true
    }

    @Test func theBeginningIsTwoCommands() throws {
        let readme = try text("README.md")
        let first = try #require(blocks("sh", in: readme).first?.split(separator: "\n").map { $0.prefix { $0 != " " } })
        #expect(first == ["examples/quickstart.sh", "Tests/run.sh"])
        #expect(readme.hasPrefix("# easel\n\n```sh\n"))
        #expect(first.allSatisfy { FileManager.default.isExecutableFile(atPath: "\(Workshop.package)/\($0)") })
        // It reads in one sitting.
        #expect(readme.split(separator: "\n", omittingEmptySubsequences: false).count <= 330)
    }

    /// What it shows is what the examples print.
    @Test func itShowsWhatEaselPrints() throws {
        let shop = try Workshop()
        var outputs: [String] = []
        for name in ["quickstart", "nightly-drift", "rings", "move-to-git"] {
            let made = try shop.run(["\(Workshop.package)/examples/\(name).sh", shop(name)], environment: ["EASEL_BINARY": Workshop.binary])
            try #require(made.status == 0, "\(name): \(made.out.suffix(2000))\(made.err)")
            outputs.append(made.out)
        }
        try FileManager.default.copyItem(atPath: Workshop.package + "/examples/config", toPath: shop("config"))
        try shop.edit("tenants/fabrikam/profiles/office-mail.json", #""ssl": true"#, #""oAuth": true"#)
        try shop.edit("tenants/fabrikam/profiles/office-mail.json", #""group": "office""#, #""group": "ofice""#)
        outputs.append("\n$ easel validate\n" + (try shop.easel("validate", in: "config").out))
        let shown = blocks("text", in: try text("README.md"))
        #expect(shown.count == 5)
        for block in shown { #expect(outputs.contains { shows(block, $0) }, "nothing prints\n\(block)") }
        for page in try pages() { for block in blocks("text", in: try text(page)) { #expect(outputs.contains { shows(block, $0) }, "\(page): nothing prints\n\(block)") } }
        let fingerprint = try JSONDecoder().decode(Report.self, from: shop.data("quickstart/report.json")).profiles["contoso/staff-mail"]?.fingerprint
        #expect(try text(Self.docs + "/gates.md").contains(fingerprint ?? "?"))
    }

    @Test func aBlockThatNothingPrintsIsFound() {
        let output = "\n$ easel plan\none\ntwo\nthree 1234567\nfour\n"
        #expect(shows("$ easel plan\none", output) && shows("one\n…\nthree 7654321", output) && shows("one\n…", output) && shows("…\ntwo\n…\nfour", output) && shows("one\n…\ntwo", output))
        for wrong in ["$ easel pla", "one\nthree", "four\n…\none", "two\n…\ntwo", "ne\ntwo", "one\n…\nthree"] { #expect(!shows(wrong, output), "\(wrong)") }
    }

    /// Every command of the README that is not about installing runs, in its order, in a folder that has what it names.
    @Test func itsCommandsRun() throws {
        let shop = try Workshop.withGraphFleet()
        for (index, tenant) in Fleet.tenants.enumerated() {
            let organization: Workshop.Object = ["@odata.type": "#microsoft.graph.organization", "id": Workshop.tenantID(index), "displayName": tenant.capitalized]
            try shop.write(["value": [organization] + Workshop.certificates(index)], to: "live/\(tenant)/names.json")
        }
        try FileManager.default.copyItem(atPath: shop("live"), toPath: shop("exports"))
        for tenant in Fleet.tenants { try FileManager.default.removeItem(atPath: shop("live/\(tenant)/names.json")) }
        try shop.write(Fleet.tenants.enumerated().map { "\($1),\(Workshop.tenantID($0))\n" }.joined(), to: "customers.csv")
        try shop.write("#!/bin/sh\nexec sed -i '1s/{/{ \"account\": { \"oauth\": true },/' \"$1\"\n", to: "bin/editor")
        try shop.starting(shop.scenario { tenant, emulated in emulated["displayName"] = tenant.capitalized }) { _ in
            let address = try shop.read("address").trimmingCharacters(in: .whitespacesAndNewlines)
            // Where Graph is, is the only thing that a command of the README does not say.
            try shop.write("""
                #!/bin/sh
                echo "$@" >>'\(shop("ran"))'
                case "$*" in
                *graph*) exec '\(Workshop.binary)' "$@" --graph-endpoint '\(address)' --ca-file '\(shop("ca.pem"))' ;;
                *) exec '\(Workshop.binary)' "$@" ;;
                esac

                """, to: "bin/easel")
            _ = try shop.run(["/bin/chmod", "+x", "bin/easel", "bin/editor"])
            let session = blocks("sh", in: try text("README.md")).filter { $0.contains("easel ") && !$0.contains("apt-get") && !$0.contains("examples/") && !$0.contains("tar ") }
            #expect(session.count == 5)
            for block in session {
                var script = "cd '\(shop(block.contains("easel init") ? "." : "mail-config"))'\n"
                for line in block.split(separator: "\n") {
                    // 2 is a difference and 3 something held, as the README says.
                    script += "\(line)\ncase $? in 0 | 2 | 3) ;; *) echo \"failed with $?\" >&2 && exit 1 ;; esac\n"
                }
                let ran = try shop.run(
                    ["/bin/bash", "-c", script],
                    environment: [
                        "PATH": shop("bin") + ":/usr/bin:/bin", "EDITOR": "editor", "AZURE_CLIENT_ID": Workshop.app, "AZURE_CLIENT_SECRET": Workshop.secret, "AZURE_AUTHORITY_HOST": address,
                    ])
                #expect(ran.status == 0, "\(block)\n\(ran.out.suffix(3000))\(ran.err)")
            }
            // And they did what the README says.
            let history = try shop.easel("history", "contoso/staff-mail", in: "mail-config").out
            #expect(history.contains("reinstall  staff-mail  EAS001") && history.contains("Announced for Monday") && history.contains("published"), "\(history)")
            #expect(try shop.easel("plan", "--detailed-exitcode", in: "customers").status == 0)
            #expect(shop.exists("tonight.json") && shop.exists("tonight.html"))
            #expect(try shop.read("ran").split(separator: "\n").count == 14)
        }
    }

    /// Names of files in the README are those of this version's release.
    @Test func itInstallsThisVersion() throws {
        let shop = try Workshop()
        let version = try shop.easel("--version").out.trimmingCharacters(in: .newlines)
        let names = try text("README.md").matches(of: /easel[_-](\d+\.\d+\.\d+)/).map { String($0.output.1) }
        #expect(names.count >= 3 && Set(names) == [version])
    }

    @Test func itsFilesAreValid() throws {
        var kinds: Set<String> = []
        for page in try ["README.md"] + pages() {
            for block in blocks("json", in: try text(page)) {
                let shop = try Workshop()
                try FileManager.default.copyItem(atPath: Workshop.package + "/examples/config", toPath: shop("config"))
                let kind = try #require(block.firstMatch(of: /"kind": "(\w+)"/)?.output.1, "\(page): \(block)")
                kinds.insert(String(kind))
                let place = ["policy": "policy.json", "iosEmailProfile": "tenants/contoso/profiles/staff-mail.json", "approval": "approvals/now.json"][String(kind)]
                try shop.write(block, to: "config/" + #require(place, "\(page): \(kind)"))
                let valid = try shop.easel("validate", in: "config")
                #expect(valid.status == 0 && valid.out.contains("\nValid: "), "\(page)\n\(valid.out)\(valid.err)")
            }
        }
        #expect(kinds == ["policy", "iosEmailProfile", "approval"])
    }

    /// What is counted or listed is complete.
    @Test func itNamesEveryCommandAndCountsTheRules() throws {
        let shop = try Workshop()
        let commands = try text(Self.docs + "/commands.md")
        let help = try shop.easel("--help").out
        let names = help.matches(of: /(?m)^  ([a-z]+) {2,}\S/).map { String($0.output.1) }
        #expect(names.count >= 19)
        for name in names { #expect(commands.contains("`easel \(name)"), "commands.md has no easel \(name)") }
        let all = try #require(JSONSerialization.jsonObject(with: Data(shop.easel("explain", "--format", "json").out.utf8)) as? [String: [Any]])
        #expect(try text("README.md").contains("Each of the \(all["rules"]?.count ?? 0) rules"))
    }

    /// Every link leads to a file, every page is linked, and what is named as a file of the project exists.
    @Test func linksLeadSomewhere() throws {
        var linked: Set<String> = []
        for page in try ["README.md"] + pages() {
            let folder = page.hasPrefix("/") ? Self.docs : Workshop.package
            for link in try text(page).matches(of: /\]\(([^)]+)\)/).map({ String($0.output.1) }) where !link.hasPrefix("https://") {
                #expect(FileManager.default.fileExists(atPath: "\(folder)/\(link)"), "\(page): \(link)")
                linked.insert(URL(filePath: "\(folder)/\(link)").standardized.path)
            }
            for name in try text(page).matches(of: /`((?:deploy|examples|Tests)\/[A-Za-z0-9_\/.-]+)`/).map({ String($0.output.1) }) {
                #expect(FileManager.default.fileExists(atPath: "\(Workshop.package)/\(name)"), "\(page): \(name)")
            }
        }
        for page in try pages() { #expect(linked.contains(page), "nothing links to \(page)") }
    }
}
