import JSONSource
import Payloads
import Profiles
import Testing

/// Everything that goes to Microsoft Graph is known there: held against `Reference/graph-beta-names.json`, which is made
/// from the service's own metadata.
struct GraphNamesTests {
    let names: GraphReference
    init() throws { names = try GraphReference() }

    private func bodies() throws -> [EffectiveProfile] {
        try GoldenCase.all.map { try $0.after().profile } + randomProfiles(150, seed: 1).map(\.profile)
            + randomProfiles(150, seed: 2, isForGraphOnly: true).map(\.profile)
    }

    @Test func everyPropertyOfABodyExists() throws {
        let known = names.properties(of: "iosEasEmailProfileConfiguration", in: "entityTypes")
        let navigation = names.navigationProperties(of: "iosEasEmailProfileConfiguration")
        for profile in try bodies() {
            let body = try read(GraphPayload.body(profile, cloud: .global)).members
            #expect(body["@odata.type"] == "#microsoft.graph.iosEasEmailProfileConfiguration")
            for (key, value) in body where key != "@odata.type" {
                if key.hasSuffix("@odata.bind") {
                    #expect(navigation.contains(String(key.dropLast("@odata.bind".count))), "\(key)")
                } else {
                    #expect(known.contains(key), "\(key)")
                    try names.check(value, of: key)
                }
            }
        }
    }

    /// A property that nothing writes would be one that easel can neither set nor find drifted.
    @Test func everyPropertyThereIsCanBeWritten() throws {
        let written = try bodies().reduce(into: Set<String>()) { written, profile in
            written.formUnion(try read(GraphPayload.body(profile, cloud: .global)).members.keys)
        }
        for type in ["iosEasEmailProfileConfiguration", "easEmailProfileConfigurationBase"] {
            for property in names.ownProperties(of: type, in: "entityTypes") { #expect(written.contains(property), "\(property)") }
        }
        for property in names.navigationProperties(of: "iosEasEmailProfileConfiguration").intersection(Catalogue.settings.flatMap(\.graph.properties)) {
            #expect(written.contains(property + "@odata.bind"), "\(property)")
        }
    }

    @Test func patchesAndReferencesHaveNoOtherNames() throws {
        let known = names.properties(of: "iosEasEmailProfileConfiguration", in: "entityTypes").union(["@odata.type"])
        let navigation = names.navigationProperties(of: "iosEasEmailProfileConfiguration")
        let profiles = try bodies()
        for (before, after) in zip(profiles, profiles.dropFirst()) {
            if let patch = GraphPayload.patch(before: before, after: after) {
                for (key, value) in try read(patch).members {
                    #expect(known.contains(key), "\(key)")
                    if value != .null, key != "@odata.type" { try names.check(value, of: key) }
                }
            }
            if let references = GraphPayload.references(before: before, after: after, cloud: .global) {
                #expect(try navigation.isSuperset(of: read(references).members.keys))
            }
        }
    }

    @Test func everyTargetExists() throws {
        for profile in try bodies() {
            let assign = try read(GraphPayload.assign(profile)).members
            #expect(Set(assign.keys) == ["assignments"])
            let assignments = assign["assignments"]?.elements ?? []
            #expect(assignments.count == profile[.include].targets.count + profile[.exclude].targets.count)
            for assignment in assignments {
                #expect(names.properties(of: "deviceConfigurationAssignment", in: "entityTypes").isSuperset(of: assignment.members.keys))
                let target = try #require(assignment.members["target"]).members
                let type = try #require(target["@odata.type"]?.text).dropFirst("#microsoft.graph.".count)
                let known = names.properties(of: String(type), in: "complexTypes")
                #expect(!known.isEmpty, "\(type)")
                for (key, value) in target where key != "@odata.type" {
                    #expect(known.contains(key), "\(type) \(key)")
                    try names.check(value, of: key)
                }
                #expect((target["groupId"] != nil) == (type.hasSuffix("roupAssignmentTarget")))
            }
        }
    }

    @Test(arguments: [
        (Tenant.Cloud.global, "graph.microsoft.com"), (.usGov, "graph.microsoft.us"), (.usGovDoD, "dod-graph.microsoft.us"),
        (.china, "microsoftgraph.chinacloudapi.cn"),
    ])
    func boundAddressesNameTheCloudsHost(_ cloud: Tenant.Cloud, _ host: String) throws {
        let profile = try GoldenCase(name: "everything").after().profile
        let address = "https://\(host)/beta/deviceManagement/deviceConfigurations('aaaaaaaa-1111-4111-8111-111111111111')"
        #expect(try read(GraphPayload.body(profile, cloud: cloud)).members["identityCertificate@odata.bind"] == .string(address))
        let minimal = try GoldenCase(name: "minimal").after().profile
        let references = try #require(GraphPayload.references(before: minimal, after: profile, cloud: cloud))
        #expect(try read(references).members["identityCertificate"] == .string(address))
        #expect(cloud.graphHost == host)
    }
}

/// The names in `graph-beta-names.json`.
struct GraphReference {
    private let root: [String: JSON]

    init() throws { root = try read(try Files.reference("graph-beta-names.json")).members }

    func ownProperties(of type: String, in kind: String, _ list: String = "properties") -> Set<String> {
        Set(root[kind]?.members[type]?.members[list]?.elements.compactMap(\.text) ?? [])
    }

    /// Own and inherited ones.
    func properties(of type: String, in kind: String, _ list: String = "properties") -> Set<String> {
        var properties = ownProperties(of: type, in: kind, list)
        var base = root["inherits"]?.members[type]?.text
        while let type = base {
            properties.formUnion(ownProperties(of: type, in: kind, list))
            base = root["inherits"]?.members[type]?.text
        }
        return properties
    }

    func navigationProperties(of type: String) -> Set<String> { properties(of: type, in: "entityTypes", "navigationProperties") }

    /// The enumeration that each property is of, from Microsoft's documentation of the type; the metadata has names only.
    private static let enumerations = [
        "authenticationMethod": "easAuthenticationMethod", "durationOfEmailToSync": "emailSyncDuration", "easServices": "easServices",
        "emailAddressSource": "userEmailSource", "usernameSource": "userEmailSource", "usernameAADSource": "usernameSource",
        "userDomainNameSource": "domainNameSource", "signingCertificateType": "emailCertificateType",
        "encryptionCertificateType": "emailCertificateType",
        "deviceAndAppManagementAssignmentFilterType": "deviceAndAppManagementAssignmentFilterType",
    ]
    private static let texts: Set = [
        "accountName", "customDomainName", "description", "displayName", "hostName", "perAppVPNProfileId", "groupId",
        "deviceAndAppManagementAssignmentFilterId",
    ]

    /// Whether a value is one that the property takes.
    func check(_ value: JSON, of property: String) throws {
        if let enumeration = Self.enumerations[property] {
            let members = Set(root["enumTypes"]?.members[enumeration]?.elements.compactMap(\.text) ?? [])
            let isFlags = root["flagEnums"]?.elements.contains(.string(enumeration)) == true
            let text = try #require(value.text, "\(property)")
            let words = isFlags ? text.split(separator: ",", omittingEmptySubsequences: false).map(String.init) : [text]
            #expect(members.isSuperset(of: words), "\(property) \(text)")
            #expect(words.count == Set(words).count)
        } else if Self.texts.contains(property) {
            #expect(value.text != nil, "\(property)")
        } else if property == "roleScopeTagIds" {
            #expect(!value.elements.isEmpty && value.elements.allSatisfy { $0.text != nil }, "\(property)")
        } else {
            #expect(value == true || value == false, "\(property)")
        }
    }
}
