import FaultyDisk
import Store
import SyncCore

/// Calls of the store, and what goes wrong in them.
extension Machine {
    /// What a call of the store comes to. After an I/O error nobody knows whether it was committed.
    enum Call<T> {
        case done(T)
        case failed(String)
        case crashed
    }

    /// `county`: whose exchange the call belongs to.
    func call<T>(_ store: Store, of county: CountyMachine, _ body: (Store) throws -> T) throws
        -> Call<T>
    {
        if let files {
            tempt(files, for: county)
            defer { files.unlock() }
            return try attempt { try body(store) }
        }
        func happens(_ rate: Int, _ fault: Fault) -> Bool {
            guard isDue(fault, rate, county) else { return false }
            world.note(fault, at: county)
            return true
        }
        let faults = world.network.faults
        if happens(crashRate, .crash) {
            crash()
            return .crashed
        }
        if happens(faults.locked, .locked) { return .failed("locked") }
        if happens(faults.diskFull, .diskFull) { return .failed("disk full") }
        if happens(faults.ioError, .readOrWriteError) {
            if dice.roll(0...1) == 0 { _ = try body(store) }
            return .failed("i/o error")
        }
        let result = try body(store)
        if happens(crashRate, .crash) {
            crash()
            return .crashed
        }
        return .done(result)
    }

    private func isDue(_ fault: Fault, _ rate: Int, _ county: CountyMachine) -> Bool {
        county.due.take(fault) || dice.happens(perMillion: rate)
    }

    // MARK: On files

    /// Chance plans what SQLite is to meet, in this call or in one of the next.
    func tempt(_ files: FileDisk, for county: CountyMachine) {
        let faults = world.network.faults
        if isDue(.locked, faults.locked, county), files.lock() { world.note(.locked, at: county) }
        if isDue(.crash, crashRate, county) {
            files.planSoon(violent(), for: county, dice)
        }
        if isDue(.readOrWriteError, faults.ioError, county) {
            let isRead = dice.roll(0...3) == 0
            files.planSoon(isRead ? .readError : .ioError, for: county, dice)
        }
        if isDue(.diskFull, faults.diskFull, county) { fill(files, for: county) }
    }

    /// A way to die within a call.
    func violent() -> DiskFault.Kind {
        [.crashBefore, .crashAfter, .powerCut(seed: dice.next())][dice.roll(0...2)]
    }

    /// Until somebody makes room.
    func fill(_ files: FileDisk, for county: CountyMachine) {
        files.plan(.full, at: dice.roll(1...8), for: county)
        world.schedule.after(dice.milliseconds(500...60_000)) { [weak files] in
            files?.makeRoom()
        }
    }

    /// Does something under what was planned for the disk.
    func attempt<T>(_ body: () throws -> T) throws -> Call<T> {
        let result: Result<T, any Error>
        var hasFired = false
        if let files {
            result = Result { try files.underFaults(body) }
            hasFired = noteFired(files)
            if files.isDown {
                crash()
                return .crashed
            }
        } else {
            result = Result { try body() }
        }
        switch result {
        case .success(let value): return .done(value)
        case .failure(let error) where isOfTheDisk(error, hasFired):
            world.trace("\(name) fails: \(error)")
            return .failed("\(error)")
        case .failure(let error): throw error
        }
    }

    /// What people and peers are told by a node whose disk fails; anything else is a finding.
    private func isOfTheDisk(_ error: any Error, _ hasFired: Bool) -> Bool {
        switch error {
        case StoreError.busy: files != nil
        case StoreError.damaged: rot != nil
        case StoreError.notStored, StoreError.outcomeUnknown: hasFired
        case is StoreError, is Violation: false
        default: hasFired
        }
    }

    @discardableResult
    func noteFired(_ files: FileDisk) -> Bool {
        guard let kind = files.takeFired() else { return false }
        if let county = files.county { world.note(kind.fault, at: county) }
        return true
    }
}

extension DiskFault.Kind {
    var fault: Fault {
        switch self {
        case .crashBefore, .crashAfter: .crash
        case .powerCut: .powerCut
        case .ioError, .readError: .readOrWriteError
        case .full: .diskFull
        case .slow: .slowDisk
        }
    }
}
