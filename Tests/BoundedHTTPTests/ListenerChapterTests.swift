import BoundedHTTP
import ProtocolDocument
import Testing

/// The listener's bounds in the protocol's document.
@Suite struct `Listener's chapter` {
    @Test func `says what the program does`() throws {
        let limits = ListenerLimits()
        let rows: [(value: String, of: String, beyond: String)] = [
            ("\(limits.connections)", "connections", "503 `busy` †"),
            ("\(limits.connectionsPerAddress)", "connections of one address", "503 `busy` †"),
            (seconds(limits.idleMilliseconds), "a kept connection without a request", "closed"),
            (
                "\(limits.requestLineBytes) bytes", "method and path in the first line",
                "414 `address-too-long` †"
            ),
            (
                "\(limits.headBytes) bytes, \(limits.headFields) fields", "a request's head",
                "431 `head-too-large` †"
            ),
            (
                seconds(limits.headMilliseconds),
                "from the first byte of a head, or from the connection's opening, to its end",
                "408 `too-slow` †"
            ),
            ("\(limits.bodyBytes) bytes", "a body", "413 `too-large`"),
            (
                "\(seconds(limits.bodyMilliseconds)), or the body's declared length at "
                    + "\(limits.slowestBytesPerSecond) bytes a second if that is longer",
                "from the end of the head to that of the body; chunked, as if the longest were "
                    + "declared", "408 `too-slow` †"
            ),
            (
                "\(limits.bodyWindowBytes) bytes",
                "of a body at least in every \(seconds(limits.bodyWindowMilliseconds))",
                "408 `too-slow` †"
            ),
            (
                "\(limits.bodiesBytes) bytes, \(limits.bodiesPerAddressBytes) of one address",
                "all bodies held at one time on connections on which a request was authenticated "
                    + "before", "503 `busy` †"
            ),
            (
                "\(limits.unprovenBodiesBytes) bytes, "
                    + "\(limits.unprovenBodiesPerAddressBytes) of one address",
                "the same on other connections; the first \(limits.freeBodyBytes) bytes of each "
                    + "body count in neither", "503 `busy` †"
            ),
            (
                "\(limits.slowestBytesPerSecond * limits.answerMilliseconds / 1000) bytes",
                "of an answer read at least in every \(seconds(limits.answerMilliseconds))",
                "closed"
            ),
            ("\(limits.exchangesPerNode)", "exchanges of one node in progress", "503 `busy`"),
            (
                "\(limits.pollsPerNode)",
                "long polls of one node in progress; a new one of the same scopes ends the older",
                "503 `busy`"
            ),
            (
                "\(limits.largeBodies)",
                "bodies over \(limits.largeBodyBytes) bytes, on the wire or as their segments say "
                    + "of themselves when inflated, being applied at one time",
                "503 `busy`"
            ),
            (
                "\(limits.requestsPerNodePerMinute) a minute, \(limits.requestsPerNodeBurst) at once",
                "requests of one node", "429 `too-many-requests`"
            ),
            (
                "\(limits.failuresPerAddressPerMinute) a minute, \(limits.failuresPerAddressBurst) at once",
                "requests of one address that fail authentication (A1 to A6), ask for an unknown "
                    + "path or by another method, or are refused by one of the lines above before "
                    + "any was authenticated on their connection",
                "429 `too-many-requests` †"
            ),
        ]
        try Chapter("README.md", "listener").check(
            ["| limit | of | beyond it |", "|---:|---|---|"]
                + rows.map { "| \($0.value) | \($0.of) | \($0.beyond) |" })
    }

    private func seconds(_ milliseconds: Int64) -> String { "\(milliseconds / 1000) s" }
}
