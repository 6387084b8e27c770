import Foundation
import Rehearsal
import Testing

/// What a fault needs from this machine. A test without it says so, and is skipped.
enum Means {
    case failingCalls, smallDisk, cuttableDisk, networks

    /// Why not here; nil if it can be done. Found by doing it once.
    var missing: String? {
        switch self {
        case .failingCalls: Self.calls
        case .smallDisk: Self.small
        case .cuttableDisk: Self.cuttable
        case .networks: Self.network
        }
    }

    private static let calls = missing("system calls that fail", FailingCalls.requireMeans)
    private static let small = missing("a full disk", SmallDisk.requireMeans)
    private static let cuttable = missing("a power cut", CuttableDisk.requireMeans)
    private static let network = missing("networks of their own", NetworkPair.requireMeans)

    private static func missing(_ what: String, _ require: () throws -> Void) -> String? {
        do {
            try require()
            return nil
        } catch {
            let sentence = "\(what) cannot be rehearsed here: \(error)"
            print("SKIPPED: \(sentence)")
            return sentence
        }
    }
}

extension Trait where Self == ConditionTrait {
    static func needs(_ means: Means) -> Self {
        .enabled(if: means.missing == nil, Comment(rawValue: means.missing ?? ""))
    }
}
