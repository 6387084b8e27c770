import APIClient
import Foundation
import Glibc
import Rehearsal
import Testing

extension EndToEnd {
    /// Many clients that begin and do not go on. What a single one may do is in `BadInputTable`.
    @Suite("Crowds")
    struct Crowds {
        private static let clients = 300
        /// Of each, at most: much more than it may leave in the hub's memory.
        private static let bodyBytes = 1 << 20
        /// All bodies held are 128 MiB at most, and may take twice that while they grow.
        private static let growthKibibytes = 400 * 1024

        @Test func `Silent and unfinished uploads leave memory and others alone`() async throws {
            try await Province.with(counties: 1) { province in
                let intruder = try await Intruder(province)
                let before = try #require(await Self.residentKibibytes(of: province.hub))
                let (head, _) = intruder.wire([UInt8](repeating: 0, count: 2 * Self.bodyBytes))
                let crowd = (0..<Self.clients).compactMap { index in
                    OpenSocket(
                        port: province.syncPort,
                        // A third says nothing at all.
                        index % 3 == 0
                            ? [] : head + [UInt8](repeating: 0, count: Self.bodyBytes))
                }
                #expect(crowd.count == Self.clients)

                province.up()
                _ = try await province.counties[0].addSupplier(1)
                try await province.settle()
                let after = try #require(await Self.residentKibibytes(of: province.hub))
                #expect(after - before < Self.growthKibibytes, "\(before) KiB grew to \(after)")
                #expect(try await intruder.sync().status == 200)
                for client in crowd { client.close() }
            }
        }

        private static func residentKibibytes(of node: NodeProcess) async -> Int? {
            guard let process = await node.processID else { return nil }
            let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
            let line = status?.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
            return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        }
    }
}

/// A connection that sends as much as the other side takes at once, and then says nothing more.
private struct OpenSocket {
    private let descriptor: Int32

    init?(port: Int, _ bytes: [UInt8]) {
        guard let opened = Wire.open(port: port) else { return nil }
        descriptor = opened
        _ = bytes.withUnsafeBytes {
            Glibc.send(
                opened, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
        }
    }

    func close() { Glibc.close(descriptor) }
}
