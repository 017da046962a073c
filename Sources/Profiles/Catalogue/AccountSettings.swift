import JSONSource

/// Exchange ActiveSync account settings.
extension Catalogue {
    static let accountSettings: [Setting] = [
        Setting(
            "account", "server", title: "Email server", "The host name of the Exchange server.",
            type: .hostName, graph: .same("hostName"), apple: .string("Host"), example: "outlook.office365.com"),
        Setting(
            "account", "accountName", title: "Account name", "The name of the account that people see on their devices.",
            type: .text(.line(1...255)), graph: .same("accountName"), apple: .string("PayloadDisplayName"), example: "Contoso mail"),
        Setting(
            "account", "usernameAttribute", title: "Username attribute from Microsoft Entra ID",
            "The attribute from which Intune takes the user name.",
            type: .choice([
                Choice("userPrincipalName", "the user principal name, such as user1@contoso.com"),
                Choice("primarySmtpAddress", "the primary SMTP address, such as user1@contoso.com"),
                Choice("samAccountName", "the sAM account name with a domain, such as contoso\\user1"),
            ]),
            graph: GraphMapping(["usernameAADSource", "usernameSource"]) { value in
                guard let word = value.text else { return [] }
                // usernameSource is of type userEmailSource, which has no samAccountName: the portal sends this instead, and null is refused.
                let older = word == "samAccountName" ? "userPrincipalName" : word
                return [.property("usernameAADSource", .string(word)), .property("usernameSource", .string(older))]
            } read: { object, setting in
                // Where the newer property is samAccountName, the older one has another value.
                object.has("usernameAADSource") ? object.value("usernameAADSource", setting) : object.value("usernameSource", setting)
            }),
        Setting(
            "account", "usernameDomain", title: "User domain name source", "The source of the domain of a sAM account name.",
            type: .userDomain, default: SettingValue.none,
            onlyWith: SettingCondition("account.usernameAttribute", is: "samAccountName"),
            graph: GraphMapping(["userDomainNameSource", "customDomainName"]) { value in
                switch value {
                case .domain(.attribute(let word)): [.property("userDomainNameSource", .string(word))]
                case .domain(.custom(let name)): [.property("customDomainName", .string(name))]
                default: []
                }
            } read: { object, _ in
                // Intune may keep a source although the custom name counts.
                if let name = object.text("customDomainName"), !name.isEmpty { return .value(.domain(.custom(name))) }
                return object.userDomain("userDomainNameSource")
            }),
        Setting(
            "account", "emailAddressAttribute", title: "Email address attribute from Microsoft Entra ID",
            "The attribute from which Intune takes the email address.",
            type: .choice([
                Choice("userPrincipalName", "the user principal name, such as user1@contoso.com"),
                Choice("primarySmtpAddress", "the primary SMTP address, such as user1@contoso.com"),
            ]), graph: .same("emailAddressSource")),
        Setting(
            "account", "authentication", "method", title: "Authentication method", "How people sign in to the email server.",
            type: .choice([
                Choice("usernameAndPassword", "people enter user name and password"),
                Choice("certificate", "a SCEP or PKCS client certificate profile"),
                Choice("derivedCredential", "a certificate derived from the user's smart card"),
            ]), graph: .same("authenticationMethod")),
        Setting(
            "account", "authentication", "certificateProfile", title: "Identity certificate",
            "The name of the tenant's certificate profile for signing in.",
            type: .identityCertificate, default: SettingValue.none,
            onlyWith: SettingCondition("account.authentication.method", is: "certificate"),
            graph: .certificate("identityCertificate"), apple: .certificate("PayloadCertificateUUID"), example: "user-certificate"),
        Setting(
            "account", "ssl", title: "SSL", "Use SSL to send and receive mail and to communicate with the Exchange server.",
            type: .boolean, default: .bool(true), graph: .same("requireSsl"), apple: .bool("SSL")),
        Setting(
            "account", "oauth", title: "OAuth",
            "Use OAuth, the modern sign-in that supports multifactor authentication. Turning it on deploys a new profile to every targeted device, and people must enter their credentials again.",
            type: .boolean, default: .bool(false), iOS: OSVersion(12), graph: .same("useOAuth"), apple: .bool("OAuth")),
    ]
}

extension SettingKey {
    public static let server = SettingKey("account.server")
    public static let accountName = SettingKey("account.accountName")
    public static let usernameAttribute = SettingKey("account.usernameAttribute")
    public static let usernameDomain = SettingKey("account.usernameDomain")
    public static let emailAddressAttribute = SettingKey("account.emailAddressAttribute")
    public static let method = SettingKey("account.authentication.method")
    public static let identityCertificate = SettingKey("account.authentication.certificateProfile")
    public static let ssl = SettingKey("account.ssl")
    public static let oauth = SettingKey("account.oauth")
}
