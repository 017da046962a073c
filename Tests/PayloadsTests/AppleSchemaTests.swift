import Foundation
import JSONSource
import Payloads
import Profiles
import Testing

/// Everything in a .mobileconfig is known to Apple's own schemas (`Reference/*.yaml`), of the right type, in range and not
/// deprecated.
struct AppleSchemaTests {
    let topLevel: AppleSchema
    let common: AppleSchema
    let account: AppleSchema
    let scep: AppleSchema

    init() throws {
        topLevel = try AppleSchema("TopLevel.yaml")
        common = try AppleSchema("CommonPayloadKeys.yaml")
        account = try AppleSchema("com.apple.eas.account.yaml")
        scep = try AppleSchema("com.apple.security.scep.yaml")
    }

    /// The reader of the schemas sees what is in them; else the other tests would hold nothing against nothing.
    @Test func schemasAreRead() throws {
        func names(_ keys: [AppleKey]) -> Set<String> { Set(keys.map(\.name)) }
        #expect(account.keys.count == 43)
        #expect(
            names(account.keys.filter(\.isDeprecatedInIOS))
                == ["SMIMEEnabled", "SMIMEEncryptionEnabled", "SMIMEEnablePerMessageSwitch", "HeaderMagic"])
        let days = try #require(account.keys.first { $0.name == "MailNumberOfPastDaysToSync" })
        #expect(days.type == "integer" && days.range == ["0", "1", "3", "7", "14", "31"])
        #expect(account.keys.first { $0.name == "PayloadCertificateUUID" }?.format?.hasPrefix("^[0-9A-Za-z]{8}-") == true)
        let content = try #require(scep.keys.first)
        #expect(content.name == "PayloadContent" && content.isRequired && content.subkeys.count == 13)
        #expect(content.subkeys.first { $0.name == "CAFingerprint" }?.type == "data")
        let alternatives = try #require(content.subkeys.first { $0.name == "SubjectAltName" })
        #expect(names(alternatives.subkeys) == ["rfc822Name", "dNSName", "uniformResourceIdentifier", "ntPrincipalName"])
        #expect(names(common.keys.filter(\.isRequired)) == ["PayloadIdentifier", "PayloadUUID", "PayloadType", "PayloadVersion"])
    }

    private func resolved() throws -> [Resolved] {
        try GoldenCase.all.map { try $0.after() }.filter { $0.tenant.asks(for: MobileconfigTarget().description) } + randomProfiles(150, seed: 6)
    }

    @Test func everyKeyIsApplesOwn() throws {
        for resolved in try resolved() {
            let bytes = MobileConfig.profile(resolved.profile, tenant: resolved.tenant, generation: 3)
            let root = try PropertyListValue(reading: Data(bytes))
            hold(root, against: topLevel.keys, at: "")
            let payloads = root.members["PayloadContent"]?.elements ?? []
            #expect(payloads.first?.members["PayloadType"] == .string("com.apple.eas.account"))
            for (position, payload) in payloads.enumerated() {
                let own = position == 0 ? account.keys : scep.keys
                #expect(payload.members["PayloadType"] == .string(position == 0 ? "com.apple.eas.account" : "com.apple.security.scep"))
                hold(payload, against: own + common.keys, at: "/\(position)")
            }
            let uuids = Set(payloads.dropFirst().compactMap { $0.members["PayloadUUID"]?.text })
            #expect(uuids.count == payloads.count - 1)
            let used = ["PayloadCertificateUUID", "SMIMESigningCertificateUUID", "SMIMEEncryptionCertificateUUID"]
                .compactMap { payloads.first?.members[$0]?.text }
            #expect(Set(used) == uuids, "every certificate used is there, and no other")
            let identifiers = payloads.compactMap { $0.members["PayloadIdentifier"]?.text }
            #expect(Set(identifiers).count == payloads.count)
        }
    }

    /// Without the user name, or without a service switched on, Apple says a profile cannot be installed silently or at all.
    @Test func whatAppleAsksForInProseIsThere() throws {
        for resolved in try resolved() {
            let bytes = MobileConfig.profile(resolved.profile, tenant: resolved.tenant, generation: 1)
            let account = try #require(PropertyListValue(reading: Data(bytes)).members["PayloadContent"]?.elements.first).members
            #expect(account["UserName"] != nil && account["EmailAddress"] != nil && account["Host"] != nil)
            let services = ["Mail", "Contacts", "Calendars", "Reminders", "Notes"]
            #expect(services.contains { account["Enable\($0)"] == .bool(true) })
            #expect(services.allSatisfy { account["Enable\($0)UserOverridable"] == .bool(resolved.profile[.syncUserCanChange].bool) })
        }
    }

    /// Every Apple key of the catalogue is written for some profile.
    @Test func everyKeyOfTheCatalogueIsWritten() throws {
        var written: Set<String> = []
        for resolved in try resolved() {
            let bytes = MobileConfig.profile(resolved.profile, tenant: resolved.tenant, generation: 1)
            written.formUnion(try #require(PropertyListValue(reading: Data(bytes)).members["PayloadContent"]?.elements.first).members.keys)
        }
        for key in Catalogue.settings.flatMap(\.apple.keys) { #expect(written.contains(key), "\(key)") }
    }

    // MARK: A value against its schema

    private func hold(_ dictionary: PropertyListValue, against keys: [AppleKey], at path: String) {
        for (name, value) in dictionary.members {
            guard let key = keys.first(where: { $0.name == name || $0.name == "ANY" }) else {
                Issue.record("\(path)/\(name) is no key of Apple's")
                continue
            }
            #expect(!key.isDeprecatedInIOS, "\(path)/\(name) is deprecated")
            hold(value, against: key, at: "\(path)/\(name)")
        }
        for key in keys where key.isRequired && key.name != "ANY" {
            #expect(dictionary.members[key.name] != nil, "\(path)/\(key.name) is required")
        }
    }

    private func hold(_ value: PropertyListValue, against key: AppleKey, at path: String) {
        switch (key.type, value) {
        case ("string", .string(let text)):
            if let format = key.format { #expect(text.range(of: format, options: .regularExpression) != nil, "\(path) \(text)") }
            #expect(key.range.isEmpty || key.range.contains(text), "\(path) \(text)")
        case ("integer", .integer(let number)): #expect(key.range.isEmpty || key.range.contains(String(number)), "\(path) \(number)")
        case ("boolean", .bool), ("data", .data), ("any", _): break
        case ("array", .array(let elements)):
            guard let element = key.subkeys.first else { return }
            // An item of the top level's PayloadContent is described by its own type's file.
            if element.name == "PayloadContentItem" { return }
            for (position, value) in elements.enumerated() { hold(value, against: element, at: "\(path)/\(position)") }
        case ("dictionary", .dictionary): hold(value, against: key.subkeys, at: path)
        // "You can specify a single string or an array of strings for each key" stands in SubjectAltName's prose only.
        case ("string", .array(let elements)) where path.contains("/SubjectAltName/"):
            for (position, value) in elements.enumerated() { hold(value, against: key, at: "\(path)/\(position)") }
        default: Issue.record("\(path) is no \(key.type): \(value)")
        }
    }
}
