import JSONSource

/// Edits a tenant.json so that names have certain ids, and changes as little of its text as possible.
public struct TenantEdit {
    private let document: JSONDocument
    private let tenant: Tenant
    private let targets: [TargetDescription]
    /// Byte ranges of the text, and what replaces them.
    private var splices: [(range: Range<Int>, text: String)] = []
    private var added: [TenantSection: [(name: String, definition: JSON)]] = [:]

    /// Nil for a document that is not a valid tenant.
    ///
    /// - Parameter targets: every target that there is.
    public init?(id: String, _ document: JSONDocument, targets: [TargetDescription]) {
        guard document.problems.isEmpty, let tenant = Tenant(id: id, document, targets: targets) else { return nil }
        self.document = document
        self.tenant = tenant
        self.targets = targets
    }

    public enum Outcome: Equatable { case same, changed, impossible }

    /// Makes a name have this id.
    ///
    /// - Parameter members: the number of people in a group as last known, for a group that must be defined again.
    /// - Returns: `impossible` where there is no definition, and a new one would need more than an id.
    public mutating func define(_ reference: Reference, in section: TenantSection, members: Int?) -> Outcome {
        let now = tenant.id(of: reference.name, in: section)
        if now == reference.id { return .same }
        let value = document.root?[name: section.rawValue]?[name: reference.name]
        if now != nil, let value = section.holdsIDs ? value : value?["id"] {
            let range = value.sourceRange
            if !splices.contains(where: { $0.range == range }) { splices.append((range, JSON.string(reference.id).compact)) }
            return .changed
        }
        let definition: JSON
        switch section {
        case .groups: definition = .object(["id": .string(reference.id)].merging(members.map { ["members": .integer($0)] } ?? [:]) { own, _ in own })
        case .filters, .scopeTags: definition = .string(reference.id)
        // No profile says what type a certificate has, or what a VPN's UUID is.
        case .certificateProfiles, .vpnProfiles: return .impossible
        }
        if added[section]?.contains(where: { $0.name == reference.name }) != true { added[section, default: []].append((reference.name, definition)) }
        return .changed
    }

    /// Gives an object a name that the tenant does not have yet.
    public mutating func add(_ name: String, _ definition: JSON, to section: TenantSection) { added[section, default: []].append((name, definition)) }

    /// Gives the tenant a key that it does not have yet.
    public mutating func add(_ key: String, _ value: JSON) {
        guard let root = document.root, root[name: key] == nil else { return }
        splices.append((root.offset + 1..<root.offset + 1, "\n  \(JSON.string(key).compact): \(value.compact),"))
    }

    /// Gives the tenant its tenantId where that was not known; false where it has another.
    public mutating func identify(_ tenantID: String) -> Bool {
        guard tenant.knownTenantID == nil, let value = document.root?["tenantId"] else { return tenant.tenantID == tenantID }
        splices.append((value.sourceRange, JSON.string(tenantID).compact))
        return true
    }

    /// Gives an object of the document these members: the value of one that it has is replaced, others come after its first member, as that
    /// one is written.
    public mutating func set(_ members: [(key: String, value: JSON)], in object: JSONValue) {
        var new: [String] = []
        for (key, value) in members {
            if let now = object[name: key] {
                splices.append((now.sourceRange, value.compact))
            } else {
                new.append("\(JSON.string(key).compact): \(value.compact)")
            }
        }
        guard !new.isEmpty else { return }
        if let first = object.members.first(where: { _ in true }) {
            let line = document.text[..<first.key.offset].reversed().prefix { $0 != UInt8(ascii: "\n") }
            let isAlone = line.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
            let before = document.text[..<first.key.offset].dropLast(line.count)
            let between = isAlone ? (before.suffix(2).elementsEqual("\r\n".utf8) ? ",\r\n" : ",\n") + String(decoding: line.reversed(), as: UTF8.self) : ", "
            let end = first.value.sourceRange.upperBound
            splices.append((end..<end, new.map { between + $0 }.joined()))
        } else {
            splices.append((object.offset + 1..<object.offset + 1, new.joined(separator: ", ")))
        }
    }

    public var isChanged: Bool { !splices.isEmpty || !added.isEmpty }

    /// The tenant with the new text; nil where the edit broke it.
    public var edited: Tenant? { isChanged ? Tenant(id: tenant.id, JSONDocument(file: document.file, bytes: bytes()), targets: targets) : tenant }

    /// The new text.
    public func bytes() -> [UInt8] {
        var splices = splices
        guard let root = document.root else { return document.text }
        for (section, definitions) in added {
            let members = definitions.map { "\(JSON.string($0.name).compact): \($0.definition.compact)" }.joined(separator: ", ")
            if let object = root[name: section.rawValue] {
                splices.append((object.offset + 1..<object.offset + 1, object.count == 0 ? members : members + ", "))
            } else {
                splices.append((root.offset + 1..<root.offset + 1, "\n  \"\(section.rawValue)\": { \(members) },"))
            }
        }
        var text = document.text
        for splice in splices.sorted(by: { $0.range.lowerBound > $1.range.lowerBound }) { text.replaceSubrange(splice.range, with: Array(splice.text.utf8)) }
        return text
    }
}

extension JSONValue {
    /// The bytes of a scalar in its document, a string's quotes included.
    fileprivate var sourceRange: Range<Int> { offset..<offset + sourceText.utf8.count + (kind == .string ? 2 : 0) }
}
