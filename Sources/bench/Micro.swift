import Foundation
import Store
import SyncCore
import WireFormat

/// Parts of a catch-up by themselves, on one thread of this process.
enum Micro: String, CaseIterable {
    /// What a county does once for each change: compress, hash, sign.
    case seal
    /// What a receiver does: inflate, read, hash.
    case decode
    /// What a receiver does with what it decoded: store and project it, durably.
    case apply
    /// What every store does with a record that many edited: fold its history.
    case fold

    /// Nanoseconds a change; `times` over, so that what comes before and after can be told apart.
    func measure(_ sample: MicroSample, times: Int) throws -> Double {
        let clock = ContinuousClock()
        var spent = Duration.zero
        for _ in 0..<times {
            let work = try prepare(sample)
            let begun = clock.now
            try work()
            spent += clock.now - begun
        }
        return spent / .nanoseconds(1) / Double(times * sample.changes)
    }

    private func prepare(_ sample: MicroSample) throws -> () throws -> Void {
        switch self {
        case .seal:
            let segments = try sample.encoded.map(SegmentCodec.decode)
            return { for segment in segments { sample.seal(segment) } }
        case .decode:
            return { for bytes in sample.encoded { _ = try SegmentCodec.decode(bytes) } }
        case .apply:
            let receiver = try sample.receiver()
            return { _ = try receiver.apply(sample.encoded) }
        case .fold:
            let story = sample.story
            let rounds = sample.changes / story.changes.count
            return {
                for _ in 0..<rounds {
                    _ = story.fold { _ in MergeRules(isConsequential: false) }
                }
            }
        }
    }
}

/// What the parts work on: the segments of a county that wrote so many records.
struct MicroSample {
    let changes: Int
    let encoded: [[UInt8]]
    private let stand: Stand
    private let identity: Identity

    init(changes: Int, on stand: Stand) throws {
        let identity = try stand.county(0)
        let folder = try stand.makeCounty(identity, "micro") { try $0.create(0..<changes) }
        defer { stand.remove([folder]) }
        encoded = try stand.open(folder) { store in
            var encoded: [[UInt8]] = []
            for log in try store.status().logs.map(\.log) {
                var place: SegmentPart.Place?
                repeat {
                    guard let part = try store.exportedSegments(of: log, from: place) else { break }
                    encoded += part.encoded
                    place = part.next
                } while place != nil
            }
            return encoded
        }
        self.changes = changes
        self.stand = stand
        self.identity = identity
    }

    func receiver() throws -> Store {
        let hub = try stand.makeHub(of: [identity], "micro-hub-\(UInt32.random(in: 0 ... .max))")
        return try Store(folder: DataFolder(path: hub))
    }

    func seal(_ segment: Segment) {
        guard let secret = SaltSecret([UInt8](repeating: 7, count: SaltSecret.byteCount)) else {
            return
        }
        _ = SegmentCodec.seal(
            log: segment.log, firstSequence: segment.firstSequence,
            previousHash: segment.previousHash, secrets: [secret],
            entries: segment.changes.map { Array($0.entry) }, lastHash: segment.lastHash,
            key: identity.key)
    }

    static let edits = 50

    /// Of a record that an office edited again and again.
    var story: Story {
        let log = LogID(
            node: identity.node, incarnation: identity.incarnation, scope: .province, lane: .records
        )
        func change(_ sequence: Int) -> Reference {
            Reference(log: log, sequence: UInt64(sequence), prefix: UInt64(sequence) &* 0x9E37_79B9)
        }
        let changes = (1...Self.edits).map { sequence in
            let before = sequence == 1 ? [] : [change(sequence - 1)]
            return StoryChange(
                reference: change(sequence), kind: .edit, parents: before,
                groups: [GroupEdit(group: BenchRecord.Group.amount, replaces: before)],
                values: [
                    GroupValue(
                        group: BenchRecord.Group.amount, bytes: [0xA1, 8, 24, UInt8(sequence)])
                ],
                target: nil, holds: false, isAuthoritative: false,
                creates: sequence == 1 ? BenchRecord.type : nil)
        }
        return Story(record: change(1), changes: changes)
    }
}
