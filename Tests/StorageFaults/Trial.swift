import FaultyDisk
import Synchronization
import Testing

@testable import Store

/// One scenario under every fault: at call 1, 2, 3 … until one passes untouched.
struct Trial {
    let scenario: Scenario
    let machine: Machine
    private let act: Scenario.Act
    private let start: DiskContents
    /// What readers may find, in order: each transaction wholly in or out.
    private let states: [Found]
    private(set) var count = Count()

    struct Broken: Error, CustomStringConvertible { let description: String }

    init(_ scenario: Scenario) throws {
        self.scenario = scenario
        machine = try Machine()
        let midway: Scenario.Act?
        (act, midway) = try scenario.stage(machine)
        if scenario.beginsWithCrash { try machine.crash() } else { try machine.boot() }
        start = machine.disk.contents
        var states = [try machine.look()]
        if let midway {
            try midway(machine)
            states.append(try machine.look())
            try machine.boot(with: start)
        }
        try act(machine)
        states.append(try machine.look())
        if !scenario.changesSomething { states.removeLast() }
        self.states = states
        guard Set(states).count == states.count else {
            throw Broken(description: "\(scenario.name): readers cannot tell before from after")
        }
    }

    private var last: Found { states[states.count - 1] }

    /// Begins with call `first`; returns the call that passed untouched.
    mutating func exhaust(_ kind: DiskFault.Kind) throws {
        var call = 1
        while true {
            let fault = DiskFault(kind, at: call)
            do { if try !run(fault) { return } } catch {
                throw Broken(description: "\(scenario.name), \(fault): \(error)")
            }
            call += 1
            guard call < 5000 else { throw Broken(description: "no call passes untouched") }
        }
    }

    /// False: the fault did not come about.
    private mutating func run(_ fault: DiskFault) throws -> Bool {
        try machine.boot(with: start)
        if scenario.opensFirst { try machine.open() }
        machine.disk.plan(fault)
        var failure: (any Error)?
        do { try act(machine) } catch { failure = error }
        let isBroken = machine.disk.hasFired
        if isBroken, fault.leavesProcess {
            machine.disk.plan(nil)
            try goOn(acknowledged: failure == nil)
        } else {
            if let failure, !isBroken { throw failure }
            // Closing copies the log into the database: it may fail there, too.
            machine.stop()
        }
        guard isBroken || machine.disk.hasFired else { return false }
        count.note(fault, failure)
        if fault.leavesProcess { machine.disk.cutPower(seed: UInt64(fault.call)) }
        try machine.boot()
        try check(acknowledged: failure == nil || fault.leavesProcess && isBroken)
        return true
    }

    /// While one call hangs, readers go on and find what was committed before it or by it.
    mutating func hang() throws {
        guard scenario.opensFirst else { return }
        let states = states
        var call = 1
        while true {
            try machine.boot(with: start)
            let store = try machine.open()
            let seen = Mutex<[Result<Found, any Error>]>([])
            machine.disk.plan(DiskFault(.slow, at: call))
            machine.disk.meanwhile {
                let found = Result { Found.node(try Dump(of: store)) }
                seen.withLock { $0.append(found) }
            }
            try act(machine)
            machine.disk.meanwhile(nil)
            guard let found = seen.withLock({ $0.first }) else { return }
            count.note(DiskFault(.slow, at: call), nil)
            guard try states.contains(found.get()), try machine.look() == last else {
                throw Broken(description: "\(scenario.name): readers find halves at call \(call)")
            }
            call += 1
        }
    }

    /// The same process after a call that failed.
    private func goOn(acknowledged: Bool) throws {
        try require(try machine.look(), acknowledged: acknowledged, "in the same process")
        try repeatAct()
        machine.stop()
    }

    /// The next process.
    private func check(acknowledged: Bool) throws {
        let found = try machine.look()
        try require(found, acknowledged: acknowledged, "after reopening")
        // Of the last state the rebuild below checks as much.
        if case .node = found, found != last, scenario.startsSound || found != states[0] {
            try verify()
        }
        try repeatAct()
        guard case .node(let before) = try machine.look() else { return }
        guard try machine.open().rebuild() else { throw Broken(description: "rebuilds otherwise") }
        let after = try Dump(of: machine.open())
        guard before.withoutNames == after.withoutNames else {
            throw Broken(
                description: "a rebuild changes \(before.tablesThatDiffer(from: after))")
        }
    }

    private func repeatAct() throws {
        if try scenario.isRepeatable || machine.look() != last { try act(machine) }
        try require(try machine.look(), acknowledged: true, "after doing it again")
    }

    private func require(_ found: Found, acknowledged: Bool, _ when: String) throws {
        if acknowledged ? found == last : states.contains(found) { return }
        throw Broken(
            description: """
                \(when)\(acknowledged ? ", acknowledged" : ""): differs from the end in \
                \(found.difference(from: last)); from the beginning in \
                \(found.difference(from: states[0]))
                """)
    }

    private func verify() throws {
        let problems = try machine.open().verify().problems
        if !problems.isEmpty { throw Broken(description: "\(problems)") }
    }
}

extension DiskFault {
    /// The process lives on and is told.
    var leavesProcess: Bool {
        switch kind {
        case .ioError, .readError, .full, .slow: true
        case .crashBefore, .crashAfter, .powerCut: false
        }
    }
}
