/// Pseudo-random numbers that are the same for the same seed on every machine: SplitMix64 (Steele, Lea, Flood, 2014).
public struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    public init(_ seed: some BinaryInteger) { state = UInt64(truncatingIfNeeded: seed) }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to `bound`, exclusive.
    public mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
    /// True in `part` of `whole` cases, on average.
    public mutating func chance(_ part: Int, in whole: Int) -> Bool { below(whole) < part }
    /// True in one of `whole` cases, on average.
    public mutating func chance(in whole: Int = 2) -> Bool { chance(1, in: whole) }
}
