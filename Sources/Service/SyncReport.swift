import SyncSession

/// What came of a sync that a person asked for.
public struct SyncReport: Sendable {
    public let failure: ExchangeFailure?
    public let received: Int
    public let pendingUpload: Int
    public let openConflicts: Int
}
