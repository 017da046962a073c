import Impact
import JSONSource
import Time

/// One side of a comparison: a policy file as it was read.
public struct PolicyVersion: Sendable {
    /// Nil when the file is broken: then a run stops, so that nothing goes out.
    public let policy: Policy?
    let root: JSON
    /// As written in the file; null where there are none.
    var rings: JSON { if case .object(let members) = root { members["rings"] ?? .null } else { .null } }
    /// Name → the gate as written in the file.
    let gates: [String: JSON]

    public init(policy: Policy?, document: JSONDocument) {
        self.policy = policy
        root = document.root?.plain ?? .null
        var gates: [String: JSON] = [:]
        if case .object(let members) = root, case .array(let list) = members["gates"] {
            for case .object(let gate) in list { if case .string(let name) = gate["name"] { gates[name] = .object(gate) } }
        }
        self.gates = gates
    }
}

extension PolicyChange {
    /// What changes in one policy file between two revisions, gate by gate; nil means that there is no file.
    ///
    /// A new gate is `added`, a missing one `removed`. An edited gate is `tightened` when it can only hold more than before and
    /// `loosened` when it can only hold less, as far as its conditions show that; likewise limits and switches. The order of
    /// gates and comments do not count as changes.
    public static func of(file: String, from before: PolicyVersion?, to after: PolicyVersion?) -> [PolicyChange] {
        if let before, before.policy == nil || (after != nil && after?.policy == nil) {
            guard before.root != after?.root ?? .null else { return [] }
            return [PolicyChange(file: file, kind: .changed, what: "policy", before: before.root, after: after?.root ?? .null, loosens: before.policy == nil)]
        }
        if let after, after.policy == nil {
            return [PolicyChange(file: file, kind: .added, what: "policy", before: .null, after: after.root, loosens: false)]
        }
        let (old, new) = (before?.policy, after?.policy)
        var changes: [PolicyChange] = []
        // A policy may have thousands of gates.
        let (oldGates, newGates) = (Self.byName(old), Self.byName(new))
        let names = (old?.gates.map(\.name) ?? []) + (new?.gates.map(\.name) ?? []).filter { oldGates[$0] == nil }
        for name in names {
            let (was, is_) = (oldGates[name], newGates[name])
            guard was != is_ else { continue }
            let kind: Kind, loosens: Bool
            switch (was, is_) {
            case (nil, _): (kind, loosens) = (.added, false)
            case (_, nil): (kind, loosens) = (.removed, true)
            case (let was?, let is_?):
                let direction = was.direction(to: is_)
                (kind, loosens) = (direction.kind, direction != .tighter && direction != .same)
            }
            changes.append(
                PolicyChange(
                    file: file, kind: kind, what: "gate \(name)", before: before?.gates[name] ?? .null, after: after?.gates[name] ?? .null, loosens: loosens))
        }
        func compare(_ what: String, _ was: JSON, _ is_: JSON, _ direction: PolicyDirection) {
            guard direction != .same else { return }
            changes.append(PolicyChange(file: file, kind: direction.kind, what: what, before: was, after: is_, loosens: direction != .tighter))
        }
        func limit(_ what: String, _ was: Int?, _ is_: Int?) {
            func json(_ number: Int?) -> JSON { number.map(JSON.integer) ?? .null }
            let (a, b) = (was ?? .max, is_ ?? .max)
            compare("limits.\(what)", json(was), json(is_), a == b ? .same : a > b ? .tighter : .looser)
        }
        for key in Limits.all.map(\.key.description) { limit(key, old?.limits[key], new?.limits[key]) }
        compare("rings", before?.rings ?? .null, after?.rings ?? .null, Ring.direction(from: old?.rings ?? [], to: new?.rings ?? []))
        func flag(_ what: String, _ was: Bool, _ is_: Bool, holdsWhenTrue: Bool, _ words: (Bool) -> JSON) {
            compare(what, words(was), words(is_), was == is_ ? .same : is_ == holdsWhenTrue ? .tighter : .looser)
        }
        let (wasSigned, isSigned) = (old?.requireSignedCommits ?? .none, new?.requireSignedCommits ?? .none)
        func json(_ requirement: SignatureRequirement) -> JSON { requirement == .none ? false : .string(requirement.rawValue) }
        compare("requireSignedCommits", json(wasSigned), json(isSigned), wasSigned == isSigned ? .same : isSigned > wasSigned ? .tighter : .looser)
        flag("defaults", old?.defaultsOff ?? false, new?.defaultsOff ?? false, holdsWhenTrue: false) { $0 ? "off" : "on" }
        return changes
    }
}

extension PolicyChange {
    private static func byName(_ policy: Policy?) -> [String: Gate] {
        Dictionary((policy?.gates ?? []).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }
}

/// Which way a part of a policy changed.
enum PolicyDirection: Sendable {
    case same
    /// Holds everything that it held, and perhaps more.
    case tighter
    /// Holds only what it held, and perhaps less.
    case looser
    /// Both, or not known.
    case other

    var kind: PolicyChange.Kind {
        switch self {
        case .tighter: .tightened
        case .looser: .loosened
        case .same, .other: .changed
        }
    }

    static func + (one: PolicyDirection, other: PolicyDirection) -> PolicyDirection {
        if one == other || other == .same { return one }
        return one == .same ? other : .other
    }
}

extension Gate {
    /// Sound, not complete: `tighter` and `looser` follow from the parts; when parts go both ways, it is `other`.
    func direction(to new: Gate) -> PolicyDirection { when.direction(to: new.when) + Self.requirement(require, new.require) + Self.window(window, new.window) }

