import Basics
import Profiles

/// Decides which credential is used: a pure function of the environment and of what a tenant's folder contains.
///
/// A tenant's own folder goes before the environment. In the environment an explicit credential (secret, certificate, token file) goes before
/// those that a pipeline offers by itself, since GitHub and Azure DevOps set their variables whether or not anybody wants to use them.
public enum CredentialChoice {
    static let names = (
        clientID: "AZURE_CLIENT_ID", secret: "AZURE_CLIENT_SECRET", certificate: "AZURE_CLIENT_CERTIFICATE_PATH", tokenFile: "AZURE_FEDERATED_TOKEN_FILE",
        gitHubURL: "ACTIONS_ID_TOKEN_REQUEST_URL", gitHubToken: "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
        pipelinesURL: "SYSTEM_OIDCREQUESTURI", pipelinesToken: "SYSTEM_ACCESSTOKEN", connection: "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID"
    )

    /// - Parameters:
    ///   - environment: an empty value counts as absent.
    ///   - folder: what `DIR/<tenant>` contains; nil where there is no such folder.
    ///   - folders: `--credentials`, to name it in errors; nil where it is not given.
    /// - Throws: `CredentialError` where there is none, more than one, or a part is missing.
    public static func credential(environment: [String: String], folder: CredentialFolder?, tenant: String, folders: String? = nil) throws(CredentialError) -> Credential {
        if let folder { return try credential(folder) }
        return try credential(environment, tenant: tenant, folders: folders)
    }

    private static func credential(_ folder: CredentialFolder) throws(CredentialError) -> Credential {
        let (path, id) = (folder.path, folder.clientID)
        guard let id, !id.isEmpty else { throw CredentialError("\(path) has no client-id", help: "Write the application (client) id into \(path)/client-id") }
        try check(id, place: "\(path)/client-id")
        switch (folder.secret, folder.certificatePath) {
        case (.some, .some):
            throw CredentialError("\(path) has both client-secret and certificate.pem, and it is not clear which one counts", help: "Remove one of them")
        case (let secret?, nil):
            guard !secret.isEmpty else { throw CredentialError("\(path)/client-secret is empty", help: "Write the client secret into it") }
            return Credential(clientID: id, proof: .secret(secret))
        case (nil, let certificate?): return Credential(clientID: id, proof: .certificate(path: certificate))
        case (nil, nil): throw CredentialError("\(path) has neither client-secret nor certificate.pem", help: "Put one of them there")
        }
    }

    private static func credential(_ environment: [String: String], tenant: String, folders: String?) throws(CredentialError) -> Credential {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        var explicit: [(name: String, proof: Credential.Proof)] = []
        if let secret = value(names.secret) { explicit.append((names.secret, .secret(Secret(secret)))) }
        if let path = value(names.certificate) { explicit.append((names.certificate, .certificate(path: path))) }
        if let path = value(names.tokenFile) { explicit.append((names.tokenFile, .federatedFile(path: path))) }
        guard explicit.count <= 1 else {
            throw CredentialError("\(explicit.map(\.name).joined(separator: " and ")) are set, and it is not clear which one counts", help: "Set only one of them")
        }
        let proof: Credential.Proof
        if let only = explicit.first { proof = only.proof } else { proof = try pipeline(value, tenant: tenant, folders: folders) }
        guard let id = value(names.clientID) else {
            throw CredentialError("\(names.clientID) is not set", help: "Set it to the application (client) id of the app registration")
        }
        try check(id, place: names.clientID)
        return Credential(clientID: id, proof: proof)
    }

    /// What the pipeline that easel runs in offers.
    private static func pipeline(_ value: (String) -> String?, tenant: String, folders: String?) throws(CredentialError) -> Credential.Proof {
        let gitHub = (url: value(names.gitHubURL), token: value(names.gitHubToken))
        let pipelines = (url: value(names.pipelinesURL), token: value(names.pipelinesToken), connection: value(names.connection))
        let usesPipelines = pipelines.connection != nil || (pipelines.url != nil && pipelines.token != nil)
        if gitHub.url != nil || gitHub.token != nil, !usesPipelines {
            guard let url = gitHub.url, let token = gitHub.token else {
                let missing = gitHub.url == nil ? names.gitHubURL : names.gitHubToken
                throw CredentialError("\(missing) is not set", help: "Give the GitHub job 'permissions: id-token: write'")
            }
            return .gitHub(requestURL: url, token: Secret(token))
        }
        if usesPipelines {
            guard let url = pipelines.url else { throw CredentialError("\(names.pipelinesURL) is not set", help: "It is set in Azure DevOps jobs only") }
            guard let token = pipelines.token else {
                throw CredentialError("\(names.pipelinesToken) is not set", help: "Map it in the step: env: { \(names.pipelinesToken): $(System.AccessToken) }")
            }
            guard let connection = pipelines.connection else {
                throw CredentialError("\(names.connection) is not set", help: "Set it to the id of the service connection that the app trusts (resourceId in its address)")
            }
            return .azurePipelines(requestURL: url, token: Secret(token), connection: connection)
        }
        // GitHub sets these two only for a job that may ask for tokens.
        let ways = value("GITHUB_ACTIONS") == "true"
            ? "Give the GitHub job 'permissions: id-token: write' and set \(names.clientID)" : "Set \(names.clientID) and one of \(names.secret), \(names.certificate) and \(names.tokenFile)"
        guard let folders else { throw CredentialError("there is no credential", help: ways + ", or use --credentials") }
        throw CredentialError("\(folders) has no folder '\(tenant)', and the environment has no credential", help: "Make the folder with client-id and client-secret or certificate.pem. Or: \(ways)")
    }

    /// An id that is not one, often the secret in the wrong place, is not repeated in a message.
    private static func check(_ id: String, place: String) throws(CredentialError) {
        guard StringForm.guid.accepts(id) else { throw CredentialError("\(place) is not a GUID", help: "Use the application (client) id from the app registration's overview page") }
    }
}
