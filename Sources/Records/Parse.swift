import SyncCore

extension RecordType {
    /// Reads a body of the API into normalised values. A null clears the field.
    ///
    /// The values hold only what the object names; where there is an error, nothing of that field.
    ///
    /// - Parameter isNew: Required fields must be there. In an edit they may be absent, but not
    ///   cleared.
    public func parse(
        _ object: [String: JSON], isNew: Bool
    ) -> (values: [FieldID: Value], problems: [FieldProblem]) {
        var values: [FieldID: Value] = [:]
        var problems: [FieldProblem] = []
        for field in fields {
            guard let json = object[field.name] else {
                if isNew && field.isRequired { problems.append(.required(field)) }
                continue
            }
            var reader = FieldReader(path: field.name)
            let value = reader.read(json, as: field.kind)
            problems += reader.problems
            guard let value else { continue }
            if value == .null && field.isRequired {
                problems.append(.required(field))
            } else {
                values[field.id] = value
            }
        }
        let known = Set(fields.map(\.name))
        problems += object.keys.filter { !known.contains($0) }.sorted().map { .unknownField($0) }
        return (values, problems)
    }
}

extension FieldProblem {
    fileprivate static func required(_ field: Field) -> FieldProblem {
        FieldProblem(
            field: field.name, code: "required",
            message: Bilingual(
                "“\(field.title.chinese)”必填，请填写。",
                "“\(field.title.english)” is required: fill it in."))
    }

    fileprivate static func unknownField(_ name: String) -> FieldProblem {
        let shown = String(name.prefix(64))
        return FieldProblem(
            field: shown, code: "unknown-field",
            message: Bilingual(
                "没有名为“\(shown)”的字段，请核对接口说明后删除或改名。",
                "There is no field “\(shown)”: remove or rename it, see the schema."))
    }
}
