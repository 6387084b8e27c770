import Synchronization

/// Virtual time, readable from a store's clock.
final class VirtualClock: Sendable {
    private let milliseconds = Atomic<Int64>(0)

    private let leaps = Atomic<Int64>(0)

    var now: Int64 { milliseconds.load(ordering: .relaxed) }

    /// Nights and years pass at once: what is planned moves with them.
    var wall: Int64 { now + leaps.load(ordering: .relaxed) }

    func leap(_ milliseconds: Int64) { leaps.wrappingAdd(milliseconds, ordering: .relaxed) }

    fileprivate func advance(to time: Int64) { milliseconds.store(time, ordering: .relaxed) }
}

/// What is going to happen: actions in order of time, those of one moment in the order in which
/// they were planned. Nothing here runs by itself.
final class Schedule {
    typealias Action = () throws -> Void

    private struct Entry {
        let time: Int64
        let number: Int
        let action: Action

        func comes(before other: Entry) -> Bool {
            time != other.time ? time < other.time : number < other.number
        }
    }

    let clock = VirtualClock()
    private(set) var steps = 0
    private var planned = 0
    /// What may go wrong in an action, which then ends there.
    var isExcused: (any Error) -> Bool = { _ in false }
    /// A binary heap.
    private var heap: [Entry] = []

    var now: Int64 { clock.now }

    func after(_ milliseconds: Int64, _ action: @escaping Action) {
        precondition(milliseconds >= 0, "time runs forwards")
        heap.append(Entry(time: now + milliseconds, number: planned, action: action))
        planned += 1
        var child = heap.count - 1
        while child > 0, heap[child].comes(before: heap[(child - 1) / 2]) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// Runs what is planned up to a time, or until `isDone` says so after some action.
    func run(until time: Int64, or isDone: () throws -> Bool = { false }) throws {
        while let next = heap.first, next.time <= time {
            removeFirst()
            clock.advance(to: next.time)
            steps += 1
            do { try next.action() } catch  where isExcused(error) {}
            if try isDone() { return }
        }
        clock.advance(to: time)
    }

    /// Nothing of what is planned will happen.
    func forget() { heap = [] }

    private func removeFirst() {
        let last = heap.removeLast()
        guard !heap.isEmpty else { return }
        heap[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && heap[child].comes(before: heap[least]) {
                least = child
            }
            if least == parent { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
