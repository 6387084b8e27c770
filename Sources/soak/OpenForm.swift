import APIClient
import Records

/// A record as somebody has it on the screen, perhaps for a while.
struct OpenForm: Sendable {
    let type: String
    let id: String
    let token: String
    let isWithdrawn: Bool
    private let groups: [String: JSON]

    init?(_ answer: APIAnswer, type: String, id: String) {
        guard let token = answer.token, let values = answer.json["values"]?.object else {
            return nil
        }
        self.type = type
        self.id = id
        self.token = token
        isWithdrawn = answer.json["withdrawn"]?.bool ?? false
        groups = Groups.of(values, type: type)
    }

    var path: String { "/api/v1/records/\(type)/\(id)" }

    var shown: Shown {
        var shown = Shown()
        show(to: &shown)
        return shown
    }

    func show(to shown: inout Shown) {
        shown.add(groups)
        shown.add([Groups.life: isWithdrawn ? Groups.withdrawn : Groups.alive])
    }
}
