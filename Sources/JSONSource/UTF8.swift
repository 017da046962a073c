/// Offset of the first byte that is not part of well-formed UTF-8 (Unicode 15, table 3-7).
func firstInvalidUTF8(_ text: UnsafeBufferPointer<UInt8>) -> Int? {
    var index = 0
    let count = text.count
    let raw = UnsafeRawBufferPointer(text)
    while index < count {
        if index + 8 <= count, raw.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0 {
            index += 8
            continue
        }
        let byte = text[index]
        if byte < 0x80 {
            index += 1
            continue
        }
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch byte {
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: length = 3
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: length = 4
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: return index
        }
        guard index + length <= count, second.contains(text[index + 1]) else { return index }
        for offset in 2..<max(2, length) where text[index + offset] & 0xC0 != 0x80 { return index }
        index += length
    }
    return nil
}
