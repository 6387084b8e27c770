import NIOCore

/// One connection, as its guard and the routes behind it name it.
///
/// Made while the connection is open: a closed one does not say any more where it came from.
public struct Visitor: Sendable {
    public let address: SourceAddress
    let channel: any Channel

    public init(_ channel: any Channel) {
        self.channel = channel
        address = SourceAddress(channel.remoteAddress)
    }

    var id: ObjectIdentifier { ObjectIdentifier(channel) }
}
