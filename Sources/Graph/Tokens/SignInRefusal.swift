import Basics
import JSONSource

/// What the sign-in service answered instead of a token, and what to do about it.
///
/// Source: Microsoft's "Microsoft Entra authentication & authorization error codes".
struct SignInRefusal {
    /// The number after AADSTS.
    let code: Int?
    /// The first sentences, without trace ids and time.
    let message: String

    /// - Parameter secrets: what must not come back in a message.
    init(_ answer: HTTPAnswer, secrets: [Secret]) {
        let document = JSONDocument(file: "", bytes: answer.body)
        let root = document.isComplete ? document.root : nil
        let text = root?["error_description"]?.string ?? root?["error"]?.string ?? root?["message"]?.string ?? ""
        let named = text.firstRange(of: "AADSTS").map { text[$0.upperBound...].prefix { $0.isASCII && $0.isNumber } }
        code = named.flatMap { Int($0) } ?? root?["error_codes"].flatMap { $0.elements.first { $0.integer != nil }?.integer }
        let end = text.firstRange(of: " Trace ID:")?.lowerBound ?? text.endIndex
        let plain = text[..<end].split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        message = plain.isEmpty ? "the sign-in service answered with status \(answer.status) and no reason" : withoutSecrets(plain, secrets)
    }

    enum Meaning: Hashable {
        /// A federation that was just set up, or an assertion that is out of time: another assertion may be accepted.
        case federation
        /// The service's own trouble.
        case passing
        /// Nothing changes without somebody's help.
        case lasting
    }

    var meaning: Meaning {
        switch code {
        case 70021, 700024, 700211, 700212, 700213: .federation
        case 90033, 90055: .passing
        default: .lasting
        }
    }

    /// What to do, as an order.
    ///
    /// - Parameter consent: the address where an administrator gives consent.
    func help(_ credential: Credential, consent: String) -> String {
        switch code {
        case 700016, 65001, 7000229, 650052, 650056: "An administrator of the tenant must give consent to the app: \(consent)"
        case 7000215: "The client secret is wrong. Use the secret's value, not its id, and check that it belongs to app \(credential.clientID)"
        case 7000222: "The client secret has expired. Make a new one in the app registration and store it"
        case 700027: "The app does not know this certificate, or it has expired. Upload it to the app registration"
        case 70021, 700211, 700212, 700213: "Add a federated credential to the app registration whose issuer, subject and audience are those of the token. A new one takes some minutes to work"
        case 700024: "The assertion was out of time. Check this machine's clock; where a job waits long, get a fresh token"
        case 90002, 900021: "There is no such tenant in this cloud. Check tenantId and cloud in tenant.json"
        case 900382, 900439: "The app or the tenant is in another cloud. Check cloud in tenant.json and AZURE_AUTHORITY_HOST"
        case 53003, 530032, 530034, 53000: "A Conditional Access policy of the tenant blocks the app. Exclude the app's workload identity from it, or allow this machine's address"
        case 7000112, 7000218: code == 7000112 ? "The app is disabled in the tenant. Enable it under Enterprise applications" : "The request brought no proof. Check the credential"
        case 500011: "Microsoft Graph is not known to the tenant. Check cloud in tenant.json"
        default: "Check the credential (\(credential.summary)) of app \(credential.clientID)"
        }
    }
}

/// A text of a server's, in which secrets are not repeated, as they are or as a form encodes them.
func withoutSecrets(_ text: String, _ secrets: [Secret]) -> String {
    var text = text
    for secret in secrets where !secret.isEmpty {
        for form in [secret.reveal(), formEncoded(secret.reveal())] { text = text.replacing(form, with: secret.description) }
    }
    return text
}
