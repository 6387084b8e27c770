/// Faults that the next call of a store is to meet.
struct Due {
    private var faults: [Fault] = []

    mutating func add(_ fault: Fault) { faults.append(fault) }

    mutating func take(_ fault: Fault) -> Bool {
        guard let index = faults.firstIndex(of: fault) else { return false }
        faults.remove(at: index)
        return true
    }
}
