import SyncCore

/// Something that happens once, at a place of its own.
enum Incident: CaseIterable {
    case countyCrash, hubCrash, partition, clockJump, nodeRestored, nodeCloned, hubRestored
    case hubLost, nodeReenrolled, newerVersion, scopeTaken, keyRevoked, race, malice, limit
    case silence, night, bundle, verdicts, full, ioError, locked, backlog
    case cutBody, loss, delay
    case powerCut, crashWithin, bitRot

    var fault: Fault? {
        switch self {
        case .countyCrash, .hubCrash: .crash
        case .partition: .partition
        case .clockJump: .wrongClock
        case .nodeRestored: .restoredNode
        case .nodeCloned: .clonedNode
        case .hubRestored: .restoredHub
        case .hubLost: .lostHub
        case .nodeReenrolled: .reenrolledNode
        case .newerVersion: .versionSkew
        case .scopeTaken: .scopeChange
        case .keyRevoked: .keyChange
        case .race: .race
        case .malice: .maliciousNode
        case .limit, .backlog: .limitReached
        case .silence, .night: .silentNode
        case .full: .diskFull
        case .ioError: .readOrWriteError
        case .locked: .locked
        case .cutBody: .cutBody
        case .loss: .loss
        case .delay: .delay
        // Noted when and where they strike.
        case .bundle, .verdicts, .powerCut, .crashWithin, .bitRot: nil
        }
    }

    /// Only where SQLite has files.
    var isOfFiles: Bool { [.powerCut, .crashWithin, .bitRot].contains(self) }

    /// Destroys what may exist nowhere else.
    var isDisaster: Bool {
        [.nodeRestored, .hubRestored, .hubLost, .nodeReenrolled].contains(self)
    }
}

/// One thing to happen. Each has dice of its own, so that leaving one out changes the others as
/// little as possible.
struct Step: CustomStringConvertible {
    enum Action {
        case person
        case backup
        /// As soon as the county's exchange is in this state.
        case incident(Incident, ExchangeState)
    }

    let time: Int64
    /// 0 is the hub, then the counties.
    let machine: Int
    let action: Action
    let seed: UInt64

    var description: String {
        let what =
            switch action {
            case .person: "somebody does something"
            case .backup: "backup"
            case .incident(let incident, let state): "\(incident) while \(state)"
            }
        return "after \(time) ms at machine \(machine): \(what)"
    }
}

enum Script {
    /// `minutes`: how long people work. `files`: machines whose disks are files.
    static func drawn(
        _ dice: Dice, counties: Int, minutes: Int64, files: Set<Int> = []
    ) -> [Step] {
        let end = minutes * Trial.minute
        var steps: [Step] = []
        func add(_ time: Int64, _ machine: Int, _ action: Step.Action) {
            steps.append(Step(time: time, machine: machine, action: action, seed: dice.next()))
        }
        for machine in 0...counties {
            // Some offices are busy, some hardly ever open.
            let pause = dice.milliseconds(8_000...90_000)
            var time = dice.milliseconds(1000...pause)
            while time < end {
                add(time, machine, .person)
                time +=
                    dice.roll(0...3) == 0
                    ? dice.milliseconds(100...3000)
                    : dice.milliseconds(1000...(2 * pause))
            }
        }
        for incident in Incident.allCases
        where !incident.isOfFiles && dice.roll(0...(incident == .backlog ? 60 : 4)) == 0 {
            let state = ExchangeState.allCases[dice.roll(0...7)]
            let machine = dice.roll(1...counties)
            let time = dice.milliseconds((end / 10)...(end * 9 / 10))
            if incident.isDisaster {
                add(dice.milliseconds(0...time), machine, .backup)
                add(dice.milliseconds(0...time), 0, .backup)
            }
            add(time, machine, .incident(incident, state))
            // Often there is no conflict to be decided.
            if incident == .race {
                for _ in 0..<4 {
                    add(
                        dice.milliseconds(end / 3...end), dice.roll(1...counties),
                        .incident(.race, ExchangeState.allCases[dice.roll(0...7)]))
                }
            }
            if dice.roll(0...3) == 0, !incident.isDisaster {
                add(
                    dice.milliseconds(time...end), dice.roll(1...counties),
                    .incident(incident, ExchangeState.allCases[dice.roll(0...7)]))
            }
        }
        for incident in Incident.allCases where incident.isOfFiles && !files.isEmpty {
            for _ in 0..<dice.roll(0...4) {
                // The hub's disk fails within some county's exchange.
                let machine = dice.pick(files.sorted()) ?? 0
                let state = ExchangeState.allCases[dice.roll(0...7)]
                add(
                    dice.milliseconds((end / 10)...(end * 9 / 10)),
                    machine == 0 ? dice.roll(1...counties) : machine, .incident(incident, state))
            }
        }
        return steps.enumerated().sorted {
            ($0.element.time, $0.offset) < ($1.element.time, $1.offset)
        }
        .map(\.element)
    }
}
