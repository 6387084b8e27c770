import SyncCore
import WireFormat

/// A header with its parts open to tampering: fields by key, each an encoded item.
struct RawHeader: Sendable {
    var fields: [UInt64: [UInt8]]

    /// An edit of a record of two references: 0 is the record, 1 a second change of it.
    static let edit = RawHeader(fields: [
        0: [0x01], 2: references([1, 2]), 3: [0x00], 4: [0x81, 0x01], 5: [0xA1, 0x0A, 0x81, 0x01],
        8: cbor { $0.text("zhang.san") }, 10: [0x00],
    ])

    static func references(_ sequences: [UInt64], log: LogID = Fixture.log) -> [UInt8] {
        cbor { writer in
            writer.array(count: sequences.count)
            for sequence in sequences { writer.raw(Fixture.reference(sequence, log: log).encoded) }
        }
    }

    func with(_ changes: [UInt64: [UInt8]]) -> RawHeader {
        var header = self
        for (key, item) in changes { header.fields[key] = item == absent ? nil : item }
        return header
    }

    var encoded: [UInt8] {
        cbor { writer in
            writer.map(count: fields.count)
            for (key, item) in fields.sorted(by: { $0.key < $1.key }) {
                writer.unsigned(key)
                writer.raw(item)
            }
        }
    }

    /// The rule that refuses it, as a header alone and inside a segment alike.
    var refusal: RefusalRule? { Decoder.header.refusal(encoded) }
}

/// No item is empty: in a change of fields this removes one.
let absent: [UInt8] = []

/// `{0: 1, 1: {10: {}}}`, the payload of ``RawHeader/edit``.
let editPayload: [UInt8] = [0xA2, 0x00, 0x01, 0x01, 0xA1, 0x0A, 0xA0]

/// The rule that refuses a segment of one change.
func segmentRefusal(header: [UInt8], payload: [UInt8], log: LogID = Fixture.log) -> RefusalRule? {
    var author = Author(log: log)
    author.append(headerBytes: header, payloadBytes: payload)
    return Decoder.segment.refusal(author.seal())
}
