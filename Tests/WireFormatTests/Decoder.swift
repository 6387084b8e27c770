import SyncCore
import WireFormat

/// Every decoder that reads bytes of others, so that a test covers all of them alike.
enum Decoder: CaseIterable {
    case request, answer, wakeRequest, wakeAnswer, segment, header, payload, proof, clock, group

    /// Decodes, and encodes what it got. A segment is never encoded again, so it stands for itself.
    func again(_ bytes: [UInt8]) throws(WireError) -> [UInt8] {
        switch self {
        case .request: return MessageCodec.encode(try MessageCodec.decodeRequest(bytes))
        case .answer: return MessageCodec.encode(try MessageCodec.decodeAnswer(bytes))
        case .wakeRequest: return MessageCodec.encode(try MessageCodec.decodeWakeRequest(bytes))
        case .wakeAnswer: return MessageCodec.encode(try MessageCodec.decodeWakeAnswer(bytes))
        case .segment:
            do throws(Refusal) { return try SegmentCodec.decode(bytes).encoded } catch {
                throw WireError(error.rule, at: error.position)
            }
        case .header: return ChangeCodec.encode(try ChangeCodec.decodeHeader(bytes))
        case .payload: return ChangeCodec.encode(try ChangeCodec.decodePayload(bytes))
        case .proof: return try MessageProof(encoded: bytes).encoded
        case .clock: return try VectorClock(encoded: bytes).encoded
        case .group: return ValueCodec.encode(group: try ValueCodec.decode(group: bytes))
        }
    }

    /// Nil if the bytes are accepted.
    func refusal(_ bytes: [UInt8]) -> RefusalRule? {
        do throws(WireError) {
            _ = try again(bytes)
            return nil
        } catch { return error.rule }
    }

    /// Valid bytes for this decoder.
    func example(_ random: inout SplitMix64) -> [UInt8] {
        switch self {
        case .request: MessageCodec.encode(random.request())
        case .answer: MessageCodec.encode(random.answer())
        case .wakeRequest: MessageCodec.encode(WakeRequest(scopes: random.reports(clocks: false)))
        case .wakeAnswer: MessageCodec.encode(WakeAnswer(scopes: random.reports(clocks: false)))
        case .segment: random.author(1 + random.below(4)).seal()
        case .header: ChangeCodec.encode(random.header(in: random.scope()))
        case .payload: ChangeCodec.encode(random.payload(for: random.header(in: .province)))
        case .proof: random.proof().encoded
        case .clock: random.clock().encoded
        case .group: ValueCodec.encode(group: random.entries(depth: 4))
        }
    }
}
