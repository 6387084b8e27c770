import Records

/// One write as the person at the form knows it.
struct Attempt: Sendable {
    enum Kind: String, Sendable {
        case create, edit, life, decision, join, merge
    }

    enum Outcome: Sendable {
        /// The change's reference, as answered.
        case acknowledged(String)
        /// Nothing differed from what was shown.
        case unchanged
        /// No answer came: it may have been written or not.
        case unknown
        case refused(String)
    }

    /// Stands in the reason or, for a new record, in a text of it: so that what is found in a
    /// history leads back here, whatever became of the answer.
    let mark: Int
    let kind: Kind
    let node: String
    let type: String
    /// Nil for a new record that was not acknowledged.
    var record: String?
    /// The fields as they were typed.
    var fields: [String: JSON] = [:]
    var shown = Shown()
    /// Of a decision: the conflict's name.
    var conflict: String?
    var outcome = Outcome.unknown

    var change: String? {
        if case .acknowledged(let change) = outcome { change } else { nil }
    }
}

/// What a form or a conflict's page showed.
struct Shown: Sendable {
    /// By group; several where several pages or sides were shown.
    private(set) var values: [String: Set<JSON>] = [:]
    /// Changes that a page named as sides.
    private(set) var sides: Set<String> = []

    mutating func add(_ groups: [String: JSON]) {
        for (group, value) in groups { values[group, default: []].insert(value) }
    }

    mutating func add(side: String) { sides.insert(side) }
}
