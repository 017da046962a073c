import Glibc

/// Waits a little, longer with each attempt, and for a random time so that others that lost the same race do not retry in step.
func pause(_ attempt: Int) {
    let limit = UInt32(min(200_000, 2_000 << min(attempt, 7)))
    usleep(UInt32.random(in: limit / 2...limit))
}
