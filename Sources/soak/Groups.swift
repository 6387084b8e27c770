import Records

/// Values by the group that they belong to, since a change writes whole groups.
enum Groups {
    static let life = "life"
    static let alive = JSON.string("alive")
    static let withdrawn = JSON.string("withdrawn")

    static func of(_ values: [String: JSON], type: String) -> [String: JSON] {
        guard let type = Catalogue.type(named: type) else { return [:] }
        var groups: [String: [String: JSON]] = [:]
        for (name, value) in values {
            guard let field = type.field(named: name), let group = type.group(of: field.id)
            else { continue }
            groups[group.name, default: [:]][name] = value
        }
        return groups.mapValues { .object($0) }
    }

    /// As conflicts are addressed: `life`, `group-12`.
    static func slot(_ group: String, type: String) -> String {
        if group == life { return life }
        let id = Catalogue.type(named: type)?.group(named: group)?.id
        return id.map { "group-\($0)" } ?? group
    }
}
