import SyncCore

/// A province whose script is written byte by byte: for a fuzzer, which learns which acts lead
/// where no seed did. Whatever the bytes say, the promises hold.
///
/// A head of 20 bytes: counties, seed, budget, whether requests are guarded, clocks, a spare one,
/// and the rate of each fault. Then four bytes for each step: how long after the one before, at
/// which machine, and what.
public struct ByteScript {
    static let headByteCount = 20
    private static let stepByteCount = 4
    /// Longer ones find nothing that shorter ones do not, and cost more.
    private static let stepsMax = 160

    let seed: UInt64
    let setup: Trial.Setup

    /// Nil where not even the head is there.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count >= Self.headByteCount else { return nil }
        let counties = 1 + Int(bytes[0]) % 4
        seed = UInt64(bytes[1])
        var faults = Faults.none
        for (path, byte) in zip(Faults.rates, bytes[6..<Self.headByteCount]) {
            faults[keyPath: path] = Int(byte) * 1200
        }
        let steps = Self.steps(bytes.dropFirst(Self.headByteCount), counties: counties)
        setup = Trial.Setup(
            faults: faults, counties: counties,
            skews: World.skews(Dice(seed: UInt64(bytes[4]))), script: steps,
            workMinutes: 1 + (steps.last?.time ?? 0) / Trial.minute,
            budgetBytes: bytes[2] < 128
                ? Limits.exchangeBudgetBytes : 1 + 16 * Int(bytes[2] - 128),
            isGuarded: bytes[3] % 2 == 0)
    }

    /// The promise that does not hold; nil when all do.
    public func violation() -> String? {
        do {
            try Trial(seed: seed, setup).run()
            return nil
        } catch { return "\(error)" }
    }

    private static func steps(_ bytes: ArraySlice<UInt8>, counties: Int) -> [Step] {
        var time: Int64 = 0
        var rest = bytes.prefix(stepsMax * stepByteCount)
        var steps: [Step] = []
        while rest.count >= stepByteCount {
            let step = Array(rest.prefix(stepByteCount))
            rest = rest.dropFirst(stepByteCount)
            // From a hundredth of a second to a minute.
            time += 10 + Int64(step[0]) * Int64(step[0])
            let machine = Int(step[1]) % (counties + 1)
            steps.append(
                Step(
                    time: time, machine: machine, action: action(step, machine),
                    // The number tells apart steps whose bytes are the same.
                    seed: UInt64(steps.count) << 16 | UInt64(step[3]) << 8 | UInt64(step[2])))
        }
        return steps
    }

    /// Mostly people; of the others each incident in each state.
    private static func action(_ step: [UInt8], _ machine: Int) -> Step.Action {
        switch step[1] / 8 {
        case ..<20: return .person
        case ..<22: return .backup
        default:
            let incidents = Incident.allCases.filter { $0 != .backlog }
            let states = ExchangeState.allCases
            if machine == 0 { return .person }
            return .incident(
                incidents[Int(step[2]) % incidents.count], states[Int(step[3]) % states.count])
        }
    }
}
