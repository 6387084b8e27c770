import SyncCore

/// A readable form of everything that travels or is stored, for support and for tests. Stable, but
/// for people: nothing reads it back.
public enum DebugText {
    /// Of one group value; a photo is not worth a page of digits.
    static let valueCharacters = 4096

    public static func text(of segment: Segment) -> String {
        DebugLines.text { write(segment, to: &$0) }
    }

    public static func text(of change: Change) -> String {
        DebugLines.text { write(change, to: &$0) }
    }

    public static func text(of header: ChangeHeader) -> String {
        DebugLines.text { write(header, to: &$0) }
    }

    public static func text(of payload: Payload) -> String {
        DebugLines.text { write(payload, to: &$0) }
    }

    public static func text(of clock: VectorClock) -> String {
        DebugLines.text { write(clock, to: &$0) }
    }

    public static func text(of proof: MessageProof) -> String {
        DebugLines.text { lines in
            lines.line("sender", proof.sender)
            lines.line("time", time(proof.time))
            lines.line("nonce", proof.nonce.hex)
            lines.line("boot", proof.boot)
            lines.line("signature", proof.signature.hex)
        }
    }

    // MARK: Parts

    private static func write(_ segment: Segment, to lines: inout DebugLines) {
        lines.section("segment") { lines in
            lines.line("log", segment.log)
            lines.line("sequences", "\(segment.firstSequence)-\(segment.lastSequence)")
            lines.line("changes", segment.changes.count)
            lines.line("bytes", segment.encoded.count)
            lines.line("previous hash", segment.previousHash.hex)
            lines.line("last hash", segment.lastHash.hex)
            lines.line("signature", segment.signature.hex)
        }
        for change in segment.changes { write(change, to: &lines) }
    }

    private static func write(_ change: Change, to lines: inout DebugLines) {
        lines.section("change \(named(change.reference))") { lines in
            lines.line("hash", change.hash.hex)
            do throws(WireError) {
                write(try ChangeCodec.header(of: change), of: change.reference, to: &lines)
            } catch {
                lines.unreadable(Array(change.headerBytes), error)
            }
            lines.section("payload") { lines in
                do throws(WireError) {
                    write(try ChangeCodec.payload(of: change), to: &lines)
                } catch {
                    lines.unreadable(Array(change.payloadBytes), error)
                }
            }
        }
    }

    /// `change`: nil for a header on its own, which does not say what it would be called.
    private static func write(
        _ header: ChangeHeader, of change: Reference? = nil, to lines: inout DebugLines
    ) {
        lines.line("kind", name(of: header.kind))
        switch header.record {
        case .creates(let type):
            if let change { lines.line("record", named(change)) }
            lines.line("creates", quoted(type))
        case .of(let record): lines.line("record", named(record))
        }
        lines.references("parents", header.parents)
        lines.list("groups", header.groups) { edit, lines in
            lines.section(named(edit.group)) { $0.references("replaces", edit.replaces) }
        }
        if let target = header.target { lines.line("target", named(target)) }
        lines.line("author", quoted(header.author))
        lines.line("claimed time", time(header.claimedTime))
    }

    private static func write(_ payload: Payload, to lines: inout DebugLines) {
        lines.line("schema version", payload.schemaVersion)
        lines.list("values", payload.values) { value, lines in
            lines.line(
                named(value.group),
                diagnostic(of: value.bytes, maxCharacters: valueCharacters))
        }
        if let reason = payload.reason { lines.line("reason", quoted(reason)) }
    }

    static func write(_ receipt: Receipt, to lines: inout DebugLines) {
        lines.section("receipt") { lines in
            lines.line("log", receipt.log)
            lines.line("sequence", receipt.sequence)
            lines.line("hash", receipt.hash.hex)
            lines.line("signature", receipt.signature.hex)
        }
    }

    static func write(_ clock: VectorClock, to lines: inout DebugLines) {
        lines.list("clock", clock.entries) { entry, lines in
            lines.section("log \(entry.log)") { lines in
                // Several tips: the log is forked.
                for tip in entry.tips { lines.line("tip \(tip.sequence)", tip.hash.hex) }
            }
        }
    }
}
