import Basics
import Profiles

/// The UUID of a payload in a .mobileconfig, derived from what the payload is: the same history gives the same UUIDs, on
/// whichever machine and at whichever time.
///
/// A UUID of version 8 (RFC 9562, section 5.8): the first 16 bytes of SHA-256 over the parts, with version and variant
/// set. In upper case, as Apple writes them. The parts are joined by NUL, which none of them can hold (tenant and profile
/// ids are letters, digits and hyphens), so that no two lists of parts give the same text.
func payloadUUID(_ parts: String...) -> String {
    let text = ["easel"] + parts
    let digits = sha256(Array(text.joined(separator: "\0").utf8)).uppercased().utf8
    var uuid: [UInt8] = []
    uuid.reserveCapacity(36)
    for (position, digit) in digits.prefix(32).enumerated() {
        if position == 8 || position == 12 || position == 16 || position == 20 { uuid.append(UInt8(ascii: "-")) }
        switch position {
        case 12: uuid.append(UInt8(ascii: "8"))
        // The variant is the two bits 10 at the top; the digit's other two bits stay.
        case 16: uuid.append(variants[Int((digit < UInt8(ascii: "A") ? digit : digit + 9) & 3)])
        default: uuid.append(digit)
        }
    }
    return String(decoding: uuid, as: UTF8.self)
}

private let variants = Array("89AB".utf8)
