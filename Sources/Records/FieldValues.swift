import SyncCore

/// How rules read a record: a value of another shape counts as absent.
extension [FieldID: Value] {
    func text(_ field: FieldID) -> String? {
        if case .text(let text) = self[field] { text } else { nil }
    }

    func date(_ field: FieldID) -> CivilDate? { text(field).flatMap { CivilDate($0) } }

    func integer(_ field: FieldID) -> Int64? {
        if case .integer(let integer) = self[field] { integer } else { nil }
    }

    func flag(_ field: FieldID) -> Bool? {
        if case .bool(let flag) = self[field] { flag } else { nil }
    }

    func items(_ field: FieldID) -> [Value] {
        if case .list(let items) = self[field] { items } else { [] }
    }
}
