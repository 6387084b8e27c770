import Testing

/// Something that a node does, short enough to fail at each of its calls to the disk.
struct Scenario: Sendable, CustomTestStringConvertible {
    typealias Act = (Machine) throws -> Void

    let name: String
    /// The store is open when it begins. Else opening is part of it.
    var opensFirst = true
    /// Doing it again when it was done changes nothing. Else one looks first, as a person would.
    var isRepeatable = true
    /// Before it the projection is the fold of history.
    var startsSound = true
    /// Changes what readers see. One that does not leaves the disk as it was.
    var changesSomething = true
    /// Leaves the process running, as if it had been killed, before the scenario begins.
    var beginsWithCrash = false
    /// Makes the disk as it is before, and says what is done. `midway`: of two transactions, the
    /// first alone.
    let stage: @Sendable (Machine) throws -> (act: Act, midway: Act?)

    var testDescription: String { name }
}
