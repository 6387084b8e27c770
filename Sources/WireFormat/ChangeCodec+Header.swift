import SyncCore

extension ChangeCodec {
    /// 7, 9 and 11 are left for the marks of groups, for how an author was known, and for epochs of
    /// grants.
    private enum HeaderKey {
        static let kind: UInt64 = 0
        static let type: UInt64 = 1
        static let references: UInt64 = 2
        static let record: UInt64 = 3
        static let parents: UInt64 = 4
        static let groups: UInt64 = 5
        static let target: UInt64 = 6
        static let author: UInt64 = 8
        static let claimedTime: UInt64 = 10
    }

    /// References stand once, ascending, and are named by their index: an edit usually names the
    /// same change as record, parent and replaced value.
    public static func encode(_ header: ChangeHeader) -> [UInt8] {
        let table = referenceTable(header)
        func index(_ reference: Reference) -> UInt64 {
            guard let index = table.firstIndex(of: reference) else {
                preconditionFailure("the table holds every reference of the header")
            }
            return UInt64(index)
        }
        var fields: [(UInt64, (inout CBORWriter) -> Void)] = []
        fields.append((HeaderKey.kind, { $0.unsigned(UInt64(header.kind.rawValue)) }))
        if case .creates(let type) = header.record {
            fields.append((HeaderKey.type, { $0.text(type) }))
        }
        if !table.isEmpty {
            fields.append((HeaderKey.references, { NameCodec.write(table, to: &$0) }))
        }
        if case .of(let record) = header.record {
            fields.append((HeaderKey.record, { $0.unsigned(index(record)) }))
        }
        if !header.parents.isEmpty {
            fields.append((HeaderKey.parents, { $0.indices(header.parents.map(index)) }))
        }
        if !header.groups.isEmpty {
            fields.append(
                (
                    HeaderKey.groups,
                    { writer in
                        writer.map(count: header.groups.count)
                        for edit in header.groups {
                            writer.unsigned(UInt64(edit.group))
                            writer.indices(edit.replaces.map(index))
                        }
                    }
                ))
        }
        if let target = header.target {
            fields.append((HeaderKey.target, { $0.unsigned(index(target)) }))
        }
        fields.append((HeaderKey.author, { $0.text(header.author) }))
        fields.append((HeaderKey.claimedTime, { $0.integer(header.claimedTime) }))
        var writer = CBORWriter()
        writer.map(count: fields.count)
        for (key, write) in fields {
            writer.unsigned(key)
            write(&writer)
        }
        return writer.bytes
    }

    private static func referenceTable(_ header: ChangeHeader) -> [Reference] {
        var references = header.parents + header.groups.flatMap(\.replaces)
        if case .of(let record) = header.record { references.append(record) }
        if let target = header.target { references.append(target) }
        return Set(references).sorted()
    }

    public static func decodeHeader(_ bytes: [UInt8]) throws(WireError) -> ChangeHeader {
        var reader = CBORReader(bytes)
        let header = try readHeader(&reader)
        try reader.expectEnd()
        return header
    }

    static func readHeader(_ reader: inout CBORReader) throws(WireError) -> ChangeHeader {
        let start = reader.offset
        var table = ReferenceTable()
        var kind: ChangeKind?
        var record: RecordKey?
        var parents: [Reference] = []
        var groups: [GroupEdit] = []
        var target: Reference?
        var author: String?
        var claimedTime: Int64?
        let fieldCount = try reader.map(max: 12)
        var last: UInt64?
        for _ in 0..<fieldCount {
            let offset = reader.offset
            switch try reader.key(after: &last) {
            case HeaderKey.kind:
                let number = try reader.unsigned(max: 255)
                guard let known = ChangeKind(rawValue: UInt8(number)), known != .erasure else {
                    throw WireError(.unsupported, at: offset)
                }
                kind = known
            case HeaderKey.type:
                let type = try reader.text(max: Limits.typeNameBytes)
                guard !type.isEmpty else { throw WireError(.malformed, at: offset) }
                record = .creates(type: type)
            case HeaderKey.references:
                table = try ReferenceTable(&reader, field: offset)
            case HeaderKey.record:
                guard record == nil else { throw WireError(.inconsistent, at: offset) }
                record = .of(try table.reference(&reader, field: offset))
            case HeaderKey.parents:
                parents = try table.references(&reader)
                guard !parents.isEmpty else { throw WireError(.notCanonical, at: offset) }
            case HeaderKey.groups:
                let count = try groupCount(&reader)
                groups.reserveCapacity(count)
                var lastGroup: UInt64?
                for _ in 0..<count {
                    let group = try group(&reader, after: &lastGroup)
                    groups.append(
                        GroupEdit(group: group, replaces: try table.references(&reader)))
                }
            case HeaderKey.target:
                target = try table.reference(&reader, field: offset)
            case HeaderKey.author:
                let text = try reader.text(max: Limits.authorBytes)
                guard AuthorCode.isValid(text) else { throw WireError(.malformed, at: offset) }
                author = text
            case HeaderKey.claimedTime:
                claimedTime = try reader.integer()
            default:
                // What a newer version added.
                throw WireError(.unsupported, at: offset)
            }
        }
        guard let kind, let record, let author, let claimedTime else {
            throw WireError(.malformed, at: start)
        }
        let header = ChangeHeader(
            kind: kind, record: record, parents: parents, groups: groups, target: target,
            author: author, claimedTime: claimedTime)
        guard table.isUsed else { throw WireError(.notCanonical, at: start) }
        guard header.referenceCount <= Limits.referencesPerChange else {
            throw WireError(.tooLarge, at: start)
        }
        guard header.isConsistent else { throw WireError(.inconsistent, at: start) }
        return header
    }
}

/// The references of a header that is being read: each stands once and is named at least once.
private struct ReferenceTable {
    private var references: [Reference] = []
    private var isNamed: [Bool] = []

    init() {}

    init(_ reader: inout CBORReader, field offset: Int) throws(WireError) {
        references = try NameCodec.references(&reader)
        isNamed = Array(repeating: false, count: references.count)
        for (a, b) in zip(references, references.dropFirst()) where a >= b {
            throw WireError(.notCanonical, at: offset)
        }
        guard !references.isEmpty else { throw WireError(.notCanonical, at: offset) }
    }

    var isUsed: Bool { !isNamed.contains(false) }

    mutating func reference(
        _ reader: inout CBORReader, field offset: Int
    ) throws(WireError) -> Reference {
        let index = try reader.unsigned()
        guard index < UInt64(references.count) else { throw WireError(.malformed, at: offset) }
        isNamed[Int(index)] = true
        return references[Int(index)]
    }

    /// Ascending.
    mutating func references(_ reader: inout CBORReader) throws(WireError) -> [Reference] {
        let count = try reader.array(max: Limits.referencesPerChange)
        if count == 0 { return [] }
        var list: [Reference] = []
        list.reserveCapacity(count)
        for _ in 0..<count {
            let offset = reader.offset
            let reference = try reference(&reader, field: offset)
            if let last = list.last, last >= reference {
                throw WireError(.notCanonical, at: offset)
            }
            list.append(reference)
        }
        return list
    }
}

extension CBORWriter {
    fileprivate mutating func indices(_ indices: [UInt64]) {
        array(count: indices.count)
        for index in indices { unsigned(index) }
    }
}
