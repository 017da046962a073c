import Foundation

/// Random JSON, made by changing the structure of real JSON: what a script, a merge or a tired person writes. It still is JSON.
extension Seeded {
    private static var odd: [Any] {
        [
            NSNull(), "", "x", true, false, 0, -1, 1, 2, 1_000_000_000_000, 1e300, 0.5, [String](), [String: String](), [NSNull()], [[1]], ["": ""], "\u{202E}moc", "a\u{0}b", "\n::error::x",
            "../../x", "/", "bases/online.json", "tenants/contoso/tenant.json", "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-4fff-8fff-ffffffffffff", "allUsers",
            String(repeating: "m", count: 70_000), "2026-02-30", "0", "é😀", "https://example.com", "e83c5163316f89bfbde7d9ab23ca2e25604af290",
        ]
    }

    /// The value with one to three nodes taken out, renamed, doubled, moved or made something else.
    public mutating func restructured(_ value: Any) -> Any {
        var value = value
        for _ in 0..<1 + below(3) { value = edited(value, all: value) }
        return value
    }

    private mutating func edited(_ value: Any, all: Any) -> Any {
        // Deeper, most of the time.
        if var object = value as? [String: Any], !object.isEmpty {
            let key = object.keys.sorted()[below(object.count)]
            switch below(12) {
            case 0: object[key] = nil
            case 1: object[key.uppercased()] = object.removeValue(forKey: key)
            case 2: object[key + "s"] = object.removeValue(forKey: key)
            case 3: object["\(Self.odd[below(Self.odd.count)])".prefix(80).description] = object[key]
            case 4: object[key] = Self.odd[below(Self.odd.count)]
            case 5: object[key] = node(of: all)
            case 6: object[key] = nested(object[key] ?? NSNull())
            default: object[key] = edited(object[key] ?? NSNull(), all: all)
            }
            return object
        }
        if var list = value as? [Any], !list.isEmpty {
            let position = below(list.count)
            switch below(8) {
            case 0: list.remove(at: position)
            case 1: list.append(list[position])
            case 2: list[position] = Self.odd[below(Self.odd.count)]
            case 3: list.append(node(of: all))
            default: list[position] = edited(list[position], all: all)
            }
            return list
        }
        return chance(in: 4) ? node(of: all) : Self.odd[below(Self.odd.count)]
    }

    /// Some part of the value.
    private mutating func node(of value: Any) -> Any {
        let parts = (value as? [String: Any])?.sorted { $0.key < $1.key }.map(\.value) ?? value as? [Any] ?? []
        return parts.isEmpty || chance(in: 3) ? value : node(of: parts[below(parts.count)])
    }

    private mutating func nested(_ value: Any) -> Any {
        var value = value
        for _ in 0..<1 + below(80) { value = chance() ? [value] : ["a": value] }
        return value
    }
}
