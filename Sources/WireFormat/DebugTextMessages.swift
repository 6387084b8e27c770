import SyncCore

/// Messages are shown from their bytes, so that one which cannot be decoded is shown as well.
extension DebugText {
    public static func text(ofRequest bytes: [UInt8]) -> String {
        shown("exchange request", bytes, MessageCodec.decodeRequest) { request, lines in
            write(request.scopes, to: &lines)
            lines.references("marks", request.marks)
            lines.references("receipts wanted", request.receiptsWanted)
            lines.line("answer budget", "\(request.answerBudgetBytes) bytes")
            write(request.segments, to: &lines)
        }
    }

    public static func text(ofAnswer bytes: [UInt8]) -> String {
        shown("exchange answer", bytes, MessageCodec.decodeAnswer) { answer, lines in
            write(answer.scopes, to: &lines)
            lines.references("confirmed marks", answer.confirmedMarks)
            lines.list("receipts", answer.receipts) { write($0, to: &$1) }
            lines.list("refusals", answer.refusals) { write($0, to: &$1) }
            lines.references("wanted", answer.wanted)
            lines.line("has more", answer.hasMore)
            write(answer.segments, to: &lines)
        }
    }

    public static func text(ofWakeRequest bytes: [UInt8]) -> String {
        shown("wake request", bytes, MessageCodec.decodeWakeRequest) { request, lines in
            write(request.scopes, to: &lines)
        }
    }

    public static func text(ofWakeAnswer bytes: [UInt8]) -> String {
        shown("wake answer", bytes, MessageCodec.decodeWakeAnswer) { answer, lines in
            write(answer.scopes, to: &lines)
        }
    }

    /// Of a stored or received segment that was not decoded yet.
    public static func text(ofSegment bytes: [UInt8]) -> String {
        do { return text(of: try SegmentCodec.decode(bytes)) } catch {
            return DebugLines.text { lines in
                lines.section("segment") { lines in
                    lines.line("bytes", bytes.count)
                    write(error, to: &lines)
                    lines.line("diagnostic", diagnostic(of: bytes, maxCharacters: valueCharacters))
                }
            }
        }
    }

    public static func text(ofProof bytes: [UInt8]) -> String {
        do { return text(of: try MessageProof(encoded: bytes)) } catch {
            return DebugLines.text { $0.unreadable(bytes, error) }
        }
    }

    public static func text(ofClock bytes: [UInt8]) -> String {
        do { return text(of: try VectorClock(encoded: bytes)) } catch {
            return DebugLines.text { $0.unreadable(bytes, error) }
        }
    }

    // MARK: Parts

    private static func shown<Message>(
        _ name: String, _ bytes: [UInt8], _ decode: ([UInt8]) throws(WireError) -> Message,
        _ body: (Message, inout DebugLines) -> Void
    ) -> String {
        DebugLines.text { lines in
            lines.section(name) { lines in
                lines.line("bytes", bytes.count)
                do throws(WireError) { body(try decode(bytes), &lines) } catch {
                    lines.unreadable(bytes, error)
                }
            }
        }
    }

    private static func write(_ reports: [ScopeReport], to lines: inout DebugLines) {
        lines.list("scopes", reports) { report, lines in
            lines.section("\(report.scope)") { lines in
                lines.line("digest", report.digest.hex)
                if let clock = report.clock { write(clock, to: &lines) }
            }
        }
    }

    /// One line for each: whoever wants its changes asks for the segment.
    private static func write(_ segments: [[UInt8]], to lines: inout DebugLines) {
        lines.list("segments", segments) { bytes, lines in
            do throws(Refusal) {
                let segment = try SegmentCodec.decode(bytes)
                lines.item(
                    "\(segment.log) \(segment.firstSequence)-\(segment.lastSequence),"
                        + " changes: \(segment.changes.count), bytes: \(bytes.count)")
            } catch {
                lines.section("- unreadable, bytes: \(bytes.count)") { write(error, to: &$0) }
            }
        }
    }

    private static func write(_ refusal: Refusal, to lines: inout DebugLines) {
        lines.section("refusal") { lines in
            lines.line("rule", refusal.rule.name)
            lines.line("log", refusal.log?.description ?? "unknown")
            lines.line("first sequence", refusal.firstSequence)
            lines.line("position", refusal.position)
        }
    }
}

extension DebugLines {
    mutating func unreadable(_ bytes: [UInt8], _ error: WireError) {
        line("unreadable", "\(error.rule.name) at \(error.offset)")
        line(
            "diagnostic",
            DebugText.diagnostic(of: bytes, maxCharacters: DebugText.valueCharacters))
    }
}
