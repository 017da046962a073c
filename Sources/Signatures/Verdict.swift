/// Whether a signature is what it should be, and if not, why not: told apart, because each is mended by somebody else.
public enum SignatureVerdict: Sendable, Hashable {
    /// By whom, as the trusted keys call them.
    case good(signer: String)
    case unsigned
    /// Made by a key that is not trusted; the key's fingerprint or id, or what kind it is.
    case unknownKey(String)
    /// Not a signature of these bytes by that key, or none that can be relied upon.
    case badSignature(String)
    /// By a trusted key whose time is over, or has not come.
    case expiredKey(String)
}

/// Who may sign: an OpenSSH allowed-signers file, armored OpenPGP keys, or both in one file.
public struct TrustedKeys: Sendable {
    let ssh: [SSHTrustedKey]
    let openPGP: [OpenPGPCertificate]

    /// What is wrong with a file, and in which line, from 1.
    public struct Problem: Error, Sendable, Hashable {
        public let line: Int
        public let message: String

        public init(line: Int, message: String) {
            self.line = line
            self.message = message
        }
    }

    /// Reads a file. Throws at the first thing that it does not understand: a key passed over might be the one that was meant
    /// to be trusted, or an option the one that was meant to limit it.
    public init(_ text: String) throws(Problem) {
        var ssh: [SSHTrustedKey] = []
        var openPGP: [OpenPGPCertificate] = []
        var block: (start: Int, lines: [Substring])?
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let number = index + 1
            if let open = block {
                block = (open.start, open.lines + [line])
                guard line.hasPrefix("-----END ") else { continue }
                openPGP += try OpenPGPCertificate.read(open.lines + [line], line: open.start)
                block = nil
            } else if line.hasPrefix("-----BEGIN PGP PUBLIC KEY BLOCK-----") {
                block = (number, [line])
            } else if line.hasPrefix("-----BEGIN ") {
                throw Problem(line: number, message: "This is not a public key; use an allowed-signers line or an armored OpenPGP public key")
            } else if let key = try SSHTrustedKey(line: line, number: number) {
                ssh.append(key)
            }
        }
        if let block { throw Problem(line: block.start, message: "The armored key has no END line") }
        guard !ssh.isEmpty || !openPGP.isEmpty else { throw Problem(line: 1, message: "The file contains no key") }
        self.ssh = ssh
        self.openPGP = openPGP
    }

    /// Judges the signature of a commit.
    ///
    /// A key must be good at `now`, the moment of the run. The commit's own date would not do: it is the signer's word, and
    /// whoever finds a key that has expired could write any.
    ///
    /// - Parameters:
    ///   - signature: the text of the commit's `gpgsig` header; nil: it has none.
    ///   - payload: the bytes that were signed: the commit without that header.
    ///   - now: seconds since 1970.
    public func judge(signature: String?, payload: [UInt8], now: Int64) -> SignatureVerdict {
        guard let signature else { return .unsigned }
        let text = signature.drop { $0.isWhitespace }
        guard text.utf8.count < 1 << 20 else { return .badSignature("it is too large for a signature") }
        if text.hasPrefix("-----BEGIN SSH SIGNATURE-----") { return SSHSignature.judge(String(text), payload, ssh, now) }
        if text.hasPrefix("-----BEGIN PGP SIGNATURE-----") { return OpenPGPSignature.judge(String(text), payload, openPGP, now) }
        return .badSignature("it is neither an SSH nor an OpenPGP signature")
    }
}
