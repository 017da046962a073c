/// The bytes of an export in UTF-8 without a byte order mark: PowerShell 5 writes UTF-16 or adds a mark.
func exportText(_ bytes: [UInt8]) -> [UInt8] {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return Array(bytes.dropFirst(3)) }
    let isLittle = bytes.starts(with: [0xFF, 0xFE]) || (bytes.count > 1 && bytes[0] != 0 && bytes[1] == 0)
    let isBig = bytes.starts(with: [0xFE, 0xFF]) || (bytes.count > 1 && bytes[0] == 0 && bytes[1] != 0)
    guard isLittle || isBig, bytes.count.isMultiple(of: 2) else { return bytes }
    let units = stride(from: 0, to: bytes.count, by: 2).map { at in
        isLittle ? UInt16(bytes[at]) | UInt16(bytes[at + 1]) << 8 : UInt16(bytes[at]) << 8 | UInt16(bytes[at + 1])
    }
    var text: [UInt8] = []
    text.reserveCapacity(units.count)
    // A text with a lone surrogate stays as it is, and the parser reports the error.
    let isSound = !transcode(units.drop { $0 == 0xFEFF }.makeIterator(), from: UTF16.self, to: UTF8.self, stoppingOnError: true) { text.append($0) }
    return isSound ? text : bytes
}
