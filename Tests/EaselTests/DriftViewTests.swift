import Foundation
import TestSupport
import Testing

/// What a person sees of drift: where each value is, and when it was changed.
@Suite struct DriftViewTests {
    /// The columns of every view say where a value is; the desired one only where it is not what was applied.
    @Test func sidesAreLabelledAndTimesAreShown() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        #expect(try shop.easel("reconcile", "--repo", "config", "--out", "out").status == 0)
        try shop.export()
        try shop.change("contoso/staff") { exported in
            exported["accountName"] = "Live name"
            exported["durationOfEmailToSync"] = "oneWeek"
            exported["lastModifiedDateTime"] = "2026-10-05T16:12:07.123+02:00"
        }
        try FileManager.default.removeItem(atPath: shop("live/contoso/board.json"))
        try shop.change("fabrikam/staff") { exported in
            exported["lastModifiedDateTime"] = "yesterday"
            exported["durationOfEmailToSync"] = "oneDay"
        }
        let name = try #require(try shop.object("live/northwind/staff.json")["accountName"] as? String)
        try shop.edit("tenants/contoso/profiles/staff.json", "\"\(name)\"", "\"Desired name\"")
        try shop.commit("edit")
        let text = try shop.easel("drift", "--repo", "config", "--live", "live").out
        #expect(text.contains("/account/accountName  in Intune: \"Live name\" · in Git (applied): \"\(name)\" · in Git (desired): \"Desired name\""), "\(text)")
        #expect(text.contains("/mail/amountToSync  in Intune: \"oneWeek\" · in Git (applied): \"userDefined\"  EAS"), "\(text)")
        #expect(text.contains("contoso/staff  Staff mail  last changed in Intune 2026-10-05T14:12:07Z") && text.contains("contoso/board  Board mail  when it was deleted is unknown"), "\(text)")
        let markdown = try shop.easel("drift", "--repo", "config", "--live", "live", "--format", "markdown").out
        #expect(markdown.contains("`/account/accountName`: in Intune `\"Live name\"`, in Git (applied) `\"\(name)\"`, in Git (desired) `\"Desired name\"`") && markdown.contains("last changed in Intune 2026-10-05T14:12:07Z"), "\(markdown)")
        let page = try shop.easel("drift", "--repo", "config", "--live", "live", "--format", "html").out
        #expect(page.contains("<th scope=\"col\">In Intune</th><th scope=\"col\">In Git (applied)</th><th scope=\"col\">In Git (desired)</th>") && page.contains("last changed in Intune 2026-10-05T14:12:07Z"))
        let plan = try shop.easel("plan", "--repo", "config", "--format", "html").out
        #expect(page.contains("\"drift\":true}") && !plan.contains("\"drift\":true}"))
        // The report itself, by its schema.
        #expect(try shop.easel("drift", "--repo", "config", "--live", "live", "--report", "n1.json").status == 2)
        let profiles = try #require(try (shop.object("n1.json")["tenants"] as? [Workshop.Object])?.flatMap { $0["profiles"] as? [Workshop.Object] ?? [] })
        #expect(profiles.compactMap { $0["lastModifiedDateTime"] as? String } == ["2026-10-05T14:12:07Z"] && profiles.allSatisfy { $0["lastModifiedDateTime"] != nil }, "null where it is unknown")
        try shop.write(try shop.easel("schema", "report").out, to: "schema.json")
        let valid = try shop.run(["/usr/bin/python3", "-c", "import json, jsonschema; jsonschema.validate(json.load(open('n1.json')), json.load(open('schema.json')))"])
        #expect(valid.status == 0, "\(valid.err)")
        #expect(try shop.easel("drift", "--repo", "config", "--live", "live", "--previous", "n1.json").lastLine.contains("0 new, 0 resolved"))
    }
}
