/// What goes wrong, and at which call.
///
/// Calls that change the disk are counted from 1 since the plan was made: creating, writing,
/// syncing, truncating and deleting. `readError` counts reads instead.
public struct DiskFault: Sendable, CustomStringConvertible {
    public enum Kind: Sendable, Hashable {
        /// The process ends before, or just after, the call did its work. What it wrote stays: the
        /// operating system has it.
        case crashBefore, crashAfter
        /// The machine goes off during the call. Of each sector that was not synced a seeded choice
        /// leaves the old, the new, or a part of each.
        case powerCut(seed: UInt64)
        /// The call fails, once unless the fault lasts. A sync that fails loses what it should have written, silently, as
        /// on Linux: the next one reports success without it.
        case ioError
        /// A read fails, once.
        case readError
        /// From this call on no file grows.
        case full
        /// The call hangs while others go on: see `FaultyDisk.meanwhile`.
        case slow
    }

    public let kind: Kind
    public let call: Int
    /// Only syncs count: the moments at which something becomes durable.
    public let isOfSyncs: Bool
    /// Calls go on failing until the plan changes: of `ioError`.
    public let lasts: Bool

    public init(
        _ kind: Kind, at call: Int, ofSyncs isOfSyncs: Bool = false, lasting lasts: Bool = false
    ) {
        self.kind = kind
        self.call = call
        self.isOfSyncs = isOfSyncs
        self.lasts = lasts
    }

    public var description: String { "\(kind) at \(isOfSyncs ? "sync" : "call") \(call)" }

    func concerns(_ change: DiskChange) -> Bool {
        if case .sync = change { true } else { !isOfSyncs }
    }
}
