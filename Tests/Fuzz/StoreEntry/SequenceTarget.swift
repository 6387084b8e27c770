import FuzzEntry
import Simulation

/// What people, machines and the network do, one after the other, as the bytes say.
enum SequenceTarget {
    static func run(_ bytes: [UInt8]) throws(Violation) {
        if let broken = ByteScript(bytes)?.violation() { throw Violation(broken) }
    }
}
