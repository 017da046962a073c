/// A netrc file: who to be at which machine (the format of ftp(1), as curl and git read it).
struct Netrc {
    struct Entry: Equatable {
        /// Nil: the default, for any other machine.
        var machine: String?
        var login: String?
        var password: String?
    }

    let entries: [Entry]

    init(_ text: String) {
        var entries: [Entry] = []
        var words: [Substring] = []
        var isMacro = false
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            // A macro goes on to the next empty line.
            if isMacro {
                isMacro = !line.allSatisfy(\.isWhitespace)
                continue
            }
            let own = line.split(whereSeparator: \.isWhitespace)
            if let macro = own.firstIndex(of: "macdef") {
                words += own[..<macro]
                isMacro = true
            } else {
                // A comment begins at a word that begins with #, but a password may.
                words += own.first?.hasPrefix("#") == true ? [] : own[...]
            }
        }
        var index = 0
        func next() -> String? {
            index += 1
            return index < words.count ? String(words[index]) : nil
        }
        while index < words.count {
            switch words[index] {
            case "machine": if let name = next() { entries.append(Entry(machine: name.lowercased())) }
            case "default": entries.append(Entry())
            case "login": if let value = next(), !entries.isEmpty { entries[entries.count - 1].login = value }
            case "password": if let value = next(), !entries.isEmpty { entries[entries.count - 1].password = value }
            case "account": _ = next()
            default: break
            }
            index += 1
        }
        self.entries = entries
    }

    /// The first entry for a machine that has a password; where the URL names a user, that user's, or one that names none.
    func entry(for host: String, user: String? = nil) -> Entry? {
        entries.first { entry in
            (entry.machine == nil || entry.machine == host.lowercased()) && entry.password != nil && (user == nil || entry.login == nil || entry.login == user)
        }
    }
}
