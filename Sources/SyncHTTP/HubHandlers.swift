import SyncCore

/// What the hub does with an authenticated message.
public struct HubHandlers: Sendable {
    /// By which key a node's requests count.
    public enum Grant: Sendable {
        case current(key: PublicKey, scopes: [Scope])
        /// The registration was withdrawn; the keys that it ever had.
        case former(keys: [PublicKey])
    }

    /// Nil for a node that never was registered.
    public var grant: @Sendable (NodeID) async throws -> Grant?
    public var exchange: @Sendable (ExchangeRequest, NodeID) async throws -> ExchangeAnswer
    /// Returns when there is news, or after the poll's time.
    public var wake: @Sendable (WakeRequest, NodeID) async throws -> WakeAnswer

    public init(
        grant: @escaping @Sendable (NodeID) async throws -> Grant?,
        exchange: @escaping @Sendable (ExchangeRequest, NodeID) async throws -> ExchangeAnswer,
        wake: @escaping @Sendable (WakeRequest, NodeID) async throws -> WakeAnswer
    ) {
        self.grant = grant
        self.exchange = exchange
        self.wake = wake
    }
}
