import Basics

/// A body of `application/x-www-form-urlencoded`.
func formBody(_ fields: [(name: String, value: String)]) -> [UInt8] {
    Array(fields.map { "\(formEncoded($0.name))=\(formEncoded($0.value))" }.joined(separator: "&").utf8)
}

/// Percent-encodes everything but unreserved characters.
func formEncoded(_ text: String) -> String {
    var result: [UInt8] = []
    for byte in text.utf8 {
        if isAlphanumeric(byte) || "-._~".utf8.contains(byte) {
            result.append(byte)
        } else {
            result.append(UInt8(ascii: "%"))
            result.append(contentsOf: hexadecimal([byte], uppercase: true).utf8)
        }
    }
    return String(decoding: result, as: UTF8.self)
}
