import Basics
import Crypto
import CryptoExtras
import Foundation
import JSONSource
import X509

/// The sign-in service: client credentials with a secret, a client assertion, or a federated one.
struct TokenService {
    let tenants: [String: EmulatedTenant]
    let lifetime: Int
    /// What signs the emulator's own federated tokens.
    let issuerKey: SymmetricKey
    /// Scheme, host and port.
    let origin: String
    /// Seconds since 1970.
    let now: Int

    struct Issued {
        let token: String
        let tenant: String
        let clientID: String
        let permissions: Set<String>
    }

    struct Problem: Error {
        let code: Int
        let message: String
        var answer: Answer {
            let text = "AADSTS\(code): \(message) Trace ID: \(randomGUID()) Correlation ID: \(randomGUID()) Timestamp: 2026-11-26 12:00:00Z"
            return Answer(status: code == 7000215 || code == 700027 ? 401 : 400, body: ["error": code == 7000215 ? "invalid_client" : "invalid_request", "error_description": .string(text), "error_codes": [.integer(code)]])
        }
    }

    func issue(tenant id: String, form: [String: String], usedIDs: inout Set<String>) throws(Problem) -> Issued {
        guard let tenant = tenants[id.lowercased()] else { throw Problem(code: 90002, message: "Tenant '\(id)' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.") }
        guard form["grant_type"] == "client_credentials" else { throw Problem(code: 70003, message: "The app requested an unsupported grant type.") }
        guard let scope = form["scope"], scope.hasSuffix("/.default"), scope.hasPrefix("https://") else { throw Problem(code: 1002012, message: "The provided value for scope is not valid.") }
        let clientID = form["client_id"] ?? ""
        guard let app = tenant.apps.first(where: { $0.clientID == clientID }), app.hasConsent else {
            throw Problem(code: 700016, message: "Application with identifier '\(clientID)' was not found in the directory '\(tenant.displayName)'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant.")
        }
        if let secret = form["client_secret"] {
            guard let own = app.secret, secret == own else { throw Problem(code: 7000215, message: "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '\(clientID)'.") }
        } else if let assertion = form["client_assertion"], form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" {
            try check(assertion, app, tenant, &usedIDs)
        } else {
            throw Problem(code: 7000218, message: "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.")
        }
        let claims: JSON = [
            "aud": .string(String(scope.dropLast("/.default".count))), "iss": .string("https://sts.windows.net/\(tenant.id)/"), "tid": .string(tenant.id), "appid": .string(clientID),
            "roles": .array(app.permissions.sorted().map(JSON.string)), "iat": .integer(now), "exp": .integer(now + lifetime), "jti": .string(randomGUID()),
        ]
        return Issued(token: signed(claims), tenant: tenant.id, clientID: clientID, permissions: app.permissions)
    }

    private func check(_ assertion: String, _ app: EmulatedApp, _ tenant: EmulatedTenant, _ usedIDs: inout Set<String>) throws(Problem) {
        let parts = assertion.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        let invalid = Problem(code: 50027, message: "JWT token is invalid or malformed.")
        guard parts.count == 3, let header = object(parts[0]), let claims = object(parts[1]), let signature = bytes(base64URL: parts[2]) else { throw invalid }
        let content = Array((parts[0] + "." + parts[1]).utf8)
        guard let expires = claims["exp"]?.integer, expires > now, (claims["nbf"]?.integer ?? 0) <= now + 300 else { throw Problem(code: 700024, message: "Client assertion is not within its valid time range.") }
        if header["alg"] == "HS256" {
            // The emulator's own issuer stands for GitHub, Azure DevOps and Kubernetes.
            guard HMAC<SHA256>.isValidAuthenticationCode(signature, authenticating: content, using: issuerKey), claims["iss"]?.string == origin + "/oidc" else { throw Problem(code: 700211, message: "No matching federated identity record found for presented assertion issuer.") }
            guard let trusted = app.federated, claims["sub"]?.string == trusted.subject, claims["aud"]?.string == trusted.audience else {
                throw Problem(code: 70021, message: "No matching federated identity record found for presented assertion.")
            }
            return
        }
        guard claims["iss"]?.string == app.clientID, claims["sub"]?.string == app.clientID else { throw Problem(code: 700021, message: "Client assertion application identifier doesn't match 'client_id' parameter.") }
        guard claims["aud"]?.string == "\(origin)/\(tenant.id)/oauth2/v2.0/token" else { throw Problem(code: 700023, message: "Client assertion audience claim does not match Realm issuer.") }
        guard expires <= now + 3600 else { throw Problem(code: 700024, message: "Client assertion is valid for too long.") }
        guard let id = claims["jti"]?.string, !id.isEmpty, usedIDs.insert(id).inserted else { throw invalid }
        let unknown = Problem(code: 700027, message: "The certificate with identifier used to sign the client assertion is not registered on application.")
        for pem in app.certificates {
            guard let certificate = try? Certificate(pemEncoded: pem), let der = try? certificate.serializeAsPEM().derBytes, header["x5t#S256"]?.string == base64URL(SHA256.hash(data: der)) else { continue }
            guard let key = _RSA.Signing.PublicKey(certificate.publicKey) else { throw unknown }
            let padding: _RSA.Signing.Padding = header["alg"] == "PS256" ? .PSS : .insecurePKCS1v1_5
            guard header["alg"] == "PS256" || header["alg"] == "RS256", key.isValidSignature(.init(rawRepresentation: signature), for: SHA256.hash(data: content), padding: padding) else { throw unknown }
            return
        }
        throw unknown
    }

    /// A token of the emulator's own issuer.
    func federatedToken(subject: String, audience: String, lifetime: Int) -> String {
        signed(["iss": .string(origin + "/oidc"), "sub": .string(subject), "aud": .string(audience), "iat": .integer(now), "nbf": .integer(now - 5), "exp": .integer(now + lifetime), "jti": .string(randomGUID())])
    }

    private func signed(_ claims: JSON) -> String {
        let header: JSON = ["alg": "HS256", "typ": "JWT"]
        let content = [header, claims].map { base64URL(Array($0.compact.utf8)) }.joined(separator: ".")
        return content + "." + base64URL(HMAC<SHA256>.authenticationCode(for: Array(content.utf8), using: issuerKey))
    }

    private func object(_ part: String) -> JSON? {
        guard let bytes = bytes(base64URL: part) else { return nil }
        let document = JSONDocument(file: "token", bytes: bytes)
        return document.problems.isEmpty ? document.root?.plain : nil
    }
}

func base64URL(_ bytes: some Sequence<UInt8>) -> String {
    String(Base64.text(bytes, padded: false).map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 })
}

func bytes(base64URL text: String) -> [UInt8]? {
    Base64.bytes(String(text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 }), requiresPadding: false)
}
