import Basics
import Profiles

/// The UUID of a payload in a .mobileconfig, derived from the payload's identity: the same history gives the same UUIDs on any machine
/// and at any time.
///
/// It is of version 8 (RFC 9562, section 5.8): the first 16 bytes of SHA-256 over the parts, with version and variant set, in upper case
/// as Apple writes UUIDs. The parts are joined by NUL, which none of them can contain (tenant and profile ids are letters, digits and
/// hyphens), so different lists of parts give different texts.
func payloadUUID(_ parts: String...) -> String {
    let text = ["easel"] + parts
    let digits = sha256(Array(text.joined(separator: "\0").utf8)).uppercased().utf8
    var uuid: [UInt8] = []
    uuid.reserveCapacity(36)
    for (position, digit) in digits.prefix(32).enumerated() {
        if position == 8 || position == 12 || position == 16 || position == 20 { uuid.append(UInt8(ascii: "-")) }
        switch position {
        case 12: uuid.append(UInt8(ascii: "8"))
        // The variant is 10 in the upper two bits; the other two bits of the digit stay.
        case 16: uuid.append(variants[Int((digit < UInt8(ascii: "A") ? digit : digit + 9) & 3)])
        default: uuid.append(digit)
        }
    }
    return String(decoding: uuid, as: UTF8.self)
}

private let variants = Array("89AB".utf8)
