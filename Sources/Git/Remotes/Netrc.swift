/// A netrc file: logins and passwords by machine, in the format of ftp(1), read as curl and git do.
struct Netrc {
    struct Entry: Equatable {
        /// Nil for the default entry, which is for any other machine.
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
            // A macro ends at the next empty line.
            if isMacro {
                isMacro = !line.allSatisfy(\.isWhitespace)
                continue
            }
            let own = line.split(whereSeparator: \.isWhitespace)
            if let macro = own.firstIndex(of: "macdef") {
                words += own[..<macro]
                isMacro = true
            } else {
                // A line that begins with # is a comment; later words are not checked, because a password may begin with #.
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

    /// The first entry with a password for a machine. Where the URL names a user, it is that user's entry or one without a login.
    func entry(for host: String, user: String? = nil) -> Entry? {
        entries.first { entry in
            (entry.machine == nil || entry.machine == host.lowercased()) && entry.password != nil && (user == nil || entry.login == nil || entry.login == user)
        }
    }
}
