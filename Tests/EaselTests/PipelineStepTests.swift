import Crypto
import Foundation
import TestSupport
import Testing

/// The pipelines in `deploy/`: their shell steps, as they stand in the files, run against a real remote over TLS.
@Suite(.enabled(if: HTTPSServer.isInstalled && Server.has("/usr/bin/jq", "/usr/bin/curl"), "needs nginx, jq and curl, which Tests/run.sh installs"))
struct PipelineStepTests {
    @Test(arguments: Forge.allCases) func theMergeStepRecordsWhatWasPublished(_ forge: Forge) async throws {
        let place = try ForgePlace(forge)
        let shop = place.shop
        for job in ["one", "two", "three", "four", "five"] { try place.makeJob(job) }
        // Whatever code the publisher fails with, nothing is recorded, and the next run plans the same again: on the same runner, too.
        for publish in ["exit 2", "exit 3", "false"] {
            let failed = try await place.runAll("reconcile", in: "one", ["EASEL_PUBLISH": publish])
            #expect(try failed.status == 1 && place.records() == 0, "\(publish) \(failed.said)")
        }
        let first = try await place.runAll("reconcile", in: "one")
        #expect(try first.status == 0 && place.records() == 1 && !first.said.contains("s3cret") && !first.said.contains("t0ken"), "\(first.said)")
        #expect(try shop.exists("one/payloads/tenants/contoso/payloads/staff.graph.json") && shop.read("published") == "published\n")
        // Nothing new is not published.
        #expect(try await place.runAll("reconcile", in: "two").status == 0)
        #expect(try shop.read("published") == "published\n" && !shop.exists("two/changed") && place.records() == 1)
        // What the publisher says it has applied is recorded, and the rest is planned again.
        for tenant in ["contoso", "fabrikam"] { try shop.edit("tenants/\(tenant)/profiles/staff.json", #""Mail""#, #""Other""#) }
        try place.push("two tenants")
        let results = #"{"results": [{"tenant": "contoso", "profile": "staff", "status": "applied"}, {"tenant": "fabrikam", "profile": "staff", "status": "failed"}]}"#
        // A command that fails may still say so; then the job fails, too. 3 says that something awaits approval.
        let part = try await place.runAll("reconcile", in: "two", ["EASEL_PUBLISH": "echo '\(results)' > results.json; exit 1"])
        #expect(try part.status == 1 && part.said.contains("1 not applied") && place.records() == 2, "\(part.said)")
        let awaited = #"{"results": [{"tenant": "fabrikam", "profile": "staff", "status": "awaitingApproval"}]}"#
        let waits = try await place.runAll("reconcile", in: "two", ["EASEL_PUBLISH": "echo '\(awaited)' > results.json; exit 3"])
        #expect(waits.status == 0, "\(waits.said)")
        let rest = try await place.runAll("reconcile", in: "two")
        #expect(try rest.status == 0 && rest.said.contains("1 to update") && place.records() == 3, "\(rest.said)")
        // What a gate holds fails no merge; what is broken does.
        try shop.remove("tenants/northwind")
        try place.push("northwind leaves")
        let held = try await place.runAll("reconcile", in: "three")
        #expect(held.status == 0 && held.said.contains("tenant-removal"), "\(held.said)")
        try shop.write("{", to: "config/tenants/contoso/profiles/staff.json")
        try place.push("broken")
        #expect(try await place.runAll("reconcile", in: "four").status == 1)
        // Another run has recorded something meanwhile: what was published is not recorded over it.
        try shop.git("revert", "--no-edit", "HEAD", in: "config")
        try shop.edit("tenants/contoso/profiles/staff.json", #""Other""#, #""Third""#)
        try place.push("third")
        let other = "\(Workshop.binary) reconcile --repo \(shop("served/config.git")) --ref main >&2"
        let raced = try await place.runAll("reconcile", in: "five", ["EASEL_PUBLISH": other])
        #expect(raced.status == 1 && raced.said.contains("moved"), "\(raced.said)")
    }

    @Test(arguments: Forge.allCases) func theNightlyStepTellsWhatIsNew(_ forge: Forge) async throws {
        let place = try ForgePlace(forge)
        try place.makeJob("merge")
        #expect(try await place.runAll("reconcile", in: "merge").status == 0)
        try place.shop.export("merge/payloads", to: "exported")
        let (_, steps) = try place.steps("drift")
        try #require(steps.count == 1)
        let environment = try place.environment(["EASEL_EXPORT": "cp -r \(place.shop("exported")) exports"])
        try place.makeJob("night1")
        #expect(try await place.run(steps[0], in: "night1", environment).status == 0)
        try place.shop.change("contoso/staff", in: "exported") { $0["accountName"] = "Other" }
        // The forge hands the folder on.
        try place.makeJob("night2")
        if forge == .azure {
            for attempt in 1...2 {
                try place.shop.write(attempt == 1 ? "of the attempt before" : place.shop.read("night1/drift/drift.json"), to: "night2/earlier/easel-drift-\(attempt)/drift.json")
            }
        } else {
            try FileManager.default.copyItem(atPath: place.shop("night1/drift"), toPath: place.shop("night2/drift"))
        }
        let beat = environment.merging(["EASEL_HEARTBEAT": "file://" + place.shop("heartbeat")]) { $1 }
        try place.shop.write("alive", to: "heartbeat")
        let second = try await place.run(steps[0], in: "night2", beat)
        #expect(second.status == 2 && (place.shop.exists("night2/drift.html") || place.shop.exists("night2/drift/drift.html")), "\(second.out)\(second.err)")
        #expect(try place.shop.read("night2/drift/drift.json").contains(#""status": "new""#) && place.shop.exists("night2/heartbeat.txt"))
        // An export that fails is no drift, with whatever code; nor is anything of an earlier night taken for this one's.
        for code in [1, 2, 3] {
            let failed = try await place.run(steps[0], in: "night2", beat.merging(["EASEL_EXPORT": "exit \(code)"]) { $1 })
            #expect(failed.status == 1, "\(code): \(failed.out)\(failed.err)")
        }
        #expect(!place.shop.exists("night2/exports") && !place.shop.exists("night2/drift.html") && !place.shop.exists("night2/drift/drift.html"))
    }

    @Test(arguments: Forge.allCases) func theReviewStepKeepsOneComment(_ forge: Forge) async throws {
        let place = try ForgePlace(forge)
        let shop = place.shop
        let head = ["refs/pull/1/head", "refs/merge-requests/1/head", "refs/pull/1/merge"]
        func push(_ text: String) throws {
            try shop.edit("tenants/contoso/profiles/staff.json", #""accountName": "Mail""#, #""accountName": "\#(text)""#)
            try shop.commit(text)
            for ref in head { try shop.git("push", "--quiet", "--force", shop("served/config.git"), "HEAD:\(ref)", in: "config") }
            try shop.edit("tenants/contoso/profiles/staff.json", #""accountName": "\#(text)""#, #""accountName": "Mail""#)
        }
        let (_, steps) = try place.steps("review")
        struct Notes: Decodable { let notes: [String]; let auth: String }
        for (number, text) in ["First", "Second"].enumerated() {
            try push(text)
            try place.makeJob("job\(number)")
            for step in steps {
                let outcome = try await place.run(step, in: "job\(number)", place.environment())
                #expect(outcome.status == 0, "\(outcome.out)\(outcome.err)")
                #expect(!(outcome.out + outcome.err).contains("s3cret"))
            }
            let kept = try JSONDecoder().decode(Notes.self, from: shop.data("notes.json"))
            #expect(kept.notes.count == 1 && kept.notes[0].hasPrefix("<!-- easel review -->\n### Review: 1 to update") && kept.notes[0].contains(text), "\(kept.notes)")
            // A lookup that fails once makes no second comment; nor does a review that fails post an older one.
            try shop.write("", to: "api-down")
            for step in steps { #expect(try await place.run(step, in: "job\(number)", place.environment()).status == 0) }
            try FileManager.default.removeItem(atPath: shop("api-down"))
            try shop.write("an older review", to: "job\(number)/review.md")
            for step in steps { _ = try await place.run(step, in: "job\(number)", place.environment(["EASEL_OPTIONS": "--no-such-option"])) }
            #expect(try JSONDecoder().decode(Notes.self, from: shop.data("notes.json")).notes == kept.notes)
            #expect(kept.auth == ["s3cret", "n0te", "t0ken"].map { forge == .gitlab ? $0 : "Bearer \($0)" }[Forge.allCases.firstIndex(of: forge) ?? 0])
        }
    }

    /// The step that fetches easel is the same everywhere, and does what it says: a download that is another than it should be is refused.
    @Test(.enabled(if: geteuid() == 0, "apt-get wants root")) func easelIsFetchedAndChecked() async throws {
        let steps = try Forge.allCases.flatMap { forge in
            let place = try ForgePlace(forge)
            return try ["reconcile", "drift", "review"].map { try place.steps($0).get.split(separator: "\n").drop { !$0.hasPrefix("# If the job") }.joined(separator: "\n").trimmingCharacters(in: .whitespacesAndNewlines) }
        }
        #expect(Set(steps).count == 1)
        let place = try ForgePlace(.github)
        // The form of a release's archive: a folder with its name and version, and the program in bin/.
        let shop = place.shop
        try FileManager.default.createDirectory(atPath: shop("easel-0.1.0-linux-x86_64/bin"), withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: Workshop.binary, toPath: shop("easel-0.1.0-linux-x86_64/bin/easel"))
        #expect(try shop.run(["/bin/tar", "--create", "--gzip", "--file", "easel.tgz", "easel-0.1.0-linux-x86_64"]).status == 0)
        let digest = try SHA256.hash(data: shop.data("easel.tgz")).map { String(format: "%02x", $0) }.joined()
        let release = ["EASEL_URL": "file://" + shop("easel.tgz"), "EASEL_SHA256": digest]
        for job in ["good", "bad"] { try FileManager.default.createDirectory(atPath: shop(job), withIntermediateDirectories: true) }
        let good = try await place.run(steps[0] + "\n./easel --version", in: "good", place.environment(release))
        #expect(good.status == 0, "\(good.out)\(good.err)")
        let bad = try await place.run(steps[0] + "\n./easel --version", in: "bad", place.environment(release.merging(["EASEL_SHA256": String(repeating: "0", count: 64)]) { $1 }))
        #expect(bad.status != 0 && !shop.exists("bad/easel") && !shop.exists("bad/easel-release"))
    }
}
