import Basics

/// What `DIR/<tenant>` of `--credentials` contains. Links are followed: mounted secrets are links.
public struct CredentialFolder: Sendable {
    public let path: String
    let clientID: String?
    let secret: Secret?
    /// The path of `certificate.pem`, where there is one.
    let certificatePath: String?

    public init(path: String, clientID: String?, secret: Secret?, certificatePath: String?) {
        self.path = path
        self.clientID = clientID
        self.secret = secret
        self.certificatePath = certificatePath
    }

    /// Reads a tenant's folder; nil where there is none.
    ///
    /// - Parameter tenant: a tenant id, which has no characters that a path could misunderstand.
    /// - Throws: `FileError` where a file cannot be read.
    public static func read(_ directory: String, tenant: String) throws -> CredentialFolder? {
        guard kind(of: directory, followsLinks: true) == .folder else {
            throw CredentialError("\(directory) is not a folder", help: "Give --credentials a folder that has a folder for each tenant")
        }
        let path = withoutTrailingSlashes(directory) + "/" + tenant
        guard kind(of: path, followsLinks: true) == .folder else { return nil }
        let certificate = path + "/certificate.pem"
        return CredentialFolder(
            path: path, clientID: try text(path + "/client-id"), secret: try text(path + "/client-secret").map { Secret($0) },
            certificatePath: kind(of: certificate, followsLinks: true) == .missing ? nil : certificate)
    }

    /// A file's text without the line end that editors add; nil where there is no file.
    private static func text(_ path: String) throws -> String? {
        guard kind(of: path, followsLinks: true) != .missing else { return nil }
        return fileText(try readFile(path, limit: 1 << 16, followsLinks: true))
    }
}

/// The text of a mounted secret: without a byte order mark, and without the space around it.
func fileText(_ bytes: [UInt8]) -> String {
    let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
    let isSpace = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
    let start = text.drop(while: isSpace)
    return String(decoding: start.prefix(start.count - start.reversed().prefix(while: isSpace).count), as: UTF8.self)
}
