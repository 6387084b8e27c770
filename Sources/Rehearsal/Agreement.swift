import APIClient
import Records

/// Which nodes differ from an earlier one in which of their scopes: the same changes and the same
/// state are expected on every node that shares a scope. Empty when all are even.
public func disagreements(among nodes: [NodeProcess]) async throws -> [String] {
    var expected: [String: JSON] = [:]
    var found: [String] = []
    for node in nodes {
        for scope in try await node.get("/api/v1/state").json["scopes"]?.array ?? [] {
            let name = scope["scope"]?.string ?? ""
            if let first = expected[name], first != scope {
                found.append("\(node.name) differs in \(name)")
            }
            expected[name] = expected[name] ?? scope
        }
    }
    return found
}