    private static func requirement(_ old: Requirement?, _ new: Requirement?) -> PolicyDirection {
        func strength(_ requirement: Requirement?) -> Int {
            switch requirement {
            case nil: 0
            case .approval: 1
            case .never: 2
            }
        }
        let (a, b) = (strength(old), strength(new))
        return a == b ? .same : a < b ? .tighter : .looser
    }

    private static func window(_ old: Window?, _ new: Window?) -> PolicyDirection {
        switch (old, new) {
        case (nil, nil): return .same
        case (nil, _): return .tighter
        case (_, nil): return .looser
        case (let old?, let new?):
            if old == new { return .same }
            guard old.zone == new.zone else { return .other }
            let (a, b) = (old.openSpans, new.openSpans)
            func cover(_ some: [Range<Int>], _ others: [Range<Int>]) -> Bool { others.allSatisfy { other in some.contains { $0.contains(other) } } }
            // When the clocks change, an hour that comes twice or not at all does so for both.
            return a == b ? .same : cover(a, b) ? .tighter : cover(b, a) ? .looser : .other
        }
    }
}

extension Condition {
    /// A gate that matches more holds more.
    func direction(to new: Condition) -> PolicyDirection {
        func any<Element>(_ old: Set<Element>?, _ new: Set<Element>?) -> PolicyDirection {
            switch (old, new) {
            case (nil, nil): return .same
            case (nil, _): return .looser
            case (_, nil): return .tighter
            case (let old?, let new?): return old == new ? .same : old.isSubset(of: new) ? .tighter : new.isSubset(of: old) ? .looser : .other
            }
        }
        let people: PolicyDirection =
            switch (peopleOver, new.peopleOver) {
            case (nil, nil): .same
            case (nil, _): .looser
            case (_, nil): .tighter
            case (let old?, let new?): old == new ? .same : new < old ? .tighter : .looser
            }
        return consequences(to: new) + any(actions, new.actions) + any(rules, new.rules) + Self.tenants(tenants, new.tenants) + people
    }

    /// More consequences mean more people to count; without the key, everybody who notices something counts. So with `peopleOver`,
    /// the direction is not known when a consequence is one that nobody notices.
    private func consequences(to new: Condition) -> PolicyDirection {
        func isCounted(_ consequences: Set<Consequence>) -> Bool { (peopleOver ?? new.peopleOver) == nil || consequences.allSatisfy(\.isNoticed) }
        switch (consequences, new.consequences) {
        case (nil, nil): return .same
        case (nil, let new?): return isCounted(new) ? .looser : .other
        case (let old?, nil): return isCounted(old) ? .tighter : .other
        case (let old?, let new?): return old == new ? .same : old.isSubset(of: new) ? .tighter : new.isSubset(of: old) ? .looser : .other
        }
    }

    private static func tenants(_ old: [Glob]?, _ new: [Glob]?) -> PolicyDirection {
        func cover(_ some: [Glob], _ others: [Glob]) -> Bool { others.allSatisfy { other in some.contains { $0.covers(other) } } }
        switch (old, new) {
        case (nil, nil): return .same
        case (nil, _?): return .looser
        case (_?, nil): return .tighter
        case (let old?, let new?):
            switch (cover(new, old), cover(old, new)) {
            case (true, true): return .same
            case (true, false): return .tighter
            case (false, true): return .looser
            case (false, false): return .other
            }
        }
    }
}

extension Ring {
    /// Sound, not complete: more hours, and rings behind the others, can only hold more.
    static func direction(from old: [Ring], to new: [Ring]) -> PolicyDirection {
        guard zip(old, new).allSatisfy({ $0.name == $1.name && $0.tenants == $1.tenants }) else { return .other }
        let number: PolicyDirection = old.count == new.count ? .same : old.count < new.count ? .tighter : .looser
        return zip(old, new).reduce(number) { direction, pair in
            let (was, is_) = (pair.0.soakHours, pair.1.soakHours)
            return direction + (was == is_ ? .same : was < is_ ? .tighter : .looser)
        }
    }
}

extension PolicyChange {
    /// What changes in an approval file between two revisions; nil means that there is no file, or that it cannot be read.
    ///
    /// An approval lets changes through. So a new one, one that names more, or one that lasts longer loosens.
    public static func of(file: String, from before: (approval: Approval?, document: JSONDocument)?, to after: (approval: Approval?, document: JSONDocument)?)
        -> [PolicyChange]
    {
        let (was, is_) = (before?.document.root?.plain ?? .null, after?.document.root?.plain ?? .null)
        func change(_ kind: Kind, loosens: Bool) -> [PolicyChange] {
            [PolicyChange(file: file, kind: kind, what: "approval", before: was, after: is_, loosens: loosens)]
        }
        guard before != nil else { return after == nil ? [] : change(.added, loosens: true) }
        guard after != nil else { return change(.removed, loosens: false) }
        guard let old = before?.approval, let new = after?.approval else { return was == is_ ? [] : change(.changed, loosens: true) }
        let (a, b) = (Set(old.fingerprints), Set(new.fingerprints))
        let names: PolicyDirection = a == b ? .same : b.isSubset(of: a) ? .tighter : a.isSubset(of: b) ? .looser : .other
        let (last, next) = (old.expires ?? "9999", new.expires ?? "9999")
        let gates: PolicyDirection =
            switch (old.gates, new.gates) {
            case (nil, nil): .same
            case (nil, _): .tighter
            case (_, nil): .looser
            case (let old?, let new?): old == new ? .same : new.isSubset(of: old) ? .tighter : old.isSubset(of: new) ? .looser : .other
            }
        let direction = names + gates + (last == next ? .same : next < last ? .tighter : .looser)
        // Whoever rewords an approval approves anew, also what was used up.
        if direction == .same { return old.id(for: "") == new.id(for: "") ? [] : change(.changed, loosens: true) }
        return change(direction.kind, loosens: direction != .tighter)
    }
}
