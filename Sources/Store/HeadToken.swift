import GRDB
import SyncCore
import WireFormat

/// What a form showed of a record: its heads, and for each group the values that stood.
///
/// Handed out as an opaque token, brought back by the write. The token carries the context
/// itself, so that a write may be kept beside what came meanwhile, as concurrent with it, and
/// nothing needs to be remembered about forms.
struct ShownContext: Hashable {
    let heads: [Reference]
    /// Ascending by group; references ascending.
    let groups: [GroupEdit]

    init(of state: RecordState) {
        heads = state.heads
        groups = state.groups.map {
            GroupEdit(group: $0.group, replaces: $0.siblings.map(\.reference))
        }
    }

    init(heads: [Reference], groups: [GroupEdit]) {
        self.heads = heads.sorted()
        self.groups = groups.sorted { $0.group < $1.group }
    }

    func shown(_ group: GroupID) -> [Reference] {
        groups.first { $0.group == group }?.replaces ?? []
    }

    /// Over the hashes of all that was shown: where an older disk was put back, other changes may
    /// have the places that a form names.
    fileprivate var fingerprint: UInt64 {
        var bytes: [UInt8] = []
        for reference in heads { bytes.append(bigEndian: reference.prefix) }
        for group in groups {
            bytes.append(bigEndian: UInt64(group.group))
            for reference in group.replaces { bytes.append(bigEndian: reference.prefix) }
        }
        return Digest.sha256(bytes).prefix >> 32
    }
}

/// The token's text: local keys of the changes, so that it stays short, bound to this
/// incarnation of this node and to what those changes were.
struct HeadToken {
    let check: UInt64
    let fingerprint: UInt64
    let record: ChangeKey
    let heads: [ChangeKey]
    let groups: [(group: GroupID, shown: [ChangeKey])]

    init(
        _ context: ShownContext, record: ChangeKey, identity: Identity,
        keyOf: (Reference) throws -> ChangeKey
    ) rethrows {
        check = Self.check(identity)
        fingerprint = context.fingerprint
        self.record = record
        heads = try context.heads.map(keyOf)
        groups = try context.groups.map { ($0.group, try $0.replaces.map(keyOf)) }
    }

    var text: String {
        var table = Set(heads)
        for group in groups { table.formUnion(group.shown) }
        let keys = table.sorted()
        var writer = CBORWriter()
        writer.array(count: 6)
        writer.unsigned(check)
        writer.unsigned(fingerprint)
        writer.integer(record.rawValue)
        writer.array(count: keys.count)
        for key in keys { writer.integer(key.rawValue) }
        Self.write(heads, keys, to: &writer)
        writer.map(count: groups.count)
        for group in groups {
            writer.unsigned(UInt64(group.group))
            Self.write(group.shown, keys, to: &writer)
        }
        return Base32.encode(writer.bytes)
    }

    private static func write(
        _ list: [ChangeKey], _ table: [ChangeKey], to writer: inout CBORWriter
    ) {
        writer.array(count: list.count)
        for key in list { writer.unsigned(UInt64(table.firstIndex(of: key) ?? 0)) }
    }

    init(text: String, identity: Identity) throws {
        do {
            self = try Self(bytes: Base32.decode(text) ?? [])
        } catch { throw StoreError.badToken }
        guard check == Self.check(identity) else { throw StoreError.badToken }
    }

    private init(bytes: [UInt8]) throws(WireError) {
        var reader = CBORReader(bytes)
        guard try reader.array(max: 6) == 6 else { throw reader.fail(.malformed) }
        check = try reader.unsigned()
        fingerprint = try reader.unsigned()
        record = ChangeKey(rawValue: try reader.integer())
        // A change that names another twice is none: nobody would take it.
        var keys: [ChangeKey] = []
        for _ in 0..<(try reader.array(max: bytes.count)) {
            let key = ChangeKey(rawValue: try reader.integer())
            if let last = keys.last, key <= last { throw reader.fail(.notCanonical) }
            keys.append(key)
        }
        func list(_ reader: inout CBORReader) throws(WireError) -> [ChangeKey] {
            var list: [ChangeKey] = []
            for _ in 0..<(try reader.array(max: bytes.count)) {
                let index = try reader.unsigned()
                guard index < UInt64(keys.count) else { throw reader.fail(.malformed) }
                list.append(keys[Int(index)])
            }
            guard Set(list).count == list.count else { throw reader.fail(.notCanonical) }
            return list
        }
        heads = try list(&reader)
        var groups: [(GroupID, [ChangeKey])] = []
        var last: UInt64?
        for _ in 0..<(try reader.map(max: bytes.count)) {
            guard let group = GroupID(exactly: try reader.key(after: &last)) else {
                throw reader.fail(.tooLarge)
            }
            groups.append((group, try list(&reader)))
        }
        self.groups = groups.map { (group: $0.0, shown: $0.1) }
        try reader.expectEnd()
    }

    /// What the token said was shown; nil if it is about another record, or about changes that
    /// this store does not hold, or not as they were.
    func context(
        record: ChangeKey, referenceOf: (ChangeKey) -> Reference?
    ) -> ShownContext? {
        guard record == self.record else { return nil }
        func resolve(_ keys: [ChangeKey]) -> [Reference]? {
            let references = keys.compactMap(referenceOf)
            return references.count == keys.count ? references : nil
        }
        guard let heads = resolve(heads) else { return nil }
        var edits: [GroupEdit] = []
        for group in groups {
            guard let shown = resolve(group.shown) else { return nil }
            edits.append(GroupEdit(group: group.group, replaces: shown))
        }
        let context = ShownContext(heads: heads, groups: edits)
        return context.fingerprint == fingerprint ? context : nil
    }

    private static func check(_ identity: Identity) -> UInt64 {
        Digest.sha256(Array("\(identity.node)/\(identity.incarnation)".utf8)).prefix >> 32
    }
}
