import GRDB
import Records
import SyncCore
import SyncSession
import WireFormat

@testable import Store

/// What a node makes of segments: a store in memory, which applies them in the orders given.
struct StoreOutcome {
    private let identity: Identity
    private let settings: JSON

    /// The node whose store it is. No vector holds changes of its own.
    static let receiver: [String: JSON] = [
        "node": .string(Cast.receiver.name), "hub": .string(Cast.hub.name),
        "hub_key": .string(Cast.hubKey.publicKey.bytes.hex),
        "scopes": ["province", "county/632521"],
    ]

    init(_ settings: JSON) throws {
        self.settings = settings
        let key = PublicKey([UInt8](hex: settings["hub_key"]?.string ?? ""))!
        let scopes = (settings["scopes"]?.array ?? []).compactMap { Scope($0.string ?? "") }
        identity = Identity(
            node: NodeID(settings["node"]?.string ?? "")!, role: .county, division: "632521",
            incarnation: 1, key: Cast.key(99), hub: NodeID(settings["hub"]?.string ?? "")!,
            hubKey: key, hubAddress: nil)
        precondition(scopes == identity.ownScopes)
    }

    private func store() throws -> Store {
        try Store(
            inMemory: InMemoryDatabase(), identity: identity, clock: { 1_772_352_000_000 },
            random: { [UInt8](repeating: 1, count: $0) })
    }

    static func segments(_ input: [UInt8]) throws -> [[UInt8]] {
        var reader = CBORReader(input)
        var segments: [[UInt8]] = []
        while !reader.isAtEnd {
            segments.append(try reader.byteString(max: Limits.encodedSegmentBytes))
        }
        return segments
    }

    // MARK: Applying

    /// Each order in a store of its own, once as one message for each segment. All must end alike.
    func orders(_ input: [UInt8]) throws -> JSON {
        let segments = try Self.segments(input)
        var results: [JSON] = []
        var ends: [JSON] = []
        for order in settings["orders"]?.array ?? [] {
            let store = try store()
            var words: [JSON] = []
            for index in order.array ?? [] {
                let report = try store.apply([segments[Int(index.integer ?? 0)]])
                words.append(.string(Self.word(report.results[0].result)))
            }
            results.append(.array(words))
            ends.append(try end(store))
        }
        guard ends.allSatisfy({ $0 == ends[0] }) else { return ["error": "orders end differently"] }
        guard case .object(var outcome) = ends[0] else {
            preconditionFailure("an end is an object")
        }
        outcome["results"] = .array(results)
        return .object(outcome)
    }

    private static func word(_ result: Applied) -> String {
        switch result {
        case .stored(let changes): "stored \(changes)"
        case .known: "known"
        case .refused(let refusal): "refused \(refusal.rule.name)"
        }
    }

    private func end(_ store: Store) throws -> JSON {
        var scopes: [String: JSON] = [:]
        for report in try store.reports() {
            scopes[report.scope.description] = [
                "clock": .string(report.digest.hex),
                "state": .string(try store.stateDigest(of: report.scope).hex),
            ]
        }
        let states = try store.reading { reader in
            try Row.fetchAll(reader.db, sql: "SELECT \(RecordTable.columns) FROM record").map {
                try RecordTable.state(
                    RecordTable.row($0), logs: reader.logs, hub: identity.hub)
            }
        }.sorted { $0.record < $1.record }
        // Registrations are in every vector: it is not about them.
        let shown = states.filter { $0.type != RegisteredNode.type.name }
        return .object([
            "scopes": .object(scopes),
            "records": .array(
                shown.map { state in
                    [
                        "id": .string(ShortID(state.record).description),
                        "type": .string(state.type), "visible": .bool(state.isVisible),
                        "canonical": .string(StateCodec.canonical(state).hex),
                        "waiting": .integer(Int64(state.waiting.count)),
                        "disputed": .array(
                            state.groups.filter(\.isDisputed).map { group in
                                [
                                    "group": .integer(Int64(group.group)),
                                    "last_agreed": Self.lastAgreed(group),
                                ]
                            }),
                    ]
                }),
            "conflicts": .array(
                try store.conflicts(limit: 100).elements.sorted { $0.name < $1.name }.map { item in
                    [
                        "name": .string(item.name), "class": .string(item.kind.name),
                        "sides": .array(
                            item.sides.map { .string(ShortID($0.reference).description) }),
                    ]
                }),
        ])
    }

    private static func lastAgreed(_ group: GroupState) -> JSON {
        if case .value(let reference)? = group.lastAgreed {
            return .string(ShortID(reference).description)
        }
        return .null
    }

    // MARK: Sending

    /// What a node that stores all of the input puts into its next request.
    func send(_ input: [UInt8]) throws -> JSON {
        let store = try store()
        _ = try store.apply(try Self.segments(input))
        func decoded<T>(_ name: String, _ read: (inout CBORReader) throws -> T) throws -> [T] {
            try (settings[name]?.array ?? []).map { item in
                var reader = CBORReader([UInt8](hex: item.string ?? ""))
                return try read(&reader)
            }
        }
        let scope = Scope.province
        let clock = try settings["hub_clock"]?.string.map {
            try VectorClock(encoded: [UInt8](hex: $0))
        }
        let request = try store.prepare(
            ExchangePlan(
                scopes: [
                    ExchangePlan.ScopePlan(
                        view: HubView(scope: scope, clock: clock, digest: clock?.digest),
                        sendsClock: clock == nil)
                ],
                marks: try decoded("marks") { try NameCodec.reference(&$0) },
                budgetBytes: Int(settings["budget"]?.integer ?? 0),
                deferred: try decoded("deferred") { try NameCodec.log(&$0) }))
        return [
            "clock_sent": .bool(request.scopes[0].clock != nil),
            "marks": .array(request.marks.map { .string($0.encoded.hex) }),
            "sends": .array(
                try request.segments.map { encoded in
                    let segment = try SegmentCodec.decode(encoded)
                    return .string(
                        "\(segment.log) \(segment.firstSequence)-\(segment.lastSequence)")
                }),
        ]
    }
}
