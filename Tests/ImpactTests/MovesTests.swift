import JSONSource
import Profiles
import Testing

@testable import Impact

/// Which applied profile a desired one continues.
@Suite struct MovesTests {
    /// - Parameter account: whatever is not the name.
    private func profile(_ id: String, _ name: String, _ account: String) throws -> EffectiveProfile {
        let text = """
            {"kind": "iosEmailProfile", "displayName": "\(name)", "account": {"server": "\(account).example.com", "accountName": "Mail",
            "usernameAttribute": "userPrincipalName", "emailAddressAttribute": "primarySmtpAddress",
            "authentication": {"method": "usernameAndPassword"}, "ssl": true, "oauth": true}, "assignments": {"include": ["allUsers"]}}
            """
        return try #require(EffectiveProfile(id: id, JSONDocument(file: id, bytes: Array(text.utf8))))
    }

    /// Each profile is written `id name account`.
    private func moves(_ before: [String], _ after: [String]) throws -> Moves {
        func made(_ text: String) throws -> EffectiveProfile {
            let parts = text.split(separator: " ").map(String.init)
            return try profile(parts[0], parts[1], parts[2])
        }
        return Moves(before: Dictionary(uniqueKeysWithValues: try before.map(made).map { ($0.id, $0) }), after: try after.map(made))
    }

    @Test(arguments: [
        (["staff Staff a"], ["staff Staff b"], ["staff": "staff"]),
        (["staff Staff a"], ["staff Other b"], ["staff": "staff"]),
        // A rename, alone, with a change, and with another name.
        (["staff Staff a"], ["office Staff a"], ["office": "staff"]),
        (["staff Staff a"], ["office Staff b"], ["office": "staff"]),
        (["staff Staff a"], ["office Office a"], ["office": "staff"]),
        (["staff Staff a"], ["office Office b"], [:]),
        // A chain, a swap of files, a swap of names alone.
        (["staff Staff a", "board Board b"], ["office Staff a", "staff Board b"], ["office": "staff", "staff": "board"]),
        (["a A a", "b B b"], ["a B b", "b A a"], ["a": "b", "b": "a"]),
        (["a A a", "b B b"], ["a B a", "b A b"], ["a": "a", "b": "b"]),
        // A new profile takes the id that another gives up.
        (["a A a"], ["a New c", "b A a"], ["b": "a"]),
        // An id on both sides that nobody claims keeps its entry.
        (["a A a", "c C c"], ["a C d"], ["a": "a"]),
        // Two pairs that fit: none.
        (["a A a", "b B a"], ["c C a"], [:]),
        (["a A a"], ["c C a", "d D a"], [:]),
    ] as [([String], [String], [String: String])]) func pairs(_ before: [String], _ after: [String], _ expected: [String: String]) throws {
        #expect(try moves(before, after).origins == expected, "\(before) → \(after)")
    }

    @Test func doubtsAreNamed() throws {
        let found = try moves(["a A a", "b B a"], ["c C a"])
        #expect(found.ambiguous.map(\.profile) == ["c"] && found.ambiguous.first?.candidates == ["a", "b"] && found.continued.isEmpty)
    }
}
