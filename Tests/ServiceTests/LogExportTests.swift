/// Logs as auditors take them away.
import HTTPTypes
import Records
import Service
import Store
import SyncCore
import Testing
import WireFormat

@Suite struct LogExportTests {
    private func exported(_ bytes: [UInt8]) throws -> [[UInt8]] {
        var reader = CBORReader(bytes)
        var segments: [[UInt8]] = []
        while !reader.isAtEnd { segments.append(try reader.byteString(max: bytes.count)) }
        return segments
    }

    @Test func `The sealed segments come verbatim and ascending`() async throws {
        let county = try TestNode()
        let store = county.node.store
        for index in 0..<5 {
            let made = try await county.post(
                "/api/v1/records/supplier", "{\"name\":\"公司\(index)\"}")
            #expect(made.status == 201)
            try store.sealTail()
        }
        let log = try #require(try store.status().logs.first).log
        let name = log.description.replacing("/", with: "%2F")
        let answer = try await county.get(
            "/api/v1/segments?log=\(name)", headers: [.accept: "application/cbor-seq"])
        #expect(answer.status == 200)
        #expect(answer.headers[.contentType] == "application/cbor-seq")
        let segments = try exported(answer.body)
        #expect(segments == (try store.segments(of: log).map(\.encoded)))
        #expect(
            try segments.map { try SegmentCodec.decode($0).firstSequence } == [1, 2, 3, 4, 5])

        var part = try #require(try store.exportedSegments(of: log, budgetBytes: 1))
        var parts = part.encoded
        #expect(parts.count == 1)
        while let next = part.next {
            part = try #require(
                try store.exportedSegments(of: log, from: next, budgetBytes: 1))
            #expect(part.encoded.count == 1)
            parts += part.encoded
        }
        #expect(parts == segments)
    }

    @Test func `An unknown log is a problem`() async throws {
        let county = try TestNode()
        for query in ["?log=none", "", "?log="] {
            let answer = try await county.get(
                "/api/v1/segments\(query)", headers: [.accept: "application/cbor-seq"])
            #expect(answer.status == 404)
            #expect(answer.problem == "no-such-log")
        }
    }
}
