import Basics
import Glibc

/// Verifies signatures with `ssh-keygen -Y`, as git does.
enum SSHVerifier {
    /// The namespace in which git signs.
    private static let namespace = "git"
    /// More names than this of one key are not tried.
    private static let mostPrincipals = 20

    static func verdict(on signature: [UInt8], _ payload: [UInt8], _ allowedSigners: String?, _ now: Int64) throws -> SignatureVerdict {
        let program = try VerifyingProgram("ssh-keygen", package: "openssh-client")
        let folder = try PrivateFolder()
        defer { folder.remove() }
        let home = folder.path
        let allowed = try folder.write("allowed", Array((allowedSigners ?? "").utf8))
        let signatureFile = try folder.write("signature", signature)
        let payloadFile = try folder.write("payload", payload)
        let time = "-Overify-time=\(digits(now))"

        // The names of the first line that has this key and is valid now; each name may be limited by other lines.
        let found = try program.run(["-Y", "find-principals", "-f", allowed, "-s", signatureFile, time], home: home)
        var words = found.errors
        if found.status == 0 {
            for principal in found.output.split(whereSeparator: \.isNewline).prefix(mostPrincipals) {
                let verified = try program.run(
                    ["-Y", "verify", "-n", namespace, "-f", allowed, "-I", String(principal), "-s", signatureFile, time], home: home, input: payloadFile)
                if verified.status == 0, verified.output.hasPrefix("Good \"\(namespace)\" signature for ") { return .good(signer: String(principal)) }
                words += verified.errors
            }
        }
        let checked = try program.run(["-Y", "check-novalidate", "-n", namespace, "-s", signatureFile], home: home, input: payloadFile)
        guard checked.status == 0, let key = checked.output.split(whereSeparator: \.isNewline).first?.split(separator: " with ").last else {
            return .badSignature(reason(checked.errors))
        }
        return try refusal(String(key), words, allowed)
    }

    /// Why a signature that is sound is not taken, from what ssh-keygen said about lines of the file: "PATH:3: key has expired: …". (It ends
    /// lines as terminals want it.)
    private static func refusal(_ key: String, _ words: String, _ allowed: String) throws -> SignatureVerdict {
        var problem: TrustedKeys.Problem?
        for line in words.split(whereSeparator: \.isNewline) where line.hasPrefix(allowed + ":") {
            let parts = line.dropFirst(allowed.count + 1).split(separator: ":", maxSplits: 1)
            guard parts.count == 2, let number = Int(parts[0]) else { continue }
            let message = parts[1].drop { $0 == " " }
            if message.contains("expired") || message.contains("not yet valid") { return .expired("\(key), line \(number) of the trusted keys: \(message)") }
            if message.contains("not permitted for use in signature namespace") { return .unknownKey("\(key), line \(number) of the trusted keys: \(message)") }
            // A certificate for somebody else than its authority may vouch for is no fault of the line.
            if message.contains("principal") || message.contains("certificate not authorized") { continue }
            problem = problem ?? TrustedKeys.Problem(line: number, message: "ssh-keygen cannot use this line: \(message)")
        }
        if let problem { throw problem }
        return .unknownKey(key)
    }

    private static func reason(_ words: String) -> String {
        if words.contains("incorrect signature") { return "it does not match the commit, whose content is not what was signed" }
        if words.contains("namespace does not match") { return "it was made for another purpose than git" }
        return "ssh-keygen says: \(words.split(whereSeparator: \.isNewline).first ?? "nothing")"
    }

    /// A time as ssh-keygen reads it: 20270131120000.
    private static func digits(_ time: Int64) -> String {
        var seconds = time_t(time)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        var text = [CChar](repeating: 0, count: 32)
        let count = strftime(&text, text.count, "%Y%m%d%H%M%S", &parts)
        return String(decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
