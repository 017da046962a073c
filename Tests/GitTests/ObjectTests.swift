import Testing

@testable import Git

@Suite struct ObjectIDTests {
    @Test func readsAndWritesHex() throws {
        let hex = "0123456789abcdef0123456789abcdef01234567"
        #expect(try id(hex).description == hex)
        #expect(ObjectID(hex: hex.uppercased())?.description == hex)
        #expect(try id(hex).bytes.count == 20)
        #expect(try id(hex).bytes[0...1] == [0x01, 0x23])
        for bad in ["", "01", hex + "0", String(hex.dropLast()) + "g", String(hex.dropLast()) + "é"] {
            #expect(ObjectID(hex: bad) == nil)
        }
    }

    @Test func sortsInByteOrder() throws {
        let texts = (0..<40).map { position in
            String(repeating: "0", count: position) + "8" + String(repeating: "f", count: 39 - position)
        }
        #expect(try texts.map { try id($0) }.sorted().map(\.description) == texts.sorted())
    }

    @Test func hashesLikeGit() throws {
        #expect(ObjectEncoder.id(.blob, Array("hello\n".utf8)).description == "ce013625030ba8dba906f756967f9e9ca394464a")
        #expect(ObjectEncoder.id(.tree, []).description == "4b825dc642cb6eb9a060e54bf8d69288fbee4904")
    }
}

@Suite struct TreeEncodingTests {
    let blob = ObjectEncoder.id(.blob, Array("x".utf8))

    @Test func sortsFoldersAsGitDoes() throws {
        let entries = [
            TreeEntry(name: "a", mode: TreeEntry.treeMode, id: blob), TreeEntry(name: "a.b", mode: 0o100644, id: blob),
            TreeEntry(name: "a0", mode: 0o100755, id: blob), TreeEntry(name: "B", mode: 0o120000, id: blob),
        ]
        let bytes = try encodeTree(entries.reversed())
        var names: [String] = []
        let sound = bytes.withUnsafeBytes { buffer in
            scanTree(buffer) { _, name, _ in
                names.append(String(decoding: buffer[name], as: UTF8.self))
                return true
            }
        }
        #expect(sound)
        #expect(names == ["B", "a.b", "a", "a0"])
    }

    @Test(arguments: [
        "", ".", "..", ".git", ".GIT", ".Git ", ".git...", "git~1", "GIT~1", ".git::$INDEX_ALLOCATION", "a/b", "a\0b",
        ".g\u{200c}it",
    ])
    func refusesDangerousNames(_ name: String) throws {
        let error = try gitError { _ = try encodeTree([TreeEntry(name: name, mode: 0o100644, id: blob)]) }
        #expect(error.kind == .invalid)
        #expect(!error.description.contains("\0"))
    }

    @Test(arguments: [".gitignore", ".github", "gitea", "git~10", "a\nb", "…", ".gitmodules"])
    func takesOddNames(_ name: String) throws {
        #expect(try !encodeTree([TreeEntry(name: name, mode: 0o100644, id: blob)]).isEmpty)
    }

    @Test func refusesDoublesAndModes() throws {
        let file = TreeEntry(name: "a", mode: 0o100644, id: blob)
        let folder = TreeEntry(name: "a", mode: 0o040000, id: blob)
        let between = TreeEntry(name: "a.b", mode: 0o100644, id: blob)
        #expect(try gitError { _ = try encodeTree([file, between, folder]) }.message == "the name is used twice")
        #expect(try gitError { _ = try encodeTree([TreeEntry(name: "a", mode: 0o644, id: blob)]) }.kind == .invalid)
        #expect(try gitError { _ = try encodeTree([TreeEntry(name: "a", mode: 0o100644, id: .zero)]) }.kind == .invalid)
    }

    @Test func tornTreesAreNotSound() throws {
        let bytes = try encodeTree([TreeEntry(name: "ab", mode: 0o100644, id: blob)])
        for length in 1..<bytes.count {
            #expect(!bytes[..<length].withUnsafeBytes { scanTree($0) { _, _, _ in true } })
        }
    }

    @Test func commitHeaderCannotBeForged() {
        let bytes = encodeCommit(
            tree: blob, parents: [blob], name: " <Eve>\nparent 0 ", email: "a>b@c\n", time: 5, message: "one\n\n\n")
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(
            text == "tree \(blob)\nparent \(blob)\nauthor Eveparent 0 <ab@c> 5 +0000\n"
                + "committer Eveparent 0 <ab@c> 5 +0000\n\none\n")
    }
}

@Suite struct LocationTests {
    @Test(arguments: [
        (".", "."), ("/srv/a b", "/srv/a b"), ("file:///srv/a%20b", "/srv/a b"), ("FILE://localhost/x", "/x"),
        ("./a:b", "./a:b"), ("dir/a:b", "dir/a:b"),
    ])
    func local(_ text: String, _ path: String) { #expect(Location(text) == .local(path: path)) }

    @Test(arguments: [
        "https://example.com/x.git", "ssh://git@example.com:22/x", "git@example.com:team/x", "host:x", "git://h/x",
        "file://server/share", "file:///broken%zz",
    ])
    func remote(_ text: String) { #expect(Location(text) == .remote(url: text)) }

    @Test(arguments: [
        ("https://ann:secret@example.com/x", "https://***@example.com/x"),
        ("https://ghp_token@example.com/x?a=b", "https://***@example.com/x?***"),
        ("ssh://git:secret@example.com/x", "ssh://git:***@example.com/x"),
        ("ssh://git@example.com/x", "ssh://git@example.com/x"),
        ("https://ann:se/cr@et@example.com/x", "https://***@example.com/x"),
        ("could not reach 'https://a:b@c/d' twice https://e:f@g", "could not reach 'https://***@c/d' twice https://***@g"),
        ("git@example.com:team/x", "git@example.com:team/x"),
        ("https://example.com:8443/a", "https://example.com:8443/a"),
        ("https://tok/en@h/x", "https://***@h/x"), ("https://ann:1/s3cret@h", "https://***@h"), ("https://ann:pa's@h/x", "https://***@h/x"),
        ("https://ann:1#s@h", "https://***@h"), ("ssh://ann:1#s?t@u@h/x", "ssh://ann:***@h/x"), ("https://ann:a\"b`c@h/x", "https://***@h/x"),
    ])
    func redaction(_ text: String, _ shown: String) { #expect(redacted(text) == shown) }

    @Test(arguments: ["p#w", "p?w", "p@w", "p/w", "p%23w", "p%w", "1#w", "p:w", "p\"w"]) func whateverIsInAPasswordIsPartOfIt(_ password: String) {
        let url = RemoteURL("https://ann:\(password)@example.com:8443/team/x.git")
        #expect(url.host == "example.com" && url.port == 8443 && url.user == "ann" && url.path == "/team/x.git" && url.hasPassword, "\(password)")
        let encoded = RemoteURL.encoded("https://ann:\(password)@example.com/x")
        #expect(encoded.hasSuffix("@example.com/x") && !encoded.dropFirst(8).dropLast(14).contains { "#?@/".contains($0) }, "\(encoded)")
        #expect(!redacted("https://ann:\(password)@example.com/x").contains("w"))
    }

    @Test func errorsHoldNoPassword() {
        let error = GitError(
            kind: .other, operation: "fetch https://a:pw@h/x", message: "https://a:pw@h/x", help: "see https://a:pw@h/x")
        #expect(!error.description.contains("pw"))
    }
}
