import SyncCore
import Testing

@testable import Service

@Suite struct NewsBoardTests {
    private let board = NewsBoard()
    private let county: NodeID
    private let other: NodeID
    private let scope: Scope

    init() throws {
        county = try #require(NodeID("632521-a"))
        other = try #require(NodeID("632522-a"))
        scope = try #require(Scope("county/632521"))
    }

    private func next(_ stream: AsyncStream<NewsBoard.Event>) async -> NewsBoard.Event? {
        for await event in stream { return event }
        return nil
    }

    @Test func `A poll hears of its own scopes only`() async {
        let here = board.subscribe([scope], for: county)
        let elsewhere = board.subscribe([.province], for: other)
        board.post([scope])
        #expect(await next(here) == .news)
        board.finish()
        #expect(await next(elsewhere) == nil)
    }

    @Test func `A node's new poll ends its older one about the same, and no other`() async {
        let older = board.subscribe([scope], for: county)
        let wider = board.subscribe([scope, .province], for: county)
        let others = board.subscribe([scope], for: other)
        let newer = board.subscribe([scope], for: county)
        #expect(await next(older) == .replaced)
        board.post([scope])
        for stream in [wider, others, newer] { #expect(await next(stream) == .news) }
    }
}
