import Rehearsal

/// The province that is soaked, and the books that are kept about it.
struct Scene: Sendable {
    let hub: NodeProcess
    let counties: [NodeProcess]
    let links: [Link]
    let ledger = Ledger()
    let tally = Tally()
    let options: Options

    var all: [NodeProcess] { [hub] + counties }

    /// Counties whose process lives through the whole run, so that its memory can be watched.
    var steadyCounties: Int { max(2, counties.count / 5) }
}
