import Testing

extension [[Character]] {
    fileprivate var pair: ([Character], [Character]) { (self[0], self[1]) }
}

@testable import Basics

@Suite struct NearNameTests {
    @Test func nearNamesAreNearestFirstAndAtMostThree() {
        #expect(nearNames(to: "staf", among: ["board", "staff", "stafF", "staves", "sta"]) == ["sta", "stafF", "staff"])
        #expect(nearNames(to: "STAFF", among: ["staff"]) == ["staff"])
        #expect(nearNames(to: "satff", among: ["staff"]) == ["staff"], "two letters that changed places are one step")
        #expect(nearNames(to: "board", among: ["staff"]) == [] && nearNames(to: "", among: ["abc"]) == []
            && nearNames(to: "a", among: [String]()) == [])
        #expect(nearNames(to: String(repeating: "a", count: 100_000), among: ["a"]) == [])
    }

    @Test func refsAreKnownByTheirLastPartAndByAPart() {
        #expect(nearNames(to: "mian", among: ["origin/main", "release"], kind: .ref) == ["origin/main"])
        #expect(nearNames(to: "sign-in", among: ["modern-sign-in", "main"], kind: .ref) == ["modern-sign-in"])
        #expect(nearNames(to: "sign-in", among: ["modern-sign-in", "main"]) == [])
    }

    @Test func whatIsMisspelt() {
        for (name, known) in [("Policy", "policy"), ("policies", "policy"), ("tenant", "tenants"), ("tennants", "tenants"), ("accepted_drifts", "accepted-drift"), ("Profiles", "profiles"), ("aprovals", "approvals")] {
            #expect(isMisspelling(name, of: known), "\(name)")
        }
        for (name, known) in [("cases", "bases"), ("project", "policy"), ("package", "policy"), ("bash", "bases"), ("", "bases"), ("renovate", "tenants"), ("test", "tenant")] {
            #expect(!isMisspelling(name, of: known), "\(name)")
        }
    }

    /// By the definition, without bounds.
    @Test func boundsChangeNoDistance() {
        func distance(_ a: [Character], _ b: [Character]) -> Int {
            var rows = [Array(0...b.count)]
            for i in 1...a.count {
                rows.append([i])
                for j in 1...b.count {
                    var edits = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
                    if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { edits = min(edits, rows[i - 2][j - 2] + 1) }
                    rows[i].append(edits)
                }
            }
            return rows[a.count][b.count]
        }
        var random = SystemRandomNumberGenerator()
        for _ in 0..<3000 {
            let (a, b) = (0..<2).map { _ in (0..<Int.random(in: 1...9, using: &random)).map { _ in Character(String("abc".randomElement(using: &random) ?? "a")) } }.pair
            let isNear = distance(a, b) <= max(1, max(a.count, b.count) / 3)
            #expect(nearNames(to: String(a), among: [String(b)]) == (isNear ? [String(b)] : []), "\(a) \(b)")
        }
    }

    @Test func aSearchIsBounded() {
        let many = (0...nearNameLimit).map { "name-\($0)" }
        #expect(nearNames(to: "name-1", among: many).isEmpty && !nearNames(to: "name-1", among: many.dropLast()).isEmpty)
    }

    @Test func askInOneSentence() {
        #expect(didYouMean("ofice", among: ["office", "board"]) == ". Did you mean 'office'?")
        #expect(didYouMean(["a", "b", "c"]) == ". Did you mean 'a', 'b' or 'c'?")
        #expect(didYouMean("zzz", among: ["office"]).isEmpty)
        #expect(didYouMean("ofice", among: ["office", "board", "office"]) == ". Did you mean 'office'?", "each once")
    }
}

@Suite struct EncodingTests {
    @Test(arguments: [([UInt8](), ""), ([0x66], "Zg=="), ([0x66, 0x6F], "Zm8="), ([0x66, 0x6F, 0x6F], "Zm9v"), ([0xFF, 0xEF], "/+8=")])
    func base64OfTheRFC(_ bytes: [UInt8], _ text: String) {
        #expect(Base64.text(bytes) == text)
        #expect(Base64.bytes(text) == (bytes.isEmpty ? nil : bytes))
        #expect(Base64.text(bytes, padded: false) == String(text.prefix { $0 != "=" }))
        #expect(Base64.bytes(text.prefix { $0 != "=" }, requiresPadding: false) == (bytes.isEmpty ? nil : bytes))
    }

    @Test(arguments: ["Zg", "Zg=", "Zg===", "Z", "Zg==Zg==", "Z g==", "Zg-_", "é"]) func whatIsNotBase64(_ text: String) {
        #expect(Base64.bytes(text) == nil)
    }

    @Test func hexHasTwoDigitsForEachByte() {
        #expect(hexadecimal([0, 1, 0x7F, 0xFF]) == "00017fff")
        #expect(hexadecimal([0xAB], uppercase: true) == "AB")
        #expect(sha256([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(sha256(Array("abc".utf8)) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "FIPS 180-2")
    }

    @Test func numbersHaveLeadingZeros() { #expect(padded(7, 3) == "007" && padded(-7, 2) == "-07" && padded(1234, 2) == "1234") }

    @Test func commandsCanBeCopiedWhateverIsInThem() {
        #expect(shellWord("sign-in-storm") == "sign-in-storm" && shellWord("") == "''")
        #expect(shellWord("a b; rm -rf '/'") == #"'a b; rm -rf '\''/'\'''"#)
    }
}
