import BoundedHTTP
import Hummingbird

/// What a sync request carries besides itself: the connection that it came on.
public struct SyncContext: RequestContext {
    public var coreContext: CoreRequestContextStorage
    let visitor: Visitor

    public init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        visitor = Visitor(source.channel)
    }
}
