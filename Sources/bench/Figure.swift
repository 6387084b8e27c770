/// What is measured, by the number of the figure. Catch-up measures figure 2, too.
enum Figure: Int, CaseIterable {
    case catchUp = 1
    case fewChanges = 3
    case nothingNew = 4
    case bothSides = 5
    case fanIn = 6
    case newNode = 7
    case memory = 9

    func measure(_ stand: Stand) async throws -> [Measurement] {
        switch self {
        case .catchUp: try await CatchUp.measure(stand)
        case .fewChanges: try await FewChanges.measure(stand)
        case .nothingNew: try await NothingNew.measure(stand)
        case .bothSides: try await BothSides.measure(stand)
        case .fanIn: try await FanIn.measure(stand)
        case .newNode: try await NewNode.measure(stand)
        case .memory: try await Memory.measure(stand)
        }
    }
}
