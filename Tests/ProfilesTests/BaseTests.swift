import JSONSource
import TestSupport
import Testing

@testable import Profiles

@Suite struct BaseTests {
    /// A chain of bases, `bases/1.json` at the bottom; the manifest extends the last.
    private func chain(_ length: Int) -> [String: JSON] {
        var bases = ["bases/1.json": Sample.manifest]
        for level in stride(from: 2, through: length, by: 1) {
            bases["bases/\(level).json"] = ["extends": .string("bases/\(level - 1).json"), "description": .string("\(level)")]
        }
        return bases
    }

    private func manifest(on base: Int) -> JSON { ["extends": .string("bases/\(base).json"), "displayName": "Mine"] }

    @Test(arguments: 1...8) func chainsOfUpToEight(_ length: Int) throws {
        let outcome = try resolve(manifest(on: length), bases: chain(length))
        #expect(outcome.told == [] && outcome.value("displayName") == "Mine" && outcome.value("account.server") == "outlook.office365.com")
        #expect(outcome.value("description") == (length == 1 ? "" : .string("\(length)")), "the nearest wins")
    }

    @Test func sourcesNameEveryBase() throws {
        let bases = chain(3)
        let manifest = try Manifest(id: "m", file: Sample.file, bytes: Array(manifest(on: 3).compact.utf8), bases: Bases()) { path in
            bases[path].map { Bases.Source(bytes: Array($0.compact.utf8), id: "blob of " + path) }
        }
        #expect(manifest.sources == ["bases/1.json": "blob of bases/1.json", "bases/2.json": "blob of bases/2.json",
            "bases/3.json": "blob of bases/3.json"])
    }

    @Test(arguments: [9, 10, 30]) func nineAreTooMany(_ length: Int) throws {
        let outcome = try resolve(manifest(on: length), bases: chain(length))
        #expect(outcome.profile == nil && outcome.told == ["bases/\(length).json CFG022 3:14 /extends"])
        let told = try #require(outcome.diagnostics.first)
        #expect(told.message == "More than 8 bases extend each other" && told.usedBy == Sample.file)
        #expect(told.help == "Merge some of them: " + (0..<9).map { "bases/\(length - $0).json" }.joined(separator: ", "))
    }

    /// Threads race for who reads a base first; what is told must not depend on it.
    @Test func nothingDependsOnWhatWasReadBefore() throws {
        var bases = chain(12).mapValues(\.pretty)
        for (path, next) in [("a", "b"), ("b", "c"), ("c", "a"), ("in",
            "b")] { bases["bases/\(path).json"] = "{\n  \"extends\": \"bases/\(next).json\"\n}" }
        let paths = ["bases/9.json", "bases/12.json", "bases/8.json", "bases/5.json", "bases/a.json", "bases/b.json", "bases/c.json", "bases/in.json"]
        func told(_ path: String, _ store: Bases) throws -> [Diagnostic] { try resolve(#"{"extends": "\#(path)"}"#, bases: bases,
            store: store).diagnostics }
        var random = Seeded(3)
        for _ in 0..<20 {
            let store = Bases()
            for path in paths.shuffled(using: &random) { #expect(try told(path, store) == told(path, Bases()), "\(path)") }
        }
    }

    @Test func circlesAreRefused() throws {
        let itself = try resolve(["extends": "bases/a.json"], bases: ["bases/a.json": ["extends": "bases/a.json"]])
        #expect(itself.profile == nil && itself.told == ["bases/a.json CFG021 2:14 /extends"])
        #expect(itself.diagnostics[0].message == "Bases extend each other in a circle: bases/a.json → bases/a.json"
            && itself.diagnostics[0].usedBy == Sample.file)
        let bases: [String: JSON] = ["bases/a.json": ["extends": "bases/b.json"], "bases/b.json": ["extends": "bases/c.json"],
            "bases/c.json": ["extends": "bases/a.json"]]
        for start in ["a", "b", "c"] {
            let outcome = try resolve(["extends": .string("bases/\(start).json")], bases: bases)
            #expect(outcome.told == ["bases/a.json CFG021 2:14 /extends"])
            #expect(outcome.diagnostics[0].message.hasSuffix("bases/a.json → bases/b.json → bases/c.json → bases/a.json"))
        }
    }

    @Test func aMissingBaseIsToldWhereItIsNamed() throws {
        let outcome = try resolve(["extends": "bases/none.json", "displayName": "Mine"])
        #expect(outcome.profile == nil && outcome.told == ["CFG020 3:14 /extends"], "and no setting that it may well have is called missing")
        let below = try resolve(["extends": "bases/a.json"], bases: ["bases/a.json": ["extends": "bases/none.json"]])
        #expect(below.told == ["bases/a.json CFG020 2:14 /extends"] && below.diagnostics[0].usedBy == Sample.file)
        #expect(below.diagnostics[0].message == "Base 'bases/none.json' does not exist")
    }

    @Test(arguments: [
        "base.json", "../bases/a.json", "bases/../a.json", "bases/./a.json", "/bases/a.json", "bases//a.json", "bases/.hidden.json", "bases/a.yaml",
        "bases/a", "bases/.json",
        "bases\\a.json", "tenants/contoso/profiles/staff-mail.json", "Bases/a.json", "bases/a.json/", "bases/ä.json", "bases/a b.json",
        "bases/-a.json",
    ])
    func aBaseLiesUnderBases(_ path: String) throws {
        let outcome = try resolve(["extends": .string(path)], bases: [path: Sample.manifest])
        #expect(outcome.profile == nil && outcome.diagnostics.map(\.pointer) == ["/extends"], "\(outcome.told)")
        #expect(["CFG004", "CFG005"].contains(outcome.codes.first ?? ""))
    }

    @Test(arguments: ["bases/a.json", "bases/eu/online.json", "bases/_a/B-2.0.json", "bases/a.json.json",
        "bases/9.json"]) func orDeeper(_ path: String) throws {
        #expect(try resolve(["extends": .string(path)], bases: [path: Sample.manifest]).told == [])
    }

    @Test func anExtendsOfAnotherTypeIsOneProblem() throws {
        for value: JSON in [1, true, ["bases/a.json"], [:]] { #expect(try resolve(["extends": value]).told == ["CFG002 2:14 /extends"]) }
    }

    @Test func aBaseThatCannotBeReadHidesNothingElse() throws {
        let outcome = try resolve(
            #"{"extends": "bases/a.json", "assignments": {"include": [{"group": "staf"}, "allUsers", "allUsers"]}, "mail": {"x": 1, "vpnProfile": "mail"}}"#,
            bases: ["bases/a.json": #"{"kind": "iosEmailProfile", "account": {"#])
        #expect(
            outcome.told == [
                "bases/a.json JSON002 1:41 /account", "CFG010 1:67 /assignments/include/0/group", "CFG011 1:88 /assignments/include/2",
                "CFG001 1:111 /mail/x",
                "CFG010 1:133 /mail/vpnProfile",
            ])
        #expect(outcome.diagnostics.filter { $0.usedBy != nil }.map(\.file) == ["bases/a.json"])
        for broken in ["[]", "5", "", "nope"] {
            #expect(try resolve(#"{"extends": "bases/a.json"}"#, bases: ["bases/a.json": broken]).diagnostics.map(\.file) == ["bases/a.json"],
                "\(broken)")
        }
    }

    /// What a manifest gets from a base is told at its place in the base, with who uses it.
    @Test func problemsOfABasesValuesPointIntoTheBase() throws {
        let base = #"""
            {
              "kind": "iosEmailProfile",
              "account": {
                "server": "outlook.office365.com", "accountName": "Mail", "usernameAttribute": "userPrincipalName",
                "emailAddressAttribute": "primarySmtpAddress",
                "authentication": { "method": "certificate", "certificateProfile": "identify" }
              },
              "assignments": { "include": [ { "group": "staf" } ] },
              "mail": { "allowMoove": true }
            }
            """#
        let outcome = try resolve(#"{ "extends": "bases/mail.json", "description": 5 }"#, bases: ["bases/mail.json": base])
        #expect(
            outcome.told == [
                "bases/mail.json CFG010 6:72 /account/authentication/certificateProfile", "bases/mail.json CFG010 8:44 /assignments/include/0/group",
                "bases/mail.json CFG001 9:13 /mail/allowMoove", "CFG006 1:1 /displayName", "CFG002 1:48 /description",
            ])
        for diagnostic in outcome.diagnostics { #expect(diagnostic.usedBy == (diagnostic.file == Sample.file ? nil : Sample.file), "\(diagnostic)") }
        #expect(outcome.diagnostics.allSatisfy { $0.tenant == "contoso" && $0.profile == "staff-mail" })
    }

    @Test func whatTheManifestOverridesIsNoProblemOfTheBase() throws {
        let base = Sample.manifest.patched(with: .saying("assignments.include", [["group": "nobody-here"]]))
        #expect(try resolve(["extends": "bases/a.json", "assignments": ["include": []]], bases: ["bases/a.json": base]).told == [])
    }

    @Test func basesThatNobodyUsesAreChecked() throws {
        let files = [
            "bases/a.json": #"{"kind": "iosEmailProfile", "mail": {"allowmove": true}}"#, "bases/b.json": "{,}",
            "bases/c.json": #"{"extends": "bases/c.json"}"#, "bases/d.json": "{}",
        ]
        let found = try Bases().checkAll(files.keys.sorted() + ["bases/gone.json"]) { path in files[path].map { .init(bytes: Array($0.utf8),
            id: "") } }
        #expect(found.map { "\($0.file) \($0.code)" } == ["bases/a.json CFG001", "bases/b.json JSON001", "bases/c.json CFG021"])
        #expect(found.allSatisfy { $0.usedBy == nil && $0.tenant == nil })
    }

    @Test func eachIsReadOnce() throws {
        struct Unreadable: Error {}
        let store = Bases()
        var reads: [String] = []
        for _ in 0..<3 {
            _ = try store.base("bases/2.json") { path in
                reads.append(path)
                return .init(bytes: Array((self.chain(2)[path] ?? [:]).compact.utf8), id: "")
            }
        }
        #expect(reads == ["bases/2.json", "bases/1.json"])
        #expect(throws: Unreadable.self) { _ = try Bases().base("bases/1.json") { _ in throw Unreadable() } }
    }

    @Test func theFormIsCheckedWithoutATenant() throws {
        let manifest = try Manifest(id: "m", file: Sample.file, bytes: Array(#"{"extends": "bases/a.json", "x": 1}"#.utf8), bases: Bases()) { _ in
            .init(bytes: Array(#"{"y": 1}"#.utf8), id: "")
        }
        #expect(manifest.formDiagnostics.map { "\($0.file) \($0.pointer) \($0.usedBy ?? "-") \($0.profile ?? "-")" } == ["\(Sample.file) /x - m",
            "bases/a.json /y \(Sample.file) m"])
        #expect(manifest.displayNamePlace == nil)
    }

    @Test func theDisplayNamesPlaceIsWhereItStands() throws {
        let bytes = Array(#"{"extends": "bases/a.json"}"#.utf8)
        let manifest = try Manifest(id: "m", file: Sample.file, bytes: bytes,
            bases: Bases()) { _ in .init(bytes: Array("{\n\"displayName\": \"x\"}".utf8), id: "") }
        let place = try #require(manifest.displayNamePlace)
        #expect(place.file == "bases/a.json" && place.usedBy == Sample.file && (place.line, place.column) == (2, 16) && place.code == "CFG012"
            && place.pointer == "/displayName")
    }
}
