import Access
import Records
import SyncCore

@testable import WireFormat

/// Does with an input what a vector says, by the program's own decoders, and tells what came of it.
enum Outcome {
    static func of(_ kind: Vector.Kind, _ input: [UInt8], _ settings: JSON) throws -> JSON {
        switch kind {
        case .decode: try decode(input, as: settings["as"]?.string ?? "")
        case .segment: segment(input, settings)
        case .receipt: try receipt(input, settings)
        case .shortID: try shortID(input)
        case .proof: proof(input, settings)
        case .store: try StoreOutcome(settings).orders(input)
        case .send: try StoreOutcome(settings).send(input)
        }
    }

    static func refused(_ error: String) -> JSON { ["accepted": false, "error": .string(error)] }

    static func accepted(_ facts: [String: JSON] = [:]) -> JSON {
        .object(facts.merging(["accepted": true]) { fact, _ in fact })
    }

    // MARK: Items

    private static func decode(_ bytes: [UInt8], as form: String) throws -> JSON {
        do throws(WireError) {
            var reader = CBORReader(bytes)
            switch form {
            case "log":
                let log = try NameCodec.log(&reader)
                try reader.expectEnd()
                return accepted(["name": .string(log.description)])
            case "reference":
                let reference = try NameCodec.reference(&reader)
                try reader.expectEnd()
                return accepted(["short_id": .string(ShortID(reference).description)])
            case "clock":
                return accepted([
                    "digest": .string(try VectorClock(encoded: bytes).digest.hex)
                ])
            case "header":
                let header = try ChangeCodec.decodeHeader(bytes)
                precondition(ChangeCodec.encode(header) == bytes)
                return accepted()
            case "payload":
                let payload = try ChangeCodec.decodePayload(bytes)
                precondition(ChangeCodec.encode(payload) == bytes)
                return accepted()
            case "change":
                _ = try ChangeCodec.readEntry(&reader)
                try reader.expectEnd()
                return accepted()
            case "exchange-request":
                let message = try MessageCodec.decodeRequest(bytes)
                precondition(MessageCodec.encode(message) == bytes)
                return accepted(["segments": .integer(Int64(message.segments.count))])
            case "exchange-answer":
                let message = try MessageCodec.decodeAnswer(bytes)
                precondition(MessageCodec.encode(message) == bytes)
                return accepted(["segments": .integer(Int64(message.segments.count))])
            case "wake":
                let message = try MessageCodec.decodeWakeRequest(bytes)
                precondition(MessageCodec.encode(message) == bytes)
                return accepted()
            default: preconditionFailure("no form is called \(form)")
            }
        } catch {
            return refused(error.rule.name)
        }
    }

    private static func shortID(_ bytes: [UInt8]) throws -> JSON {
        var reader = CBORReader(bytes)
        let text = try reader.text(max: 64)
        guard let id = ShortID(text) else { return refused("malformed") }
        return accepted([
            "canonical": .string(id.description), "sequence": .integer(Int64(id.sequence)),
        ])
    }

    // MARK: Segments and receipts

    private static func key(_ settings: JSON, _ name: String) -> PublicKey {
        guard let key = PublicKey([UInt8](hex: settings[name]?.string ?? "")) else {
            preconditionFailure("\(name) is a public key")
        }
        return key
    }

    private static func segment(_ bytes: [UInt8], _ settings: JSON) -> JSON {
        let segment: Segment
        do { segment = try SegmentCodec.decode(bytes) } catch { return refused(error.rule.name) }
        guard SegmentCodec.isSigned(segment, by: key(settings, "key")) else {
            return refused(RefusalRule.badSignature.name)
        }
        return accepted([
            "log": .string(segment.log.description),
            "first": .integer(Int64(segment.firstSequence)),
            "hashes": .array(segment.changes.map { .string($0.hash.hex) }),
        ])
    }

    private static func receipt(_ bytes: [UInt8], _ settings: JSON) throws -> JSON {
        var reader = CBORReader(bytes)
        do {
            let receipt = try ReceiptCodec.read(&reader)
            try reader.expectEnd()
            return ReceiptCodec.isSigned(receipt, by: key(settings, "hub_key"))
                ? accepted() : refused(RefusalRule.badSignature.name)
        } catch {
            return refused(error.rule.name)
        }
    }

    // MARK: Proofs

    /// As the hub checks a request, or a node an answer.
    private static func proof(_ bytes: [UInt8], _ settings: JSON) -> JSON {
        let proof: MessageProof
        do { proof = try MessageProof(encoded: bytes) } catch {
            return refused(
                error.rule == .unsupported ? "signature-algorithm" : "signature-malformed")
        }
        let body = Digest.sha256([UInt8](hex: settings["body"]?.string ?? ""))
        let path = settings["path"]?.string ?? ""
        let peer = NodeID(settings["peer"]?.string ?? "")!
        guard settings["keys"]?[proof.sender.name] != nil else {
            return refused("signature-invalid")
        }
        let key = key(settings["keys"] ?? .null, proof.sender.name)
        if let status = settings["status"]?.integer {
            guard proof.nonce == [UInt8](hex: settings["nonce"]?.string ?? ""),
                proof.isValid(
                    .answer(status: Int(status), path: path, body: body), peer: peer, key: key)
            else { return refused("signature-invalid") }
            return accepted(["time": .integer(proof.time)])
        }
        let subject = MessageProof.Subject.request(
            method: settings["method"]?.string ?? "", path: path, body: body)
        guard proof.isValid(subject, peer: peer, key: key) else {
            return refused("signature-invalid")
        }
        return freshness(of: proof, settings)
    }

    private static func freshness(of proof: MessageProof, _ settings: JSON) -> JSON {
        let now = settings["now"]?.integer ?? 0
        let boot = [UInt8](hex: settings["boot"]?.string ?? "").reduce(0) { $0 << 8 | UInt64($1) }
        var gate = RequestGate(boot: boot)
        for nonce in settings["used_nonces"]?.array ?? [] {
            _ = gate.admit(
                nonce: [UInt8](hex: nonce.string ?? ""), time: now, boot: boot,
                now: now)
        }
        switch gate.admit(
            nonce: proof.nonce, time: proof.time, boot: proof.boot, now: now)
        {
        case .admitted: return accepted()
        case .wrongBoot: return refused("boot")
        case .clockOff: return refused("clock")
        case .replayed: return refused("replay")
        case .crowded: preconditionFailure("no vector is about rates")
        }
    }
}
