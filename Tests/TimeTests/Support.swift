import Time

/// A Wednesday.
let noon = Instant(secondsSince1970: 1_795_608_000)
