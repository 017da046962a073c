/// Makes a profile id from a display name: letters and digits in lower case without accents, a hyphen for everything else, and a
/// number where the id is already taken. The same names in the same order always give the same ids.
public func profileID(of displayName: String, taken: inout Set<String>) -> String {
    let stem = slug(displayName)
    let id = firstFree(taken) { number in
        let ending = number == 1 ? "" : "-\(number)"
        return String(stem.prefix(63 - ending.utf8.count)) + ending
    }
    taken.insert(id)
    return id
}

/// The name with the lowest number, from 1, that is not taken; where numbers are missing in between, one of those. The search doubles
/// its steps, since there may be thousands of one name.
public func firstFree(_ taken: Set<String>, _ name: (Int) -> String) -> String {
    var (busy, free) = (0, 1)
    while taken.contains(name(free)) { (busy, free) = (free, free * 2) }
    while free - busy > 1 {
        let middle = (busy + free) / 2
        if taken.contains(name(middle)) { busy = middle } else { free = middle }
    }
    return name(free)
}

private func slug(_ text: String) -> String {
    var result: [UInt8] = []
    for scalar in text.unicodeScalars {
        if let letters = plain(scalar) {
            result += letters
        } else if let last = result.last, last != UInt8(ascii: "-") {
            result.append(UInt8(ascii: "-"))
        }
    }
    result = Array(result.prefix(60))
    while result.last == UInt8(ascii: "-") { result.removeLast() }
    return result.isEmpty ? "profile" : String(decoding: result, as: UTF8.self)
}

/// The ASCII letters and digits of a scalar, by its Unicode name, as "LATIN SMALL LETTER E WITH ACUTE". Nil for a separator.
private func plain(_ scalar: Unicode.Scalar) -> [UInt8]? {
    if scalar.isASCII {
        let byte = UInt8(scalar.value)
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): return [byte]
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): return [byte | 0x20]
        default: return nil
        }
    }
    // A combining accent belongs to the letter before it.
    if scalar.properties.generalCategory == .nonspacingMark { return [] }
    if scalar.properties.name == "LATIN SMALL LETTER SHARP S" { return Array("ss".utf8) }
    let words = (scalar.properties.name ?? "").split(separator: " ")
    guard words.count >= 4, words[0] == "LATIN", words[2] == "LETTER", words[3].utf8.count <= 2 else { return nil }
    return Array(words[3].lowercased().utf8)
}
