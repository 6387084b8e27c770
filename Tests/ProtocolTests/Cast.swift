import Foundation
import LogWriting
import Records
import SyncCore
import WireFormat

/// Who appears in the vectors. A key's 32 secret bytes are one number, repeated.
enum Cast {
    static let hub = NodeID("630000-hub")!
    static let first = NodeID("632521-01")!
    static let second = NodeID("632522-01")!
    /// Registered for its county's scope only.
    static let local = NodeID("632521-03")!
    /// Never registered.
    static let stranger = NodeID("632529-01")!
    /// Whose store the vectors fill.
    static let receiver = NodeID("632521-02")!

    static let hubKey = key(7)
    static let firstKey = key(21)
    static let secondKey = key(22)
    static let localKey = key(23)
    static let strangerKey = key(29)

    static func key(_ byte: UInt8) -> NodeKey {
        NodeKey(secret: [UInt8](repeating: byte, count: 32))!
    }

    static func log(
        _ node: NodeID, _ incarnation: UInt64 = 5, _ scope: Scope = .province,
        _ lane: Lane = .records
    ) -> LogID {
        LogID(node: node, incarnation: incarnation, scope: scope, lane: lane)
    }

    static func writer(
        _ node: NodeID, _ incarnation: UInt64 = 5, _ scope: Scope = .province,
        _ lane: Lane = .records
    ) -> LogWriter {
        let keys = [
            hub: hubKey, first: firstKey, second: secondKey, local: localKey,
            stranger: strangerKey,
        ]
        return LogWriter(log: log(node, incarnation, scope, lane), key: keys[node]!)
    }

    /// The hub's control log, in which it registered the two counties and the local node.
    static func registrations() -> LogWriter {
        var writer = writer(hub, 1, .province, .control)
        register(first, firstKey, ["province", "county/632521"], in: &writer)
        register(second, secondKey, ["province", "county/632522"], in: &writer)
        register(local, localKey, ["county/632521"], in: &writer)
        return writer
    }

    @discardableResult
    static func register(
        _ node: NodeID, _ key: NodeKey, _ scopes: [String], in writer: inout LogWriter
    ) -> Reference {
        writer.add(
            .creates(type: "node"),
            [
                (RegisteredNode.Group.identity, [], identity(node, key)),
                (
                    RegisteredNode.Group.grant, [],
                    ValueCodec.encode(group: [
                        Value.Entry(RegisteredNode.scopes, .list(scopes.map { .text($0) }))
                    ])
                ),
            ])
    }

    static func identity(_ node: NodeID, _ key: NodeKey) -> [UInt8] {
        ValueCodec.encode(group: [
            Value.Entry(RegisteredNode.node, .text(node.name)),
            Value.Entry(
                RegisteredNode.publicKey,
                .text(Data(key.publicKey.bytes).base64EncodedString())),
        ])
    }

    /// A CBOR sequence of byte strings, as in messages and in exported logs.
    static func sequence(_ segments: [[UInt8]]) -> [UInt8] {
        var writer = CBORWriter()
        for segment in segments { writer.byteString(segment) }
        return writer.bytes
    }
}

/// CBOR, item by item.
func cbor(_ write: (inout CBORWriter) -> Void) -> [UInt8] {
    var writer = CBORWriter()
    write(&writer)
    return writer.bytes
}

extension LogID {
    var encoded: [UInt8] { cbor { NameCodec.write(self, to: &$0) } }
}
