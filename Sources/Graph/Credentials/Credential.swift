import Basics

/// How easel proves to a tenant's sign-in service who it is. Which of them is used is decided by `CredentialChoice`.
public struct Credential: Sendable, Hashable {
    /// The id of the app registration, which is no secret.
    public let clientID: String
    public let proof: Proof

    public enum Proof: Sendable, Hashable {
        /// A client secret.
        case secret(Secret)
        /// A certificate and its RSA key in one PEM file, which is read anew for each token: it may be replaced while easel runs.
        case certificate(path: String)
        /// A token of another issuer in a file, read anew for each token, since its issuer replaces it often (Kubernetes, GitLab).
        case federatedFile(path: String)
        /// GitHub Actions makes a token for each request.
        case gitHub(requestURL: String, token: Secret)
        /// Azure DevOps makes a token for each request, for a service connection.
        case azurePipelines(requestURL: String, token: Secret, connection: String)
    }

    public init(clientID: String, proof: Proof) {
        self.clientID = clientID
        self.proof = proof
    }

    /// How messages and `doctor` call it; without secrets.
    public var summary: String {
        switch proof {
        case .secret: "a client secret"
        case .certificate(let path): "the certificate in \(path)"
        case .federatedFile(let path): "the token in \(path)"
        case .gitHub: "GitHub's OIDC token"
        case .azurePipelines: "the OIDC token of an Azure DevOps service connection"
        }
    }
}

/// Why no credential can be used. The help says what to set.
public struct CredentialError: Error, Sendable, Hashable, CustomStringConvertible {
    public let message: String
    public let help: String

    init(_ message: String, help: String) {
        self.message = message
        self.help = help
    }

    public var description: String { "cannot sign in to Microsoft Graph: \(message). \(help)" }
}
