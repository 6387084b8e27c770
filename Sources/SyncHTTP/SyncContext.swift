import Hummingbird
import NIOCore

/// What a sync request carries besides itself: the connection that it came on.
public struct SyncContext: RequestContext {
    public var coreContext: CoreRequestContextStorage
    let channel: any Channel

    public init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }
}
