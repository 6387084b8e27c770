import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Store
import SyncCore
import WireFormat

/// A log as an auditor takes it away: its sealed segments verbatim, a CBOR sequence (RFC 8742) of
/// byte strings, ascending, as messages carry them. Signatures and hashes are checked from that
/// alone, with other software.
enum LogExport {
    static let contentType = "application/cbor-seq"

    static func response(_ log: LogID, of store: Store, _ logger: Logger) async throws -> Response {
        let first = try await part(of: log, nil, store)
        return Response(
            status: .ok, headers: [.contentType: contentType],
            body: ResponseBody { writer in
                var part = first
                while true {
                    try await writer.write(sequence(part.encoded))
                    guard let next = part.next else { break }
                    do { part = try await self.part(of: log, next, store) } catch {
                        // The head has left: all that is left is to cut the answer, and to say why.
                        logger.error(
                            "export cut", metadata: ["log": "\(log)", "cause": "\(error)"])
                        throw error
                    }
                }
                try await writer.finish(nil)
            })
    }

    private static func part(
        of log: LogID, _ place: SegmentPart.Place?, _ store: Store
    ) async throws -> SegmentPart {
        let part = try await offload { try store.exportedSegments(of: log, from: place) }
        guard let part else { throw Problem.noSuchLog }
        return part
    }

    private static func sequence(_ segments: [[UInt8]]) -> ByteBuffer {
        var writer = CBORWriter(reservingBytes: Store.exportPartBytes)
        for segment in segments { writer.byteString(segment) }
        return ByteBuffer(bytes: writer.bytes)
    }
}

extension Problem {
    static let noSuchLog = Problem(
        "no-such-log", .notFound, "No such log; see /api/v1/logs.", "没有这个日志，见 /api/v1/logs。")
}
