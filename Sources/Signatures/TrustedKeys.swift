import Basics
import Git

/// Who may sign: an OpenSSH allowed-signers file, armored OpenPGP keys, or both in one file.
///
/// easel parses neither: it only tells the two apart. `ssh-keygen` and `gpgv` read the keys.
public struct TrustedKeys: Sendable {
    /// The lines of the file, with comments in place of OpenPGP keys and of empty lines, which ssh-keygen reports as lines without a key;
    /// nil without any allowed signer.
    let allowedSigners: String?
    /// One keyring for each armored block.
    let keyrings: [[UInt8]]

    /// What is wrong with a file, and in which line, from 1.
    public struct Problem: Error, Sendable, Hashable {
        public let line: Int
        public let message: String

        public init(line: Int, message: String) {
            self.line = line
            self.message = message
        }
    }

    /// Reads a file. Throws for what cannot be keys; what a line or block is worth shows when a signature is verified.
    public init(_ text: String) throws(Problem) {
        var lines: [Substring] = []
        var keyrings: [[UInt8]] = []
        var block: (start: Int, lines: [Substring])?
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let number = index + 1
            lines.append("#")
            if let open = block {
                block = (open.start, open.lines + [line])
                guard line.hasPrefix("-----END ") else { continue }
                guard let keyring = Armor.keyring(open.lines) else { throw Problem(line: open.start, message: "The armored key is damaged") }
                keyrings.append(keyring)
                block = nil
            } else if line.hasPrefix("-----BEGIN PGP PUBLIC KEY BLOCK-----") {
                block = (number, [])
            } else if line.hasPrefix("-----BEGIN ") {
                throw Problem(line: number, message: "This is not a public key; use an allowed-signers line or an armored OpenPGP public key")
            } else if line.contains(where: { !$0.isWhitespace }) {
                lines[index] = line
            }
        }
        if let block { throw Problem(line: block.start, message: "The armored key has no END line") }
        let hasSigners = lines.contains { line in line.first { !$0.isWhitespace } != "#" }
        guard hasSigners || !keyrings.isEmpty else { throw Problem(line: 1, message: "The file contains no key") }
        allowedSigners = hasSigners ? lines.joined(separator: "\n") + "\n" : nil
        self.keyrings = keyrings
    }

    /// Judges the signature of a commit, with the program that its kind of signature is verified by.
    ///
    /// A key must be valid at the time of the run. The commit's own date would not do: it is the signer's word, and whoever finds a key that
    /// has expired could write any.
    ///
    /// Throws ``Problem`` for a line that ssh-keygen cannot read, and ``SignatureToolError`` where nothing can be verified.
    ///
    /// - Parameter now: seconds since 1970, for SSH keys. gpgv takes no time: for OpenPGP keys, the machine's clock counts.
    public func verdict(onCommit id: ObjectID, in repository: Repository, now: Int64) throws -> SignatureVerdict {
        switch try repository.signature(ofCommit: id) {
        case .none: .unsigned
        case .several: .badSignature("the commit has several signatures, and programs differ about which of them counts")
        case .one(let text, let payload): try verdict(on: text, payload, now: now)
        }
    }

    /// - Parameters:
    ///   - signature: the text of the commit's `gpgsig` header.
    ///   - payload: the bytes that were signed: the commit without that header.
    func verdict(on signature: [UInt8], _ payload: [UInt8], now: Int64) throws -> SignatureVerdict {
        guard signature.count < 1 << 16 else { return .badSignature("it is too large for a signature") }
        if signature.starts(with: Array("-----BEGIN SSH SIGNATURE-----".utf8)) { return try SSHVerifier.verdict(on: signature, payload, allowedSigners, now) }
        if signature.starts(with: Array("-----BEGIN PGP SIGNATURE-----".utf8)) { return try OpenPGPVerifier.verdict(on: signature, payload, keyrings) }
        return .badSignature("it is neither an SSH nor an OpenPGP signature")
    }
}
