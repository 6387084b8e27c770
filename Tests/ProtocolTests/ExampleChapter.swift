import Foundation
import LogWriting
import SyncCore

@testable import WireFormat

/// One exchange, byte by byte: a county uploads a supplier and an edit of it.
enum ExampleChapter {
    static let lines: [String] =
        keys + firstChange + secondChange + sealed + request + answer

    private static let writer: LogWriter = {
        var writer = Cast.writer(Cast.first)
        let record = writer.supplier("甲公司")
        writer.claimedTime += 60_000
        writer.add(.of(record), parents: [record], [(11, [record], LogWriter.name("乙公司"))])
        return writer
    }()

    private static func block(_ title: String, _ bytes: [UInt8]) -> [String] {
        ["\(title) (\(bytes.count) bytes):", "", "```"] + AnnotatedHex.lines(bytes) + ["```", ""]
    }

    private static func plain(_ facts: (String, [UInt8])...) -> [String] {
        ["```"]
            + facts.map { "\($0.0.padding(toLength: 22, withPad: " ", startingAt: 0))\($0.1.hex)" }
            + ["```", ""]
    }

    private static let keys: [String] =
        [
            "**Keys.** The county node `632521-01`, registered for `province`, and the hub `630000-hub`.",
            "",
        ]
        + plain(
            ("county, secret", Cast.firstKey.secret),
            ("county, public", Cast.firstKey.publicKey.bytes),
            ("hub, secret", Cast.hubKey.secret), ("hub, public", Cast.hubKey.publicKey.bytes))

    private static func hashes(_ index: Int) -> [String] {
        let change = writer.changes[index]
        let salt = LogWriter.secret(ofBlockWith: change.sequence).salt(for: change.sequence)
        return plain(
            ("secret of the block", LogWriter.secret(ofBlockWith: change.sequence).bytes),
            ("salt", salt.bytes),
            ("payload hash", ChangeHash.payload(change.payloadBytes.span.bytes, salt: salt).bytes),
            ("hash", change.hash.bytes))
    }

    private static func place(_ index: Int) -> [UInt8] {
        ChangeCodec.place(
            log: writer.log, sequence: UInt64(index + 1),
            previousHash: writer.hash(before: index + 1))
    }

    private static let firstChange: [String] =
        ["**The first change** creates a supplier named 甲公司.", ""]
        + block("Header", Array(writer.changes[0].headerBytes))
        + block("Payload", Array(writer.changes[0].payloadBytes))
        + block("Place", place(0)) + hashes(0)
        + ["The record's short id is `\(ShortID(writer.changes[0].reference))`.", ""]

    private static let secondChange: [String] =
        [
            "**The second change** renames it to 乙公司. Record, parent and replaced value are one reference.",
            "",
        ]
        + block("Header", Array(writer.changes[1].headerBytes))
        + block("Payload", Array(writer.changes[1].payloadBytes))
        + block("Place", place(1)) + hashes(1)

    private static let segment = writer.sealed

    private static let sealed: [String] =
        [
            "**The segment** of both. Its body, before it is deflated, is header, payload as a byte string, header, "
                + "payload as a byte string.", "",
        ]
        + block(
            "What is signed",
            SegmentCodec.signedBytes(
                log: writer.log, lastSequence: 2, lastHash: writer.changes[1].hash))
        + block(
            "Body before it is deflated",
            writer.changes.flatMap(\.entry))
        + block("Segment", segment)

    private static let clock = VectorClock([
        VectorClock.Entry(log: writer.log, tips: [Tip(sequence: 2, hash: writer.changes[1].hash)])
    ])

    private static let requestBody = MessageCodec.encode(
        ExchangeRequest(
            scopes: [ScopeReport(scope: .province, digest: clock.digest, clock: clock)],
            segments: [segment]))

    private static let nonce = [UInt8](0...15)
    private static let boot: UInt64 = 0x0102_0304_0506_0708
    private static let time: Int64 = 1_790_000_000_000

    private static let request: [String] =
        [
            "**The request**, at first contact, so with the full clock. (The registrations that the county would hold by now "
                + "are left out here.)", "",
        ]
        + block("Clock, whose SHA-256 is the digest", clock.encoded)
        + block("Body of `POST /sync/v1/exchange`", requestBody)
        + proof(
            "The request's proof",
            .request(method: "POST", path: "/sync/v1/exchange", body: .sha256(requestBody)),
            payload: cbor { writer in
                writer.array(count: 5)
                writer.text("request")
                writer.text("POST")
                writer.text("/sync/v1/exchange")
                writer.text(Cast.hub.name)
                writer.digest(.sha256(requestBody))
            }, from: Cast.first, Cast.firstKey, to: Cast.hub)

    private static func proof(
        _ title: String, _ subject: MessageProof.Subject, payload: [UInt8], from sender: NodeID,
        _ key: NodeKey, to peer: NodeID
    ) -> [String] {
        let proof = MessageProof.sign(
            subject, sender: sender, peer: peer, time: time, nonce: nonce, boot: boot, key: key)
        return block("\(title): the detached payload", payload)
            + block(
                "What is signed, the Sig_structure",
                cbor { writer in
                    writer.array(count: 4)
                    writer.text("Signature1")
                    writer.byteString(proof.protectedHeader)
                    writer.byteString([])
                    writer.byteString(payload)
                }) + block("The COSE_Sign1", proof.encoded)
            + [
                "Header:", "", "```",
                "CreditSync-Proof: " + Data(proof.encoded).base64EncodedString(), "```", "",
            ]
    }

    private static let receipt = ReceiptCodec.issue(
        log: writer.log, sequence: 2, hash: writer.changes[1].hash, key: Cast.hubKey)

    private static let answerBody = MessageCodec.encode(
        ExchangeAnswer(
            scopes: [ScopeReport(scope: .province, digest: clock.digest)], receipts: [receipt]))

    private static let answer: [String] =
        ["**The answer**: the same digest, so no clock; a receipt; nothing to fetch.", ""]
        + block(
            "What the receipt signs",
            ReceiptCodec.signedBytes(log: writer.log, sequence: 2, hash: writer.changes[1].hash))
        + block("Body, status 200", answerBody)
        + proof(
            "The answer's proof",
            .answer(status: 200, path: "/sync/v1/exchange", body: .sha256(answerBody)),
            payload: cbor { writer in
                writer.array(count: 5)
                writer.text("answer")
                writer.unsigned(200)
                writer.text("/sync/v1/exchange")
                writer.text(Cast.first.name)
                writer.digest(.sha256(answerBody))
            }, from: Cast.hub, Cast.hubKey, to: Cast.first)
}
