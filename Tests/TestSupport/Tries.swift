/// Counts what random tests have tried, for the last lines of `Tests/run.sh`.
public enum Tries {
    public static func note(_ count: Int, of what: String) { print("tries: \(count) \(what)") }
}
