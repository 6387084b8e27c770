/// Changes that arrive before what they refer to: stored, listed, wanted, then taken in.
import LogWriting
import GRDB
import Records
import SyncCore
import SyncSession
import Testing
import WireFormat

@testable import Store

@Suite struct WaitingTests {
    let hub: Store
    let creator: LogWriter
    let editor: LogWriter
    let record: Reference
    let edit: Reference

    init() throws {
        hub = try Province(counties: 2).hub.store
        var creator = LogWriter(Province.county(1), incarnation: 5)
        record = creator.supplier("甲公司")
        var editor = LogWriter(Province.county(2), incarnation: 5)
        edit = editor.add(
            .of(record), parents: [record], [(11, [record], LogWriter.name("乙公司"))])
        (self.creator, self.editor) = (creator, editor)
    }

    func wanted() throws -> [Reference] {
        let sender = try #require(try hub.member(Province.county(1).node))
        return try hub.exchange(
            ExchangeRequest(scopes: try hub.reports(of: [.province])), from: sender
        ).answer.wanted
    }

    @Test func `An edit before its record is stored, listed and wanted`() throws {
        #expect(try hub.apply([editor.sealed]).newChanges == 1)
        #expect(try hub.status().waiting == 1)
        #expect(try wanted() == [record])
        #expect(try hub.record(record) == nil)
        #expect(try hub.verify().problems == [])
    }

    @Test func `The creation takes the waiting edit in`() throws {
        _ = try hub.apply([editor.sealed])
        _ = try hub.apply([creator.sealed])
        #expect(try hub.names(record) == ["乙公司"])
        #expect(try hub.status().waiting == 0)
        #expect(try wanted() == [])
        #expect(try hub.verify().problems == [])

        let other = try Province(counties: 2).hub.store
        _ = try other.apply([creator.sealed, editor.sealed])
        #expect(try other.stateDigest(of: .province) == hub.stateDigest(of: .province))
    }

    @Test func `Both in one message, the edit first`() throws {
        _ = try hub.apply([editor.sealed, creator.sealed])
        #expect(try hub.names(record) == ["乙公司"])
        #expect(try hub.status().waiting == 0)
        #expect(try hub.rebuild())
    }

    @Test func `An edit that replaces a missing value waits beside the record`() throws {
        var third = LogWriter(Province.county(1), incarnation: 6)
        third.add(
            .of(record), parents: [edit], [(11, [edit], LogWriter.name("丙公司"))])
        _ = try hub.apply([creator.sealed, third.sealed])
        #expect(try hub.names(record) == ["甲公司"])
        #expect(try hub.status().waiting == 1)
        #expect(try wanted() == [edit])
        #expect(try hub.history(ShortID(record))?.map(\.standing) == [.accepted, .waiting])
        _ = try hub.apply([editor.sealed])
        #expect(try hub.names(record) == ["丙公司"])
        #expect(try hub.status().waiting == 0)
        #expect(try hub.verify().problems == [])
    }

    @Test func `A void of a lost creation lets nothing be waited for any more`() throws {
        var voids = LogWriter(Province.hubIdentity, incarnation: 9, lane: .control)
        voids.add(kind: .void, .of(record), target: record, [])
        _ = try hub.apply([editor.sealed, voids.sealed])
        #expect(try wanted() == [])
        #expect(try hub.verify().problems == [])
    }

    @Test func `A void by a county counts for nothing`() throws {
        var voids = LogWriter(Province.county(1), incarnation: 9, lane: .control)
        voids.add(kind: .void, .of(record), target: record, [])
        _ = try hub.apply([editor.sealed, voids.sealed])
        #expect(try wanted() == [record])
    }
}
