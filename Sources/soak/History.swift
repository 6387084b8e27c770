import APIClient
import Records
import Rehearsal

/// One stored change, as a node tells it.
struct StoredChange {
    let id: String
    let mark: Int?
    /// The whole values that it wrote, by group.
    let groups: [String: JSON]
    let replaces: [String]
    let whole: JSON

    init(_ json: JSON, type: String) {
        whole = json
        id = json["change"]?.string ?? ""
        let values = json["values"]?.object ?? [:]
        var groups = Groups.of(values, type: type)
        if let life = json["life"] { groups[Groups.life] = life }
        self.groups = groups
        replaces = (json["replaces"]?.array ?? []).compactMap(\.string)
        let texts = [json["reason"]?.string].compactMap(\.self) + values.values.compactMap(\.string)
        mark = texts.lazy.compactMap { Mark.find(in: $0) }.first
    }
}

/// A record with all that happened to it, at one node.
struct RecordHistory {
    let type: String
    let id: String
    let view: JSON
    /// In order of storage.
    let changes: [StoredChange]
    private let byID: [String: Int]
    private let byReplaced: [String: [Int]]
    private let values: [String: JSON]

    /// Nil when the node has no such record.
    init?(_ type: String, _ id: String, at node: NodeProcess) async throws {
        let path = "/api/v1/records/\(type)/\(id)"
        let answer = try await node.ask("GET", path)
        guard answer.status == 200 else { return nil }
        let view = answer.json
        let changes = (try await node.get(path + "/history").json["changes"]?.array ?? [])
            .map { StoredChange($0, type: type) }
        self.type = type
        self.id = id
        self.view = view
        self.changes = changes
        byID = Dictionary(changes.enumerated().map { ($1.id, $0) }) { first, _ in first }
        byReplaced = Dictionary(
            grouping: changes.indices.flatMap { index in
                changes[index].replaces.map { (replaced: $0, by: index) }
            }, by: \.replaced
        ).mapValues { $0.map(\.by) }
        values = Groups.of(view["values"]?.object ?? [:], type: type)
    }

    subscript(_ change: String) -> StoredChange? { byID[change].map { changes[$0] } }

    func replacing(_ change: StoredChange) -> [StoredChange] {
        (byReplaced[change.id] ?? []).map { changes[$0] }
    }

    /// The conflict about a group, if there is one.
    func conflict(about group: String) -> String? {
        let name = "\(id).\(Groups.slot(group, type: type))"
        let open = (view["conflicts"]?.array ?? []).compactMap(\.string)
        return open.contains(name) ? name : nil
    }

    /// What stands, if nobody disputes it.
    func value(of group: String) -> JSON? {
        if group == Groups.life {
            return view["withdrawn"]?.bool == true ? Groups.withdrawn : Groups.alive
        }
        let provisional = (view["provisional"]?.array ?? []).compactMap(\.string)
        return provisional.contains(group) ? nil : values[group]
    }
}

extension JSON {
    var text: String { String(decoding: encoded, as: UTF8.self) }
}
