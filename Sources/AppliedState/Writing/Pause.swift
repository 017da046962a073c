import Glibc

/// Waits a little, longer each time and never in step with others that lost the same race.
func pause(_ attempt: Int) {
    let limit = UInt32(min(200_000, 2_000 << min(attempt, 7)))
    usleep(UInt32.random(in: limit / 2...limit))
}
