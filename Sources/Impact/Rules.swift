/// Every impact rule; the list is the registry. Each has a file of its own in `Rules/`, named for what the rule says.
public enum Rules {
    public static let all: [Rule] = [
        .eas001, .eas002, .eas003, .eas004, .eas005, .eas006, .eas007, .eas008, .eas009, .eas010, .eas011, .eas012, .eas013, .eas014,
        .eas015, .eas016, .eas017, .eas018, .eas019, .eas020, .eas021, .eas022, .eas023, .eas024, .eas025, .eas026, .eas027, .eas028,
        .eas029,
    ]

    public static let byID: [String: Rule] = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0) })
}
