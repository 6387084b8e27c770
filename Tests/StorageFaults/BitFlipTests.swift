/// Bits that flip in a database at rest.
import FaultyDisk
import Foundation
import Testing

@testable import Store

@Suite struct StorageFaultBitTests {
    /// Every 23rd byte, in half a minute; all that were ever written, in eight, when asked.
    @Test func `A flipped bit is found and mended, or changes nothing`() throws {
        let specimen = try Specimen()
        let isWhole = ProcessInfo.processInfo.environment["CREDITSYNC_EVERY_BYTE"] != nil
        var counts: [Flip: Int] = [:]
        // The first three once went unnoticed.
        for offset in [94200, 109520, 117192] + specimen.sample(every: isWhole ? 1 : 23) {
            let bit = offset * 5 % 8
            let flip = try specimen.flip(bit: bit, ofByte: offset)
            counts[flip, default: 0] += 1
            if !isRight(flip) { Issue.record("bit \(bit) of byte \(offset): \(flip)") }
        }
        report(counts)
        // All classes were met.
        #expect(counts.keys.contains(.found(in: ["segment"], mended: .peer)))
        #expect(counts.keys.contains(.found(in: ["record"], mended: .rebuild)))
        #expect(counts.keys.contains(.refusedAtOpening) && counts.keys.contains(.harmless))
    }

    private func isRight(_ flip: Flip) -> Bool {
        guard case .found(let tables, let mended) = flip else {
            if case .silent = flip { return false }
            return true
        }
        // A peer holds every segment; the projection follows from history.
        if tables == ["segment"] { return mended == .peer }
        let derived = Set(Rebuild.projectionTables + ["name_index", "name_queue"])
        if !tables.isEmpty, derived.isSuperset(of: tables) { return mended == .rebuild }
        return true
    }

    private func report(_ counts: [Flip: Int]) {
        func sum(_ isCounted: (Flip) -> Bool) -> Int {
            counts.reduce(0) { $0 + (isCounted($1.key) ? $1.value : 0) }
        }
        func found(_ mending: Flip.Mending) -> Int {
            sum { if case .found(_, mending) = $0 { true } else { false } }
        }
        print(
            """
            flipped bits: \(sum { _ in true }), \(sum { $0 == .refusedAtOpening }) refused at \
            opening, \(found(.rebuild)) found and rebuilt, \(found(.peer)) found and brought back \
            by a peer, \(found(.nothingHere)) found only, \(sum { $0 == .harmless }) in unused \
            space, \(sum { $0 == .note }) in notes, \(sum { $0 == .forgotten }) right again \
            after the next exchange
            """)
        if ProcessInfo.processInfo.environment["CREDITSYNC_EVERY_BYTE"] != nil { print(counts) }
    }
}
