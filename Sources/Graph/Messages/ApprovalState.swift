import Basics
import JSONSource
import Profiles

/// What an answer says about Multi Admin Approval, which holds a write until a second administrator has approved it.
///
/// Source: Microsoft's "Use Multi Admin Approval with the Microsoft Graph API". The service answers with 400, 403, 409 or 412; what counts is
/// what the answer says, and not its status.
public enum ApprovalState: Sendable, Hashable {
    /// The tenant requires approval, and the request did not bring a justification: nothing was asked for.
    case needsJustification
    /// Approval was asked for. Send the same request again with this code once it was approved.
    case requested(code: String)
    /// The same change already awaits approval, under the code of an earlier answer.
    case alreadyRequested

    static let codeHeader = "x-msft-approval-code"

    /// - Parameters:
    ///   - header: the value of `codeHeader`.
    ///   - message: the error's message.
    init?(status: Int, header: String?, code: String?, message: String) {
        guard [400, 403, 409, 412].contains(status) else { return nil }
        let lower = message.lowercased()
        if let found = (header ?? Self.code(in: lower)).map({ $0.trimmingSpaces }), StringForm.guid.accepts(found) {
            self = .requested(code: found.lowercased())
        } else if lower.contains("x-msft-approval-justification") {
            self = .needsJustification
        } else if lower.contains("active approval request already exists") {
            self = .alreadyRequested
        } else {
            return nil
        }
    }

    /// `x-msft-approval-code: GUID` within a message.
    private static func code(in message: String) -> String? {
        guard let start = message.range(ofLast: codeHeader + ":") else { return nil }
        let code = message[start...].drop { $0 == " " }.prefix { $0.isHexDigit || $0 == "-" }
        return code.isEmpty ? nil : String(code)
    }
}

extension String {
    fileprivate func range(ofLast text: String) -> String.Index? { ranges(of: text).last?.upperBound }

    var trimmingSpaces: String {
        let start = drop { $0 == " " || $0 == "\t" }
        return String(start.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
}
